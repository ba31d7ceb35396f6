/** Upgrades: Node gives them to no middleware, only to whoever listens on the server. */
import { type IncomingMessage, type Server, ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { PosternError } from '../src/errors.js'
import { type Answer, type Exchange, type Passed, passed } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { isStream } from '../src/stream.js'
import { NodeRequest } from './request.js'
import { LINGER, pour } from './write.js'

/**
 * Every `upgrade` of the server passes the gateway before it reaches those who listen, whenever they came:
 * listeners cannot be stopped by each other, so the event itself is held back.
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
  server.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event !== 'upgrade' || server.listenerCount('upgrade') === 0) return emit(event, ...args)
    const [req, socket] = args as [IncomingMessage, Duplex]
    const request = new NodeRequest(req, new ServerResponse(req), req.url ?? '', req.url ?? '', app.foldsCase)
    let admitted = false
    const forward = (exchange: Exchange): Passed => {
      admitted = admit(gateway, exchange, req, socket)
      return passed
    }
    // Outside of the gateway's own errors: a listener that throws has begun to answer already.
    const settle = (result: Answer | Passed) => {
      if (result !== passed) return refuse(socket, result)
      socket.off('error', ignore)
      if (!admitted) return
      try {
        emit(event, ...args)
      } catch (error) {
        gateway.report(error)
        socket.destroy()
      }
    }
    // Nobody else listens while a step waits, and an error without a listener ends the process.
    socket.on('error', ignore)
    const result = gateway.handle(request, forward)
    if (result instanceof Promise) result.then(settle).catch(() => socket.destroy())
    else settle(result)
    return true
  }
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
