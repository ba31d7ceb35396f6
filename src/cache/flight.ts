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

/** A body that is not whole so long after its head is a stream, or its caller is slow to read it. Real time, ms. */
const LONGEST = 100

export class Flight {
  #land: (landed: Landed) => void = () => {}
  #waiting = 0
  #over = false
  #begun = false
  readonly #landed = new Promise<Landed>((resolve) => {
    this.#land = resolve
  })

  /** @param forget called once, when it is over: who comes later is no longer to wait for it */
  constructor(readonly forget: () => void) {}

  wait(): Promise<Landed> {
    this.#waiting++
    if (this.#begun) this.#hurry()
    return this.#landed
  }

  land(landed: Landed): void {
    if (this.#over) return
    this.#over = true
    this.forget()
    this.#land(landed)
  }

  /**
   * Its head is there: nobody waits long for the end of its body. It may have none, and it comes no faster than one
   * caller reads it.
   *
   * @param streamed whether the body comes in pieces and its length is not known
   */
  begin(streamed: boolean): void {
    // What ends at once is no stream.
    queueMicrotask(() => {
      if (this.#over) return
      this.#begun = true
      if (this.#waiting > 0) this.#hurry()
      else if (streamed) this.land('gone')
    })
  }

  #hurry(): void {
    this.#begun = false
    inTime(this.#landed, LONGEST, () => new Error('it goes on')).catch(() => this.land('gone'))
  }
}
