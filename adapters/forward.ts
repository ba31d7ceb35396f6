/** An admitted request in the app's hands: what bounds it there, and how its end is seen. */
import type { IncomingMessage } from 'node:http'
import type { Answer, Exchange } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { within } from '../src/store/deadline.js'
import { boundBody } from './body.js'
import { whenOver } from './gone.js'
import { NodeRequest } from './request.js'
import { SentBytes } from './sent.js'
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
    call.deadline?.cancel()
    const bytesIn = received === undefined ? call.announced : received()
    const { status, bytesOut, whole } = sent.outcome()
    gateway.ended(exchange, { status, bytesIn, bytesOut, whole })
  }
  whenOver(call, over, sent)
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
