import { PosternError } from '../errors.js'

/** Ms of the clock for which a store that failed is not asked again. */
const COOL_DOWN = 1000

/** Whether a store is asked at all: once it has failed it is left alone for a while, then one call probes it. */
export class Breaker {
  #failedAt: number | undefined
  #isProbing = false
  /** Calls that began before the last change of mind are told by this, and not listened to. */
  #epoch = 0
  #now = 0
  readonly #onError: (error: PosternError) => void

  /** @param onError told once when the store goes away, and once when it is back; must not throw */
  constructor(onError: (error: PosternError) => void) {
    this.#onError = onError
  }

  /** A ticket for asking the store, to be handed back with what came of it; -1 when it is not to be asked. */
  enter(now: number): number {
    this.#now = now
    if (this.#failedAt === undefined) return this.#epoch
    // A clock that was set back must not keep the store away.
    if (this.#isProbing || Math.abs(now - this.#failedAt) < COOL_DOWN) return -1
    this.#isProbing = true
    return this.#epoch
  }

  succeeded(ticket: number): void {
    if (this.#failedAt === undefined || ticket !== this.#epoch) return
    this.#change(undefined)
    this.#onError(new PosternError('STORE_RECOVERED', 'the store answers again'))
  }

  failed(ticket: number, error: PosternError): void {
    if (ticket !== this.#epoch) return
    const isNews = this.#failedAt === undefined
    this.#change(this.#now)
    if (isNews) this.#onError(error)
  }

  #change(failedAt: number | undefined): void {
    this.#failedAt = failedAt
    this.#isProbing = false
    this.#epoch++
  }
}
