/** Policies that look on: `mode: 'observe'`. */
import { PosternError } from './errors.js'
import { type Exchange, type Outcome, Refusal, type Step } from './exchange.js'

/** The same step, but where it observes, what it refuses is only recorded, and what it throws reported. */
export function observing(step: Step, observes: boolean, report: (error: unknown) => void): Step {
  if (!observes) return step
  const note = (exchange: Exchange, outcome: Outcome | undefined) => {
    if (!(outcome instanceof Refusal)) return outcome
    exchange.observe(outcome.type, outcome.detail)
    return undefined
  }
  const failed = (exchange: Exchange, error: unknown) => {
    // Bounds are no demand of the policy: a body that is too large, a caller who has left.
    if (error instanceof PosternError) throw error
    report(error)
    exchange.observe('API_CONFIGURATION_ERROR')
    return undefined
  }
  return (exchange) => {
    try {
      const outcome = step(exchange)
      if (!(outcome instanceof Promise)) return note(exchange, outcome)
      return outcome.then(
        (late) => note(exchange, late),
        (error: unknown) => failed(exchange, error),
      )
    } catch (error) {
      return failed(exchange, error)
    }
  }
}
