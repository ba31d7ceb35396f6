/** Time limits of what is in the hands of the app or of an integration: a request starts and stops no timer of its own. */

/** How late one may be told of, as a share of its time. */
const PRECISION = 1 / 32

/** Something that must be over in time. */
export class Deadline {
  constructor(
    readonly late: () => void,
    private readonly others: Set<Deadline>,
  ) {}

  cancel(): void {
    this.others.delete(this)
  }
}

/** All that have the same time. Those that come shortly after each other wait together. */
class Group {
  readonly #ms: number
  #gathering: Set<Deadline> | undefined

  constructor(ms: number) {
    this.#ms = ms
  }

  add(late: () => void): Deadline {
    this.#gathering ??= this.#gather()
    const deadline = new Deadline(late, this.#gathering)
    this.#gathering.add(deadline)
    return deadline
  }

  #gather(): Set<Deadline> {
    const together = new Set<Deadline>()
    setTimeout(() => this.#close(together), Math.ceil(this.#ms * PRECISION)).unref()
    return together
  }

  /** From here on nobody joins them, so that none is late before its time. */
  #close(together: ReadonlySet<Deadline>): void {
    this.#gathering = undefined
    if (together.size === 0) return
    setTimeout(() => {
      for (const { late } of together) late()
    }, this.#ms).unref()
  }
}

/** By their time: the few that policies name. */
const groups = new Map<number, Group>()

/** Calls `late` after `ms`, a thirty-second of it later at most, unless it is cancelled. */
export function within(ms: number, late: () => void): Deadline {
  const group = groups.get(ms) ?? new Group(ms)
  groups.set(ms, group)
  return group.add(late)
}
