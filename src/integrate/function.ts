/** A handler of the definition answers instead of the app. */
import { PosternError } from '../errors.js'
import { Answer, answer, type Context, type Integration, type Outcome, Refusal } from '../exchange.js'
import { inTime, isPromise } from '../store/bounded.js'

/** The integration that calls a handler: what it returns becomes the answer. */
export function callHandler(handler: (context: Context) => unknown): Integration {
  return (exchange) => {
    const result = handler(exchange)
    if (!isPromise(result)) return toOutcome(result)
    const { timeout } = exchange
    if (timeout === false) return Promise.resolve(result).then(toOutcome)
    return inTime(result, timeout, () => tooSlow(timeout)).then(toOutcome)
  }
}

/** An answer or refusal as it is; nothing as 204; text, bytes and values as a 200. */
function toOutcome(result: unknown): Outcome {
  if (result instanceof Answer || result instanceof Refusal) return result
  return result === undefined ? answer(204) : answer(200, result)
}

function tooSlow(timeout: number): PosternError {
  return new PosternError('HANDLER_TIMEOUT', `the handler did not answer within ${timeout} ms`)
}
