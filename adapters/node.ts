/** What all adapters over Node's `http` share: the port's two halves, a request and its response. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer, Exchange, GatewayRequest } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { boundBody, readBody } from './body.js'

/** A request of Node's, as the core sees it. Nothing is read or built before it is asked for. */
export class NodeRequest implements GatewayRequest {
  #body: Promise<Uint8Array> | undefined

  constructor(
    readonly req: IncomingMessage,
    readonly res: ServerResponse,
    readonly target: string,
    readonly localTarget: string,
    readonly foldsCase: boolean,
  ) {}

  get method(): string {
    return this.req.method ?? ''
  }

  get peer(): string {
    return this.req.socket.remoteAddress ?? ''
  }

  get encrypted(): boolean {
    return (this.req.socket as { encrypted?: boolean }).encrypted === true
  }

  header(name: string): string | undefined {
    const value = this.req.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  rawHeaders(): readonly string[] {
    return this.req.rawHeaders
  }

  body(limit: number): Promise<Uint8Array> {
    this.#body ??= readBody(this.req, limit)
    return this.#body
  }
}

/** Sends the gateway's own answer. What is left of the request's body is not waited for. */
export function write({ req, res }: NodeRequest, answer: Answer): void {
  if (res.headersSent || res.destroyed) return
  if (isUnread(req)) {
    closeAfter(req)
    res.setHeader('Connection', 'close')
  }
  res.writeHead(answer.status, answer.headers as string[])
  res.end(answer.body)
}

/** What an app may have said of a body of its own before the gateway had to answer instead. */
const OF_THE_APP =
  /^(?:content-|transfer-encoding$|etag$|last-modified$|cache-control$|accept-ranges$|set-cookie$)/
/** So much of an unread body is let through rather than losing the connection. */
const SMALL = 65_536
/** How long a caller that is still sending may take to read the answer. */
const LINGER = 1_000

function isUnread(req: IncomingMessage): boolean {
  return (
    !req.complete &&
    (req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length']) > SMALL)
  )
}

/** Closes in two steps: a socket destroyed at once would be reset, and the answer lost, while the caller still sends. */
function closeAfter({ socket }: IncomingMessage): void {
  socket.destroySoon = () => {
    socket.end()
    setTimeout(() => socket.destroy(), LINGER).unref()
  }
}

/**
 * Hands an admitted request to the app: the exchange's headers are set, and its end is awaited.
 *
 * @param next runs the app
 */
export function handOver(gateway: Gateway, exchange: Exchange, call: NodeRequest, next: () => void): void {
  const { req, res } = call
  // The caller left while a step was waiting: nobody is there to be answered.
  if (res.destroyed) return gateway.ended(exchange, { status: 0, bytesIn: 0, bytesOut: 0, whole: false })
  const headers = gateway.headers(exchange)
  for (let index = 0; index < headers.length; index += 2)
    res.setHeader(headers[index] ?? '', headers[index + 1] ?? '')
  if (!exchange.watched) watch(gateway, exchange, call)
  next()
}

/** One `close` listener: it is there on every way out, and cheaper than wrapping what the app calls. */
function watch(gateway: Gateway, exchange: Exchange, call: NodeRequest): void {
  const { req, res } = call
  const { socket } = req
  exchange.watched = true
  const writtenBefore = socket.bytesWritten
  const received = boundBody(req, gateway.limits.body, () =>
    seize(call, gateway.refused(exchange, 'REQUEST_TOO_LARGE')),
  )
  const timer =
    exchange.timeout === false ? undefined : setTimeout(timedOut, exchange.timeout, gateway, exchange, call)
  res.once('close', () => {
    clearTimeout(timer)
    const bytesOut = sentBytes(res, socket.bytesWritten - writtenBefore)
    const status = res.headersSent ? res.statusCode : 0
    gateway.ended(exchange, { status, bytesIn: received(), bytesOut, whole: res.writableFinished })
  })
}

function timedOut(gateway: Gateway, exchange: Exchange, call: NodeRequest): void {
  if (!call.res.headersSent && !call.res.destroyed)
    seize(call, gateway.refused(exchange, 'INTEGRATION_TIMEOUT'))
}

/** Answers in the app's place, and makes what the app still does to its response harmless. */
function seize(call: NodeRequest, answer: Answer): void {
  const { res } = call
  if (res.headersSent) {
    res.destroy()
    return
  }
  for (const name of res.getHeaderNames()) if (OF_THE_APP.test(name)) res.removeHeader(name)
  write(call, answer)
  const self = () => res
  const done = (...args: unknown[]) => {
    const callback = args.find((argument) => typeof argument === 'function')
    if (typeof callback === 'function') process.nextTick(() => callback())
    return true
  }
  const muted = {
    setHeader: self,
    appendHeader: self,
    removeHeader: self,
    writeHead: self,
    flushHeaders: self,
  }
  Object.assign(res, muted, { write: done, end: (...args: unknown[]) => done(...args) && res })
}

/** The bytes of the body: as announced, or what went over the wire beside the head. */
function sentBytes(res: ServerResponse, written: number): number {
  const announced = Number(res.getHeader('content-length'))
  if (res.req.method === 'HEAD' || !res.headersSent) return 0
  if (res.writableFinished && announced > 0) return announced
  const head = (res as { _header?: string | null })._header ?? ''
  return Math.max(0, written - head.length)
}
