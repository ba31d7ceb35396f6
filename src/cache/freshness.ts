/** Which answers are kept, and for how long. */

import { fieldOf } from '../answer.js'
import type { CompleteCache } from '../complete.js'
import type { Directives } from './directives.js'
import { directivesOf } from './directives.js'
import type { Freshness } from './entry.js'
import { namesIn } from './fields.js'
import { freshnessByApp, mayKeepByApp } from './rfc9111.js'

/** The head of an answer, and what of its request matters here. */
export interface Head {
  readonly status: number
  readonly headers: readonly string[]
  readonly directives: Directives
  /** Clock, ms, when the request went to the app and when the answer came. */
  readonly askedAt: number
  readonly now: number
  readonly authorized: boolean
}

export function headOf(head: Omit<Head, 'directives'>): Head {
  return { ...head, directives: directivesOf(fieldOf(head.headers, 'cache-control')) }
}

/**
 * How long the answer may be kept and used; `undefined`: not at all.
 *
 * What the app says is meant for one caller, or for nobody to keep, holds whatever the route says.
 */
export function freshnessOf(cache: CompleteCache, head: Head): Freshness | undefined {
  if (!isWhole(head) || isPersonal(head)) return undefined
  if (cache.rfc9111) return mayKeepByApp(cache, head) ? freshnessByApp(cache, head) : undefined
  if (!keepsStatus(cache, head.status)) return undefined
  const { ttl, staleWhileRevalidate, staleIfError } = cache
  const given = fieldOf(head.headers, 'age') ?? ''
  const age = /^\d{1,9}$/.test(given) ? Number(given) * 1000 : 0
  return {
    age,
    fresh: ttl,
    staleWhileRevalidate,
    staleIfError,
    validated: false,
    validates: false,
    strict: false,
  }
}

/** Neither a part of something, nor one that has no end, nor one with a trailer. */
function isWhole({ status, headers }: Head): boolean {
  if (status < 200 || status === 206 || status === 304) return false
  if (fieldOf(headers, 'trailer') !== undefined) return false
  return !/^text\/event-stream\b/i.test(fieldOf(headers, 'content-type') ?? '')
}

function isPersonal({ headers, directives }: Head): boolean {
  if (directives.has('no-store') || directives.has('private')) return true
  if (fieldOf(headers, 'set-cookie') !== undefined) return true
  return namesIn(fieldOf(headers, 'vary')).includes('*')
}

/** By default 2xx; what is partial has gone before. */
export function keepsStatus({ statuses }: CompleteCache, status: number): boolean {
  return statuses === undefined ? status >= 200 && status < 300 : statuses.has(status)
}
