/**
 * The frames in which Lambda sends what a function streams.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
 * @see https://smithy.io/2.0/aws/amazon-eventstream.html
 */
import { Buffer } from 'node:buffer'
import { crc32 } from 'node:zlib'
import { type ByteStream, isStream } from '../../stream.js'

/** Length of the whole, length of the headers, and a checksum of the two. */
const PRELUDE = 12
const CHECKSUM = 4
/** No frame is longer, bytes. */
const LONGEST = 16_777_216 + 131_072 + PRELUDE + CHECKSUM
/** The type of a header's value: text. */
const TEXT = 7

interface Frame {
  readonly headers: ReadonlyMap<string, string>
  readonly payload: Buffer
}

/** What a function has streamed, taken out of its frames. */
export class StreamedPayload implements AsyncIterableIterator<Uint8Array> {
  readonly #pieces: AsyncIterator<Uint8Array | string>
  #held: Buffer = Buffer.alloc(0)
  #isOver = false

  constructor(body: Uint8Array | ByteStream) {
    this.#pieces = isStream(body) ? body[Symbol.asyncIterator]() : onePiece(body)
  }

  /** @throws Error where the function has failed, or what came is broken */
  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      const value = await this.#payload()
      return value === undefined ? { done: true, value } : { done: false, value }
    } catch (error) {
      // Whoever reads asks for no more, and Lambda would go on sending.
      await this.return()
      throw error
    }
  }

  /** `undefined` where there is no more. */
  async #payload(): Promise<Uint8Array | undefined> {
    while (!this.#isOver) {
      const frame = this.#take()
      if (frame === undefined) await this.#read()
      else {
        const payload = this.#payloadOf(frame)
        if (payload !== undefined) return payload
      }
    }
    return undefined
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#isOver = true
    await this.#pieces.return?.()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async #read(): Promise<void> {
    const { done, value } = await this.#pieces.next()
    if (done === true) throw new Error('what the function streamed was cut off')
    this.#held = Buffer.concat([this.#held, Buffer.from(value)])
  }

  /** The next frame, once all of it is there. */
  #take(): Frame | undefined {
    const held = this.#held
    if (held.length < PRELUDE) return undefined
    const length = held.readUInt32BE(0)
    const fields = held.readUInt32BE(4)
    if (crc32(held.subarray(0, 8)) !== held.readUInt32BE(8)) throw broken()
    if (length > LONGEST || length < PRELUDE + fields + CHECKSUM) throw broken()
    if (held.length < length) return undefined
    const end = length - CHECKSUM
    if (crc32(held.subarray(0, end)) !== held.readUInt32BE(end)) throw broken()
    this.#held = held.subarray(length)
    return {
      headers: headersIn(held.subarray(PRELUDE, PRELUDE + fields)),
      payload: held.subarray(PRELUDE + fields, end),
    }
  }

  #payloadOf({ headers, payload }: Frame): Buffer | undefined {
    if (headers.get(':message-type') !== 'event')
      throw new Error(`the function failed: ${failureOf(headers, payload)}`)
    if (headers.get(':event-type') === 'PayloadChunk') return payload
    if (headers.get(':event-type') !== 'InvokeComplete') return undefined
    this.#isOver = true
    this.#pieces.return?.()
    const { ErrorCode, ErrorDetails } = JSON.parse(payload.toString() || '{}')
    if (ErrorCode) throw new Error(`the function failed: ${ErrorCode}: ${ErrorDetails ?? ''}`)
    return undefined
  }
}

function failureOf(headers: ReadonlyMap<string, string>, payload: Buffer): string {
  const type = headers.get(':exception-type') ?? headers.get(':error-code') ?? 'unknown'
  return `${type}: ${headers.get(':error-message') ?? payload.toString().slice(0, 200)}`
}

/** Names and values; of values of other types than text none matters here. */
function headersIn(bytes: Buffer): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  for (let at = 0; at < bytes.length; ) {
    const nameEnd = at + 1 + bytes.readUInt8(at)
    const name = bytes.toString('utf8', at + 1, nameEnd)
    if (bytes.readUInt8(nameEnd) !== TEXT) break
    const start = nameEnd + 3
    const end = start + bytes.readUInt16BE(nameEnd + 1)
    headers.set(name, bytes.toString('utf8', start, end))
    at = end
  }
  return headers
}

function broken(): Error {
  return new Error('what the function streamed came broken')
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array, undefined> {
  yield bytes
}
