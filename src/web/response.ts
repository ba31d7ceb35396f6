/** Answers as WHATWG responses, and what is in one. */
import type { Answer } from '../exchange.js'
import { isStream, Overheard, release } from '../stream.js'

/** A `Response` of the gateway's answer. */
export function toResponse({ status, headers, body }: Answer, method: string): Response {
  const fields = new Headers()
  for (let index = 0; index < headers.length; index += 2) {
    fields.append(headers[index] ?? '', headers[index + 1] ?? '')
  }
  const bodiless = method === 'HEAD' || status === 204 || status === 205 || status === 304
  if (bodiless) release(body)
  return new Response(bodiless ? null : initOf(body), { status, headers: fields })
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

/**
 * A body that is there already, as a whole; else what is still coming. A response does not tell: `Response.json()` has
 * a stream, too, of one piece.
 */
export async function wholeOf({ body }: Response): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
  if (body === null) return EMPTY
  const reader = body.getReader()
  const pieces: Uint8Array[] = []
  let pending = reader.read()
  for (;;) {
    const next = await Promise.race([pending, soon()])
    if (next === 'later') return rest(reader, pieces, pending)
    if (next.done) return Buffer.concat(pieces)
    pieces.push(next.value)
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

async function* rest(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  pieces: readonly Uint8Array[],
  pending: ReturnType<typeof reader.read>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces
    for (let next = await pending; !next.done; next = await reader.read()) yield next.value
  } finally {
    reader.cancel().catch(() => {})
  }
}
