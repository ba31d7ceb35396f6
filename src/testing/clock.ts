/** A clock that a test moves, and ids that a test knows. */
import { type Clock, type Duration, milliseconds } from '../clock.js'

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  /** Forwards, or with a negative duration backwards. */
  advance(duration: Duration): void
  /** To a date: ms since the epoch, a `Date`, or ISO 8601. */
  set(time: number | Date | string): void
}

/**
 * @param start where it stands: ms since the epoch, a `Date`, or ISO 8601
 *
 * @example
 * const clock = testClock('2026-01-01T00:00:00Z')
 * clock.advance('1s')
 * clock.now() // 1767225601000
 */
export function testClock(start: number | Date | string = '2026-01-01T00:00:00Z'): TestClock {
  let now = timeOf(start)
  return {
    now: () => now,
    advance: (duration) => {
      now += milliseconds(duration)
    },
    set: (time) => {
      now = timeOf(time)
    },
  }
}

/** @throws TypeError for what is no time */
export function timeOf(time: number | Date | string): number {
  const ms = new Date(time).getTime()
  if (Number.isNaN(ms))
    throw new TypeError(
      `'${String(time)}' is no time: write ms since the epoch, a Date, or '2026-01-01T00:00:00Z'`,
    )
  return ms
}

/** Request ids that are the same in every run: `…000000000001`, `…000000000002`, … */
export function testIds(): () => string {
  let count = 0
  return () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`
}
