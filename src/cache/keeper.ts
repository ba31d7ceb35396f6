/** Hears the app's answer to a miss, and keeps it. */
import { Answer, fieldOf, type Tap, type Tapped } from '../answer.js'
import { dateAt } from '../clock.js'
import type { GatewayRequest } from '../port.js'
import type { Asked } from './asked.js'
import { type Body, bodyOf, tagOf } from './body.js'
import type { RouteCache } from './cache.js'
import { isLearnt, type Known } from './caller.js'
import { isHeld } from './conditional.js'
import { Entry, type Freshness, freshened, notModifiedHeaders } from './entry.js'
import { isSendable, keepable, namesIn } from './fields.js'
import type { Flight } from './flight.js'
import { type CacheFlush, isMeant } from './flush.js'
import { freshnessOf, type Head, headOf } from './freshness.js'
import { isForAuthorized, isForCookies } from './rfc9111.js'
import { type Forwarded, forwarded } from './status.js'
import type { Headers } from './vary.js'

/** A request on its way to the app. */
export interface Miss {
  readonly asked: Asked
  readonly primary: string
  readonly key: string
  /** What is kept already, but stale. */
  readonly entry: Entry | undefined
  /** Who waits for it. */
  readonly flight: Flight | undefined
  readonly why: Forwarded
  /** Clock, ms. */
  readonly askedAt: number
}

/** The head of an answer that is to be kept once it is whole. */
interface Keeping extends Head {
  readonly freshness: Freshness
  /** Of its body, as announced. */
  readonly length: number | undefined
}

export class Keeper implements Tap {
  readonly #route: RouteCache
  readonly #miss: Miss
  readonly #request: Headers
  /** Who called, as far as was known when its key was made. */
  readonly #caller: Known
  readonly #flushes: CacheFlush[] = []
  #head: Keeping | undefined
  #chunks: Uint8Array[] = []
  #size = 0
  #over = false

  constructor(route: RouteCache, miss: Miss) {
    this.#route = route
    this.#miss = miss
    this.#request = asReceived(miss.asked.exchange.request)
    const { principal, identity, authorizer, demands } = miss.asked.exchange
    this.#caller = { principal, identity, authorizer, demands }
    route.store.await(this)
  }

  flushed(what: CacheFlush): void {
    this.#flushes.push(what)
  }

  head(status: number, headers: readonly string[], streamed: boolean): Tapped | undefined {
    const { asked, askedAt, entry } = this.#miss
    if (this.#over) return undefined
    // What the gateway itself says in the app's place is never kept, whatever status it has.
    if (asked.exchange.refusal !== undefined) {
      this.#land('failed')
      return undefined
    }
    const now = this.#route.now()
    const { authorized } = asked
    const head = headOf({ status, headers, askedAt, now, authorized })
    if (entry !== undefined && status === 304 && entry.validators !== undefined)
      return this.#validated(entry, head)
    if (entry !== undefined && status >= 500 && this.#route.outlasts(entry, now))
      return this.#rescued(entry, head)
    const freshness = this.#fit(head)
    if (freshness === undefined) return this.#unfit(head)
    const length = lengthOf(headers)
    if (length !== undefined && length > this.#route.cache.maxBytes) return this.#unfit(head)
    this.#head = { ...head, freshness, length }
    this.#miss.flight?.begin(streamed)
    this.#say(streamed ? '' : '; stored')
    return { ...this.#told(head), body: true }
  }

  chunk(bytes: Uint8Array): boolean {
    if (this.#over) return false
    this.#size += bytes.length
    if (this.#size > this.#route.cache.maxBytes) {
      this.#land('gone')
      return false
    }
    // A copy: the app may fill its buffer with something else.
    this.#chunks.push(Uint8Array.prototype.slice.call(bytes))
    return true
  }

  end(whole: boolean): void {
    if (this.#over) return
    const head = this.#head
    if (head === undefined || !whole || isShort(head, this.#size)) return this.#land('gone')
    const entry = this.#entryOf(head)
    this.#land(entry !== undefined && this.#keep(entry) ? entry : 'gone')
  }

  rescue(): Answer | undefined {
    const { asked, entry } = this.#miss
    const now = this.#route.now()
    if (this.#over || this.#head !== undefined || entry === undefined || !this.#route.outlasts(entry, now)) {
      return undefined
    }
    this.#say('')
    this.#land('failed')
    return this.#route.given(asked, entry, now)
  }

  #fit(head: Head): Freshness | undefined {
    const { asked } = this.#miss
    if (asked.cookie && !isForCookies(head.directives)) return undefined
    // A gate on the app's route has learnt who calls, or asked for more, when the key was made already: the answer is for
    // this request alone.
    if (isLearnt(this.#caller, asked.exchange)) return undefined
    return freshnessOf(this.#route.cache, head)
  }

  /** It goes to the caller alone. What was kept before is out of date, unless the app has only failed. */
  #unfit(head: Head): Tapped {
    const { key, entry, flight } = this.#miss
    if (head.status < 500) {
      if (entry !== undefined) this.#route.store.drop(key)
      if (flight !== undefined) this.#route.store.unfit(key, head.now)
    }
    this.#land(head.status < 500 ? 'gone' : 'failed')
    this.#say('')
    return { ...this.#told(head), body: false }
  }

  /** The app says that what is kept still holds: its header fields are made new (RFC 9111, 4.3.4). */
  #validated(entry: Entry, head: Head): Tapped {
    const headers = freshened(entry.fields.headers, this.#dated(keepable(head.headers), head.now))
    const freshness = this.#fit(headOf({ ...head, status: entry.fields.status, headers }))
    const next = new Entry({
      ...entry.fields,
      headers,
      storedAt: head.now,
      freshness: freshness ?? entry.fields.freshness,
    })
    if (freshness === undefined) this.#route.store.drop(this.#miss.key)
    this.#land(freshness !== undefined && this.#keep(next) ? next : 'gone')
    this.#say(freshness === undefined ? '; fwd-status=304' : '; fwd-status=304; stored')
    return { instead: this.#route.given(this.#miss.asked, next, head.now), body: false }
  }

  /** The app has failed: a stale answer is better (RFC 5861, 4). */
  #rescued(entry: Entry, { status, now }: Head): Tapped {
    this.#say(`; fwd-status=${status}`)
    this.#land('failed')
    return { instead: this.#route.given(this.#miss.asked, entry, now), body: false }
  }

  /** The headers that are added, or a 304 where the caller has that answer already. */
  #told({ status, headers, now }: Head): Omit<Tapped, 'body'> {
    const { condition, extra } = this.#miss.asked
    if (condition === undefined || status !== 200) return { headers: extra }
    if (!isHeld(condition, fieldOf(headers, 'etag'), fieldOf(headers, 'last-modified'), now)) {
      return { headers: extra }
    }
    return { instead: new Answer(304, [...notModifiedHeaders(headers), ...extra]) }
  }

  #say(also: string): void {
    if (this.#route.tells) this.#miss.asked.exchange.cacheStatus = forwarded(this.#miss.why, also)
  }

  #entryOf({ status, headers, now, freshness, directives }: Keeping): Entry | undefined {
    const body = bodyOf(this.#chunks, this.#size)
    const kept = this.#dated(keepable(headers), now)
    // A handler's answer is looked at only when it is sent; what is kept is not looked at again.
    if (!isSendable(kept)) return undefined
    const ownTag = fieldOf(kept, 'etag') !== undefined
    if (!ownTag && status === 200) kept.push('ETag', tagOf(kept, body))
    const tags = this.#tags(status, kept, body)
    if (tags === undefined) return undefined
    return new Entry({
      status,
      headers: kept,
      body,
      storedAt: now,
      freshness,
      ownTag,
      forAuthorized: isForAuthorized(directives),
      forCookies: isForCookies(directives),
      labels: this.#route.labels(this.#miss.asked.exchange, tags),
    })
  }

  /** Node dates an answer only when it sends it: what is kept has the date of its coming (RFC 9110, 6.6.1). */
  #dated(headers: string[], now: number): string[] {
    const { tells } = this.#route
    return !tells || fieldOf(headers, 'date') !== undefined
      ? headers
      : [...headers, 'Date', dateAt(now).toUTCString()]
  }

  /** `undefined` where the user's function fails: what cannot be flushed as wanted is not kept. */
  #tags(status: number, headers: readonly string[], body: Body): readonly string[] | undefined {
    const { tags = [] } = this.#route.cache
    if (typeof tags !== 'function') return tags
    try {
      return tags(this.#miss.asked.exchange, new Answer(status, headers, body))
    } catch (error) {
      this.#route.store.options.report(error)
      return undefined
    }
  }

  /** @returns false where it was flushed before it came */
  #keep(entry: Entry): boolean {
    if (this.#flushes.some((what) => isMeant(entry.fields.labels, what))) return false
    const varying = namesIn(fieldOf(entry.fields.headers, 'vary'))
    this.#route.store.keep(this.#miss.primary, varying, this.#request, entry)
    return true
  }

  #land(landed: Entry | 'failed' | 'gone'): void {
    if (this.#over) return
    this.#over = true
    this.#chunks = []
    // It was said to be kept when only its head was there.
    if (landed === 'gone' && this.#head !== undefined) this.#say('')
    this.#route.store.done(this)
    this.#miss.flight?.land(landed)
  }
}

/** The app may alter the headers of its request, and what it then varies by would not be what callers send. */
function asReceived(request: GatewayRequest): Headers {
  const values = new Map<string, string | undefined>()
  const raw = request.rawHeaders()
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]?.toLowerCase() ?? ''
    values.set(name, request.header(name))
  }
  return { header: (name) => values.get(name) }
}

function lengthOf(headers: readonly string[]): number | undefined {
  const length = fieldOf(headers, 'content-length')
  return length === undefined ? undefined : Number(length)
}

/** Whether less has come than was announced, or more. */
function isShort({ status, length }: Keeping, size: number): boolean {
  return length !== undefined && length !== size && status !== 204
}
