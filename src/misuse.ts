/** Errors of how a gateway is used, which name the fix. */
import { PosternError } from './errors.js'

export function mountedTwice(): PosternError {
  return new PosternError(
    'MOUNTED_TWICE',
    'the request has passed this gateway already: mount it once, above all that it guards, and use gate.route() below',
  )
}

export function noRequest(): PosternError {
  const words = "gateway.fetch() takes a Request of the web's: for servers of Node there is toNode(gateway)"
  return new PosternError('FRAMEWORK_UNSUPPORTED', `${words}, from postern/node`)
}
