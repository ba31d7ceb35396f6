/** Time limits of what the app has in its hands: a request starts and stops no timer of its own. */

/** The length of a tick, as a share of the time: so exact is what is told. */
const PRECISION = 1 / 32

/** Something that must be over in time. */
export class Deadline {
  constructor(
    readonly late: () => void,
    readonly tick: number,
    private readonly group: Group,
  ) {}

  cancel(): void {
    this.group.running.delete(this)
  }
}

/** All that have the same time. One interval ticks for them, while there are any. */
class Group {
  /** In the order in which they came, which is the order in which they are late. */
  readonly running = new Set<Deadline>()
  readonly #period: number
  readonly #ticks: number
  #tick = 0
  #timer: NodeJS.Timeout | undefined

  constructor(ms: number) {
    this.#period = Math.ceil(ms * PRECISION)
    this.#ticks = Math.ceil(ms / this.#period)
  }

  add(late: () => void): Deadline {
    // The tick that is on its way does not count: part of it is over.
    const deadline = new Deadline(late, this.#tick + this.#ticks + 1, this)
    this.running.add(deadline)
    this.#timer ??= setInterval(() => this.#next(), this.#period).unref()
    return deadline
  }

  #next(): void {
    this.#tick++
    for (const deadline of this.running) {
      if (deadline.tick > this.#tick) return
      this.running.delete(deadline)
      deadline.late()
    }
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

/** By their time: the few that policies name. */
const groups = new Map<number, Group>()

/** Calls `late` after `ms`, unless it is cancelled: later by a thirty-second of it and by the ticks' own delays. */
export function within(ms: number, late: () => void): Deadline {
  const group = groups.get(ms) ?? new Group(ms)
  groups.set(ms, group)
  return group.add(late)
}
