/** What a request's template overrides of the answer is still so when the result is mapped. */
import type { Exchange } from '../../exchange.js'
import { noOverrides, type Overrides } from './template.js'

const KEPT = new WeakMap<Exchange, Overrides>()

export function overridesOf(exchange: Exchange): Overrides {
  let overrides = KEPT.get(exchange)
  if (overrides === undefined) {
    overrides = noOverrides()
    KEPT.set(exchange, overrides)
  }
  return overrides
}
