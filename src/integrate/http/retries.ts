/** Calls made again: which ones, when, and how many at most. */
import { type Duration, milliseconds } from '../../clock.js'
import type { RetryPolicy } from '../../integration.js'

const ATTEMPTS = 2
const BACKOFF: Duration = '50ms'
const SHARE = 0.2
/** Granted in any case, over the same time: where little is called, a share of it is nothing. */
const FREE = 10
/** Seconds. */
const WINDOW = 10

/** A policy with nothing left open. */
export interface RetryLimits {
  readonly attempts: number
  /** ms */
  readonly backoff: number
  readonly budget: number
  readonly statuses: ReadonlySet<number>
}

export function retryLimits(policy: false | RetryPolicy = {}): RetryLimits | undefined {
  if (policy === false) return undefined
  const { attempts = ATTEMPTS, backoff = BACKOFF, budget = SHARE, statuses = [] } = policy
  return { attempts, backoff: milliseconds(backoff), budget, statuses: new Set(statuses) }
}

/** ms until a call is made for the n-th time again: any part of a time that doubles, so that many do not come at once. */
export function backoffOf({ backoff }: RetryLimits, again: number, random: () => number): number {
  return Math.round(random() * backoff * 2 ** (again - 1))
}

/** The calls to one target over the last ten seconds, and how many of them were made again. */
export class RetryBudget {
  readonly #calls = new Array<number>(WINDOW).fill(0)
  readonly #retries = new Array<number>(WINDOW).fill(0)
  #second = 0

  /** @param now ms */
  called(now: number): void {
    const at = this.#at(now)
    this.#calls[at] = (this.#calls[at] ?? 0) + 1
  }

  /** Whether one more is to be made again; counted where it is. */
  grants({ budget }: RetryLimits, now: number): boolean {
    const at = this.#at(now)
    if (sum(this.#retries) >= Math.max(FREE, budget * sum(this.#calls))) return false
    this.#retries[at] = (this.#retries[at] ?? 0) + 1
    return true
  }

  /** The place of this second, and those empty that have passed since the last one. */
  #at(now: number): number {
    const second = Math.floor(now / 1000)
    const passed = second - this.#second
    if (passed !== 0) {
      // Of a clock that was set back, nothing is kept.
      const stale = passed < 0 ? WINDOW : Math.min(passed, WINDOW)
      for (let ago = 0; ago < stale; ago++) this.#forget(second - ago)
      this.#second = second
    }
    return second % WINDOW
  }

  #forget(second: number): void {
    const at = ((second % WINDOW) + WINDOW) % WINDOW
    this.#calls[at] = 0
    this.#retries[at] = 0
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
