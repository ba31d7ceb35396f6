/**
 * The requests of this process's own servers, by who handles them: frameworks that hand out a `Request` keep back the
 * connection that it came by.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { GatewayContext } from '../src/context.js'
import type { Caller } from '../src/web/request.js'
import { boundBody } from './body.js'

/** A request as Node received it. */
export interface Arrival {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Of the request, from which Next takes it when the body is not wanted any more. */
  readonly socket: Socket
  /** Path and query, before the framework changed them. */
  readonly target: string
  /** Bytes that have come of a body whose length was not told, whoever has taken them. */
  readonly received?: () => number
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
    const chunked = request.headers['transfer-encoding'] !== undefined
    const counted = chunked ? { received: boundBody(request, Number.POSITIVE_INFINITY, () => {}) } : {}
    current.enterWith({ request, response, socket: request.socket, target: request.url ?? '', ...counted })
  })
}

/** The request that is being handled; `undefined` where none of Node's `http` or `https` servers has received it. */
export function arrival(): Arrival | undefined {
  return shared[KEY]?.getStore()
}

export function callerOfArrival({ socket: own, target }: Arrival): Caller {
  const socket = own as TLSSocket
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
