/** A target that keeps failing is left alone for a while: it may recover, and callers are told at once. */
import { type Duration, milliseconds } from '../../clock.js'
import type { BreakerPolicy } from '../../integration.js'

const FAILURES = 5
const COOLDOWN: Duration = '10s'

/** A policy with nothing left open. */
export interface BreakerLimits {
  readonly failures: number
  /** ms */
  readonly cooldown: number
}

export function breakerLimits(policy: false | BreakerPolicy = {}): BreakerLimits | undefined {
  if (policy === false) return undefined
  const { failures = FAILURES, cooldown = COOLDOWN } = policy
  return { failures, cooldown: milliseconds(cooldown) }
}

/** What is known of one target, whoever calls it. */
export class Breaker {
  #failures = 0
  #openedAt: number | undefined
  #isProbing = false

  /** Whether a call may be made: always, or one after a while to see whether the target is back. */
  admits({ cooldown }: BreakerLimits, now: number): boolean {
    if (this.#openedAt === undefined) return true
    // A clock that was set back must not keep a target away.
    return !this.#isProbing && Math.abs(now - this.#openedAt) >= cooldown
  }

  /**
   * A call is made that {@link admits} allows. To be followed by one of those below.
   *
   * @returns whether it is the one that is to find out
   */
  enter(): boolean {
    this.#isProbing = this.#openedAt !== undefined
    return this.#isProbing
  }

  /** It has answered. */
  succeeded(): void {
    this.#failures = 0
    this.#openedAt = undefined
    this.#isProbing = false
  }

  /** Of calls that began before it was opened, it is not opened once more. */
  failed({ failures }: BreakerLimits, now: number, isProbe: boolean): void {
    this.#failures++
    if (isProbe || (this.#openedAt === undefined && this.#failures >= failures)) this.#openedAt = now
    if (isProbe) this.#isProbing = false
  }

  /** Nothing is known of what would have come of it. */
  left(isProbe: boolean): void {
    if (isProbe) this.#isProbing = false
  }
}
