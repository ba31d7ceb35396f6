/** An admitted request in the app's hands: what bounds it there, and how its end is seen. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer, Exchange } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { within } from '../src/store/deadline.js'
import { boundBody } from './body.js'
import { whenOver } from './gone.js'
import { NodeRequest } from './request.js'
import { tapAnswer } from './tap.js'
import { canAnswer, setHeaders, write } from './write.js'

/**
 * Makes an admitted request ready for the app: the exchange's headers are set, and its end is awaited.
 *
 * @returns whether the app is to run
 */
export function handOver(gateway: Gateway, exchange: Exchange): boolean {
  // Of a policy on a route behind a mounted gate: the request with which the exchange began.
  const call = exchange.request
  if (!(call instanceof NodeRequest)) throw new TypeError('an exchange that no adapter for Node began')
  const { res } = call
  // The caller left while a step was waiting: nobody is there to be answered.
  if (call.isGone || res.headersSent) {
    canAnswer(call, gateway.report)
    exchange.tap?.end(false)
    gateway.ended(exchange, { status: 0, bytesIn: 0, bytesOut: 0, whole: false })
    return false
  }
  setHeaders(res, gateway.headers(exchange))
  if (exchange.forwardHeaders !== undefined) alterHeaders(call.req, exchange.forwardHeaders)
  tapAnswer(gateway, exchange, call)
  if (!exchange.watched) watch(gateway, exchange, call)
  call.deadline?.cancel()
  if (exchange.timeout !== false) {
    call.deadline = within(exchange.timeout, () => timedOut(gateway, exchange, call))
  }
  return true
}

/** The app is to see some headers otherwise than they came, in both of the forms in which Node has them. */
function alterHeaders(req: IncomingMessage, altered: ReadonlyMap<string, string | undefined>): void {
  const raw = req.rawHeaders
  const kept = raw.filter((_, index) => !altered.has(raw[index - (index % 2)]?.toLowerCase() ?? ''))
  // In place: with HTTP/2 nothing else can be put there.
  raw.splice(0, raw.length, ...kept)
  for (const [name, value] of altered) {
    delete req.headers[name]
    if (value === undefined) continue
    req.headers[name] = value
    raw.push(name, value)
  }
}

/**
 * Its end is listened for: that is there on every way out, and cheaper than wrapping what the app calls.
 *
 * @param before bytes of a body of unknown length that have come already, where somebody has taken them
 */
export function watch(gateway: Gateway, exchange: Exchange, call: NodeRequest, before?: number): void {
  exchange.watched = true
  const { body } = gateway.limits
  const received = call.isChunked
    ? boundBody(call.req, body, () => seize(call, gateway.refused(exchange, 'REQUEST_TOO_LARGE')), before)
    : undefined
  const sent = new SentBytes(call)
  const over = () => {
    const { res, socket } = call
    call.deadline?.cancel()
    // With HTTP/2 a connection outlives the answers that break off on it.
    const sentAll = res.writableFinished || !(call.isHttp2 || socket.destroyed)
    // An answer may be ended that was broken off before.
    const whole = res.writableEnded && sentAll && !res.errored
    const status = statusOf(res, whole)
    const bytesIn = received === undefined ? call.announced : received()
    gateway.ended(exchange, {
      status,
      bytesIn,
      bytesOut: status === 0 ? 0 : sent.count(status, whole),
      whole,
    })
  }
  whenOver(call, over, sent)
}

/** Some change it when the head is out and what follows has failed. */
function statusOf(res: ServerResponse, whole: boolean): number {
  if (!res.headersSent) return 0
  const head: unknown = whole ? undefined : (res as { _header?: unknown })._header
  return (typeof head === 'string' && Number(head.slice(9, 12))) || res.statusCode
}

function timedOut(gateway: Gateway, exchange: Exchange, call: NodeRequest): void {
  if (call.res.headersSent || call.isGone) return
  seize(call, gateway.refused(exchange, 'INTEGRATION_TIMEOUT'))
}

/** What an app may have said of a body of its own before the gateway had to answer instead. */
const OF_THE_APP =
  /^(?:content-.*|transfer-encoding|trailer|etag|last-modified|expires|cache-control|age|accept-ranges|location|link|allow|retry-after|www-authenticate|set-cookie)$/

/** What would still write to the connection, or fail once the answer is out. */
const CHANGES = [
  'setHeader',
  'setHeaders',
  'appendHeader',
  'removeHeader',
  'writeHead',
  'flushHeaders',
  'addTrailers',
  'writeContinue',
  'writeProcessing',
  'writeEarlyHints',
]

/**
 * Answers in the app's place, and makes what the app still does to its response harmless. The connection is
 * closed: an app that fails after its answer has begun breaks it, and would break the next exchange.
 */
export function seize(call: NodeRequest, answer: Answer): void {
  const { res } = call
  if (res.headersSent) {
    res.destroy()
    return
  }
  for (const name of res.getHeaderNames()) if (OF_THE_APP.test(name)) res.removeHeader(name)
  write(call, answer, () => {}, true)
  const done = (...args: unknown[]) => {
    const callback = args.find((argument) => typeof argument === 'function')
    if (typeof callback === 'function') process.nextTick(() => callback())
    return true
  }
  Object.assign(res, Object.fromEntries(CHANGES.map((name) => [name, () => res])))
  Object.assign(res, { write: done, end: (...args: unknown[]) => done(...args) && res })
  const { statusCode } = res
  Object.defineProperty(res, 'statusCode', { get: () => statusCode, set: () => {} })
}

/** The bytes of an answer's body: as announced, or what went over the wire beside the head. */
class SentBytes {
  /** Of the connection, when the answer's turn came. */
  #before: number
  readonly #written: (() => number) | undefined

  constructor(readonly call: NodeRequest) {
    this.#before = call.socket.bytesWritten
    this.#written = call.isHttp2 ? countWrites(call.res) : undefined
  }

  /** Its turn on the connection has come. */
  begin(): void {
    this.#before = this.call.socket.bytesWritten
  }

  count(status: number, whole: boolean): number {
    const { method, res, socket } = this.call
    if (method === 'HEAD' || status === 204 || status === 304) return 0
    const announced = Number(res.getHeader('content-length'))
    if (whole && announced >= 0) return announced
    if (this.#written !== undefined) return this.#written()
    const head = (res as { _header?: string | null })._header
    return Math.max(0, socket.bytesWritten - this.#before - (head?.length ?? 0)) || 0
  }
}

/** With HTTP/2 a connection carries many answers at a time: each is counted as it is written, by `end` through `write`, too. */
function countWrites(res: ServerResponse): () => number {
  let bytes = 0
  const write = res.write.bind(res) as (...args: unknown[]) => boolean
  res.write = (...args: unknown[]): boolean => {
    const [chunk, encoding] = args
    if (chunk instanceof Uint8Array) bytes += chunk.length
    else if (typeof chunk === 'string') bytes += Buffer.byteLength(chunk, encoding as BufferEncoding)
    return write(...args)
  }
  return () => bytes
}
