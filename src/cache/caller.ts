/** Who called, as far as answers are kept apart by it. */
import type { CompleteCache } from '../complete.js'
import { digestApiKey } from '../digest.js'
import type { Exchange } from '../exchange.js'
import { Recent } from '../store/recent.js'

export type Known = Pick<Exchange, 'principal' | 'identity' | 'authorizer' | 'demands'>

/** Whether more is known of the caller than when its key was made, or has been asked of its request. */
export function isLearnt(before: Known, { principal, identity, authorizer, demands }: Known): boolean {
  return (
    principal !== before.principal ||
    identity !== before.identity ||
    authorizer !== before.authorizer ||
    demands !== before.demands
  )
}

/** What identifies a token and not its bearer (RFC 7519, 4.1): with it, each new token would begin with an empty cache. */
const OF_THE_TOKEN = new Set(['exp', 'nbf', 'iat', 'jti'])

/**
 * Part of the key: principal, API key and all that the authorizer says, so that no two callers whom authorization
 * tells apart have one key. `undefined` where that cannot be told in words: then nothing is kept.
 */
export function callerOf(exchange: Exchange): string | undefined {
  const { principal, identity, askedOf, proof } = exchange
  // Somebody was asked who calls, and only observed: what the app itself makes of that is not known here.
  if (askedOf !== '' && proof === undefined) return undefined
  const said = contextOf(exchange.authorizer)
  if (said === undefined) return undefined
  let caller = principal === undefined ? '' : `principal ${JSON.stringify(principal)}`
  if (principal !== undefined) caller += ` by${askedOf}`
  if (identity !== undefined) caller += `\nkey ${JSON.stringify(identity.key.id)}`
  if (said !== '') caller += `\nauthorizer ${digestApiKey(said)}`
  // A signature is another one each time, and all that it proves is the principal.
  const isNeeded = principal !== undefined && proof !== 'iam'
  const credentials = isNeeded ? exchange.request.header('authorization') : undefined
  if (credentials !== undefined) {
    caller += `\nauthorization ${digestApiKey(credentials)}`
  }
  // Where none is asked for, or a policy only observes, a key that is not known here may be known to the app.
  const presented = identity === undefined ? exchange.request.header('x-api-key') : undefined
  if (presented !== undefined) caller += `\npresented ${digestOf(presented)}`
  return caller
}

/** A client presents the same key each time: it is hashed once in a while. Longer values are no keys. */
const DIGESTS = new Recent<string, string>(1_000)
const LONGEST = 1_024

function digestOf(presented: string): string {
  const known = DIGESTS.get(presented)
  if (known !== undefined) return known
  const digest = digestApiKey(presented)
  if (presented.length <= LONGEST) DIGESTS.set(presented, digest)
  return digest
}

function contextOf(context: Readonly<Record<string, unknown>>): string | undefined {
  const names = Object.keys(context)
  if (names.length === 0) return ''
  try {
    return JSON.stringify(context, inWords)
  } catch {
    return undefined
  }
}

/** @throws TypeError what has no words, and could make two callers look alike */
function inWords(this: unknown, name: string, value: unknown): unknown {
  if (OF_THE_TOKEN.has(name)) return undefined
  if (!isTold(Reflect.get(Object(this), name))) throw new TypeError('not all of it is in words')
  if (value instanceof Map || value instanceof Set) return [...value]
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError('no words for it')
  return value
}

/** Whether JSON has all of it: what has a class may have fields of its own, and what says itself may leave some out. */
function isTold(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Date) return true
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return !('toJSON' in value)
  if (ArrayBuffer.isView(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return (prototype === null || Object.getPrototypeOf(prototype) === null) && !('toJSON' in value)
}

/**
 * Whether the request has credentials that only the app understands: sessions are invisible to the gateway, so
 * what is answered to one is nobody else's. `Authorization` is known, and in the key, where it led to a principal.
 */
export function hasOwnCredentials(cache: CompleteCache, exchange: Exchange): Credentials | undefined {
  const { request } = exchange
  const keyed = cache.key?.headers
  const cookie = request.header('cookie') !== undefined && keyed?.includes('cookie') !== true
  const known = cache.perCaller && exchange.principal !== undefined
  const authorized =
    request.header('authorization') !== undefined && keyed?.includes('authorization') !== true
  return cookie || (authorized && !known) ? { cookie, authorized: authorized && !known } : undefined
}

export interface Credentials {
  readonly cookie: boolean
  readonly authorized: boolean
}
