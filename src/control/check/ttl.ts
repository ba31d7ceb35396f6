/** Lengths of time that AWS counts in seconds: a number is seconds, a text has its unit. */
import { type Duration, milliseconds } from '../../clock.js'
import type { Ttl } from '../../definition.js'
import type { Check } from './shapes.js'
import { show } from './spot.js'

/** In ms. @throws TypeError when the text is no duration */
export function ttlOf(given: Ttl): number {
  return typeof given === 'number' ? given * 1000 : milliseconds(given)
}

/** @param most in seconds */
export function isTtl(value: unknown, most: number): boolean {
  const length = lengthOf(value)
  return length !== undefined && length >= 0 && length <= most * 1000
}

/** @param most in seconds */
export function ttl(most: number): Check {
  return (at) => {
    if (isTtl(at.value, most)) return
    const fix = `Write seconds, 0 to ${most}, or a number with its unit, such as '30s' or '5m'.`
    at.fault('DURATION_INVALID', `${show(at.value)} is no time from 0 to ${most} seconds`, fix)
  }
}

function lengthOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value * 1000 : undefined
  if (typeof value !== 'string') return undefined
  try {
    return milliseconds(value as Duration)
  } catch {
    return undefined
  }
}
