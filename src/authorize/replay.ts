/** Replay protection: a signature is admitted once for as long as it would hold. */

import type { Clock } from '../clock.js'
import { sha256 } from '../digest.js'
import type { Exchange, Refusal } from '../exchange.js'
import { isPromise } from '../store/bounded.js'
import type { Counters, Taken } from '../store/contract.js'
import type { Presigned } from './presigned.js'
import { refused } from './refused.js'
import { SKEW, timeFault } from './scope.js'

/**
 * Seconds that a signature is remembered: the least of these that is longer than it holds. They are few, as each is
 * a limit of its own in the store.
 */
const WINDOWS = [601, 3_901, 43_501, 86_701, 605_101] as const

export class Replays {
  readonly #counters: Counters
  readonly #clock: Clock
  readonly #api: string
  /** A route's own gate behind a mounted one asks for the same exchange again. */
  readonly #admitted = new WeakSet<Exchange>()

  /** @param counters refuse where the store is away */
  constructor(counters: Counters, clock: Clock, api: string) {
    this.#counters = counters
    this.#clock = clock
    this.#api = api
  }

  /**
   * A refusal where it was admitted before, with another exchange.
   *
   * @param signed one whose signature is right
   * @throws PosternError `STORE_UNAVAILABLE`, or a promise rejected with it
   */
  admit(
    exchange: Exchange,
    { terms, signature, timestamp, expires }: Presigned,
  ): Refusal | undefined | Promise<Refusal | undefined> {
    if (this.#admitted.has(exchange)) return undefined
    const now = this.#clock.now()
    // Read slowly, it may hold no more: it would come when its signature is forgotten.
    const late = timeFault(timestamp, expires, now)
    if (late !== undefined) return late
    const window = windowOf(expires)
    const limit = { kind: 'bucket', burst: 1, rate: 1 / window } as const
    const subject = sha256(`${terms.credential.accessKeyId}/${signature}`)
    const counter = this.#counters.counter(`${this.#api}/signature/${window}`, subject, limit)
    const taken = this.#counters.take([counter], now)
    return isPromise(taken) ? taken.then((late) => this.#judge(exchange, late)) : this.#judge(exchange, taken)
  }

  #judge(exchange: Exchange, { refusedBy }: Taken): Refusal | undefined {
    if (refusedBy >= 0) return refused('The signature has been used before: each is admitted once.')
    this.#admitted.add(exchange)
    return undefined
  }
}

/** It may come as early as the skew allows, and late by as much. */
function windowOf(expires: number | undefined): number {
  const holds = SKEW / 1000 + (expires ?? SKEW / 1000)
  return WINDOWS.find((window) => window > holds) ?? WINDOWS[WINDOWS.length - 1] ?? 0
}
