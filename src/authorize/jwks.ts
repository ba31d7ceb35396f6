/** The keys of token issuers: fetched once for all routes, kept, refreshed before they are too old, and rotated. */
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose'
import { LRUCache } from 'lru-cache'
import { discover, fetchKeys } from './fetchkeys.js'
import { jose } from './jose.js'

/** Where a set comes from: its own URL, or that of an issuer who says where. */
type SetSource = { readonly url: string } | { readonly issuer: string }

/** Fetched anew behind the requests' backs from then on. */
const FRESH = 600_000
/** AWS keeps keys for two hours. Older ones are not used, as they may have been revoked since. */
const LONGEST = 7_200_000
/** Between two fetches for a key that is not in the set: anybody can name one. */
const COOLDOWN = 30_000
/** Between two fetches of which the first failed. */
const RETRY = 2_000
const MOST_SETS = 100

/** The keys cannot be had, which has been reported already. */
export class KeysAway extends Error {}

/** A set as it was fetched. */
export interface Keys {
  readonly key: JWTVerifyGetKey
  /** Another one once the issuer has changed the set. */
  readonly version: object
}

interface Held extends Keys {
  readonly json: string
  readonly fetchedAt: number
}

/** One issuer's set. Times are those of the gateway's clock, in ms. */
export class KeySet {
  #held: Held | undefined
  #pending: Promise<Held> | undefined
  /** When a fetch began, or failed, last. */
  #triedAt = Number.NEGATIVE_INFINITY
  #failure: KeysAway | undefined
  readonly #source: SetSource
  readonly #report: (error: unknown) => void

  constructor(source: SetSource, report: (error: unknown) => void) {
    this.#source = source
    this.#report = report
  }

  /** The set's version, where it is there and not too old. */
  version(now: number): object | undefined {
    const held = this.#held
    return held !== undefined && isWithin(now, held.fetchedAt, LONGEST) ? held.version : undefined
  }

  /** The keys, waited for only where there are none, or too old ones. Rejects where they cannot be had. */
  async keys(now: number): Promise<Keys> {
    const held = this.#held
    if (held === undefined || !isWithin(now, held.fetchedAt, LONGEST)) return this.#refreshed(now)
    if (!isWithin(now, held.fetchedAt, FRESH)) this.#refreshed(now).catch(() => {})
    return held
  }

  /** The keys after a token named one that is not among `known`; the same where they were fetched lately. */
  async newer(known: Keys, now: number): Promise<Keys> {
    const held = this.#held
    if (held !== undefined && held.version !== known.version) return held
    if (this.#pending === undefined && isWithin(now, this.#triedAt, COOLDOWN)) return known
    // That the issuer is away does not make an unknown key a known one: the token is refused as any other.
    return this.#refreshed(now).catch(() => known)
  }

  /** One fetch at a time, whoever asks. */
  #refreshed(now: number): Promise<Held> {
    if (this.#pending !== undefined) return this.#pending
    if (this.#failure !== undefined && isWithin(now, this.#triedAt, RETRY))
      return Promise.reject(this.#failure)
    this.#triedAt = now
    const fetching = this.#fetch(now).then(
      (held) => this.#fetched(held),
      (error: unknown) => this.#failed(error),
    )
    this.#pending = fetching
    return fetching
  }

  async #fetch(now: number): Promise<Held> {
    const source = this.#source
    const set = await fetchKeys('url' in source ? source.url : await discover(source.issuer))
    const json = JSON.stringify(set)
    if (this.#held?.json === json) return { ...this.#held, fetchedAt: now }
    const { createLocalJWKSet } = await jose()
    return { key: createLocalJWKSet(set as JSONWebKeySet), version: {}, json, fetchedAt: now }
  }

  #fetched(held: Held): Held {
    this.#pending = undefined
    this.#failure = undefined
    this.#held = held
    return held
  }

  /** Once for each time that it begins: an issuer who is away would otherwise fill the log. */
  #failed(error: unknown): never {
    this.#pending = undefined
    if (this.#failure === undefined) this.#report(error)
    this.#failure = new KeysAway(error instanceof Error ? error.message : String(error), { cause: error })
    throw this.#failure
  }
}

/** A clock that was set back must not keep anything longer. */
function isWithin(now: number, since: number, length: number): boolean {
  return Math.abs(now - since) < length
}

/** The sets of a gateway, by where they come from. */
export class KeySets {
  readonly #sets = new LRUCache<string, KeySet>({ max: MOST_SETS })
  readonly #report: (error: unknown) => void

  constructor(report: (error: unknown) => void) {
    this.#report = report
  }

  get(source: SetSource): KeySet {
    const name = 'url' in source ? `url ${source.url}` : `issuer ${source.issuer}`
    const known = this.#sets.get(name)
    if (known !== undefined) return known
    const set = new KeySet(source, this.#report)
    this.#sets.set(name, set)
    return set
  }
}
