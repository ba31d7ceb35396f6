/** Waiting for what answers instead of the app: no longer than there is time, and no longer than somebody wants it. */
import { PosternError } from './errors.js'
import type { Exchange } from './exchange.js'
import { isPromise } from './store/bounded.js'
import { waitedWithin } from './store/deadline.js'

/**
 * Tells, once, when the time is up or the caller is gone: `HANDLER_TIMEOUT` or `CALLER_GONE`.
 *
 * @param timeout ms
 * @param what in words: `the function gave no result`
 * @returns to be called when there is an answer
 */
export function whileWaited(
  exchange: Exchange,
  timeout: number | false,
  what: string,
  over: (error: PosternError) => void,
): () => void {
  // Whoever has left already is told of before there is anything to be forgotten.
  let forget = () => {}
  const stop = () => {
    deadline?.cancel()
    forget()
  }
  const fail = (error: PosternError) => {
    stop()
    over(error)
  }
  const late = () => fail(new PosternError('HANDLER_TIMEOUT', `${what} within ${timeout} ms`))
  const deadline = timeout === false ? undefined : waitedWithin(timeout, late)
  forget = exchange.request.whenGone(() => fail(gone()))
  return stop
}

function gone(): PosternError {
  return new PosternError('CALLER_GONE', 'the caller went away before the integration had answered')
}

/**
 * Work that is waited for as long as {@link whileWaited} says.
 *
 * @param work is given what takes note of how to stop it
 */
export function waitedFor<T>(
  exchange: Exchange,
  timeout: number | false,
  what: string,
  work: (stoppedBy: (stop: () => void) => void) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let stop = () => {}
    const done = whileWaited(exchange, timeout, what, (error) => {
      reject(error)
      stop()
    })
    const stoppedBy = (given: () => void) => {
      stop = given
    }
    work(stoppedBy).finally(done).then(resolve, reject)
  })
}

/**
 * A request's body, which its caller has as much time to send as the integration has to answer.
 *
 * @param limit bytes at most
 */
export function receivedBody(
  exchange: Exchange,
  limit: number,
  timeout: number | false,
): Promise<Uint8Array> {
  const { request } = exchange
  // Nothing is waited for where there is none.
  if (!request.hasBody) return request.body(limit)
  return waitedFor(exchange, timeout, UNSENT, () => request.body(limit))
}

/** What is made of a request once its body is there, in the same time. */
export function receivedRequest<T>(
  exchange: Exchange,
  timeout: number | false,
  made: T | Promise<T>,
): T | Promise<T> {
  return isPromise(made) ? waitedFor(exchange, timeout, UNSENT, () => made) : made
}

const UNSENT = 'the caller did not send its body'

/** @param timeout ms */
export function stepsTooSlow(timeout: number): PosternError {
  const words = `the steps, or the body they wait for, took more than ${timeout} ms`
  return new PosternError('HANDLER_TIMEOUT', words)
}
