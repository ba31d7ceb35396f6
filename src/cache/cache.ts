/** The response cache: answers that are kept, and given again. */
import type { KeptAnswer } from '../answer.js'
import { Answer, type Outcome, Refusal } from '../answer.js'
import type { CompleteCache } from '../complete.js'
import type { Exchange, Step } from '../exchange.js'
import { isPromise } from '../store/bounded.js'
import { addTap } from '../taps.js'
import { type Asked, askedOf } from './asked.js'
import { isHeld } from './conditional.js'
import type { Entry, Labels } from './entry.js'
import type { Flight, Landed } from './flight.js'
import { heedUnsafe } from './invalidation.js'
import { Keeper } from './keeper.js'
import { CacheKey, type KeyPlace } from './key.js'
import { suits } from './rfc9111.js'
import type { Shared } from './second.js'
import { type Forwarded, forwarded, hit } from './status.js'
import type { Found, StageCacheStore } from './store.js'

export type { CacheFlush } from './flush.js'
export { Caches, type StageCacheStore } from './store.js'

/** Where a route's cache stands. */
export interface CachePlace extends KeyPlace {
  readonly store: StageCacheStore
}

/** The last step before the app: a hit is answered; of a miss, the answer is kept as it goes by. */
export function cached(cache: CompleteCache, place: CachePlace): Step {
  if (cache.ttl === 0 && !cache.rfc9111) return () => undefined
  const route = new RouteCache(cache, place)
  return (exchange) => route.step(exchange)
}

/**
 * A step for routes of which nothing is kept, on a stage with a cache in RFC 9111 mode: what they change is dropped.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9111#section-4.4
 */
export function invalidating(store: StageCacheStore): Step {
  return (exchange) => {
    heedUnsafe(exchange, store)
    return undefined
  }
}

type Late = Outcome | undefined | Promise<Outcome | undefined>

/** What one route keeps in its stage's store. */
export class RouteCache {
  readonly key: CacheKey
  readonly store: StageCacheStore
  /** Whether answers tell of the cache: AWS's do not. */
  readonly tells: boolean

  constructor(
    readonly cache: CompleteCache,
    readonly place: CachePlace,
  ) {
    this.key = new CacheKey(cache, place)
    this.store = place.store
    this.tells = place.compat !== 'aws'
  }

  step(exchange: Exchange): Late {
    const { method } = exchange.request
    const asked = method === 'HEAD' ? 'GET' : method
    if (!this.cache.methods.has(asked)) {
      if (this.cache.rfc9111) heedUnsafe(exchange, this.store)
      return this.pass(exchange, 'method')
    }
    const wish = askedOf(this.cache, this.place.compat, exchange)
    if (wish instanceof Refusal) return wish
    if (wish === undefined) return this.pass(exchange, 'bypass')
    const key = this.key.of(exchange, asked)
    if (typeof key !== 'object') return this.#find(wish, key)
    return key.then((late) => this.#find(wish, late))
  }

  /** The answer is the app's, and nothing of it is kept. */
  pass(exchange: Exchange, why: Forwarded): undefined {
    if (this.tells) exchange.cacheStatus = forwarded(why)
    return undefined
  }

  #find(asked: Asked, primary: string | undefined): Late {
    if (primary === undefined) return this.pass(asked.exchange, 'bypass')
    return this.#lookUp(asked, primary, asked.exchange.startedAt)
  }

  #lookUp(asked: Asked, primary: string, now: number, again = false): Late {
    const found = this.store.find(primary, asked.exchange.request)
    const entry = found.entry && this.#usable(asked, found.entry, found.key, now)
    if (entry !== undefined && !asked.refresh && this.#isFresh(asked, entry, now)) {
      return this.hit(asked, entry, now)
    }
    if (asked.onlyIfCached) return onlyIfCached()
    if (asked.exchange.request.method === 'HEAD') return this.pass(asked.exchange, missed(found, entry))
    return asked.alone
      ? this.#fetch(asked, primary, found, entry)
      : this.#share(asked, primary, found, entry, again)
  }

  /** An answer that may be given to that caller, fresh or stale. */
  #usable(asked: Asked, entry: Entry, key: string, now: number): Entry | undefined {
    if (entry.isSpent(now) && entry.isSpent(this.now())) {
      this.store.drop(key)
      return undefined
    }
    if (asked.authorized && !entry.fields.forAuthorized) return undefined
    return asked.cookie && !entry.fields.forCookies ? undefined : entry
  }

  #isFresh(asked: Asked, entry: Entry, now: number): boolean {
    return this.cache.rfc9111 ? suits(entry, asked.directives, now) : entry.remaining(now) > 0
  }

  hit(asked: Asked, entry: Entry, now: number): KeptAnswer {
    if (this.tells) asked.exchange.cacheStatus = hit(entry.remaining(now))
    return this.given(asked, entry, now)
  }

  /** What is kept, as an answer to that caller. */
  given({ condition, extra }: Asked, entry: Entry, now: number): KeptAnswer {
    if (condition !== undefined && entry.fields.status === 200) {
      const held = isHeld(condition, entry.etag, entry.lastModified, now)
      if (held) return entry.notModified(now, this.tells, extra)
    }
    return entry.answer(now, this.tells, extra)
  }

  labels({ forwardTarget }: Exchange, tags: readonly string[]): Labels {
    const { route } = this.place
    const mark = forwardTarget.indexOf('?')
    const path = mark === -1 ? forwardTarget : forwardTarget.slice(0, mark)
    const query = mark === -1 ? '' : this.key.query(forwardTarget.slice(mark))
    return { route, namespace: this.cache.namespace, path, query, queryKey: this.key.query, tags }
  }

  now(): number {
    return this.store.options.clock.now()
  }

  /** One call for all who miss the same: the first goes to the app, the others wait for what it brings. */
  #share(asked: Asked, primary: string, found: Found, entry: Entry | undefined, again: boolean): Late {
    const flight = this.store.flight(found.key)
    if (flight === undefined) {
      const own = again ? undefined : this.store.depart(found.key, this.now())
      return this.#fetchShared(asked, primary, found, entry, own)
    }
    const now = this.now()
    const stale = entry?.fields.freshness.staleWhileRevalidate ?? 0
    if (entry !== undefined && entry.remaining(now) + stale > 0 && !asked.strict)
      return this.hit(asked, entry, now)
    if (again) return this.#fetch(asked, primary, found, entry)
    return flight.wait().then((landed) => this.#landed(asked, primary, found, landed))
  }

  /** Another process may have it: the one who would go to the app asks. */
  #fetchShared(
    asked: Asked,
    primary: string,
    found: Found,
    entry: Entry | undefined,
    flight: Flight | undefined,
  ): Late {
    const { second } = this.store
    if (second === undefined) return this.#fetch(asked, primary, found, entry, flight)
    const { exchange } = asked
    const { flushes } = this.store
    const use = (told: Shared | undefined): Late => {
      const now = this.now()
      // What was flushed meanwhile may be what it had.
      const shared = this.store.flushes === flushes ? told : undefined
      const kept = shared && this.#usable(asked, shared.entry, found.key, now)
      if (shared === undefined || kept === undefined || !this.#isFresh(asked, kept, now)) {
        return this.#fetch(asked, primary, found, entry, flight)
      }
      this.store.adopt(primary, shared, exchange.request)
      flight?.land(kept)
      return this.hit(asked, kept, now)
    }
    const kept = second.find(primary, found.key, exchange.request, this.labels(exchange, []))
    return isPromise(kept) ? kept.then(use) : use(kept)
  }

  /** @param landed what the call brought that this one has waited for */
  #landed(asked: Asked, primary: string, before: Found, landed: Landed): Late {
    const now = this.now()
    const found = this.store.find(primary, asked.exchange.request)
    const entry = found.entry && this.#usable(asked, found.entry, found.key, now)
    if (landed === 'failed' && entry !== undefined && this.outlasts(entry, now))
      return this.hit(asked, entry, now)
    if (typeof landed === 'object' && entry === landed && this.#isFresh(asked, entry, now)) {
      if (this.tells) asked.exchange.cacheStatus = forwarded(missed(before, undefined), '; collapsed')
      return this.given(asked, entry, now)
    }
    // Answers have turned out to vary: those who ask alike can still share a call.
    if (typeof landed === 'object' && found.key !== before.key) return this.#lookUp(asked, primary, now)
    return this.#fetch(asked, primary, found, entry)
  }

  /** Whether a stale answer is better than the app's failure. */
  outlasts(entry: Entry, now: number): boolean {
    return entry.remaining(now) + entry.fields.freshness.staleIfError > 0
  }

  #fetch(
    asked: Asked,
    primary: string,
    found: Found,
    entry: Entry | undefined,
    flight: Flight | undefined = undefined,
  ): undefined {
    const { exchange } = asked
    // It was refused while it waited, as it took too long: it goes nowhere.
    if (exchange.refusal !== undefined || exchange.ended) {
      flight?.land('gone')
      return undefined
    }
    const why = asked.refresh ? 'request' : missed(found, entry)
    addTap(
      exchange,
      new Keeper(this, { asked, primary, key: found.key, entry, flight, why, askedAt: this.now() }),
    )
    // The app is to give a whole answer, or to say that what is kept still holds: what the caller has is ours to see.
    const headers = new Map(exchange.forwardHeaders)
    headers.set('if-none-match', undefined).set('if-modified-since', undefined)
    for (const [name, value] of entry?.validators ?? []) headers.set(name, value)
    exchange.forwardHeaders = headers
    return undefined
  }
}

function missed({ varies }: Found, entry: Entry | undefined): Forwarded {
  if (entry !== undefined) return 'stale'
  return varies ? 'vary-miss' : 'uri-miss'
}

/** RFC 9111, 5.2.1.7. */
function onlyIfCached(): Answer {
  return new Answer(504, ['content-type', 'application/json'], '{"message":"Gateway Timeout"}')
}
