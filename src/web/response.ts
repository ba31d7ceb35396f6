/** Answers as WHATWG responses, and what is in one. */
import { Answer } from '../exchange.js'
import { type ByteStream, isStream, Overheard, release } from '../stream.js'

/** An answer that is the `Response` itself: what a server has made to switch protocols, or sends without our reading it. */
export class Untouched extends Answer {
  constructor(readonly response: Response) {
    super(response.status, [])
  }
}

/** A `Response` of the gateway's answer. */
export function toResponse(answer: Answer, method: string): Response {
  if (answer instanceof Untouched) return answer.response
  const { status, headers, body } = answer
  const fields = new Headers()
  for (let index = 0; index < headers.length; index += 2) {
    fields.append(headers[index] ?? '', headers[index + 1] ?? '')
  }
  const bodiless = method === 'HEAD' || status === 204 || status === 205 || status === 304
  if (bodiless) release(body)
  return new Response(bodiless ? null : initOf(body), { status, headers: fields })
}

/** The `Response` of an exchange that no framework answers by itself. */
export function responseOf(result: unknown, { method }: Request): Response {
  if (result instanceof Answer) return toResponse(result, method)
  throw new TypeError('an exchange that ended without an answer')
}

function initOf(body: Answer['body']): ConstructorParameters<typeof Response>[0] {
  if (!isStream(body)) return body as string | Uint8Array<ArrayBuffer>
  const stream = body instanceof Overheard ? body : new Overheard(body, SILENT)
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const { done, value } = await stream.next()
    if (done === true) controller.close()
    else controller.enqueue(value)
  }
  const cancel = async () => {
    await stream.return()
  }
  return new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
}

const SILENT = { chunk: () => {}, end: () => {} }

const EMPTY = new Uint8Array(0)

/** So much of a body is waited for, bytes: some give all of it at once, and never end. */
const MOST = 1_048_576

/**
 * A body that is there already, as a whole; else what is still coming. A response does not tell: `Response.json()` has
 * a stream, too, of one piece.
 */
export async function wholeOf({ body }: Response): Promise<Uint8Array | ByteStream> {
  if (body === null) return EMPTY
  const reader = body.getReader()
  const pieces: Uint8Array[] = []
  let size = 0
  let pending = reader.read()
  for (;;) {
    const next = size > MOST ? 'later' : await Promise.race([pending, soon()])
    if (next === 'later') return rest(reader, pieces, pending)
    if (next.done) return Buffer.concat(pieces)
    pieces.push(next.value)
    size += next.value.length
    pending = reader.read()
  }
}

/** After all that needs no waiting. */
async function soon(): Promise<'later'> {
  for (let turn = 0; turn < TURNS; turn++) await undefined
  return 'later'
}

/** More than a stream takes to give what is in it already. */
const TURNS = 32

/** A stream once more, no generator: that cannot be stopped before it has begun, nor while it waits. */
function rest(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  pieces: Uint8Array[],
  first: ReturnType<typeof reader.read>,
): ByteStream {
  let pending: typeof first | undefined = first
  // Nobody may ever ask for it.
  first.catch(() => {})
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const piece = pieces.shift()
    if (piece !== undefined) return controller.enqueue(piece)
    const { done, value } = await (pending ?? reader.read())
    pending = undefined
    if (done) controller.close()
    else controller.enqueue(value)
  }
  const stream = new ReadableStream({ pull, cancel: (reason) => reader.cancel(reason) }, { highWaterMark: 0 })
  return stream as unknown as ByteStream
}
