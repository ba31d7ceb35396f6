/** What a caller is told of its own limits. */
import type { Exchange } from '../exchange.js'
import { periodAt } from '../store/calendar.js'
import type { Limit, Taken } from '../store/contract.js'
import type { Demand } from './limits.js'

/** The document that the `RateLimit` and `RateLimit-Policy` fields follow. */
export const RATE_LIMIT_DRAFT = 'https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-10.html'

class Item {
  /** What was told last, and its words: who keeps well below a limit is told the same every time. */
  #left = Number.NaN
  #seconds = Number.NaN
  words = ''

  constructor(
    readonly index: number,
    readonly label: string,
    readonly limit: Limit,
    /** What stands before the number that is left, from the end of the item before. */
    private readonly opening: string,
  ) {}

  /**
   * @param left what is left
   * @param seconds until it is full again; `Infinity`: never
   * @returns whether the words are others than before
   */
  renew(left: number, seconds: number): boolean {
    if (left === this.#left && seconds === this.#seconds) return false
    this.#left = left
    this.#seconds = seconds
    this.words = this.opening + left + (seconds < Number.POSITIVE_INFINITY ? `;t=${seconds}` : '')
    return true
  }
}

/** The fields of one take. The policy changes only with the calendar, the state with every request. */
export class RateFields {
  readonly #told: readonly Item[]
  #policy = ''
  /** The policies of the take before, and what they make together: the same for nearly all requests. */
  #before = ''
  #both = ''
  /** The same of the states: those who are refused again and again are told the same. */
  #state = ''
  #stateBefore: string | undefined = undefined
  #bothStates = ''
  /** Clock, ms: a month's length is the policy's window until it ends. */
  #until = Number.NEGATIVE_INFINITY
  #from = Number.POSITIVE_INFINITY

  /** @param limits those of the take, in its order */
  constructor(limits: readonly Demand[]) {
    let separator = ''
    this.#told = limits.flatMap(({ label, limit }, index) => {
      if (label === undefined) return []
      const opening = `${separator}"${label}";r=`
      separator = ', '
      return new Item(index, label, limit, opening)
    })
  }

  /** Adds to what the exchange's answer will say. @param now clock, ms, at the take */
  tell(taken: Taken, now: number, exchange: Exchange): void {
    // A store that is away and admits all the same knows of no limits that could be told.
    if (this.#told.length === 0 || taken.remaining[0] === Number.POSITIVE_INFINITY) return
    if (now >= this.#until || now < this.#from) this.#renew(now)
    this.#renewState(taken)
    if (exchange.ratePolicy === '') {
      exchange.ratePolicy = this.#policy
      exchange.rateState = this.#state
      return
    }
    if (exchange.ratePolicy !== this.#before) {
      this.#before = exchange.ratePolicy
      this.#both = `${exchange.ratePolicy}, ${this.#policy}`
    }
    if (exchange.rateState !== this.#stateBefore) {
      this.#stateBefore = exchange.rateState
      this.#bothStates = `${exchange.rateState}, ${this.#state}`
    }
    exchange.ratePolicy = this.#both
    exchange.rateState = this.#bothStates
  }

  #renewState(taken: Taken): void {
    let changed = false
    for (const item of this.#told) {
      const left = Math.max(0, taken.remaining[item.index] ?? 0)
      const reset = taken.reset[item.index] ?? Number.POSITIVE_INFINITY
      changed = item.renew(left, Math.ceil(reset / 1000)) || changed
    }
    if (!changed) return
    this.#state = ''
    for (const { words } of this.#told) this.#state += words
    this.#stateBefore = undefined
  }

  #renew(now: number): void {
    this.#before = ''
    this.#from = Number.NEGATIVE_INFINITY
    this.#until = Number.POSITIVE_INFINITY
    this.#policy = this.#told
      .map(({ label, limit }) => `"${label}"${this.#parameters(limit, now)}`)
      .join(', ')
  }

  #parameters(limit: Limit, now: number): string {
    if (limit.kind === 'bucket') {
      return `;q=${limit.burst}${limit.rate > 0 ? `;w=${Math.max(1, Math.ceil(limit.burst / limit.rate))}` : ''}`
    }
    const { start, end } = periodAt(now, limit.period, limit.offset)
    this.#from = Math.max(this.#from, start)
    this.#until = Math.min(this.#until, end)
    return `;q=${limit.limit};w=${(end - start) / 1000}`
  }
}
