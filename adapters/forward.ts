/** An admitted request in the app's hands: what bounds it there, and how its end is seen. */
import type { IncomingMessage } from 'node:http'
import type { Answer, Exchange } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { boundBody } from './body.js'
import { within } from './deadline.js'
import { whenGone } from './gone.js'
import { NodeRequest, setHeaders, write } from './node.js'
import { tapAnswer } from './tap.js'

/**
 * Hands an admitted request to the app: the exchange's headers are set, and its end is awaited.
 *
 * @param next runs the app
 */
export function handOver(gateway: Gateway, exchange: Exchange, next: () => void): void {
  // Of a policy on a route behind a mounted gate: the request with which the exchange began.
  const call = exchange.request
  if (!(call instanceof NodeRequest)) throw new TypeError('an exchange that no adapter for Node began')
  const { res } = call
  // The caller left while a step was waiting: nobody is there to be answered.
  if (call.socket.destroyed || res.destroyed) {
    exchange.tap?.end(false)
    return gateway.ended(exchange, { status: 0, bytesIn: 0, bytesOut: 0, whole: false })
  }
  setHeaders(res, gateway.headers(exchange))
  if (exchange.forwardHeaders !== undefined) alterHeaders(call.req, exchange.forwardHeaders)
  tapAnswer(gateway, exchange, res)
  if (!exchange.watched) watch(gateway, exchange, call)
  call.deadline?.cancel()
  if (exchange.timeout !== false) {
    call.deadline = within(exchange.timeout, () => timedOut(gateway, exchange, call))
  }
  next()
}

/** The app is to see some headers otherwise than they came, in both of the forms in which Node has them. */
function alterHeaders(req: IncomingMessage, altered: ReadonlyMap<string, string | undefined>): void {
  const raw = req.rawHeaders
  req.rawHeaders = raw.filter((_, index) => !altered.has(raw[index - (index % 2)]?.toLowerCase() ?? ''))
  for (const [name, value] of altered) {
    delete req.headers[name]
    if (value === undefined) continue
    req.headers[name] = value
    req.rawHeaders.push(name, value)
  }
}

/** One `close` listener: it is there on every way out, and cheaper than wrapping what the app calls. */
function watch(gateway: Gateway, exchange: Exchange, call: NodeRequest): void {
  const { res, socket } = call
  exchange.watched = true
  let before = socket.bytesWritten
  const exceeded = () => seize(call, gateway.refused(exchange, 'REQUEST_TOO_LARGE'))
  const received = boundBody(call, gateway.limits.body, exceeded)
  const over = () => {
    call.deadline?.cancel()
    const whole = res.writableEnded && (!socket.destroyed || res.writableFinished)
    const status = res.headersSent ? res.statusCode : 0
    const bytesOut = status === 0 ? 0 : sentBytes(call, status, whole, before)
    gateway.ended(exchange, { status, bytesIn: received(), bytesOut, whole })
  }
  res.on('close', over)
  if (res.socket !== null) return
  const forget = whenGone(socket, over)
  res.once('socket', () => {
    forget()
    before = socket.bytesWritten
  })
}

function timedOut(gateway: Gateway, exchange: Exchange, call: NodeRequest): void {
  const { res, socket } = call
  if (res.headersSent || res.destroyed || socket.destroyed) return
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
function seize(call: NodeRequest, answer: Answer): void {
  const { res } = call
  if (res.headersSent) {
    res.destroy()
    return
  }
  for (const name of res.getHeaderNames()) if (OF_THE_APP.test(name)) res.removeHeader(name)
  write(call, answer, true)
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

/** The bytes of the body: as announced, or what went over the wire beside the head. */
function sentBytes(
  { method, res, socket }: NodeRequest,
  status: number,
  whole: boolean,
  before: number,
): number {
  if (method === 'HEAD' || status === 204 || status === 304) return 0
  const announced = Number(res.getHeader('content-length'))
  if (whole && announced >= 0) return announced
  const head = (res as { _header?: string | null })._header
  return Math.max(0, socket.bytesWritten - before - (head?.length ?? 0)) || 0
}
