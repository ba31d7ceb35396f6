/**
 * The head of a streamed answer: JSON, eight NULs, then the body.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 */
import { Buffer } from 'node:buffer'
import { type ByteStream, release } from '../../stream.js'

const DELIMITER = Buffer.alloc(8)
/** So far AWS looks for the end of the head, bytes. */
const LONGEST = 16_384

/** `{ statusCode, headers, multiValueHeaders, cookies }`, as a stream begins with it. */
export function preludeOf(metadata: object): Buffer {
  return Buffer.concat([Buffer.from(JSON.stringify(metadata)), DELIMITER])
}

/** A stream whose head has been read. */
export interface Preluded {
  readonly metadata: unknown
  readonly body: ByteStream
}

/** @returns what is wrong with it, where it does not begin with such a head */
export async function readPrelude(stream: ByteStream): Promise<Preluded | string> {
  const pieces = stream[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  for (;;) {
    const end = head.indexOf(DELIMITER)
    if (end !== -1) return parted(head, end, stream, pieces)
    if (head.length >= LONGEST) break
    const { done, value } = await pieces.next()
    if (done === true) break
    head = Buffer.concat([head, Buffer.from(value)])
  }
  release(stream)
  return `the stream begins with no metadata: it is to be awslambda.HttpResponseStream.from(stream, { statusCode, headers })`
}

function parted(
  head: Buffer,
  end: number,
  stream: ByteStream,
  pieces: AsyncIterator<Uint8Array | string>,
): Preluded | string {
  try {
    const metadata: unknown = JSON.parse(head.toString('utf8', 0, end))
    return { metadata, body: new Rest(head.subarray(end + DELIMITER.length), stream, pieces) }
  } catch {
    release(stream)
    return "the stream's metadata is no JSON"
  }
}

/** What follows: the piece that came with the head, and those after it. */
class Rest implements AsyncIterableIterator<Uint8Array | string> {
  #first: Uint8Array | undefined
  readonly #stream: ByteStream
  readonly #pieces: AsyncIterator<Uint8Array | string>

  constructor(first: Uint8Array, stream: ByteStream, pieces: AsyncIterator<Uint8Array | string>) {
    this.#first = first.length === 0 ? undefined : first
    this.#stream = stream
    this.#pieces = pieces
  }

  async next(): Promise<IteratorResult<Uint8Array | string, undefined>> {
    const value = this.#first
    if (value === undefined) return this.#pieces.next()
    this.#first = undefined
    return { done: false, value }
  }

  /** At once, though a piece is awaited, which the iterator of a stream of Node's would wait for. */
  destroy(): void {
    release(this.#stream)
  }

  async return(): Promise<IteratorResult<Uint8Array | string, undefined>> {
    this.destroy()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
