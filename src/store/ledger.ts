/** How many days a quota's use can be read back. A month, the longest period, needs 31 of them. */
export const DAYS_KEPT = 92

/** A day's number, what was used on it, and by how much the use of its period was corrected on it. */
export type Entry = readonly [day: number, used: number, corrected: number]

const WIDTH = 3

/**
 * What one subject used on the days that are over. The use of a period is the sum of its days, so that a
 * clock that comes back to a period, or a limit whose period is changed, finds what was used there.
 */
export class Ledger {
  /** Entries one after another: a row of its own for each would take twice the room. */
  readonly #rows: number[] = []

  add(day: number, used: number, corrected = 0): void {
    const at = this.#find(day)
    if (at < 0) {
      this.#rows.push(day, used, corrected)
      if (this.#rows.length > DAYS_KEPT * WIDTH) this.#rows.splice(0, WIDTH)
      return
    }
    this.#rows[at + 1] = (this.#rows[at + 1] ?? 0) + used
    this.#rows[at + 2] = (this.#rows[at + 2] ?? 0) + corrected
  }

  /** What counts as used from one day until before another. */
  sum(first: number, next: number): number {
    let sum = 0
    for (const [day, used, corrected] of this.entries()) {
      if (day >= first && day < next) sum += used + corrected
    }
    return sum
  }

  *entries(): Generator<Entry> {
    for (let at = 0; at < this.#rows.length; at += WIDTH) {
      yield [this.#rows[at] ?? 0, this.#rows[at + 1] ?? 0, this.#rows[at + 2] ?? 0]
    }
  }

  /** From the end: it is nearly always the last. */
  #find(day: number): number {
    for (let at = this.#rows.length - WIDTH; at >= 0; at -= WIDTH) if (this.#rows[at] === day) return at
    return -1
  }
}
