/** A store that may be away or slow, made safe to wait for. */
import type { Clock } from '../clock.js'
import type { PosternError } from '../errors.js'
import { bounded, isPromise, unavailable, within } from './bounded.js'
import { Breaker } from './breaker.js'
import type { Change, Counter, Counters, DayUsage, Entry, Json, Limit, Records, Taken } from './contract.js'

export interface GuardOptions {
  readonly clock: Clock
  /** Count in this process (`'local'`), fail (`'refuse'`), or limit nothing (`'admit'`). */
  readonly whenStoreFails: 'local' | 'refuse' | 'admit'
  /** Ms that one call is waited for. */
  readonly timeout: number
  /** Told `STORE_UNAVAILABLE` once when an outage begins, `STORE_RECOVERED` once when it ends. Must not throw. */
  readonly onError: (error: PosternError) => void
}

/**
 * Counters that answer in time, whatever becomes of those behind them. After a failure they are left alone
 * for a second, so that a store that hangs does not cost every request its timeout.
 *
 * Reading and correcting usage has no substitute: it fails with `STORE_UNAVAILABLE`.
 *
 * @param local counters of this process, for `whenStoreFails: 'local'`
 */
export function guarded(counters: Counters, local: Counters, options: GuardOptions): Counters {
  return new GuardedCounters(counters, local, options)
}

class GuardedCounters implements Counters {
  readonly #counters: Counters
  readonly #local: Counters
  readonly #options: GuardOptions
  readonly #breaker: Breaker
  /** What stands in for the store's handles. Only an outage fills it, and it keeps none of them alive. */
  readonly #substitutes = new WeakMap<Counter, Counter>()

  constructor(counters: Counters, local: Counters, options: GuardOptions) {
    this.#counters = counters
    this.#local = local
    this.#options = options
    this.#breaker = new Breaker(options.onError)
  }

  counter(name: string, subject: string, limit: Limit): Counter {
    return this.#counters.counter(name, subject, limit)
  }

  /** @throws PosternError `STORE_UNAVAILABLE` where that is to refuse, or a promise rejected with it */
  take(counters: readonly Counter[], now: number, first?: number): Taken | Promise<Taken> {
    const ticket = this.#breaker.enter(now)
    if (ticket < 0) return this.#instead(counters, unavailable('take', 'it has failed a moment ago'))
    let taken: Taken | Promise<Taken>
    try {
      taken = this.#counters.take(counters, now, first)
    } catch (error) {
      return this.#failed(ticket, counters, unavailable('take', error))
    }
    if (isPromise(taken)) return this.#await(ticket, counters, taken)
    this.#breaker.succeeded(ticket)
    return taken
  }

  usage(
    counter: Counter,
    from: string,
    to: string,
    now: number,
  ): readonly DayUsage[] | Promise<readonly DayUsage[]> {
    return bounded('usage', this.#options.timeout, () => this.#counters.usage(counter, from, to, now))
  }

  setRemaining(counter: Counter, remaining: number, now: number): void | Promise<void> {
    return bounded('setRemaining', this.#options.timeout, () =>
      this.#counters.setRemaining(counter, remaining, now),
    )
  }

  forget(counter: Counter): void | Promise<void> {
    return bounded('forget', this.#options.timeout, () => this.#counters.forget(counter))
  }

  async #await(ticket: number, counters: readonly Counter[], answer: Promise<Taken>): Promise<Taken> {
    let taken: Taken
    try {
      taken = await within('take', this.#options.timeout, answer)
    } catch (error) {
      return this.#failed(ticket, counters, unavailable('take', error))
    }
    this.#breaker.succeeded(ticket)
    return taken
  }

  #failed(ticket: number, counters: readonly Counter[], error: PosternError): Taken | Promise<Taken> {
    this.#breaker.failed(ticket, error)
    return this.#instead(counters, error)
  }

  #instead(counters: readonly Counter[], error: PosternError): Taken | Promise<Taken> {
    if (this.#options.whenStoreFails === 'refuse') throw error
    if (this.#options.whenStoreFails === 'admit') return admitted(counters.length)
    return this.#local.take(
      counters.map((counter) => this.#substitute(counter)),
      // The store may have been waited for.
      this.#options.clock.now(),
    )
  }

  #substitute(counter: Counter): Counter {
    const known = this.#substitutes.get(counter)
    if (known !== undefined) return known
    const substitute = this.#local.counter(counter.name, counter.subject, counter.limit)
    this.#substitutes.set(counter, substitute)
    return substitute
  }
}

/** As if there were no limits. */
function admitted(length: number): Taken {
  const remaining = new Array<number>(length).fill(Number.POSITIVE_INFINITY)
  return { refusedBy: -1, wait: 0, remaining, reset: new Array<number>(length).fill(0), observed: [] }
}

/**
 * Records that answer in time or fail with `STORE_UNAVAILABLE`: there is no guessing of keys and plans.
 *
 * @param options.timeout ms that one call is waited for
 */
export function guardedRecords(records: Records, { timeout }: { readonly timeout: number }): Records {
  return {
    get: (kind: string, id: string): Json | undefined | Promise<Json | undefined> =>
      bounded('get', timeout, () => records.get(kind, id)),
    put: (kind: string, id: string, value: Json): void | Promise<void> =>
      bounded('put', timeout, () => records.put(kind, id, value)),
    write: (changes: readonly Change[]): void | Promise<void> =>
      bounded('write', timeout, () => records.write(changes)),
    list: (kind: string, after: string, limit: number): readonly Entry[] | Promise<readonly Entry[]> =>
      bounded('list', timeout, () => records.list(kind, after, limit)),
  }
}
