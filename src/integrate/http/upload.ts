/** The body of a request while it goes out piece by piece. */
import { type ByteStream, isStream } from '../../stream.js'
import { SMALL } from './body.js'

type Piece = IteratorResult<Uint8Array | string, undefined>

/** Knows who is waited for: a caller who sends nothing is no fault of the target's. */
export class Upload implements AsyncIterableIterator<Uint8Array | string> {
  readonly #pieces: AsyncIterator<Uint8Array | string>
  readonly #progressed: () => void
  #size = 0
  /** Whether the caller has not yet sent what comes next. */
  isWaiting = false

  /**
   * @param progressed called for each {@link SMALL} bytes and at the end: who trickles would else hold a connection for
   *   good, and a small body has no more time either
   */
  constructor(body: ByteStream, progressed: () => void) {
    this.#pieces = body[Symbol.asyncIterator]()
    this.#progressed = progressed
  }

  next(): Promise<Piece> {
    this.isWaiting = true
    return this.#pieces.next().then(this.#come)
  }

  readonly #come = (piece: Piece): Piece => {
    this.isWaiting = false
    this.#size += piece.value?.length ?? 0
    if (piece.done === true || this.#size >= SMALL) {
      this.#size = 0
      this.#progressed()
    }
    return piece
  }

  async return(): Promise<Piece> {
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
  progressed: () => void,
): Upload | string | Uint8Array | undefined {
  return isStream(body) ? new Upload(body, progressed) : body
}
