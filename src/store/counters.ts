/** Counters in this process's memory: synchronous, exact, without timers. */
import { BucketTable, ONE, TOLERANCE } from './buckets.js'
import type { Counter, Counters, DayUsage, Limit, Taken } from './contract.js'
import { QuotaCounter, QuotaTable } from './quotas.js'
import { Handle, type SlotTable } from './slots.js'
import { boundedSubject } from './subject.js'
import { Timeline } from './timeline.js'

const NONE: readonly number[] = Object.freeze([])

/** After so many calls there are so many sweeps together: what they look at is then read from memory once. */
const CALLS = 32
const SWEEPS = 16

/** `memoryStore().counters` */
export class MemoryCounters implements Counters {
  readonly #timeline = new Timeline()
  readonly #buckets = new Map<string, BucketTable>()
  readonly #quotas = new Map<string, QuotaTable>()
  readonly #tables: SlotTable[] = []
  /** The table that is being swept. */
  #turn = 0
  #calls = 0
  /** What each counter of the present take has; reused, as takes do not overlap. */
  #available = new Float64Array(8)
  readonly #maxTracked: number

  constructor(maxTracked: number) {
    this.#maxTracked = maxTracked
  }

  /** How many entries there are: buckets that are not full, and quotas. */
  get tracked(): number {
    return this.#tables.reduce((sum, { size }) => sum + size, 0)
  }

  counter(name: string, subject: string, limit: Limit): Counter {
    const bounded = boundedSubject(subject)
    return limit.kind === 'bucket'
      ? this.#bucketTable(name).open(bounded, limit)
      : this.#quotaTable(name).open(bounded, limit)
  }

  /** @throws TypeError for a counter that another store has opened. */
  take(counters: readonly Counter[], now: number, first = counters.length): Taken {
    this.#moveTo(now)
    const handles = counters as readonly Handle[]
    if (handles.length > this.#available.length) this.#available = new Float64Array(handles.length)
    const short = this.#check(handles, 0, first)
    if (short < first) {
      const taken = this.#judge(handles, short, first)
      if (taken.refusedBy >= 0) return taken
    }
    const shortOfAll = this.#check(handles, first, handles.length)
    if (short === first && shortOfAll === handles.length) return this.#charge(handles, NONE)
    const taken = this.#judge(handles, shortOfAll, handles.length)
    return taken.refusedBy < 0 ? this.#charge(handles, taken.observed) : taken
  }

  /** Notes what each of these has, up to the first that has not enough: its index, or `to`. */
  #check(handles: readonly Handle[], from: number, to: number): number {
    for (let index = from; index < to; index++) {
      if (this.#look(handles[index] as Handle, index) < ONE) return index
    }
    return to
  }

  #look(handle: Handle, index: number): number {
    // Nobody else has this timeline: it tells our own more quickly than their class does.
    if (handle.table?.timeline !== this.#timeline) throw foreign(handle)
    const available = handle.available()
    this.#available[index] = available
    return available
  }

  /** What the first so many say, of which at least one has not enough. @param noted how many have been looked at */
  #judge(handles: readonly Handle[], noted: number, first: number): Taken {
    const remaining = new Array<number>(first)
    const reset = new Array<number>(first)
    let refusedBy = -1
    let wait = 0
    let observed = NONE
    for (let index = 0; index < first; index++) {
      const handle = handles[index] as Handle
      const available = index < noted ? (this.#available[index] ?? 0) : this.#look(handle, index)
      remaining[index] = whole(available)
      reset[index] = handle.reset(available)
      if (available >= ONE) continue
      if (handle.limit.observe === true) {
        observed = [...observed, index]
        continue
      }
      if (refusedBy < 0) refusedBy = index
      wait = Math.max(wait, handle.wait(available))
    }
    return { refusedBy, wait, remaining, reset, observed }
  }

  #charge(handles: readonly Handle[], observed: readonly number[]): Taken {
    const remaining = new Array<number>(handles.length)
    const reset = new Array<number>(handles.length)
    for (let index = 0; index < handles.length; index++) {
      const handle = handles[index] as Handle
      const left = handle.charge(this.#available[index] ?? 0)
      remaining[index] = whole(left)
      reset[index] = handle.reset(left)
    }
    return { refusedBy: -1, wait: 0, remaining, reset, observed }
  }

  usage(counter: Counter, from: string, to: string): readonly DayUsage[] {
    const quota = this.#quota(counter)
    return quota.table.usage(quota, from, to)
  }

  setRemaining(counter: Counter, remaining: number, now: number): void {
    const quota = this.#quota(counter)
    this.#moveTo(now)
    // Nothing can be left or granted of what only meters.
    if (quota.limit.limit !== Number.POSITIVE_INFINITY)
      quota.table.setUsed(quota, quota.limit.limit - remaining)
  }

  forget(counter: Counter): void {
    const handle = this.#own(counter)
    handle.table.forget(handle)
  }

  #own(counter: Counter | undefined): Handle {
    if (counter instanceof Handle && counter.table.timeline === this.#timeline) return counter
    throw foreign(counter)
  }

  #quota(counter: Counter): QuotaCounter {
    const handle = this.#own(counter)
    if (handle instanceof QuotaCounter) return handle
    throw new TypeError(`counter '${counter.name}' is no quota`)
  }

  #moveTo(now: number): void {
    this.#timeline.moveTo(now)
    this.#calls = (this.#calls + 1) % CALLS
    if (this.#calls === 0) this.#sweep()
  }

  /** For every few requests a look at a slot or two of what others left behind, instead of a timer. */
  #sweep(): void {
    for (let times = 0; times < SWEEPS; times++) {
      if (this.#tables[this.#turn]?.sweep() === true) continue
      this.#turn = this.#turn + 1 < this.#tables.length ? this.#turn + 1 : 0
    }
  }

  #bucketTable(name: string): BucketTable {
    const known = this.#buckets.get(name)
    if (known !== undefined) return known
    const table = new BucketTable(name, this.#timeline, this.#maxTracked)
    this.#buckets.set(name, table)
    this.#tables.push(table)
    return table
  }

  #quotaTable(name: string): QuotaTable {
    const known = this.#quotas.get(name)
    if (known !== undefined) return known
    const table = new QuotaTable(name, this.#timeline)
    this.#quotas.set(name, table)
    this.#tables.push(table)
    return table
  }
}

/** Of what is there, what can be taken. */
function whole(available: number): number {
  return Math.max(0, Math.floor(available + TOLERANCE))
}

function foreign(counter: Counter | undefined): TypeError {
  return new TypeError(`counter '${counter?.name}' was not opened by this store`)
}
