/** Exchanges that arrive once more, as other request objects. */
import { Exchange } from './exchange.js'
import type { Gateway } from './gateway.js'
import type { Live } from './live.js'
import type { GatewayRequest } from './port.js'

/**
 * The same exchange in another request object, from now on `gateway`'s to answer and record.
 *
 * @returns `undefined` where it is another gateway's, or its stage has changed since
 */
export function adopted(
  gateway: Gateway,
  { byName }: Live,
  outer: Exchange,
  request: GatewayRequest,
): Exchange | undefined {
  const { at } = outer
  if (outer.gateway !== gateway && !isTwin(outer.gateway, gateway)) return undefined
  const live = at && byName.get(at.name)
  const stage = (at?.canary ? live?.canary?.live : live)?.stage
  if (stage?.deployment !== at?.deployment) return undefined
  const exchange = new Exchange(gateway, request, outer.requestId, outer.startedAt)
  const { forwards } = exchange
  Object.assign(exchange, outer, { gateway, request, at: stage, forwards })
  Object.assign(exchange, { tap: undefined, watched: false, forwardHeaders: undefined })
  Object.assign(outer, { ended: true })
  return exchange
}

/** Whether one is a copy of the other, made by the same code loaded once more. */
function isTwin(one: object, { store }: Gateway): boolean {
  return store !== undefined && (one as Partial<Gateway>).store === store
}
