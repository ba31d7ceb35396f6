/** A handler of the definition answers instead of the app. */

import type { Context } from '../context.js'
import { PosternError } from '../errors.js'
import { Answer, answer, type Exchange, type Integration, type Outcome, Refusal } from '../exchange.js'
import { inTime, isPromise } from '../store/bounded.js'
import { waitedWithin } from '../store/deadline.js'
import { release } from '../stream.js'

/** The integration that calls a handler: what it returns becomes the answer. */
export function callHandler(handler: (context: Context) => unknown): Integration {
  return (exchange) => {
    const result = handler(exchange)
    if (!isPromise(result)) return toOutcome(result)
    const { timeout } = exchange
    const outcome = Promise.resolve(result).then((late) => orTooLate(exchange, toOutcome(late)))
    return timeout === false ? outcome : inTime(outcome, timeout, () => tooSlow(timeout), waitedWithin)
  }
}

/** An answer, a refusal or a `Response` as it is; nothing as 204; text, bytes, streams and values as a 200. */
function toOutcome(result: unknown): Outcome {
  if (result instanceof Answer || result instanceof Refusal) return result
  if (result instanceof Response) return ofResponse(result)
  return result === undefined ? answer(204) : answer(200, result)
}

function ofResponse({ status, headers, body }: Response): Answer {
  return new Answer(status, [...headers].flat(), body ?? '')
}

/** The handler's answer, unless the exchange was over before: then nobody will read it. */
function orTooLate(exchange: Exchange, outcome: Outcome): Outcome {
  const late = exchange.ended || exchange.refusal !== undefined
  if (late && outcome instanceof Answer) release(outcome.body)
  return outcome
}

function tooSlow(timeout: number): PosternError {
  return new PosternError('HANDLER_TIMEOUT', `the handler did not answer within ${timeout} ms`)
}

/** Of an admitted exchange that nobody answers: its route has no handler, and there is no app. */
export function unanswered({ on }: Exchange): Refusal {
  if (on === undefined) return new Refusal('RESOURCE_NOT_FOUND')
  const words = `'${on.name}' has no handler, and no app stands behind the gateway`
  return new Refusal('API_CONFIGURATION_ERROR', words)
}
