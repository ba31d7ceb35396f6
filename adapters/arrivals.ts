/**
 * The requests of this process's own servers, by who handles them: frameworks that hand out a `Request` keep back the
 * connection that it came by.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { GatewayContext } from '../src/exchange.js'
import type { Caller } from '../src/web/request.js'

/** A request as Node received it. */
export interface Arrival {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Path and query, before the framework changed them. */
  readonly target: string
  /** What a gateway knows of it that has passed it on. */
  exchange?: GatewayContext
}

/** On the global object: bundlers load this module more than once in a process, and development again and again. */
const KEY = Symbol.for('postern.arrivals')
const shared = globalThis as { [KEY]?: AsyncLocalStorage<Arrival> }

/** From now on every request that comes is known while it is handled. Nothing is said of those that came before. */
export function watchArrivals(): void {
  if (shared[KEY] !== undefined) return
  const current = new AsyncLocalStorage<Arrival>()
  shared[KEY] = current
  subscribe('http.server.request.start', (message) => {
    const { request, response } = message as Pick<Arrival, 'request' | 'response'>
    current.enterWith({ request, response, target: request.url ?? '' })
  })
}

/** The request that is being handled; `undefined` where none of Node's `http` or `https` servers has received it. */
export function arrival(): Arrival | undefined {
  return shared[KEY]?.getStore()
}

export function callerOfArrival({ request, target }: Arrival): Caller {
  const socket = request.socket as TLSSocket
  return {
    address: socket.remoteAddress,
    secure: socket.encrypted === true,
    target,
    certificate: socket.getPeerX509Certificate?.(),
  }
}

/** Whether a field was sent, and is not the framework's own. */
export function wasSent({ rawHeaders }: IncomingMessage, name: string): boolean {
  return rawHeaders.some((text, index) => index % 2 === 0 && text.toLowerCase() === name)
}
