/** A test's request: one half of the port, and what the app behind the gateway is given of it. */
import { X509Certificate } from 'node:crypto'
import type { GatewayContext } from '../context.js'
import type { Exchange } from '../exchange.js'
import type { GatewayRequest } from '../port.js'
import type { ByteStream } from '../stream.js'
import type { SentBody } from './body.js'
import type { Fields } from './fields.js'
import type { SendOptions } from './options.js'

/** What the app behind the gateway was given. */
export interface ForwardedRequest {
  readonly method: string
  /** Path and query as the app sees them: without the stage. */
  readonly target: string
  readonly gateway: GatewayContext
  /** By name, in any case; as the app sees it. */
  header(name: string): string | undefined
  /** The bytes, as they were sent. */
  body(): Promise<Uint8Array>
  /** The body as UTF-8. */
  text(): Promise<string>
  /** The body, parsed. */
  json<T = unknown>(): Promise<T>
}

export class TestRequest implements GatewayRequest {
  readonly localTarget: string
  readonly peer: string
  readonly encrypted: boolean
  readonly foldsCase = false
  readonly tested = true
  readonly certificate: X509Certificate | undefined
  readonly #leaving = new Set<() => void>()

  constructor(
    readonly method: string,
    readonly target: string,
    readonly fields: Fields,
    readonly sent: SentBody,
    options: SendOptions,
  ) {
    this.localTarget = target
    this.peer = options.sourceIp ?? '127.0.0.1'
    this.encrypted = options.secure ?? true
    this.certificate = certificateOf(options)
  }

  header(name: string): string | undefined {
    return this.fields.get(name)
  }

  rawHeaders(): readonly string[] {
    return this.fields.raw
  }

  get hasBody(): boolean {
    return this.sent.length !== 0
  }

  body(limit: number): Promise<Uint8Array> {
    return this.sent.read(limit)
  }

  stream(limit: number): ByteStream | undefined {
    return this.sent.stream(limit)
  }

  whenGone(gone: () => void): () => void {
    this.#leaving.add(gone)
    return () => this.#leaving.delete(gone)
  }

  /** The caller leaves. */
  leave(): void {
    this.sent.abort()
    for (const gone of this.#leaving) gone()
  }
}

function certificateOf({ certificate }: SendOptions): X509Certificate | undefined {
  if (typeof certificate !== 'string') return certificate
  try {
    return new X509Certificate(certificate)
  } catch (cause) {
    throw new TypeError('`certificate` is no certificate: give an X509Certificate, or its PEM', { cause })
  }
}

export class Forwarded implements ForwardedRequest {
  readonly method: string
  readonly target: string
  readonly gateway: GatewayContext
  readonly #request: TestRequest
  readonly #limit: number
  readonly #altered: ReadonlyMap<string, string | undefined> | undefined

  /** @param limit bytes of the body at most */
  constructor(request: TestRequest, exchange: Exchange, limit: number) {
    this.method = request.method
    this.target = exchange.forwardTarget
    this.gateway = exchange
    this.#request = request
    this.#limit = limit
    this.#altered = exchange.forwardHeaders
  }

  // All of them may be taken out of it: `async ({ json }) => answer(201, await json())`.

  /** Where the gateway has the app see something else than what was sent, that. */
  readonly header = (name: string): string | undefined => {
    const lower = name.toLowerCase()
    return this.#altered?.has(lower) ? this.#altered.get(lower) : this.#request.header(lower)
  }

  readonly body = (): Promise<Uint8Array> => this.#request.body(this.#limit)

  readonly text = async (): Promise<string> => Buffer.from(await this.body()).toString()

  readonly json = async <T = unknown>(): Promise<T> => JSON.parse(await this.text()) as T
}
