/** Misses of one key, made into one call. */
import { inTime } from '../store/bounded.js'
import type { Entry } from './entry.js'

/** What became of the call that others wait for. */
export type Landed =
  /** Kept: for those who may have it. */
  | Entry
  /** The app failed. */
  | 'failed'
  /** Not to be kept, too large, streamed, broken off: each goes on by itself. */
  | 'gone'

/** A body that is not whole so long after its head is a stream. Real time, ms. */
const STREAM = 100

export class Flight {
  #land: (landed: Landed) => void = () => {}
  #waiting = 0
  #over = false
  readonly #landed = new Promise<Landed>((resolve) => {
    this.#land = resolve
  })

  /** @param forget called once, when it is over: who comes later is no longer to wait for it */
  constructor(readonly forget: () => void) {}

  wait(): Promise<Landed> {
    this.#waiting++
    return this.#landed
  }

  land(landed: Landed): void {
    if (this.#over) return
    this.#over = true
    this.forget()
    this.#land(landed)
  }

  /** The body comes in pieces and its length is not known: nobody waits for its end, if it has one, for long. */
  streams(): void {
    const late = () => new Error('it streams')
    // What ends at once is no stream.
    queueMicrotask(() => {
      if (this.#over) return
      if (this.#waiting === 0) this.land('gone')
      else inTime(this.#landed, STREAM, late).catch(() => this.land('gone'))
    })
  }
}
