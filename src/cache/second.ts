/** The second level: answers that processes share through the store, behind each one's own table. */
import { bounded, isPromise, unavailable } from '../store/bounded.js'
import { Breaker } from '../store/breaker.js'
import type { Answers, StoredAnswer } from '../store/contract.js'
import { bodyOf } from './body.js'
import { Entry, type EntryFields, type Freshness, type Labels } from './entry.js'
import { type CacheFlush, pathOf } from './flush.js'
import type { CachesOptions } from './store.js'
import { type Headers, variant } from './vary.js'

/** What a store is told of an answer beside its head and body. */
interface About {
  readonly varying: readonly string[]
  readonly storedAt: number
  readonly freshness: Freshness
  readonly tags: readonly string[]
  readonly ownTag: boolean
  readonly forAuthorized: boolean
  readonly forCookies: boolean
}

/** What can still be validated is worth keeping for so long, in ms. */
const VALIDATED = 86_400_000
const TIMEOUT = 250

type Late<T> = T | Promise<T>
type Unlabelled = Omit<Labels, 'tags'>

export class SecondLevel {
  readonly #answers: Answers
  readonly #space: string
  readonly #timeout: number
  readonly #options: CachesOptions
  readonly #breaker: Breaker

  constructor(answers: Answers, space: string, options: CachesOptions) {
    this.#answers = answers
    this.#space = space
    this.#timeout = options.timeout ?? TIMEOUT
    this.#options = options
    this.#breaker = new Breaker(options.report)
  }

  /**
   * The answer to such a request, if there is one.
   *
   * @param key the request's, by what this process knows of how answers vary
   * @param labels as the request has them: what is found is kept under these
   */
  find(primary: string, key: string, request: Headers, labels: Unlabelled): Late<Shared | undefined> {
    // What stands under the key without variants may be the answer to one who asked otherwise; it says by what.
    const check = (shared: Shared | undefined): Late<Shared | undefined> =>
      shared === undefined || key !== primary || shared.varying.length === 0
        ? shared
        : this.#get(variant(primary, shared.varying, request), labels)
    const found = this.#get(key, labels)
    return isPromise(found) ? found.then(check) : check(found)
  }

  #get(key: string, labels: Unlabelled): Late<Shared | undefined> {
    const found = this.#ask('answers.get', () => this.#answers.get(this.#space, key))
    return isPromise(found) ? found.then((late) => sharedOf(late, labels)) : sharedOf(found, labels)
  }

  /** @param varying by which headers all answers of the key are told apart, sorted */
  keep(primary: string, varying: readonly string[], request: Headers, entry: Entry): void {
    const { status, headers, body, labels, freshness, ...about } = entry.fields
    const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body
    const known: About = { ...about, freshness, varying, tags: labels.tags }
    const stored = { status, headers, body: bytes, about: { ...known, freshness: { ...freshness } } }
    const { fresh, validates, staleIfError, staleWhileRevalidate } = freshness
    const ttl = validates ? VALIDATED : fresh + Math.max(staleIfError, staleWhileRevalidate)
    const key = varying.length === 0 ? primary : variant(primary, varying, request)
    for (const each of new Set([primary, key])) {
      this.#tell(() => this.#answers.set(this.#space, each, stored, ttl, labelsOf(labels)))
    }
  }

  drop(key: string): void {
    this.#tell(() => this.#answers.delete(this.#space, key))
  }

  flush(what: CacheFlush): void {
    for (const labels of flushed(what)) this.#tell(() => this.#answers.flush(this.#space, labels))
  }

  /** Nobody waits for what is only told. */
  #tell(tell: () => Late<void>): void {
    const told = this.#ask('answers', tell)
    if (isPromise(told)) told.catch(this.#options.report)
  }

  /** What fails is not there, and is left alone for a while. */
  #ask<T>(what: string, ask: () => Late<T>): Late<T | undefined> {
    const ticket = this.#breaker.enter(this.#options.clock.now())
    if (ticket < 0) return undefined
    const failed = (error: unknown): undefined => {
      this.#breaker.failed(ticket, unavailable(what, error))
      return undefined
    }
    try {
      const answer = bounded(what, this.#timeout, ask)
      if (!isPromise(answer)) {
        this.#breaker.succeeded(ticket)
        return answer
      }
      return answer.then((late) => {
        this.#breaker.succeeded(ticket)
        return late
      }, failed)
    } catch (error) {
      return failed(error)
    }
  }
}

/** An answer of another process, or of this one's past. */
export interface Shared {
  readonly entry: Entry
  readonly varying: readonly string[]
}

/** What is no answer of ours (another version's, perhaps) is none. */
function sharedOf(stored: StoredAnswer | undefined, labels: Unlabelled): Shared | undefined {
  if (stored === undefined) return undefined
  const about = stored.about as Partial<About> | null
  if (about === null || typeof about !== 'object' || !isKnown(about)) return undefined
  const { varying, tags, ...known } = about
  const fields: EntryFields = {
    status: stored.status,
    headers: stored.headers,
    body: bodyOf([stored.body], stored.body.length),
    ...known,
    labels: { ...labels, tags },
  }
  return { entry: new Entry(fields), varying }
}

function isKnown(about: Partial<About>): about is About {
  const { varying, storedAt, freshness, tags } = about
  return (
    Array.isArray(varying) &&
    Array.isArray(tags) &&
    typeof storedAt === 'number' &&
    typeof freshness === 'object'
  )
}

function labelsOf({ route, namespace, path, tags }: Labels): string[] {
  const space = namespace === undefined ? [] : [`namespace ${namespace}`]
  return [`route ${route}`, ...space, `path ${path}`, ...tags.map((tag) => `tag ${tag}`)]
}

/** Sets of labels that together are at least what is meant: of a path, all its queries. */
function flushed({ route, target, tags }: CacheFlush): string[][] {
  const path = target === undefined ? [] : [`path ${pathOf(target)}`]
  const routes = route === undefined ? [[]] : [[`route ${route}`], [`namespace ${route}`]]
  const tagged = tags === undefined ? [[]] : tags.map((tag) => [`tag ${tag}`])
  return routes.flatMap((one) => tagged.map((other) => [...one, ...other, ...path]))
}
