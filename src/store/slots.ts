/**
 * Where the counters of one limit live: each subject has a slot, and its numbers stand in typed arrays at
 * that index. Slots are dense (the last one moves into a gap), so a table is as large as what it tracks.
 */
import type { Counter, Limit } from './contract.js'
import type { Timeline } from './timeline.js'

const SMALLEST = 16
const GROWTH = 1.5
/** Slots inspected at a time. Two for each new one are enough to keep ahead of those that come. */
const STEPS = 2

/** A counter of the memory store. It remembers its slot, so that a take hashes no string. */
export abstract class Handle<T extends SlotTable = SlotTable, L extends Limit = Limit> implements Counter {
  /** Where the subject was last seen, -1 where it had no slot, and in which state of its table. */
  slot = -1
  state = -1

  constructor(
    readonly table: T,
    readonly subject: string,
    readonly limit: L,
  ) {}

  get name(): string {
    return this.table.name
  }

  /** What could be taken now, fractions included; below 1 the counter refuses. */
  abstract available(): number

  /** Takes one, and tells what is left. `available` is what {@link available} has just said. */
  abstract charge(available: number): number

  /** Milliseconds until one could be taken. */
  abstract wait(available: number): number

  /** Milliseconds until nothing is used any more. */
  abstract reset(left: number): number
}

export abstract class SlotTable {
  readonly #slots = new Map<string, number>()
  readonly #owners: string[] = []
  #capacity = 0
  /** How often a slot was taken or given up. What was seen in the present state need not be looked up. */
  #state = 0
  /** The clock hand: it walks down the slots and gives up the idle ones, so that no timer has to. */
  #hand = 0

  constructor(
    readonly name: string,
    readonly timeline: Timeline,
  ) {}

  get size(): number {
    return this.#owners.length
  }

  /** The subject's slot, -1 when it has none. */
  find(handle: Handle): number {
    return handle.state === this.#state ? handle.slot : this.#search(handle)
  }

  #search(handle: Handle): number {
    const { slot, subject } = handle
    if (slot >= 0 && this.#owners[slot] === subject) return this.#seen(handle, slot)
    return this.#seen(handle, this.#slots.get(subject) ?? -1)
  }

  #seen(handle: Handle, slot: number): number {
    handle.slot = slot
    handle.state = this.#state
    return slot
  }

  forget(handle: Handle): void {
    const slot = this.find(handle)
    if (slot >= 0) this.remove(slot)
  }

  /** Inspects the next slots; false when that was the last of them, and it begins anew. */
  sweep(): boolean {
    for (let step = 0; step < STEPS; step++) {
      const slot = this.turnHand()
      if (slot < 0) return false
      if (this.isIdle(slot)) this.remove(slot)
    }
    return true
  }

  /** A slot for a subject that has none. What stands in it is left over from another. */
  protected add(handle: Handle): number {
    this.sweep()
    const slot = this.size
    if (slot >= this.#capacity) this.#setCapacity(Math.max(SMALLEST, Math.ceil(this.#capacity * GROWTH)))
    this.#state++
    this.#owners.push(handle.subject)
    this.#slots.set(handle.subject, slot)
    return this.#seen(handle, slot)
  }

  /** The next slot for the hand to inspect, -1 at the end of a round. */
  protected turnHand(): number {
    const slot = Math.min(this.#hand, this.size) - 1
    this.#hand = slot < 0 ? this.size : slot
    return slot
  }

  protected remove(slot: number): void {
    const owner = this.#owners[slot]
    const last = this.#owners.pop()
    if (owner === undefined || last === undefined) return
    this.#state++
    this.#slots.delete(owner)
    if (slot < this.size) {
      this.#owners[slot] = last
      this.#slots.set(last, slot)
    }
    this.move(this.size, slot)
    if (this.size < this.#capacity / 4 && this.#capacity > SMALLEST) this.#setCapacity(this.#capacity >> 1)
  }

  #setCapacity(capacity: number): void {
    this.#capacity = capacity
    this.resize(capacity)
  }

  /** Whether forgetting the slot would change no answer. */
  protected abstract isIdle(slot: number): boolean

  /** Moves what stands in the last slot to a lower one, and empties the last; they may be the same. */
  protected abstract move(last: number, slot: number): void

  protected abstract resize(capacity: number): void
}

/** Numbers in an array of another length: as many of them as fit. */
export function resized(numbers: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const fresh = new Float64Array(length)
  fresh.set(numbers.length > length ? numbers.subarray(0, length) : numbers)
  return fresh
}
