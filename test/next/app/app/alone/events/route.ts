import { gate } from '../../../lib/gateway'

const global = globalThis as { opened?: () => void }

/** The second event comes when it is asked for. */
export const GET = gate.route('GET /alone/events', {}, () => {
  const opened = new Promise<void>((resolve) => {
    global.opened = resolve
  })
  const events = new ReadableStream({
    async start(controller) {
      controller.enqueue(new TextEncoder().encode('data: one\n\n'))
      await opened
      controller.enqueue(new TextEncoder().encode('data: two\n\n'))
      controller.close()
    },
  })
  return new Response(events, { headers: { 'content-type': 'text/event-stream' } })
})

export const POST = () => {
  global.opened?.()
  return new Response()
}
