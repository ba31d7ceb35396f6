/** Where answers are kept: one bounded table for each stage. */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.js'
import type { Answers } from '../store/contract.js'
import { Entry } from './entry.js'
import { Flight } from './flight.js'
import { type CacheFlush, isMeant, pathOf } from './flush.js'
import { SecondLevel, type Shared } from './second.js'
import { type Headers, variant } from './vary.js'

export interface CachesOptions {
  readonly clock: Clock
  readonly report: (error: unknown) => void
  /** A second level, shared by processes. */
  readonly answers?: Answers | undefined
  /** The API's name, for that. */
  readonly api?: string
  /** ms that it may take. Default 250. */
  readonly timeout?: number
}

/** The caches of all stages: they stay when a stage is pointed elsewhere. */
export class Caches {
  readonly #stages = new Map<string, StageCacheStore>()

  constructor(readonly options: CachesOptions) {}

  /** @param size bytes at most; a stage's cache is made when it is first asked for, and grows or shrinks with its size */
  stage(name: string, size: number): StageCacheStore {
    const known = this.#stages.get(name)
    if (known === undefined) {
      const made = new StageCacheStore(this.options, name, size)
      this.#stages.set(name, made)
      return made
    }
    known.resize(size)
    return known
  }

  /** Drops what a stage keeps, all of it where nothing is named. @returns how many answers */
  flush(name: string, what: CacheFlush = {}): number {
    return this.#stages.get(name)?.flush(what) ?? 0
  }
}

/** Stands in an answer's place where answers vary: by these request headers, lower case. */
class Varying {
  readonly size: number

  constructor(readonly names: readonly string[]) {
    this.size = 128 + names.join().length
  }
}

/** What a key leads to. */
export interface Found {
  /** With the values of the headers that answers vary by, where they do. */
  readonly key: string
  readonly entry: Entry | undefined
  readonly varies: boolean
}

/** An answer on its way here, that a flush may overtake. */
export interface Pending {
  flushed(what: CacheFlush): void
}

/** How long it is remembered that the answers of a key are not for keeping, in ms: until then nobody waits for one. */
const REMEMBERED = 10_000
const MOST_REMEMBERED = 1_000

/** What one stage keeps. */
export class StageCacheStore {
  #table: LRUCache<string, Entry | Varying>
  readonly #byPath = new Map<string, Set<string>>()
  readonly #flights = new Map<string, Flight>()
  readonly #pending = new Set<Pending>()
  /** How often something was flushed. */
  flushes = 0
  readonly #unfit = new LRUCache<string, number>({ max: MOST_REMEMBERED })

  /** What other processes keep, too. */
  readonly second: SecondLevel | undefined

  /** @param size bytes at most */
  constructor(
    readonly options: CachesOptions,
    name: string,
    size: number,
  ) {
    const { answers, api = '' } = options
    this.second = answers && new SecondLevel(answers, `${api}/${name}`, options)
    this.#table = this.#tableOf(size)
  }

  /** Bytes that are held, by an estimate from above. */
  get bytes(): number {
    return this.#table.calculatedSize
  }

  /** The answers come with it, those used last first, as far as there is room for them. */
  resize(size: number): void {
    const before = this.#table
    if (before.maxSize === size) return
    this.#table = this.#tableOf(size)
    for (const key of [...before.rkeys()]) {
      const slot = before.peek(key)
      if (slot !== undefined && !this.#table.set(key, slot).has(key)) this.#unlist(slot, key)
    }
  }

  find(primary: string, request: Headers): Found {
    const slot = this.#table.get(primary)
    if (!(slot instanceof Varying)) return { key: primary, entry: slot, varies: false }
    const key = variant(primary, slot.names, request)
    const entry = this.#table.get(key)
    return { key, entry: entry instanceof Entry ? entry : undefined, varies: true }
  }

  /**
   * Keeps an answer.
   *
   * @param varying the headers that it varies by. One key's answers are told apart by all that any of them varied by
   */
  keep(primary: string, varying: readonly string[], request: Headers, entry: Entry): void {
    const names = this.#keepHere(primary, varying, request, entry)
    if (names !== undefined) this.second?.keep(primary, names, request, entry)
  }

  /** The same for what the second level has. */
  adopt(primary: string, { entry, varying }: Shared, request: Headers): void {
    this.#keepHere(primary, varying, request, entry)
  }

  #keepHere(
    primary: string,
    varying: readonly string[],
    request: Headers,
    entry: Entry,
  ): readonly string[] | undefined {
    const slot = this.#table.peek(primary)
    const known = slot instanceof Varying ? slot.names : []
    const names = [...new Set([...known, ...varying])].sort()
    if (names.length > known.length) this.#table.set(primary, new Varying(names))
    const key = names.length === 0 ? primary : variant(primary, names, request)
    this.#table.set(key, entry)
    if (this.#table.peek(key) !== entry) return undefined
    this.#unfit.delete(key)
    const { path } = entry.fields.labels
    const listed = this.#byPath.get(path)
    if (listed === undefined) this.#byPath.set(path, new Set([key]))
    else listed.add(key)
    return names
  }

  drop(key: string): void {
    this.#table.delete(key)
    this.second?.drop(key)
  }

  flush(what: CacheFlush): number {
    this.flushes++
    for (const each of this.#pending) each.flushed(what)
    this.second?.flush(what)
    const keys =
      what.target === undefined ? [...this.#table.keys()] : [...(this.#byPath.get(pathOf(what.target)) ?? [])]
    const isAll = what.route === undefined && what.tags === undefined
    let dropped = 0
    for (const key of keys) {
      const slot = this.#table.peek(key)
      if (slot instanceof Entry ? !isMeant(slot.fields.labels, what) : !isAll) continue
      this.#table.delete(key)
      if (slot instanceof Entry) dropped++
    }
    return dropped
  }

  /** From now on it is told of what is flushed. */
  await(pending: Pending): void {
    this.#pending.add(pending)
  }

  done(pending: Pending): void {
    this.#pending.delete(pending)
  }

  /** The call that is under way for that key. */
  flight(key: string): Flight | undefined {
    return this.#flights.get(key)
  }

  /** `undefined` where answers of that key have not been for keeping: nobody is to wait for the next one. */
  depart(key: string, now: number): Flight | undefined {
    const until = this.#unfit.get(key) ?? Number.NEGATIVE_INFINITY
    if (now < until && until - now <= REMEMBERED) return undefined
    const flight = new Flight(() => this.#flights.delete(key))
    this.#flights.set(key, flight)
    return flight
  }

  /** An answer of that key was not for keeping. */
  unfit(key: string, now: number): void {
    this.#unfit.set(key, now + REMEMBERED)
  }

  #tableOf(size: number): LRUCache<string, Entry | Varying> {
    return new LRUCache({
      maxSize: size,
      sizeCalculation: (slot, key) => slot.size + key.length * 2,
      dispose: (slot, key) => this.#unlist(slot, key),
    })
  }

  #unlist(slot: Entry | Varying, key: string): void {
    if (!(slot instanceof Entry)) return
    const { path } = slot.fields.labels
    const listed = this.#byPath.get(path)
    listed?.delete(key)
    if (listed?.size === 0) this.#byPath.delete(path)
  }
}
