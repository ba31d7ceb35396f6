import type { Store } from './contract.js'
import { MemoryCounters } from './counters.js'
import { MemoryRecords } from './records.js'

/** Of {@link memoryStore}. */
export interface MemoryOptions {
  /**
   * Buckets that are remembered for each limit, by default a million. Past that the fullest of a few is
   * forgotten for each new one. Quotas are never forgotten: there are as many as there are keys in use.
   */
  readonly maxTracked?: number
}

/** A store whose methods never return a promise. */
export interface MemoryStore extends Store {
  readonly counters: MemoryCounters
  readonly records: MemoryRecords
}

/**
 * Counters and records in this process's memory: what a gateway uses unless it is told otherwise. Gone
 * when the process ends, and not shared with another.
 *
 * @throws TypeError for another option
 *
 * @example
 * const store = memoryStore({ maxTracked: 100_000 })
 * store.counters.tracked // 0
 */
export function memoryStore({ maxTracked = 1_000_000, ...others }: MemoryOptions = {}): MemoryStore {
  const [other] = Object.keys(others)
  if (other !== undefined)
    throw new TypeError(`memoryStore() has no option \`${other}\`: there is maxTracked`)
  return { counters: new MemoryCounters(maxTracked), records: new MemoryRecords() }
}
