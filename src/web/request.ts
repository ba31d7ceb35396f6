/** A WHATWG request, as the core sees it. */
import type { X509Certificate } from 'node:crypto'
import { aborted, consumed, tooLarge } from '../bodyfaults.js'
import type { Exchange } from '../exchange.js'
import type { GatewayRequest } from '../port.js'
import type { ByteStream } from '../stream.js'

/** What a `Request` does not tell of itself. */
export interface Caller {
  /** The address at the other end of the connection: `192.0.2.7`. */
  readonly address?: string | undefined
  /** Whether the connection is encrypted. Default: whether the URL says `https`. */
  readonly secure?: boolean | undefined
  /** Path and query as received, before anything was normalised. Default: the URL's. */
  readonly target?: string | undefined
  readonly certificate?: X509Certificate | undefined
  /** The header fields as received, names and values in turn. Default: the request's, of which each name comes once. */
  readonly rawHeaders?: readonly string[] | undefined
  /** How it is learnt what becomes of the answer. Default: the request's signal, and reading the answer on its way. */
  readonly delivery?: Delivery | undefined
}

/** An answer on its way to the caller, as its server sees it. */
export interface Delivery {
  /** Calls back once, when all of it has been sent or no more of it will be. */
  whenOver(over: (delivered: Delivered) => void): void
}

/** What became of it. */
export interface Delivered {
  /** 0: nothing was sent. */
  readonly status: number
  readonly whole: boolean
  /** Of its body. */
  readonly bytesOut: number
}

/** What a framework around the app has made of a request. */
export interface Framed {
  /** What is left for the app below the framework's own path. Default: all of the target. */
  readonly localTarget?: string | undefined
  /** The header fields that came, without what the framework has added. Default: the request's. */
  readonly headers?: Headers | undefined
  /** Makes a request of the framework's own class. */
  readonly remake?: ((url: string, init: RequestInit) => Request) | undefined
}

const EMPTY = new Uint8Array(0)
const GIVES_BACK = 'hand the request to the gateway first. It gives back every byte that it reads'

/** A request of the web's, as the core sees it. */
export class FetchRequest implements GatewayRequest {
  readonly method: string
  readonly target: string
  readonly localTarget: string
  readonly peer: string
  readonly encrypted: boolean
  readonly certificate: X509Certificate | undefined
  readonly delivery: Delivery | undefined
  readonly #headers: Headers
  readonly #raw: readonly string[] | undefined
  readonly #remake: Framed['remake']
  readonly #host: string
  /** What of the URL stands before the path. */
  readonly #origin: string
  #bytes: Promise<Uint8Array> | undefined
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  #received = 0

  constructor(
    readonly request: Request,
    caller: Caller,
    readonly foldsCase: boolean,
    framed: Framed = {},
  ) {
    const { method, url, headers } = request
    const slash = url.indexOf('/', url.indexOf('://') + 3)
    this.#origin = url.slice(0, slash)
    this.#host = this.#origin.slice(this.#origin.indexOf('://') + 3)
    this.#headers = framed.headers ?? headers
    this.#raw = caller.rawHeaders
    this.#remake = framed.remake
    this.method = method
    this.target = caller.target ?? withoutFragment(url.slice(slash))
    this.localTarget = framed.localTarget ?? this.target
    this.peer = caller.address ?? ''
    this.encrypted = caller.secure ?? url.startsWith('https:')
    this.certificate = caller.certificate
    this.delivery = caller.delivery
  }

  header(name: string): string | undefined {
    return this.#headers.get(name) ?? (name === 'host' ? this.#host : undefined)
  }

  rawHeaders(): readonly string[] {
    if (this.#raw !== undefined) return this.#raw
    const fields: string[] = []
    this.#headers.forEach((value, name) => {
      fields.push(name, value)
    })
    return this.#headers.has('host') ? fields : ['host', this.#host, ...fields]
  }

  body(limit: number): Promise<Uint8Array> {
    this.#bytes ??= this.#read(limit)
    return this.#bytes
  }

  stream(limit: number): ByteStream | undefined {
    if (!this.hasBody) return undefined
    return this.#stream(limit, () => {}) as unknown as ByteStream
  }

  whenGone(gone: () => void): () => void {
    if (this.delivery !== undefined) return whenBroken(this.delivery, gone)
    const { signal } = this.request
    if (signal.aborted) gone()
    signal.addEventListener('abort', gone, { once: true })
    return () => signal.removeEventListener('abort', gone)
  }

  /** Of a GET it is not asked: there is none, and servers that make their requests late would make this one now. */
  get hasBody(): boolean {
    return this.method !== 'GET' && this.method !== 'HEAD' && this.request.body !== null
  }

  /** Bytes of the body that have come, or were announced. */
  get bytesIn(): number {
    return this.#received || Number(this.#headers.get('content-length') ?? 0)
  }

  async #read(limit: number): Promise<Uint8Array> {
    if (this.#reader !== undefined || this.request.bodyUsed) throw consumed(GIVES_BACK)
    const reader = this.hasBody ? this.request.body?.getReader() : undefined
    if (reader === undefined) return EMPTY
    // Not every server breaks a body off whose caller has left.
    let left = false
    const forget = this.whenGone(() => {
      left = true
      reader.cancel().catch(() => {})
    })
    try {
      return await this.#gather(reader, limit, () => left)
    } finally {
      forget()
    }
  }

  async #gather(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    limit: number,
    left: () => boolean,
  ): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    for (;;) {
      const { done, value } = await reader.read().catch(broken)
      if (left()) throw aborted()
      if (done) return Buffer.concat(pieces)
      pieces.push(value)
      this.#received += value.length
      if (this.#received <= limit) continue
      reader.cancel().catch(() => {})
      throw tooLarge(limit)
    }
  }

  /**
   * The request as the app is to see it: without its stage, and with the body that the gateway may have read.
   *
   * @param exceeded called where more of a body comes than it may have; the app then sees it break
   */
  forwarded({ forwardTarget, forwardHeaders }: Exchange, limit: number, exceeded: () => void): Request {
    const { request } = this
    const url = forwardTarget === this.localTarget ? request.url : this.#origin + forwardTarget
    if (!this.hasBody && forwardHeaders === undefined && url === request.url) return request
    const headers = forwardHeaders === undefined ? request.headers : altered(request.headers, forwardHeaders)
    const { method } = request
    const body = this.hasBody ? this.#stream(limit, exceeded) : null
    // Cloudflare's own field tells of the caller.
    const own = 'cf' in request ? { cf: request.cf } : {}
    const init = { method, headers, body, duplex: 'half', ...own } as RequestInit
    if (this.delivery === undefined || this.#remake !== undefined) init.signal = this.#signal
    const made = this.#remake?.(url, init) ?? new Request(url, init)
    return init.signal === undefined ? this.#signalling(made) : made
  }

  /** Where the server's own request would have to be made for its signal, another one is as good. */
  get #signal(): AbortSignal {
    if (this.delivery === undefined) return this.request.signal
    const controller = new AbortController()
    this.whenGone(() => controller.abort())
    return controller.signal
  }

  /**
   * Its signal is made when it is asked for. Few apps ask, and a request that is given one costs twice as much, and holds
   * on to all that belongs to it until the next full collection of garbage.
   */
  #signalling(request: Request): Request {
    let signal: AbortSignal | undefined
    const get = () => {
      signal ??= this.#signal
      return signal
    }
    const put = (each: Request): Request => {
      const { clone } = each
      return Object.defineProperties(each, {
        signal: { configurable: true, enumerable: true, get },
        clone: { configurable: true, writable: true, value: () => put(clone.call(each)) },
      })
    }
    return put(request)
  }

  /** The body for the app: from the request itself, or from what the gateway has read of it meanwhile. */
  #stream(limit: number, exceeded: () => void): ReadableStream<Uint8Array> {
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      if (this.#bytes !== undefined) {
        const bytes = await this.#bytes
        if (bytes.length > 0) controller.enqueue(bytes)
        return controller.close()
      }
      this.#reader ??= this.request.body?.getReader()
      const { done = true, value } = (await this.#reader?.read().catch(broken)) ?? {}
      if (done || value === undefined) return controller.close()
      this.#received += value.length
      if (this.#received <= limit) return controller.enqueue(value)
      exceeded()
      controller.error(tooLarge(limit))
    }
    const cancel = async (reason: unknown) => {
      await this.#reader?.cancel(reason)
    }
    return new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
  }
}

/** @returns to be called by whoever does not want to be told any more */
function whenBroken(delivery: Delivery, gone: () => void): () => void {
  let wanted = true
  delivery.whenOver(({ whole }) => {
    if (wanted && !whole) gone()
  })
  return () => {
    wanted = false
  }
}

function altered(given: Headers, by: ReadonlyMap<string, string | undefined>): Headers {
  const headers = new Headers(given)
  for (const [name, value] of by) {
    if (value === undefined) headers.delete(name)
    else headers.set(name, value)
  }
  return headers
}

function withoutFragment(target: string): string {
  const mark = target.indexOf('#')
  return mark === -1 ? target : target.slice(0, mark)
}

function broken(cause: unknown): never {
  throw aborted(cause)
}
