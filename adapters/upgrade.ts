/** Upgrades: Node gives them to no middleware, only to whoever listens on the server. */
import { type IncomingMessage, type Server, ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Answer, type Exchange, type Passed, passed } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { NodeRequest } from './node.js'

/**
 * Every `upgrade` of the server passes the gateway before it reaches those who listen, whenever they came:
 * listeners cannot be stopped by each other, so the event itself is held back.
 */
export function policeUpgrades(gateway: Gateway, server: Server, foldsCase: boolean): void {
  const emit = server.emit.bind(server) as (event: string | symbol, ...args: unknown[]) => boolean
  server.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event !== 'upgrade' || server.listenerCount('upgrade') === 0) return emit(event, ...args)
    const [req, socket] = args as [IncomingMessage, Duplex]
    const request = new NodeRequest(req, new ServerResponse(req), req.url ?? '', req.url ?? '', foldsCase)
    const forward = (exchange: Exchange): Passed => {
      admit(gateway, exchange, req, socket)
      emit(event, ...args)
      return passed
    }
    const onError = () => socket.destroy()
    socket.once('error', onError)
    const settle = (result: Answer | Passed) => {
      socket.off('error', onError)
      if (result !== passed) refuse(socket, result)
    }
    const result = gateway.handle(request, forward)
    if (result instanceof Promise) result.then(settle)
    else settle(result)
    return true
  }
}

function admit(gateway: Gateway, exchange: Exchange, req: IncomingMessage, socket: Duplex): void {
  Object.assign(req, { gateway: exchange, url: exchange.forwardTarget })
  exchange.watched = true
  socket.once('close', () => gateway.ended(exchange, { status: 101, bytesIn: 0, bytesOut: 0, whole: true }))
}

/** There is no response object on an upgrade: the answer is written as HTTP has it. */
function refuse(socket: Duplex, { status, headers, body }: Answer): void {
  socket.on('error', () => socket.destroy())
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n`
  for (let index = 0; index < headers.length; index += 2)
    head += `${headers[index]}: ${headers[index + 1]}\r\n`
  socket.write(`${head}\r\n`)
  socket.end(body)
}
