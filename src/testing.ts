/**
 * `postern/testing`: a clock that the test moves, and requests without a server.
 *
 * @module postern/testing
 */
import { X509Certificate } from 'node:crypto'
import { type Clock, type Duration, milliseconds } from './clock.js'
import { PosternError } from './errors.js'
import { Answer, type Exchange, type GatewayContext, type GatewayRequest, heard } from './exchange.js'
import type { Gateway } from './gateway.js'
import { isStream } from './stream.js'

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  /** Forwards, or with a negative duration backwards. */
  advance(duration: Duration): void
  /** To a date: ms since the epoch, a `Date`, or ISO 8601. */
  set(time: number | Date | string): void
}

/**
 * @param start where it stands: ms since the epoch, a `Date`, or ISO 8601
 *
 * @example
 * const clock = testClock('2026-01-01T00:00:00Z')
 * clock.advance('1s')
 * clock.now() // 1767225601000
 */
export function testClock(start: number | Date | string = '2026-01-01T00:00:00Z'): TestClock {
  let now = timeOf(start)
  return {
    now: () => now,
    advance: (duration) => {
      now += milliseconds(duration)
    },
    set: (time) => {
      now = timeOf(time)
    },
  }
}

function timeOf(time: number | Date | string): number {
  const ms = new Date(time).getTime()
  if (Number.isNaN(ms))
    throw new TypeError(
      `'${String(time)}' is no time: write ms since the epoch, a Date, or '2026-01-01T00:00:00Z'`,
    )
  return ms
}

/** Request ids that are the same in every run: `…000000000001`, `…000000000002`, … */
export function testIds(): () => string {
  let count = 0
  return () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`
}

/** What a request of {@link send} has beside method and path, and the app that it goes to. */
export interface SendOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** The value of `x-api-key`. */
  readonly apiKey?: string
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is. */
  readonly body?: string | Uint8Array
  /** Where the request comes from. Default `127.0.0.1`. */
  readonly sourceIp?: string
  /** Default true: over TLS. */
  readonly secure?: boolean
  /** The certificate that the caller shows, for mTLS: PEM will do. */
  readonly certificate?: X509Certificate | string
  /** The app behind the gateway. Default: it answers every request with an empty 200. */
  readonly app?: (request: ForwardedRequest) => Answer | Promise<Answer>
}

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
}

/** What the caller got. */
export interface SentAnswer {
  readonly status: number
  /** By lower-case name; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** What the app was given; absent when the gateway answered by itself. */
  readonly forwarded: ForwardedRequest | undefined
  /** The body as UTF-8. */
  text(): string
  /** The body, parsed. */
  json(): unknown
}

/**
 * Sends a request through a gateway without a server.
 *
 * @param request method and target, `POST /prod/pets?dryRun=true`
 *
 * @example
 * const answer = await send(gateway, 'POST /prod/pets', { apiKey: value, json: { name: 'Rex' } })
 * answer.status // 200
 */
export async function send(
  gateway: Gateway<never, never, never> | Gateway,
  request: string,
  options: SendOptions = {},
): Promise<SentAnswer> {
  const space = request.indexOf(' ')
  if (space < 1) throw new TypeError(`'${request}' is no request: write method and path, 'GET /pets'`)
  const sent = new TestRequest(request.slice(0, space), request.slice(space + 1), options)
  let forwarded: ForwardedRequest | undefined
  const result = await gateway.handle(sent, async (exchange: Exchange) => {
    forwarded = sent.forwarded(exchange)
    const { status, headers, body } = heard(
      exchange.tap,
      (await options.app?.(forwarded)) ?? new Answer(200, []),
    )
    const bytes = await gathered(body)
    gateway.ended(exchange, { status, bytesIn: sent.size, bytesOut: bytes.length, whole: true })
    return new Answer(status, [...gateway.headers(exchange), ...headers], bytes)
  })
  if (!(result instanceof Answer)) throw new TypeError('the exchange ended without an answer')
  return sentAnswer(result, await gathered(result.body), forwarded)
}

async function gathered(body: Answer['body']): Promise<Uint8Array> {
  if (!isStream(body)) return Buffer.from(body)
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

class TestRequest implements GatewayRequest {
  readonly method: string
  readonly target: string
  readonly localTarget: string
  readonly peer: string
  readonly encrypted: boolean
  readonly foldsCase = false
  readonly tested = true
  readonly certificate: X509Certificate | undefined
  readonly #headers: ReadonlyMap<string, string>
  readonly #body: Uint8Array

  constructor(method: string, target: string, options: SendOptions) {
    this.method = method
    this.target = target
    this.localTarget = target
    this.peer = options.sourceIp ?? '127.0.0.1'
    this.encrypted = options.secure ?? true
    this.certificate = certificateOf(options)
    this.#body = bodyOf(options)
    this.#headers = headersOf(options, this.#body.length)
  }

  get size(): number {
    return this.#body.length
  }

  header(name: string): string | undefined {
    return this.#headers.get(name)
  }

  rawHeaders(): readonly string[] {
    return [...this.#headers].flat()
  }

  async body(limit: number): Promise<Uint8Array> {
    if (this.size > limit) throw new PosternError('BODY_TOO_LARGE', `the body is larger than ${limit} bytes`)
    return this.#body
  }

  forwarded(exchange: Exchange): ForwardedRequest {
    return {
      method: this.method,
      target: exchange.forwardTarget,
      gateway: exchange,
      header: (name) => headerFor(exchange, this, name.toLowerCase()),
      body: async () => this.#body,
    }
  }
}

/** What the app sees of a header, where the gateway has it see something else. */
function headerFor({ forwardHeaders }: Exchange, request: GatewayRequest, name: string): string | undefined {
  return forwardHeaders?.has(name) ? forwardHeaders.get(name) : request.header(name)
}

function certificateOf({ certificate }: SendOptions): X509Certificate | undefined {
  if (typeof certificate !== 'string') return certificate
  try {
    return new X509Certificate(certificate)
  } catch (cause) {
    throw new TypeError('`certificate` is no certificate: give an X509Certificate, or its PEM', { cause })
  }
}

function bodyOf({ json, body = '' }: SendOptions): Uint8Array {
  return Buffer.from(json === undefined ? body : JSON.stringify(json))
}

function headersOf({ headers = {}, apiKey, json }: SendOptions, length: number): ReadonlyMap<string, string> {
  const all = new Map([['host', 'localhost']])
  if (length > 0) all.set('content-length', String(length))
  if (json !== undefined) all.set('content-type', 'application/json')
  if (apiKey !== undefined) all.set('x-api-key', apiKey)
  for (const [name, value] of Object.entries(headers)) all.set(name.toLowerCase(), value)
  return all
}

function sentAnswer(
  { status, headers }: Answer,
  bytes: Uint8Array,
  forwarded: ForwardedRequest | undefined,
): SentAnswer {
  const named: Record<string, string> = {}
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]?.toLowerCase() ?? ''
    const value = headers[index + 1] ?? ''
    named[name] = named[name] === undefined ? value : `${named[name]}, ${value}`
  }
  const text = () => Buffer.from(bytes).toString()
  return { status, headers: named, body: bytes, forwarded, text, json: () => JSON.parse(text()) as unknown }
}
