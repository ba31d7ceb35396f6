/** What can be wrong with the body of a request while it is read. */
import { PosternError } from './errors.js'

/** @param limit bytes */
export function tooLarge(limit: number): PosternError {
  return new PosternError('BODY_TOO_LARGE', `the body is larger than ${limit} bytes`)
}

export function aborted(cause?: unknown): PosternError {
  const options = cause === undefined ? {} : { cause }
  return new PosternError('BODY_ABORTED', 'the caller went away before its body was whole', options)
}

/** @param fix how the gateway comes to it first */
export function consumed(fix: string): PosternError {
  return new PosternError('BODY_CONSUMED', `the body was read before the gateway could: ${fix}`)
}
