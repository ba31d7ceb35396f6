/**
 * What a store promises. Two contracts: {@link Counters} for what every request touches, {@link Records}
 * for what the control plane keeps. `test/contract/` holds the suite that every implementation passes.
 *
 * Whatever may be remote returns `T | Promise<T>`; the memory store never returns a promise.
 */

/** A token bucket that refills continuously: `rate` tokens a second, at most `burst` of them. */
export interface BucketLimit {
  readonly kind: 'bucket'
  /** Tokens a second; may be fractional; 0 never refills. */
  readonly rate: number
  /** The capacity. */
  readonly burst: number
  /** Counts and reports, but never refuses; when it is empty it admits and owes nothing. */
  readonly observe?: boolean
}

/**
 * So many requests in a calendar period, UTC. It also meters: every take counts towards the day's usage.
 * What is used of a period is the sum of its days, so a changed limit, period or offset finds what was used.
 */
export interface QuotaLimit {
  readonly kind: 'quota'
  /** Requests a period; `Infinity` meters only. */
  readonly limit: number
  readonly period: 'day' | 'week' | 'month'
  /** The day on which the period begins: week 0 (Sunday) to 6, month 0 (the 1st) to 27. */
  readonly offset: number
  /** Counts and reports, but never refuses; it counts on past the limit. */
  readonly observe?: boolean
}

/** What a counter is held to. */
export type Limit = BucketLimit | QuotaLimit

/**
 * One limit's counter for one subject, such as plan `free` for key `k1`. A handle: opened once, held by
 * whoever needs it, given to {@link Counters.take} as often as wanted. Opening one tracks nothing yet.
 */
export interface Counter {
  /**
   * Which limit: `plan/free`. Counters of one name share one limit; opened with another (it was changed),
   * a counter keeps its state and goes by the new one.
   */
  readonly name: string
  /** Whose: a key's id, an address; `''` where the limit is for everybody together. A long one may become its digest. */
  readonly subject: string
  readonly limit: Limit
}

/** What came of a take. Arrays run parallel to the counters that were asked. */
export interface Taken {
  /** The first counter that refused, by index; -1 when all admitted, and then all were charged. */
  readonly refusedBy: number
  /** Whole milliseconds until every counter that refused would admit; 0 when admitted, `Infinity` when never. */
  readonly wait: number
  /** What is left of each: whole tokens, or requests of the period. After the charge, if there was one. */
  readonly remaining: readonly number[]
  /** Whole milliseconds until each is full again: the bucket refilled, or the period's end. `Infinity` when never. */
  readonly reset: readonly number[]
  /** The counters in `observe` that would have refused, by index. */
  readonly observed: readonly number[]
}

/** One UTC day of a quota: what was used on it, and what remained of the period at its end, by today's limit. */
export interface DayUsage {
  /** `2026-01-31` */
  readonly day: string
  readonly used: number
  /** `Infinity` where the limit only meters. */
  readonly remaining: number
}

/** What every request touches: buckets and quotas, taken from all at once. */
export interface Counters {
  /** A handle. Neither reads nor writes the store. */
  counter(name: string, subject: string, limit: Limit): Counter

  /**
   * Take one from all, or from none: refused by one, charged by none. Counters in `observe` never refuse.
   * A counter stands at most once among those asked.
   *
   * @param now the gateway's clock, in ms, as it is at this call. A store with a clock of its own (Redis) goes by that
   *   instead. It never runs backwards: bucket time is the sum of the clock's forward steps.
   * @param first once one among the first so many refuses, nothing hangs on what the others would say: they need not
   *   be looked at, and the arrays of {@link Taken} may end before them. Left out, all of them are told of.
   */
  take(counters: readonly Counter[], now: number, first?: number): Taken | Promise<Taken>

  /**
   * A quota's use day by day, both days included (`2026-01-31`), ascending; days without use are left out.
   * The last 92 days with use are kept at least.
   */
  usage(
    counter: Counter,
    from: string,
    to: string,
    now: number,
  ): readonly DayUsage[] | Promise<readonly DayUsage[]>

  /**
   * Sets what remains of a quota's current period: less than the limit, or an extension beyond it. The days'
   * use stays as it is. Nothing happens where the limit is `Infinity`.
   */
  setRemaining(counter: Counter, remaining: number, now: number): void | Promise<void>

  /** Forgets one counter: a key was deleted. */
  forget(counter: Counter): void | Promise<void>
}

/** What the control plane keeps: plain JSON values by kind and id. */
export interface Records {
  /** `undefined` where there is none. */
  get(kind: string, id: string): Json | undefined | Promise<Json | undefined>
  /** In place of the one before. */
  put(kind: string, id: string, value: Json): void | Promise<void>
  /** Several writes at once, all or none; `undefined` deletes. */
  write(changes: readonly Change[]): void | Promise<void>
  /** By id, ascending by code unit: those after `after`, at most `limit`. */
  list(kind: string, after: string, limit: number): readonly Entry[] | Promise<readonly Entry[]>
}

/** One write of several: a value, or `undefined` to delete what there is. */
export interface Change {
  readonly kind: string
  readonly id: string
  readonly value: Json | undefined
}

/** A record, as lists have it. */
export interface Entry {
  readonly id: string
  readonly value: Json
}

/** What JSON can say. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json | undefined }

/** An answer of the app as a store keeps it for all processes. */
export interface StoredAnswer {
  readonly status: number
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body: Uint8Array
  /** What the cache knows of it beside: given back as it was. */
  readonly about: Json
}

/**
 * A second level of the response cache, which processes share: behind each one's own. It may forget whatever it
 * likes. What fails or takes too long counts as not there.
 */
export interface Answers {
  /**
   * What is kept, if anything is.
   *
   * @param space the API and stage that it belongs to
   * @param key of any length and any characters
   */
  get(space: string, key: string): StoredAnswer | undefined | Promise<StoredAnswer | undefined>
  /**
   * Keeps an answer in place of the one before.
   *
   * @param ttl ms after which nobody asks for it any more
   * @param labels what it can be flushed by
   */
  set(
    space: string,
    key: string,
    answer: StoredAnswer,
    ttl: number,
    labels: readonly string[],
  ): void | Promise<void>
  /** Forgets one answer. */
  delete(space: string, key: string): void | Promise<void>
  /** Forgets what bears all of these labels: the whole space where there are none. */
  flush(space: string, labels: readonly string[]): void | Promise<void>
}

/** A place for counters and records. `memoryStore()` unless the definition names another. */
export interface Store {
  readonly counters: Counters
  readonly records: Records
  /** Left out: each process keeps answers for itself. */
  readonly answers?: Answers
}
