/** What is passed on of where a request comes from. */
import type { Exchange } from '../exchange.js'

/** A forwarding header as trusted proxies have written it; nothing of what a caller may have sent through them. */
export function toldByProxy({ request, proxied, proxyHeader }: Exchange, name: string): string | undefined {
  if (!proxied) return undefined
  const isStandard = name === 'forwarded'
  const isTheirs = proxyHeader === undefined || (proxyHeader === 'Forwarded') === isStandard
  return isTheirs ? request.header(name) : undefined
}
