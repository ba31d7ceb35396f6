/** Time limits of what is in the hands of the app or of an integration: a request starts and stops no timer of its own. */
import { SHARES_TIMERS } from '../startup.js'

/** How late one may be told of, as a share of its time. */
const PRECISION = 1 / 32

/** Something that must be over in time. */
export interface Deadline {
  cancel(): void
}

/**
 * One among others. Those that wait together stand in a ring, out of which each takes itself: a set
 * would want an identity of each, and to shrink as they go.
 */
class Waiting implements Deadline {
  #next: Waiting = this
  #previous: Waiting = this

  constructor(readonly late: () => void) {}

  /** Next to this one, as the last of its ring. */
  join(ring: Waiting): void {
    this.#next = ring
    this.#previous = ring.#previous
    this.#previous.#next = this
    ring.#previous = this
  }

  cancel(): void {
    this.#previous.#next = this.#next
    this.#next.#previous = this.#previous
    this.#next = this
    this.#previous = this
  }

  /** The one behind it; `undefined` where it is alone. */
  get following(): Waiting | undefined {
    return this.#next === this ? undefined : this.#next
  }
}

/** All that have the same time. Those that come shortly after each other wait together. */
class Group {
  readonly #ms: number
  #gathering: Waiting | undefined
  /** By what they were set. Tests put timers of their own in its place, which stand still when they are over. */
  #setTimeout = setTimeout

  constructor(ms: number) {
    this.#ms = ms
  }

  add(late: () => void): Waiting {
    if (this.#setTimeout !== setTimeout) this.#gathering = undefined
    this.#gathering ??= this.#gather()
    const deadline = new Waiting(late)
    deadline.join(this.#gathering)
    return deadline
  }

  /** @returns what stands for the ring, and is late for nothing itself */
  #gather(): Waiting {
    this.#setTimeout = setTimeout
    const ring = new Waiting(() => {})
    setTimeout(() => this.#close(ring), Math.ceil(this.#ms * PRECISION)).unref()
    return ring
  }

  /** From here on nobody joins them, so that none is late before its time. */
  #close(ring: Waiting): void {
    this.#gathering = undefined
    if (ring.following === undefined) return
    setTimeout(() => tellAll(ring), this.#ms).unref()
  }
}

function tellAll(ring: Waiting): void {
  for (let each = ring.following; each !== undefined; each = ring.following) {
    each.cancel()
    each.late()
  }
}

/** By their time: the few that policies name. */
const groups = new Map<number, Group>()

/** Calls `late` after `ms`, a thirty-second of it later at most, unless it is cancelled. */
export function within(ms: number, late: () => void): Deadline {
  if (!SHARES_TIMERS) return ownTimer(ms, late)
  return groupOf(ms).add(late)
}

function groupOf(ms: number): Group {
  const known = groups.get(ms)
  if (known !== undefined) return known
  const group = new Group(ms)
  groups.set(ms, group)
  return group
}

/** The same for who waits meanwhile, and is to find the process there. */
export function waitedWithin(ms: number, late: () => void): Deadline {
  const release = staysAlive()
  const deadline = within(ms, () => {
    release()
    late()
  })
  const cancel = () => {
    deadline.cancel()
    release()
  }
  return { cancel }
}

/** Calls `late` after `ms` by a timer of its own, unless it is cancelled. */
export function ownTimer(ms: number, late: () => void): Deadline {
  const timer = setTimeout(late, ms)
  return { cancel: () => clearTimeout(timer) }
}

let waiting = 0
let alive: NodeJS.Timeout | undefined

/**
 * Nothing else may keep the process there until the time is up: neither a socket nor a timer, where a test asks a
 * function that never answers.
 *
 * @returns to be called, once, when nobody waits any more
 */
export function staysAlive(): () => void {
  if (!SHARES_TIMERS) return () => {}
  alive ??= setInterval(() => {}, 2 ** 31 - 1)
  if (++waiting === 1) alive.ref()
  let held = true
  return () => {
    if (held && --waiting === 0) alive?.unref()
    held = false
  }
}
