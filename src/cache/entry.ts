/** One answer as it is kept, and the answers that are made of it. */
import { fieldOf, KeptAnswer, without } from '../answer.js'

/** How long an answer may be used. All in ms. */
export interface Freshness {
  /** How old it was when it came (RFC 9111, 4.2.3). */
  readonly age: number
  /** From then on: fresh for so long. */
  readonly fresh: number
  /** Past that, given to others while one caller fetches it anew. */
  readonly staleWhileRevalidate: number
  /** Past that, given where the app fails. */
  readonly staleIfError: number
  /** Asked of the app each time: `no-cache`. */
  readonly validated: boolean
  /** Whether the app may be asked at all if the answer still holds. */
  readonly validates: boolean
  /** Never given once it is stale, whatever the caller says: `must-revalidate` and its like. */
  readonly strict: boolean
}

/** What an answer is found and flushed by. */
export interface Labels {
  /** `GET /pets/{petId}`, and its namespace where it has one. */
  readonly route: string
  readonly namespace: string | undefined
  /** As the app sees it, without the query. */
  readonly path: string
  /** The part of the query that is in the key. */
  readonly query: string
  /** What makes that part of a query. */
  readonly queryKey: (query: string) => string
  readonly tags: readonly string[]
}

export interface EntryFields {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: string | Uint8Array
  /** Clock, ms, when the answer came. */
  readonly storedAt: number
  readonly freshness: Freshness
  readonly labels: Labels
  /** Whether the app itself gave the `ETag`. */
  readonly ownTag: boolean
  /** Whether the app said that it is for everybody, `Authorization` and `Cookie` notwithstanding. */
  readonly forAuthorized: boolean
  readonly forCookies: boolean
}

export class Entry {
  /** Bytes, without the key's. */
  readonly size: number
  readonly etag: string | undefined
  readonly lastModified: string | undefined
  #notModified: readonly string[] | undefined

  constructor(readonly fields: EntryFields) {
    this.etag = fieldOf(fields.headers, 'etag')
    this.lastModified = fieldOf(fields.headers, 'last-modified')
    this.size = sizeOf(fields)
  }

  /** ms since it came; negative where the clock was set back since. */
  elapsed(now: number): number {
    return now - this.fields.storedAt
  }

  /** ms that it is still fresh; past that, negative. */
  remaining(now: number): number {
    return this.fields.freshness.fresh - this.elapsed(now)
  }

  /** Whether it is of no more use to anyone. */
  isSpent(now: number): boolean {
    if (this.elapsed(now) < 0) return true
    const remaining = this.remaining(now)
    // What can be validated stays until it is pushed out.
    if (remaining > 0 || this.validators !== undefined) return false
    const { staleIfError, staleWhileRevalidate } = this.fields.freshness
    return remaining + Math.max(staleIfError, staleWhileRevalidate) <= 0
  }

  /** The conditions by which the app can say that it still holds: header fields of a request. */
  get validators(): ReadonlyMap<string, string> | undefined {
    const tag = this.fields.ownTag ? this.etag : undefined
    const known = new Map<string, string>()
    if (tag !== undefined) known.set('if-none-match', tag)
    if (this.lastModified !== undefined) known.set('if-modified-since', this.lastModified)
    return known.size > 0 && this.fields.freshness.validates ? known : undefined
  }

  /** @param age whether `Age` is told: AWS tells none */
  answer(now: number, age: boolean, extra: readonly string[] = NOTHING): KeptAnswer {
    const { status, headers, body } = this.fields
    return new KeptAnswer(status, this.#told(headers, now, age, extra), body)
  }

  /** To a caller that has it already (RFC 9110, 15.4.5). */
  notModified(now: number, age: boolean, extra: readonly string[] = NOTHING): KeptAnswer {
    this.#notModified ??= notModifiedHeaders(this.fields.headers)
    return new KeptAnswer(304, this.#told(this.#notModified, now, age, extra))
  }

  #told(headers: readonly string[], now: number, age: boolean, extra: readonly string[]): readonly string[] {
    if (!age && extra.length === 0) return headers
    const told = headers.slice()
    for (const text of extra) told.push(text)
    if (age) told.push('Age', String(this.ageAt(now)))
    return told
  }

  /** Whole seconds (RFC 9111, 5.1). */
  ageAt(now: number): number {
    return Math.max(0, Math.floor((this.fields.freshness.age + this.elapsed(now)) / 1000))
  }
}

const NOTHING: readonly string[] = []

const OF_THE_BODY = new Set([
  'content-type',
  'content-encoding',
  'content-language',
  'content-range',
  'content-md5',
  'content-length',
])

export function notModifiedHeaders(headers: readonly string[]): string[] {
  return without(headers, OF_THE_BODY)
}

/** The app has said of its body all there is to say when it gave it; an `ETag` is the one that was asked for. */
const FIXED = new Set(['content-encoding', 'content-length', 'content-md5', 'content-range', 'etag'])

/** Header fields after a 304: what that says, in place of those of the same name (RFC 9111, 3.2). */
export function freshened(headers: readonly string[], told: readonly string[]): string[] {
  const fresh = without(told, FIXED)
  const replaced = new Set(fresh.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()))
  return [...without(headers, replaced), ...fresh]
}

/** What an entry takes beside its texts: objects, its places in the table and in the index by path. */
const OVERHEAD = 768
const EACH = 16

/** Bytes, an estimate from above. A body that is kept as text is ASCII, one byte a character. */
function sizeOf({ headers, body, labels }: EntryFields): number {
  let size = OVERHEAD + body.length
  for (const text of headers) size += text.length + EACH
  for (const tag of labels.tags) size += tag.length + EACH
  return size + labels.path.length + labels.query.length
}
