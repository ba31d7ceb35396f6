/** The body of a request while it goes out piece by piece. */
import { type ByteStream, isStream } from '../../stream.js'

/** Knows who is waited for: a caller who sends nothing is no fault of the target's. */
export class Upload implements AsyncIterableIterator<Uint8Array | string> {
  readonly #pieces: AsyncIterator<Uint8Array | string>
  /** Whether the caller has not yet sent what comes next. */
  isWaiting = false

  constructor(body: ByteStream) {
    this.#pieces = body[Symbol.asyncIterator]()
  }

  next(): Promise<IteratorResult<Uint8Array | string, undefined>> {
    this.isWaiting = true
    return this.#pieces.next().then(this.#come)
  }

  readonly #come = (piece: IteratorResult<Uint8Array | string, undefined>) => {
    this.isWaiting = false
    return piece
  }

  async return(): Promise<IteratorResult<Uint8Array | string, undefined>> {
    await this.#pieces.return?.()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

/** What undici is given: a stream, or all of it. */
export function uploadOf(
  body: string | Uint8Array | ByteStream | undefined,
): Upload | string | Uint8Array | undefined {
  return isStream(body) ? new Upload(body) : body
}
