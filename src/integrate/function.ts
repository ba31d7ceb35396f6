/** A handler of the definition answers instead of the app. */
import { Answer, answer, type Context, type Exchange, type Integration, Refusal } from '../exchange.js'

/** The integration that calls a handler: what it returns becomes the answer. */
export function callHandler(handler: (context: Context) => unknown): Integration {
  return (exchange: Exchange) => {
    const result = handler(exchange)
    return result instanceof Promise ? result.then(toOutcome) : toOutcome(result)
  }
}

/** An answer or refusal as it is; nothing as 204; text, bytes and values as a 200. */
function toOutcome(result: unknown): Answer | Refusal {
  if (result instanceof Answer || result instanceof Refusal) return result
  return result === undefined ? answer(204) : answer(200, result)
}
