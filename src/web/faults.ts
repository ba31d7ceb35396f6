/** What can be wrong with the body of a request. */
import { PosternError } from '../errors.js'

export function tooLarge(limit: number): PosternError {
  return new PosternError('BODY_TOO_LARGE', `the body is larger than ${limit} bytes`)
}

export function aborted(): never {
  throw new PosternError('BODY_ABORTED', 'the caller went away before its body was whole')
}

export function consumed(): PosternError {
  return new PosternError(
    'BODY_CONSUMED',
    'the body was read before the gateway could: hand the request to the gateway first. It gives back every byte that it reads',
  )
}
