import { PosternError } from '../errors.js'
import { ownTimer } from './deadline.js'

/** What `setTimeout` can hold; it takes more for 1 ms. */
const LONGEST = 2 ** 31 - 1

/** A failure of the store, with what it was asked for. */
export function unavailable(what: string, cause: unknown): PosternError {
  if (cause instanceof PosternError && cause.code === 'STORE_UNAVAILABLE') return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new PosternError('STORE_UNAVAILABLE', `the store failed at '${what}': ${reason}`, { cause })
}

/**
 * The store's answer, waited for no longer than `timeout` ms. What is there at once is passed on as it is.
 *
 * @throws PosternError `STORE_UNAVAILABLE`, or a promise rejected with it
 */
export function bounded<T>(what: string, timeout: number, ask: () => T | Promise<T>): T | Promise<T> {
  let answer: T | Promise<T>
  try {
    answer = ask()
  } catch (error) {
    throw unavailable(what, error)
  }
  return isPromise(answer) ? within(what, timeout, answer) : answer
}

/** Clients have promises of their own kind, hence no `instanceof`. */
export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** The store's answer, waited for no longer than `timeout` ms. Rejects with `STORE_UNAVAILABLE`. */
export function within<T>(what: string, timeout: number, answer: Promise<T>): Promise<T> {
  const late = () => new Error(`no answer within ${timeout} ms`)
  return inTime(answer, timeout, late).catch((error: unknown) => Promise.reject(unavailable(what, error)))
}

/**
 * Resolves or rejects once; whatever comes later is dropped, rejections too.
 *
 * @param timeout ms
 * @param late what it rejects with then
 * @param timer by which it is told: one that requests share, where there are as many as these
 */
export function inTime<T>(
  answer: PromiseLike<T>,
  timeout: number,
  late: () => Error,
  timer = ownTimer,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const deadline = timer(Math.min(timeout, LONGEST), () => reject(late()))
    answer.then(
      (value) => {
        deadline.cancel()
        resolve(value)
      },
      (error: unknown) => {
        deadline.cancel()
        reject(error)
      },
    )
  })
}
