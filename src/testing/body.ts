/** The body of a test's request: there as a whole, or coming piece by piece. */
import { aborted, tooLarge } from '../bodyfaults.js'
import { PosternError } from '../errors.js'
import { type ByteStream, isStream, release } from '../stream.js'
import type { Form, SendOptions } from './options.js'

export interface SentBody {
  readonly type: string | undefined
  /** `undefined`: not known beforehand. */
  readonly length: number | undefined
  /** Bytes that were sent so far. */
  readonly sent: number
  /** The bytes, where they are there as a whole. */
  readonly bytes: Uint8Array | undefined
  /**
   * All of it, read once and remembered.
   *
   * @throws PosternError `BODY_TOO_LARGE`, `BODY_ABORTED`
   */
  read(limit: number): Promise<Uint8Array>
  /** The same as it comes; `undefined` where there is none. */
  stream(limit: number): ByteStream | undefined
  /** The caller leaves. */
  abort(): void
}

/** A promise of it only where encoding takes one, so that a request is on its way when `send` returns. */
export function bodyOf({ json, form, body }: SendOptions): SentBody | Promise<SentBody> {
  if (json !== undefined) return new WholeBody(Buffer.from(JSON.stringify(json)), 'application/json')
  if (form !== undefined) return formBody(form)
  if (isStream(body)) return new StreamedBody(body)
  if (body === undefined) return new WholeBody(Buffer.alloc(0))
  if (typeof body === 'string') return new WholeBody(Buffer.from(body))
  if (body instanceof Uint8Array) return new WholeBody(body)
  throw new TypeError('`body` is text, bytes or a stream: give anything else as `json` or `form`')
}

function formBody(form: Form): SentBody | Promise<SentBody> {
  if (form instanceof FormData) return multipart(form)
  const fields = form instanceof URLSearchParams ? form : urlencoded(form)
  return new WholeBody(Buffer.from(fields.toString()), 'application/x-www-form-urlencoded')
}

async function multipart(form: FormData): Promise<SentBody> {
  const encoded = new Response(form)
  const type = encoded.headers.get('content-type') ?? undefined
  return new WholeBody(Buffer.from(await encoded.arrayBuffer()), type)
}

function urlencoded(form: Exclude<Form, URLSearchParams | FormData>): URLSearchParams {
  const fields = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) {
    for (const each of [value].flat()) fields.append(name, String(each))
  }
  return fields
}

class WholeBody implements SentBody {
  readonly length: number
  readonly sent: number

  constructor(
    readonly bytes: Uint8Array,
    readonly type: string | undefined = undefined,
  ) {
    this.length = bytes.length
    this.sent = bytes.length
  }

  async read(limit: number): Promise<Uint8Array> {
    if (this.length > limit) throw tooLarge(limit)
    return this.bytes
  }

  stream(limit: number): ByteStream | undefined {
    return this.length === 0 ? undefined : onePiece(this.read(limit))
  }

  abort(): void {}
}

async function* onePiece(whole: Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield await whole
}

class StreamedBody implements SentBody {
  readonly type = undefined
  readonly length = undefined
  readonly bytes = undefined
  sent = 0
  readonly #stream: ByteStream
  #read: Promise<Uint8Array> | undefined
  /** Tells who reads that the caller has left. */
  #leave: (error: PosternError) => void = () => {}
  readonly #left: Promise<never>

  constructor(stream: ByteStream) {
    this.#stream = stream
    this.#left = new Promise((_, reject) => {
      this.#leave = reject
    })
    this.#left.catch(() => {})
  }

  read(limit: number): Promise<Uint8Array> {
    this.#read ??= Promise.race([this.#gather(limit), this.#left])
    return this.#read
  }

  stream(limit: number): ByteStream {
    if (this.#read !== undefined) return onePiece(this.#read)
    const pieces = this.#pieces(limit)
    // Who asks for the whole of it now comes too late.
    this.#read = Promise.reject(new PosternError('BODY_CONSUMED', 'the body is on its way elsewhere'))
    this.#read.catch(() => {})
    return pieces
  }

  async *#pieces(limit: number): AsyncGenerator<Uint8Array> {
    const pieces = this.#stream[Symbol.asyncIterator]()
    try {
      for (;;) {
        const { done, value } = await Promise.race([pieces.next(), this.#left])
        if (done === true) return
        const bytes = Buffer.from(value)
        this.sent += bytes.length
        if (this.sent > limit) throw tooLarge(limit)
        yield bytes
      }
    } catch (cause) {
      throw cause instanceof PosternError ? cause : aborted(cause)
    } finally {
      release(this.#stream)
    }
  }

  abort(): void {
    this.#leave(aborted())
    if (this.#read === undefined) release(this.#stream)
  }

  async #gather(limit: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    try {
      for await (const piece of this.#stream) {
        const bytes = Buffer.from(piece)
        pieces.push(bytes)
        this.sent += bytes.length
        if (this.sent > limit) throw tooLarge(limit)
      }
    } catch (cause) {
      throw cause instanceof PosternError ? cause : aborted(cause)
    }
    return Buffer.concat(pieces)
  }
}
