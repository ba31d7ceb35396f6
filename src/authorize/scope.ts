/** For what, and for how long, a signature holds. */
import type { Refusal } from '../exchange.js'
import { refused } from './refused.js'
import type { ScopedCredential } from './signature.js'
import { formatTimestamp, parseTimestamp } from './timestamp.js'

const TERMINATOR = 'aws4_request'

/** How far the caller's clock may be from the gateway's, either way. */
export const SKEW = 300_000

/** What signatures are to be for. */
export interface Scope {
  readonly region: string
  /** `execute-api` */
  readonly service: string
}

/** @param timestamp the signature's: `20150830T123600Z` */
export function scopeFault(given: ScopedCredential, timestamp: string, wanted: Scope): Refusal | undefined {
  const isWanted =
    given.region === wanted.region && given.service === wanted.service && given.terminator === TERMINATOR
  if (isWanted && given.date === timestamp.slice(0, 8)) return undefined
  return refused(`${otherScope(given, wanted)}${otherDate(given.date, timestamp)}`)
}

function otherScope({ region, service, terminator }: ScopedCredential, wanted: Scope): string {
  let words = ''
  if (region !== wanted.region) words += `Credential should be scoped to a valid region, not '${region}'. `
  if (service !== wanted.service)
    words += `Credential should be scoped to correct service: '${wanted.service}'. `
  if (terminator !== TERMINATOR)
    words += `Credential should be scoped with a valid terminator: '${TERMINATOR}', not '${terminator}'. `
  return words
}

function otherDate(date: string, timestamp: string): string {
  const day = timestamp.slice(0, 8)
  if (date === day) return ''
  return (
    'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
    `'${date}' != '${day}', from '${timestamp}'.`
  )
}

/**
 * What is wrong with the time of a signature.
 *
 * @param expires seconds that a presigned URL holds
 * @param now clock, ms
 */
export function timeFault(timestamp: string, expires: number | undefined, now: number): Refusal | undefined {
  const signedAt = parseTimestamp(timestamp)
  if (Number.isNaN(signedAt)) return refused(UNREADABLE)
  if (signedAt - now > SKEW) {
    const latest = `${formatTimestamp(now + SKEW)} (${formatTimestamp(now)} + 5 min.)`
    return refused(`Signature not yet current: ${timestamp} is still later than ${latest}`)
  }
  const lifetime = expires === undefined ? SKEW : expires * 1000
  if (now - signedAt <= lifetime) return undefined
  const earliest = `${formatTimestamp(now - lifetime)} (${formatTimestamp(now)} - ${inWords(lifetime)})`
  return refused(`Signature expired: ${timestamp} is now earlier than ${earliest}`)
}

const UNREADABLE = "Date must be in ISO-8601 'basic format', e.g. '20150830T123600Z'."

function inWords(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000} min.` : `${ms / 1000} sec.`
}
