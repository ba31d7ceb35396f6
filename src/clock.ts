/** The only place that reads the time. Everything else is given a {@link Clock}. */
import { types } from 'node:util'

/** Milliseconds since the Unix epoch. Injected, so that a test can move it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() }

/** A length of time: milliseconds, or a number with its unit: `'250ms'`, `'1s'`, `'5m'`, `'24h'`, `'7d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * A duration in milliseconds.
 *
 * @throws TypeError when the text is no number followed by `ms`, `s`, `m`, `h` or `d`.
 */
export function milliseconds(duration: Duration): number {
  if (typeof duration === 'number') return duration
  const [, amount, unit] = /^(-?\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration) ?? []
  if (amount === undefined || unit === undefined) {
    throw new TypeError(
      `'${duration}' is no duration: write milliseconds, or '250ms', '1s', '5m', '24h', '7d'`,
    )
  }
  return Number(amount) * UNITS[unit as keyof typeof UNITS]
}

/** ISO 8601 with a zone, or without a time: anything else would mean another moment on another machine. */
const ISO = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/

/**
 * A moment as people and tables write it: ms since the epoch, a `Date`, `'2027-01-31'`, `'2027-01-31T12:00:00Z'`.
 *
 * @returns ms since the epoch; `NaN` for what is none
 */
export function instant(given: unknown): number {
  if (typeof given === 'number') return given
  if (types.isDate(given)) return given.getTime()
  return typeof given === 'string' && ISO.test(given) ? Date.parse(given) : Number.NaN
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Many requests come within a second. */
let lastLogged = { second: Number.NaN, text: '' }

/** As AWS and the Common Log Format have it: `15/May/2020:06:01:09 +0000`. @param time ms since the epoch */
export function commonLogTime(time: number): string {
  const second = Math.floor(time / 1000)
  if (second !== lastLogged.second) {
    const iso = dateAt(time).toISOString()
    const month = MONTHS[Number(iso.slice(5, 7)) - 1] ?? ''
    const text = `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
    lastLogged = { second, text }
  }
  return lastLogged.text
}

/** A time of the clock as a `Date`, for what asks for one. @param time ms since the epoch */
export function dateAt(time: number): Date {
  return new Date(time)
}
