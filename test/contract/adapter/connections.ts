/** Connections that carry several requests: a refusal keeps its place among them, and breaks none of them. */
import { expect, it } from 'vitest'
import { open, tell, wire } from '../../sockets.js'
import type { Topic } from '../adapter.js'
import type { Caller } from '../caller.js'
import { BODY_LIMIT } from '../scenario/gateway.js'

const statuses = (text: string) => text.match(/HTTP\/1\.1 \d+/g)?.map((line) => Number(line.slice(9)))

/** A request that keeps its connection. */
function kept(caller: Caller, line: string, headers: readonly string[] = [], body = ''): string {
  const [method, path = ''] = line.split(' ')
  const own = ['Host: 127.0.0.1', `x-amzn-requestid: ${caller.id()}`, ...headers]
  return [`${method} ${caller.at(path)} HTTP/1.1`, ...own, '', body].join('\r\n')
}

export const connections: Topic = ({ caller, needs }) => {
  const last = () => wire(`GET ${caller().at('/text')}`, [`x-amzn-requestid: ${caller().id()}`])

  it('a refusal is followed by the next answer', async () => {
    const first = kept(caller(), 'GET /locked')
    const socket = await open(caller().port)
    let text = ''
    socket.on('data', (chunk) => {
      text += String(chunk)
    })
    socket.write(first)
    await new Promise((resolve) => socket.once('data', resolve))
    expect(statuses(text)).toEqual([403])
    expect(text).not.toMatch(/connection: close/i)
    socket.write(last())
    await new Promise((resolve) => socket.once('end', resolve))
    expect(statuses(text)).toEqual([403, 200])
  })

  it('a refused body that is small is let through, and followed by the next answer', async () => {
    const headers = ['Content-Type: application/json', 'Content-Length: 14']
    const refused = kept(caller(), 'POST /locked', headers, '{"name":"Rex"}')
    const { text } = await tell(caller().port, refused + last())
    expect(statuses(text)).toEqual([403, 200])
  })

  needs(
    'both-ways',
    'a refused body that is large is not waited for: its sender gets the answer, and the connection ends',
    async () => {
      const headers = ['Content-Type: application/json', `Content-Length: ${BODY_LIMIT - 1}`]
      const { text, closed, took } = await tell(
        caller().port,
        kept(caller(), 'POST /locked', headers, '{"name":'),
      )
      expect(statuses(text)).toEqual([403])
      expect([closed, took < 3000]).toEqual([true, true])
    },
  )

  needs('says-close', 'an answer behind which the connection ends says so', async () => {
    const headers = ['Content-Type: application/json', `Content-Length: ${BODY_LIMIT - 1}`]
    const refused = await tell(caller().port, kept(caller(), 'POST /locked', headers, '{"name":'))
    expect(refused.head).toMatch(/\r\nconnection: close(?:\r\n|$)/i)
  })

  needs(
    'seen-answers',
    'behind an answer in a late app’s place the next one follows, or it says not',
    async () => {
      const { text, head } = await tell(caller().port, kept(caller(), 'GET /never?gate=none') + last())
      const says = /\r\nconnection: close(?:\r\n|$)/i.test(head)
      expect(statuses(text)).toEqual(says ? [504] : [504, 200])
    },
  )

  needs(
    'both-ways',
    'a refused sender of more than there may be gets its answer, though it goes on sending',
    async () => {
      const headers = ['Content-Type: application/x-stream', `Content-Length: ${BODY_LIMIT * 2}`]
      const socket = await open(caller().port)
      let text = ''
      socket.on('data', (chunk) => {
        text += String(chunk)
      })
      socket.write(kept(caller(), 'POST /stream', headers))
      const sending = setInterval(() => socket.write(Buffer.alloc(10_000)), 1)
      await new Promise((resolve) => socket.once('close', resolve))
      clearInterval(sending)
      expect(statuses(text)).toEqual([413])
    },
  )

  it('requests in line are answered in line', async () => {
    const lines = ['GET /text', 'GET /locked', 'GET /teapot', 'GET /items/7', 'GET /me', 'GET /text']
    const { text } = await tell(caller().port, lines.map((line) => kept(caller(), line)).join('') + last())
    expect(statuses(text)).toEqual([200, 403, 418, 200, 401, 200, 200])
  })

  it('many at once get an answer each', async () => {
    const ids = Array.from({ length: 100 }, (_, at) => `n${at}`)
    const got = await Promise.all(ids.map((id) => caller().ask(`GET /items/${id}`)))
    expect(got.map(({ json }) => json.gateway.params.id)).toEqual(ids)
    expect(got.map(({ json }) => json.gateway.requestId)).toEqual(got.map(({ id }) => id))
  })
}
