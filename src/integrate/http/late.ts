/** Calls that are not answered in time, and who is to blame for that. */
import { SMALL } from './body.js'
import type { Call } from './call.js'
import type { Target } from './target.js'
import { Upload } from './upload.js'

/** So long it takes at least until a server has had enough of waiting, ms. */
const PATIENCE = 1_000

/**
 * Whether the caller keeps the target waiting for its body: servers end the connections of those, most without a word.
 * One that falls while a body comes in as fast as others has its failure counted.
 *
 * @param passed ms since it went out, or had {@link SMALL} more bytes of the body
 */
export function isDawdling(body: unknown, passed: number): boolean {
  return body instanceof Upload && body.isWaiting && passed >= PATIENCE
}

/** A call as it stands when its time is up. */
export interface LateCall {
  readonly call: Call
  readonly target: Target | undefined
  readonly body: unknown
  /** Whether all connections were taken when it came. */
  readonly isInLine: boolean
  /** ms until it went out, where it has. */
  readonly waited: number
}

/** Why the target is not to blame, if it is not: it waits for the caller, or has had little of the time itself. */
export function excuseOf(
  { call, target, body, isInLine, waited }: LateCall,
  timeout: number,
): string | undefined {
  if (body instanceof Upload && body.isWaiting)
    return `the caller sent less than ${SMALL} bytes of its body within ${timeout} ms`
  // What does not get out is the target's fault where nobody gets through to it.
  const isBusy = call.sent ? waited > timeout / 2 : target?.isServing === true
  if (isInLine && isBusy) return `${target?.name ?? ''}: no connection was free for most of ${timeout} ms`
  return undefined
}
