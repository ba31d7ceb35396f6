/** What templates and parameters are given to speak of. */
import type { Exchange } from '../../exchange.js'
import type { IntegrationSite } from '../../integration.js'
import type { MethodRequest, Payload } from './methodrequest.js'
import { type JavaMap, newMap } from './values.js'

export interface Scene {
  readonly exchange: Exchange
  readonly site: IntegrationSite
  readonly method: MethodRequest
  /** `$input.body`: the request's, or that of what came back. */
  readonly payload: Payload
  readonly overrides: Overrides
}

/** What templates set by `$context.requestOverride` and `$context.responseOverride`. */
export interface Overrides {
  readonly request: JavaMap
  readonly response: JavaMap
}

const KEPT = new WeakMap<Exchange, Overrides>()

/** Those of an exchange: what its request's template has set is there still when the result is mapped, as in AWS. */
export function overridesOf(exchange: Exchange): Overrides {
  let overrides = KEPT.get(exchange)
  if (overrides === undefined) {
    const [request, response] = [newMap(), newMap()]
    for (const place of ['header', 'path', 'querystring']) request[place] = newMap()
    response.header = newMap()
    overrides = { request, response }
    KEPT.set(exchange, overrides)
  }
  return overrides
}

/** What is set in one place of them, in its order; what is null there is not. */
export function overridden(
  overrides: JavaMap,
  place: string,
): readonly (readonly [name: string, value: unknown])[] {
  const values = overrides[place]
  if (typeof values !== 'object' || values === null) return []
  return Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '')
}
