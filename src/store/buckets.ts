/** Token buckets in memory. */
import type { BucketLimit } from './contract.js'
import { Handle, resized, SlotTable } from './slots.js'
import type { Timeline } from './timeline.js'

/** Ten steps of a tenth of a token make one, whatever their sum is in binary. */
export const TOLERANCE = 1e-9
/** What {@link Handle.available} must reach to admit. */
export const ONE = 1 - TOLERANCE
/** Half of it, so that who waits as long as told is above {@link ONE} rather than beside it. */
const SLACK = TOLERANCE / 2
/** Ms that a full bucket stays, lest one that is always full be given up and taken again between requests. */
const GRACE = 1000
/** Among so many the fullest is evicted. */
const SAMPLE = 8

/** Numbers of a slot, and where among them. */
const WIDTH = 2
const WRITTEN_AT = 1

export class BucketCounter extends Handle<BucketTable, BucketLimit> {
  available(): number {
    const slot = this.table.find(this)
    if (slot < 0) return this.limit.burst
    return Math.min(this.limit.burst, this.table.refilled(slot, this.limit.rate))
  }

  charge(available: number): number {
    // Only a bucket in `observe` gets here empty: it admits, and owes nothing for it later.
    if (available < ONE) return available
    this.table.fill(this, available - 1)
    return available - 1
  }

  wait(available: number): number {
    return this.limit.burst < ONE ? Number.POSITIVE_INFINITY : this.#until(1 - available)
  }

  reset(left: number): number {
    const missing = this.limit.burst - left
    return missing <= TOLERANCE ? 0 : this.#until(missing)
  }

  #until(tokens: number): number {
    if (this.limit.rate === 0) return Number.POSITIVE_INFINITY
    return Math.ceil(((tokens - SLACK) * 1000) / this.limit.rate)
  }
}

/** The buckets of one limit. */
export class BucketTable extends SlotTable {
  /** Of each slot its tokens, and {@link Timeline.elapsed} when they were written: beside each other, as they are read. */
  #rows = new Float64Array(0)
  readonly #maxTracked: number
  // Deployments that run side by side may disagree on the limit: full is what all of them call full.
  #slowestRate = Number.POSITIVE_INFINITY
  #largestBurst = 0

  constructor(name: string, timeline: Timeline, maxTracked: number) {
    super(name, timeline)
    this.#maxTracked = maxTracked
  }

  open(subject: string, limit: BucketLimit): BucketCounter {
    this.#slowestRate = Math.min(this.#slowestRate, limit.rate)
    this.#largestBurst = Math.max(this.#largestBurst, limit.burst)
    return new BucketCounter(this, subject, limit)
  }

  /** Tokens by now, not yet bounded by the burst. */
  refilled(slot: number, rate: number): number {
    return (this.#rows[slot * WIDTH] ?? 0) + ((this.timeline.elapsed - this.#writtenAt(slot)) * rate) / 1000
  }

  fill(handle: BucketCounter, tokens: number): void {
    const found = this.find(handle)
    const slot = found >= 0 ? found : this.add(handle)
    this.#rows[slot * WIDTH] = tokens
    this.#rows[slot * WIDTH + WRITTEN_AT] = this.timeline.elapsed
  }

  #writtenAt(slot: number): number {
    return this.#rows[slot * WIDTH + WRITTEN_AT] ?? 0
  }

  protected override add(handle: BucketCounter): number {
    while (this.size > 0 && this.size >= this.#maxTracked) this.#evict()
    return super.add(handle)
  }

  /** Gives up the fullest of a few: its subject is given the least by starting anew. */
  #evict(): void {
    let fullest = 0
    let most = Number.NEGATIVE_INFINITY
    for (let step = 0; step < SAMPLE; step++) {
      const slot = Math.max(0, this.turnHand())
      const tokens = this.refilled(slot, this.#slowestRate)
      if (tokens <= most) continue
      fullest = slot
      most = tokens
    }
    this.remove(fullest)
  }

  protected isIdle(slot: number): boolean {
    if (this.timeline.elapsed - this.#writtenAt(slot) < GRACE) return false
    return this.refilled(slot, this.#slowestRate) >= this.#largestBurst
  }

  protected move(last: number, slot: number): void {
    this.#rows.copyWithin(slot * WIDTH, last * WIDTH, (last + 1) * WIDTH)
  }

  protected resize(capacity: number): void {
    this.#rows = resized(this.#rows, capacity * WIDTH)
  }
}
