/** Upgrades: Node gives them to no middleware, only to whoever listens on the server. */
import { type IncomingMessage, type Server, ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { CompleteRoute } from '../src/complete.js'
import { PosternError } from '../src/errors.js'
import { type Answer, type Exchange, type Passed, passed } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { isStream } from '../src/stream.js'
import { replay } from './replay.js'
import { NodeRequest } from './request.js'
import { Tunnel } from './tunnel.js'
import { LINGER, pour } from './write.js'

/**
 * Every `upgrade` of the server passes the gateway before it reaches those who listen, whenever they came:
 * listeners cannot be stopped by each other, so the event itself is held back. Where an integration answers, it takes
 * the connection on, and nobody has to listen.
 *
 * @param app asked at each upgrade: Fastify tells of itself when its plugins are loaded, later than this is called
 */
export function policeUpgrades(gateway: Gateway, server: Server, app: { readonly foldsCase: boolean }): void {
  if (typeof server?.listenerCount !== 'function' || typeof server.setTimeout !== 'function') {
    throw new PosternError(
      'SERVER_REQUIRED',
      'gate.upgrade() takes the http.Server that app.listen() returns',
    )
  }
  const emit = server.emit.bind(server) as (event: string | symbol, ...args: unknown[]) => boolean
  const count = server.listenerCount.bind(server) as (event: string | symbol, ...args: unknown[]) => number
  // Node asks this before it takes a request for an upgrade.
  server.listenerCount = (event: string | symbol, ...args: unknown[]): number => {
    const listening = count(event, ...args)
    return event === 'upgrade' && listening === 0 && gateway.takesUpgrades ? 1 : listening
  }
  server.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event !== 'upgrade') return emit(event, ...args)
    const isHeard = count('upgrade') > 0
    if (!isHeard && !gateway.takesUpgrades) return emit(event, ...args)
    const [req, socket, head] = args as [IncomingMessage, Duplex, Buffer]
    const request = new NodeRequest(req, new ServerResponse(req), req.url ?? '', req.url ?? '', app.foldsCase)
    const { exchange, proceed } = gateway.arrive(request)
    const isTaken = takesUpgrades(exchange)
    if (isTaken ? isOptional(request) : !isHeard) {
      replay(server, req, socket, head)
      return true
    }
    const tunnel = isTaken ? new Tunnel(gateway, exchange, socket, head) : undefined
    request.upgrade = tunnel
    police(gateway, { req, socket, tunnel }, proceed, () => emit(event, ...args))
    return true
  }
}

function takesUpgrades({ on }: Exchange): boolean {
  return (on as CompleteRoute | undefined)?.integration?.kind.upgrades === true
}

/** HTTP/2 is offered with requests that are otherwise complete; the offer is not passed on (RFC 9113, 3.1). */
function isOptional(request: NodeRequest): boolean {
  return /^h2c$/i.test(request.header('upgrade') ?? '')
}

/** @param admitted hands it to those who listen */
function police(
  gateway: Gateway,
  {
    req,
    socket,
    tunnel,
  }: { readonly req: IncomingMessage; readonly socket: Duplex; readonly tunnel: Tunnel | undefined },
  proceed: (forward: (exchange: Exchange) => Passed) => Answer | Passed | Promise<Answer | Passed>,
  admitted: () => void,
): void {
  let isAdmitted = false
  const forward = (exchange: Exchange): Passed => {
    isAdmitted = admit(gateway, exchange, req, socket)
    return passed
  }
  // Outside of the gateway's own errors: a listener that throws has begun to answer already.
  const settle = (result: Answer | Passed) => {
    if (result !== passed) {
      tunnel?.release()
      return refuse(socket, result)
    }
    socket.off('error', ignore)
    if (!isAdmitted) return
    try {
      admitted()
    } catch (error) {
      gateway.report(error)
      socket.destroy()
    }
  }
  // Nobody else listens while a step waits, and an error without a listener ends the process.
  socket.on('error', ignore)
  const result = proceed(forward)
  if (result instanceof Promise) result.then(settle).catch(() => socket.destroy())
  else settle(result)
}

function ignore(): void {}

/** Whether the caller is still there to be admitted. */
function admit(gateway: Gateway, exchange: Exchange, req: IncomingMessage, socket: Duplex): boolean {
  const ended = (status: number) =>
    gateway.ended(exchange, { status, bytesIn: 0, bytesOut: 0, whole: status !== 0 })
  if (socket.destroyed) ended(0)
  else socket.once('close', () => ended(101))
  Object.assign(req, { gateway: exchange, url: exchange.forwardTarget })
  exchange.watched = true
  return !socket.destroyed
}

/** There is no response object on an upgrade: the answer is written as HTTP has it. */
function refuse(socket: Duplex, { status, headers, body }: Answer): void {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n`
  for (let index = 0; index < headers.length; index += 2)
    head += `${headers[index]}: ${headers[index + 1]}\r\n`
  socket.on('error', ignore)
  socket.write(`${head}\r\n`, 'latin1')
  const linger = () => setTimeout(() => socket.destroy(), LINGER).unref()
  if (isStream(body)) pour(body, socket, linger)
  else {
    socket.end(body)
    linger()
  }
  // What the caller still sends is thrown away: a socket that nobody reads would stay for good.
  socket.resume()
}
