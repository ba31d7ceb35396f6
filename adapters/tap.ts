/** Has an app's answer heard while it goes: by a cache that keeps it, by a model that it is held to. */
import { type OutgoingHttpHeader, type ServerResponse, STATUS_CODES } from 'node:http'
import type { WholeBody } from '../src/answer.js'
import type { Answer, Exchange, Tap } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { adopt, isOdd, isSame, put, rawNames } from './fields.js'
import { whenOver } from './gone.js'
import type { NodeRequest } from './request.js'

type Args = readonly unknown[]

/**
 * Has what the app answers told to the exchange's tap, if it has one. To be called when the gateway's own headers are
 * set and the app is about to run.
 */
export function tapAnswer(gateway: Gateway, exchange: Exchange, call: NodeRequest): void {
  const { tap } = exchange
  const { res } = call
  // A gate on a route behind a mounted one adds only its own.
  if (tap === undefined || tap.installed === true) return
  tap.installed = true
  const tapped = new TappedResponse(gateway, exchange, tap, res)
  const { writeHead, write, end, addTrailers } = tapped
  Object.assign(res, { writeHead, write, end, addTrailers })
  whenOver(call, () => tapped.over(false))
}

/** What is called instead of a response's own methods. They do what they did, and tell of it. */
class TappedResponse {
  readonly #own: Pick<ServerResponse, 'writeHead' | 'write' | 'end' | 'addTrailers'>
  /** The headers that are none of the app's: the gateway's, and those of what stands before it. */
  readonly #before: ReadonlyMap<string, OutgoingHttpHeader | undefined>
  #headTold = false
  #hears = false
  #replaced = false
  #ending = false
  /** Told once: the head is prepared before it is sent, while the body's length can still be known. */
  #preparing: { readonly whole: boolean } | undefined
  #over = false
  /** Whose answer it was said to be. */
  #told = ''

  constructor(
    readonly gateway: Gateway,
    readonly exchange: Exchange,
    readonly tap: Tap,
    readonly res: ServerResponse,
  ) {
    const { writeHead, write, end, addTrailers } = res
    this.#own = { writeHead, write, end, addTrailers }
    this.#before = new Map(Object.entries(res.getHeaders()))
  }

  readonly writeHead = (...args: Args): ServerResponse => {
    const { res } = this
    if (this.#replaced) return res
    const [status, reason, headers] = args
    const fields = typeof reason === 'string' ? headers : (headers ?? reason)
    if (this.#headTold || res.headersSent || !isFinal(status) || isOdd(fields))
      return this.#call('writeHead', args)
    adopt(res, fields)
    this.#tellHead(status, this.#preparing?.whole ?? false)
    if (this.#replaced || this.#preparing !== undefined) return res
    return this.#call('writeHead', typeof reason === 'string' ? [status, reason] : [status])
  }

  readonly write = (...args: Args): boolean => {
    // With HTTP/2 `end` writes its piece by calling this.
    if (this.#ending) return this.#call('write', args)
    this.#prepare(false)
    if (this.#replaced) {
      this.#tellChunk(args)
      return swallow(args)
    }
    const { writableEnded } = this.res
    const flows = this.#call('write', args)
    if (!writableEnded) this.#tellChunk(args)
    return flows
  }

  readonly end = (...args: Args): ServerResponse => {
    const { res } = this
    this.#prepare(true)
    const { writableEnded } = res
    if (this.#replaced) swallow(args)
    else this.#callEnd(args)
    if (this.#replaced || !writableEnded) {
      this.#tellChunk(args)
      // A session that stands before the gateway may hold the answer back until it is saved.
      if (res.headersSent) this.#whole()
      else res.once('finish', () => this.#whole())
    }
    return res
  }

  /** What comes behind the body is not heard, so the answer is not whole without. */
  readonly addTrailers = (...args: Args): void => {
    this.over(false)
    if (!this.#replaced) this.#call('addTrailers', args)
  }

  over(whole: boolean): void {
    if (this.#over) return
    this.#over = true
    this.#hears = false
    this.#safely(() => this.tap.end(whole))
  }

  /** What stands before the gateway adds to the head when that is sent: with a cookie, the answer is its caller's own. */
  #whole(): void {
    this.over(this.#replaced || whose(this.res) === this.#told)
  }

  /**
   * Tells the head before anything of the body is written. Whatever has wrapped `writeHead` in turn (compression,
   * sessions) adds its headers when that is called, so it is called once for them alone.
   *
   * @param whole whether all of the body comes with this call
   */
  #prepare(whole: boolean): void {
    const { res } = this
    if (this.#headTold || res.headersSent || !isFinal(res.statusCode)) return
    if (res.writeHead === (this.writeHead as unknown)) return this.#tellHead(res.statusCode, whole)
    this.#preparing = { whole }
    try {
      res.writeHead(res.statusCode)
    } finally {
      this.#preparing = undefined
    }
  }

  #tellHead(status: number, whole: boolean): void {
    const { res, tap } = this
    this.#headTold = true
    const streamed = !whole && hasBody(res, status) && !res.hasHeader('content-length')
    const given = this.#given()
    this.#told = whose(res)
    const wish = this.#safely(() => tap.head(status, given, streamed))
    this.#hears = wish?.body ?? false
    if (wish?.instead !== undefined) return this.#replace(wish.instead)
    put(res, wish?.headers ?? [])
    this.#tellCache()
  }

  /** The headers that the app gave, and those that say whose the answer is, whoever gave them: names and values in turn. */
  #given(): string[] {
    const { res } = this
    return rawNames(res).flatMap((name) => {
      const value = res.getHeader(name)
      const key = name.toLowerCase()
      if (value === undefined || (!WHOSE.has(key) && isSame(value, this.#before.get(key)))) return []
      return [value].flat().flatMap((each) => [name, String(each)])
    })
  }

  #tellChunk([chunk, encoding]: Args): void {
    const { res } = this
    if (!this.#hears || !hasBody(res, this.#replaced ? 200 : res.statusCode)) return
    const bytes = bytesOf(chunk, encoding)
    if (bytes === undefined || bytes.length === 0) return
    this.#hears = this.#safely(() => this.tap.chunk(bytes)) ?? false
  }

  /** Another answer goes out; what the app still writes goes nowhere. */
  #replace({ status, headers, body }: Answer<WholeBody>): void {
    const { res } = this
    this.#replaced = true
    for (const name of res.getHeaderNames()) {
      const value = this.#before.get(name)
      if (value === undefined) res.removeHeader(name)
      else res.setHeader(name, value)
    }
    put(res, headers)
    this.#tellCache()
    const bodiless = status === 204 || status === 304
    if (!bodiless) res.setHeader('Content-Length', Buffer.byteLength(body))
    this.#call('writeHead', [status, STATUS_CODES[status] ?? ''])
    this.#call('end', bodiless ? [] : [body])
  }

  /** The app may stand before caches of its own (RFC 9211, 2). */
  #tellCache(): void {
    const { exchange, res } = this
    const told = this.#replaced ? undefined : res.getHeader('cache-status')
    if (exchange.cacheStatus === '' || told === exchange.cacheStatus) return
    const own = told === undefined || told === this.#before.get('cache-status')
    res.setHeader('Cache-Status', own ? exchange.cacheStatus : `${String(told)}, ${exchange.cacheStatus}`)
  }

  /** A tap that fails is none of the app's business: it hears no more, and the answer goes its way. */
  #safely<T>(told: () => T): T | undefined {
    try {
      return told()
    } catch (error) {
      this.gateway.report(error)
      this.over(false)
      return undefined
    }
  }

  #callEnd(args: Args): void {
    this.#ending = true
    try {
      this.#call('end', args)
    } finally {
      this.#ending = false
    }
  }

  #call<K extends 'writeHead' | 'write' | 'end' | 'addTrailers'>(
    name: K,
    args: Args,
  ): ReturnType<ServerResponse[K]> {
    return Reflect.apply(this.#own[name], this.res, args)
  }
}

/** The app may count on what a middleware before it has said so: it varies by a language, is for this caller only. */
const WHOSE = new Set(['cache-control', 'set-cookie', 'vary'])

/** But for `Vary`: what compresses an answer on its way out varies it by itself. */
function whose(res: ServerResponse): string {
  return `${res.getHeader('cache-control')}\n${res.getHeader('set-cookie')}`
}

function isFinal(status: unknown): status is number {
  return Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 999
}

function hasBody({ req }: ServerResponse, status: number): boolean {
  return req.method !== 'HEAD' && status !== 204 && status !== 304
}

function bytesOf(chunk: unknown, encoding: unknown): Uint8Array | undefined {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk !== 'string') return undefined
  const named = typeof encoding === 'string' && Buffer.isEncoding(encoding)
  return Buffer.from(chunk, named ? encoding : 'utf8')
}

/** As if it had been written. */
function swallow(args: Args): true {
  const callback = args.find((each) => typeof each === 'function')
  if (typeof callback === 'function') process.nextTick(() => callback())
  return true
}
