/** Bodies that come in pieces. */
import type { Readable } from 'node:stream'

/** Bytes or text, piece by piece: a Node stream, a web stream, a generator. */
export type ByteStream = AsyncIterable<Uint8Array | string> & {
  /** Once it has ended: the fields that followed it, names and values in turn. */
  readonly trailers?: (() => readonly string[]) | undefined
}

export function isStream(body: unknown): body is ByteStream {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

/** Where the pieces of a stream come from. */
interface Source {
  next(): Promise<{ readonly done?: boolean | undefined; readonly value?: unknown }>
  /** Whoever makes them is to stop, at once where it can be told so while a piece is awaited. */
  stop(): void
}

function sourceOf(body: ByteStream): Source {
  if ('getReader' in body) {
    const reader = (body as unknown as ReadableStream<unknown>).getReader()
    return { next: () => reader.read(), stop: () => unheard(reader.cancel()) }
  }
  const iterator = body[Symbol.asyncIterator]()
  const { destroy, on } = body as Partial<Pick<Readable, 'destroy' | 'on'>>
  // It may fail before anybody reads it, or when nobody will (a file that is not there): unheard, that ends the
  // process. Whoever reads it is told all the same.
  on?.call(body, 'error', () => {})
  const stop =
    typeof destroy === 'function' ? () => destroy.call(body) : () => unheard(iterator.return?.(undefined))
  return { next: () => iterator.next(), stop }
}

/** What fails in stopping has nobody left to be told. */
function unheard(promise: PromiseLike<unknown> | undefined): void {
  promise?.then(undefined, () => {})
}

/** Nobody will read it: whoever makes it is told to stop, unless somebody reads it already. */
export function release(body: unknown): void {
  if (isStream(body) && (body as { locked?: boolean }).locked !== true) sourceOf(body).stop()
}

/** What is told of a stream while somebody reads it. */
export interface Listener {
  chunk(bytes: Uint8Array): void
  /** Called once. @param whole whether all of it was read; else the reader left, or it failed */
  end(whole: boolean, error?: unknown): void
}

/** A stream on its way, overheard. Read once. */
export class Overheard implements AsyncIterableIterator<Uint8Array> {
  readonly #source: Source
  readonly #listener: Listener
  readonly trailers: ByteStream['trailers']
  #over = false

  constructor(body: ByteStream, listener: Listener) {
    this.#source = sourceOf(body)
    this.trailers = body.trailers && (() => body.trailers?.() ?? [])
    this.#listener = listener
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#over) return { done: true, value: undefined }
    try {
      const { done, value } = await this.#source.next()
      if (done === true) {
        this.#end(true)
        return { done: true, value: undefined }
      }
      const bytes = bytesOf(value)
      this.#listener.chunk(bytes)
      return { done: false, value: bytes }
    } catch (error) {
      this.#end(false, error)
      throw error
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (!this.#over) {
      this.#end(false)
      this.#source.stop()
    }
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #end(whole: boolean, error?: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#listener.end(whole, error)
  }
}

function bytesOf(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece
  if (typeof piece === 'string') return Buffer.from(piece)
  throw new TypeError(`a stream of an answer gives bytes or text, not ${typeof piece}`)
}
