/**
 * Who presented that key? A bounded table from the presented value to its record, so that a key is hashed
 * and looked up once in a while instead of at every request.
 */
import { instant } from '../clock.js'
import type { CompletePlan } from '../complete.js'
import type { KeyRecord, KeySource } from '../definition.js'
import { digestApiKey } from '../digest.js'
import type { Identity, Limited } from '../exchange.js'
import { bounded } from '../store/bounded.js'
import type { Counter } from '../store/contract.js'
import { Recent } from '../store/recent.js'

type Found = KeyRecord | null | undefined

class Known implements Identity {
  among: object | undefined = undefined
  plan: CompletePlan | undefined = undefined
  others: readonly CompletePlan[] = []
  openedFor: object | undefined = undefined
  opened: (Counter | undefined)[] = []
  limited: Limited | undefined = undefined

  constructor(
    /** Clock, ms: looked up anew from then on. */
    readonly until: number,
    readonly key: KeyRecord,
  ) {}
}

/** The longest that a key revoked elsewhere may still be honoured. */
const KEPT = 10_000
/** A key that was not there may be created elsewhere at any moment. */
const KEPT_ABSENT = 2_000
const MOST = 10_000
const MOST_ABSENT = 1_000
/** Those of one caller that has lost its key: what all send together is hashed as quickly as it is remembered. */
const MOST_ABSENT_HERE = 64
/** Longer values are no keys; they are not worth hashing. */
const LONGEST = 1_024

/** Keys in this process's memory. */
interface AtHand {
  /** Whether a key may have this value, without its digest. */
  mayHave(value: string): boolean
}

export class Clients {
  readonly #source: KeySource
  readonly #atHand: AtHand | undefined
  readonly #timeout: number
  readonly #report: (error: unknown) => void
  #failing = false
  readonly #known = new Recent<string, Known>(MOST)
  /** Apart from the valid ones, so that guesses cannot push them out. */
  readonly #absent: Recent<string, number>
  readonly #pending = new Map<string, Promise<Identity | undefined>>()

  /**
   * @param atHand where a look-up costs next to nothing: what a guess is told by, and few of them are remembered
   * @param timeout ms that a look-up may take; then, as when it fails, the request is refused
   * @param report told when look-ups begin to fail
   */
  constructor(
    source: KeySource,
    atHand: AtHand | undefined,
    timeout: number,
    report: (error: unknown) => void,
  ) {
    this.#source = source
    this.#atHand = atHand
    this.#absent = new Recent(atHand ? MOST_ABSENT_HERE : MOST_ABSENT)
    this.#timeout = timeout
    this.#report = report
  }

  /** The key of that value, if it is one and valid at `now` (clock, ms). */
  find(value: string, now: number): Identity | undefined | Promise<Identity | undefined> {
    const known = this.#known.get(value)
    if (known !== undefined && isWithin(now, known.until, KEPT)) return known
    if (value === '' || value.length > LONGEST || this.#atHand?.mayHave(value) === false) return undefined
    if (isWithin(now, this.#absent.get(value) ?? Number.NEGATIVE_INFINITY, KEPT_ABSENT)) return undefined
    return this.#pending.get(value) ?? this.#look(value, now)
  }

  /** Drops what is remembered: a key or a plan was changed here. */
  forget(): void {
    this.#known.clear()
    this.#absent.clear()
    this.#pending.clear()
  }

  #look(value: string, now: number): Identity | undefined | Promise<Identity | undefined> {
    const digest = digestApiKey(value)
    const found = this.#ask(digest)
    if (!(found instanceof Promise)) return this.#keep(value, found, now)
    const look: Promise<Identity | undefined> = found.then((key) =>
      this.#pending.get(value) === look ? this.#keep(value, key, now) : identityOf(key, now),
    )
    this.#pending.set(value, look)
    const done = () => {
      if (this.#pending.get(value) === look) this.#pending.delete(value)
    }
    look.then(done, done)
    return look
  }

  #ask(digest: string): Found | Promise<Found> {
    try {
      const found = bounded('keys.find', this.#timeout, () => this.#source.find(digest))
      if (found instanceof Promise)
        return found.then(
          (key) => this.#found(key),
          (error) => this.#failed(error),
        )
      return this.#found(found)
    } catch (error) {
      return this.#failed(error)
    }
  }

  #found(key: Found): Found {
    this.#failing = false
    return key
  }

  /** Once for each time that it begins: a table that is away would otherwise fill the log. */
  #failed(error: unknown): never {
    if (!this.#failing) this.#report(error)
    this.#failing = true
    throw error
  }

  #keep(value: string, key: Found, now: number): Identity | undefined {
    const known = identityOf(key, now)
    if (known !== undefined) this.#known.set(value, known)
    else this.#absent.set(value, now + KEPT_ABSENT)
    return known
  }
}

/** A clock that was set back must not keep anything longer. */
function isWithin(now: number, until: number, kept: number): boolean {
  return now < until && until - now <= kept
}

/** Tables of the user's own say `null` for none, 0 for false, a date as text: what is not understood is no key. */
function identityOf(key: Found, now: number): Known | undefined {
  if (key === undefined || key === null || (key.enabled ?? true) !== true) return undefined
  if (typeof key.id !== 'string' || !Array.isArray(key.plans)) throw malformed(key)
  const expiresAt = instant(key.expiresAt ?? Number.POSITIVE_INFINITY)
  return now < expiresAt ? new Known(Math.min(now + KEPT, expiresAt), key) : undefined
}

function malformed({ id }: KeyRecord): TypeError {
  return new TypeError(
    `\`keys.find\` gave a row that is no key (id ${String(id)}): give { id, name, plans: ['free'] }`,
  )
}
