/**
 * RFC 9111: freshness, storing and use of answers as the app's and the caller's `Cache-Control` have it, by a
 * cache that is shared.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9111
 */

import { fieldOf } from '../answer.js'
import type { CompleteCache } from '../complete.js'
import { type Directives, millisecondsOf } from './directives.js'
import type { Entry, Freshness } from './entry.js'
import { httpDate } from './fields.js'
import { type Head, keepsStatus } from './freshness.js'

/** Statuses that may be kept without the app saying for how long (RFC 9110, 15.1), but partial ones. */
const HEURISTICALLY = new Set([200, 203, 204, 300, 301, 404, 405, 410, 414, 501])
const A_TENTH = 0.1
/** What is only guessed from `Last-Modified` holds no longer than AWS keeps anything. */
const LONGEST_GUESS = 3_600_000

/** RFC 9111, 3: but for its time. Statuses that the route names are the only ones; else all that it says how long to keep. */
export function mayKeepByApp(cache: CompleteCache, head: Head): boolean {
  if (cache.statuses !== undefined && !cache.statuses.has(head.status)) return false
  if (head.directives.has('must-understand') && !isUnderstood(head.status)) return false
  return !head.authorized || isForAuthorized(head.directives)
}

/** Whether IANA's registry has the status (RFC 9111, 5.2.2.3). */
function isUnderstood(status: number): boolean {
  return REGISTERED.some(([first, last]) => status >= first && status <= last)
}

/** @see https://www.iana.org/assignments/http-status-codes/http-status-codes.xhtml */
const REGISTERED = [
  [200, 208],
  [226, 226],
  [300, 308],
  [400, 417],
  [421, 426],
  [428, 429],
  [431, 431],
  [451, 451],
  [500, 508],
  [511, 511],
] as const

/** An answer to a request with `Authorization` that is for others, too (RFC 9111, 3.5). */
export function isForAuthorized(directives: Directives): boolean {
  return directives.has('public') || directives.has('s-maxage') || directives.has('must-revalidate')
}

/** `Cookie` is none of RFC 9111's concerns; only what is said to be for everybody is given in spite of it. */
export function isForCookies(directives: Directives): boolean {
  return directives.has('public') || directives.has('s-maxage')
}

export function freshnessByApp(cache: CompleteCache, head: Head): Freshness | undefined {
  const { directives, headers, status } = head
  const lifetime = explicitLifetime(head) ?? guessedLifetime(cache, head)
  if (lifetime === undefined) return undefined
  const age = ageOf(head)
  const strict = STRICT.some((name) => directives.has(name))
  const stale = (name: string, own: number) => (strict ? 0 : (millisecondsOf(directives, name) ?? own))
  const validators = fieldOf(headers, 'etag') ?? fieldOf(headers, 'last-modified')
  const freshness = {
    age,
    fresh: lifetime - age,
    staleWhileRevalidate: stale('stale-while-revalidate', cache.staleWhileRevalidate),
    staleIfError: stale('stale-if-error', cache.staleIfError),
    validated: directives.has('no-cache'),
    validates: validators !== undefined && status < 300,
    strict,
  }
  const { fresh, staleWhileRevalidate, staleIfError, validated, validates } = freshness
  const usable = validated ? 0 : fresh + Math.max(staleWhileRevalidate, staleIfError)
  return usable > 0 || validates ? freshness : undefined
}

/** What forbids stale answers (RFC 9111, 4.2.4): `s-maxage` implies it. */
const STRICT = ['must-revalidate', 'proxy-revalidate', 's-maxage', 'no-cache']

/** RFC 9111, 4.2.1. */
function explicitLifetime({ directives, headers, now }: Head): number | undefined {
  const said = millisecondsOf(directives, 's-maxage') ?? millisecondsOf(directives, 'max-age')
  if (said !== undefined) return said
  const expires = fieldOf(headers, 'expires')
  if (expires === undefined) return undefined
  const until = httpDate(expires, now)
  // A date that cannot be read has passed.
  return until === undefined ? 0 : Math.max(0, until - dateOf(headers, now))
}

/** A tenth of the time since it was last changed, else the route's own time (RFC 9111, 4.2.2). */
function guessedLifetime(
  cache: CompleteCache,
  { status, headers, directives, now }: Head,
): number | undefined {
  if (!HEURISTICALLY.has(status) && !directives.has('public')) return undefined
  const modified = httpDate(fieldOf(headers, 'last-modified'), now)
  if (modified !== undefined) {
    const since = Math.max(0, dateOf(headers, now) - modified)
    return Math.min(since * A_TENTH, LONGEST_GUESS)
  }
  if (cache.ttl > 0 && keepsStatus(cache, status)) return cache.ttl
  return fieldOf(headers, 'etag') === undefined ? undefined : 0
}

function dateOf(headers: readonly string[], now: number): number {
  return httpDate(fieldOf(headers, 'date'), now) ?? now
}

/** The age of an answer when it came, in ms (RFC 9111, 4.2.3). An `Age` that cannot be read is older than anything. */
function ageOf({ headers, askedAt, now }: Head): number {
  const apparent = Math.max(0, now - dateOf(headers, now))
  const given = fieldOf(headers, 'age')
  if (given === undefined) return apparent
  if (!/^\d+$/.test(given)) return Number.MAX_SAFE_INTEGER
  return Math.max(apparent, Number(given) * 1000 + Math.max(0, now - askedAt))
}

/** Whether the caller takes that answer as it is, without the app being asked (RFC 9111, 4 and 5.2.1). */
export function suits(entry: Entry, asked: Directives, now: number): boolean {
  const { validated, strict, age } = entry.fields.freshness
  if (validated || asked.has('no-cache')) return false
  const oldest = millisecondsOf(asked, 'max-age')
  if (oldest !== undefined && age + entry.elapsed(now) > oldest) return false
  const remaining = entry.remaining(now)
  const least = millisecondsOf(asked, 'min-fresh')
  if (least !== undefined && remaining < least) return false
  if (remaining > 0) return true
  return !strict && asked.has('max-stale') && -remaining <= staleAllowed(asked)
}

/** `max-stale` without an argument: however stale. */
function staleAllowed(asked: Directives): number {
  return asked.get('max-stale') === '' ? Number.POSITIVE_INFINITY : (millisecondsOf(asked, 'max-stale') ?? 0)
}
