/** The bodies of requests on their way to an upstream. */
import { PosternError } from '../../errors.js'
import type { Exchange } from '../../exchange.js'
import { inTime } from '../../store/bounded.js'
import type { ByteStream } from '../../stream.js'

/**
 * Bytes of a body that is read before it is sent on: in one piece it costs less, a caller who is slow keeps no upstream
 * waiting, and it can be sent again.
 */
export const SMALL = 65_536

/** All of a small one, once it is there; else as it comes. */
export function bodyOf({ request }: Exchange, limit: number): Promise<Uint8Array> | ByteStream | undefined {
  const length = request.header('content-length')
  const isSmall =
    length !== undefined && Number(length) <= SMALL && request.header('transfer-encoding') === undefined
  if (!isSmall) return request.stream(limit)
  return Number(length) > 0 ? request.body(limit) : undefined
}

/** A body that is waited for, in time. Rejects with `HANDLER_TIMEOUT`. */
export function awaitBody(body: Promise<Uint8Array>, timeout: number | false): Promise<Uint8Array> {
  if (timeout === false) return body
  const late = () => new PosternError('HANDLER_TIMEOUT', `the body did not come within ${timeout} ms`)
  return inTime(body, timeout, late)
}

/** The length of a body that is streamed, where its caller has told it. */
export function lengthOf({ request }: Exchange, body: unknown): string | undefined {
  if (body === undefined || body instanceof Uint8Array) return undefined
  return request.header('transfer-encoding') === undefined ? request.header('content-length') : undefined
}
