import { periodOf } from '../../src/store/calendar.js'
import type { BucketLimit, Counter, QuotaLimit, Taken } from '../../src/store/contract.js'

const DAY = 86_400_000
const NEARLY = 1e-9

/** Counters as one would write them first: maps and strings, nothing is ever given up. */
export class NaiveCounters {
  readonly #tokens = new Map<string, { tokens: number; at: number }>()
  readonly #used = new Map<string, number>()
  #now = Number.NaN
  #forward = 0

  take(counters: readonly Counter[], now: number): Taken {
    if (now > this.#now) this.#forward += now - this.#now
    this.#now = now
    const short = counters.map((counter) => this.#available(counter) < 1 - NEARLY)
    const refusing = counters.filter(({ limit }, index) => short[index] && !limit.observe)
    const refusedBy = counters.findIndex(({ limit }, index) => short[index] && !limit.observe)
    const wait = Math.max(0, ...refusing.map((counter) => this.#wait(counter)))
    if (refusedBy < 0) for (const counter of counters) this.#charge(counter)
    return {
      refusedBy,
      wait,
      remaining: counters.map((counter) => this.left(counter)),
      reset: counters.map((counter) => this.#reset(counter)),
      observed: counters.flatMap(({ limit }, index) => (short[index] && limit.observe ? index : [])),
    }
  }

  left(counter: Counter): number {
    return Math.max(0, Math.floor(this.#available(counter) + NEARLY))
  }

  #available(counter: Counter): number {
    const { limit } = counter
    if (limit.kind === 'quota') return limit.limit - (this.#used.get(this.#label(counter, limit)) ?? 0)
    const { tokens, at } = this.#tokens.get(key(counter)) ?? { tokens: limit.burst, at: this.#forward }
    return Math.min(limit.burst, tokens + ((this.#forward - at) * limit.rate) / 1000)
  }

  #charge(counter: Counter): void {
    const { limit } = counter
    const available = this.#available(counter)
    if (limit.kind === 'quota') {
      const label = this.#label(counter, limit)
      this.#used.set(label, (this.#used.get(label) ?? 0) + 1)
    } else if (available >= 1 - NEARLY) {
      this.#tokens.set(key(counter), { tokens: available - 1, at: this.#forward })
    }
  }

  #wait(counter: Counter): number {
    const { limit } = counter
    if (limit.kind === 'quota') return limit.limit < 1 ? Number.POSITIVE_INFINITY : this.#reset(counter)
    if (limit.burst < 1 - NEARLY) return Number.POSITIVE_INFINITY
    return this.#until(limit, 1 - this.#available(counter))
  }

  #reset(counter: Counter): number {
    const { limit } = counter
    if (limit.kind === 'quota') return this.#period(limit).next * DAY - this.#now
    const missing = limit.burst - this.#available(counter)
    return missing <= NEARLY ? 0 : this.#until(limit, missing)
  }

  #until({ rate }: BucketLimit, tokens: number): number {
    return rate === 0 ? Number.POSITIVE_INFINITY : Math.ceil((tokens / rate) * 1000 - NEARLY)
  }

  #period({ period, offset }: QuotaLimit) {
    return periodOf(Math.floor(this.#now / DAY), period, offset)
  }

  #label(counter: Counter, limit: QuotaLimit): string {
    return `${key(counter)} ${this.#period(limit).first}`
  }
}

function key({ name, subject }: Counter): string {
  return JSON.stringify([name, subject])
}
