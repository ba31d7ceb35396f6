/** Calls a function in this process. */
import type { Exchange } from '../../exchange.js'
import { isPromise } from '../../store/bounded.js'
import { whileWaited } from '../../waiting.js'
import { Called, type Failed, failedWith } from './called.js'
import { type FunctionFacts, InvocationContext } from './context.js'
import type { LambdaCallback, LambdaHandler } from './types.js'

/** Calls it, and settles once: with the first word that it says. */
export function run(
  handler: LambdaHandler<never>,
  event: unknown,
  context: (callback: LambdaCallback) => InvocationContext,
  settle: (outcome: Called | Failed) => void,
): void {
  const failed = (error: unknown) => settle(failedWith(error))
  const callback: LambdaCallback = (error, result) =>
    error === undefined || error === null ? settle(new Called(result)) : failed(error)
  try {
    const returned: unknown = handler(event as never, context(callback), callback)
    if (isPromise(returned)) returned.then((result: unknown) => settle(new Called(result)), failed)
    else if (isResult(returned, handler.length)) settle(new Called(returned))
  } catch (error) {
    failed(error)
  }
}

/**
 * Whether what a function returns without a promise is its result. What takes a callback, or a context to call
 * `done` on, will call it.
 */
function isResult(returned: unknown, parameters: number): boolean {
  if (parameters === 1) return true
  return returned !== undefined && parameters < 3
}

/**
 * The same within the time that an exchange has, while its caller is there.
 *
 * @throws PosternError `HANDLER_TIMEOUT`, `CALLER_GONE`
 */
export function call(
  handler: LambdaHandler<never>,
  event: unknown,
  facts: FunctionFacts,
  exchange: Exchange,
  timeout: number | false,
): Promise<Called | Failed> {
  return new Promise((resolve, reject) => {
    const answered = whileWaited(exchange, timeout, 'the function gave no result', reject)
    const until = timeout === false ? undefined : exchange.integratedAt + timeout
    const context = (callback: LambdaCallback) =>
      new InvocationContext(facts, exchange.requestId, until, callback)
    run(handler, event, context, (outcome) => {
      answered()
      resolve(outcome)
    })
  })
}
