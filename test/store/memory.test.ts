import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.js'
import type { Counters, Records } from '../../src/store/contract.js'
import { guarded, guardedRecords } from '../../src/store/guarded.js'
import { memoryStore } from '../../src/store/memory.js'
import { countersContract } from '../contract/counters.js'
import { recordsContract } from '../contract/records.js'
import { asyncCounters, asyncRecords } from './async.js'

const guard = (counters: Counters): Counters =>
  guarded(counters, memoryStore().counters, {
    clock: systemClock,
    whenStoreFails: 'refuse',
    timeout: 5000,
    onError: (error) => {
      throw error
    },
  })

countersContract('memory', () => memoryStore().counters)
countersContract('memory behind a guard', () => guard(memoryStore().counters))
countersContract('memory that answers later, behind a guard', () =>
  guard(asyncCounters(memoryStore().counters)),
)

recordsContract('memory', () => memoryStore().records)
recordsContract(
  'memory that answers later, behind a guard',
  (): Records => guardedRecords(asyncRecords(memoryStore().records), { timeout: 5000 }),
)

describe('records that come and go', () => {
  it('are listed as they are, however many there were', () => {
    const { records } = memoryStore()
    for (const id of ['b', 'a', 'd']) records.put('key', id, id)
    for (let n = 0; n < 5_000; n++) {
      records.put('key', `c${n}`, n)
      if (n === 2_500) records.list('key', '', 1)
      records.write([
        { kind: 'key', id: `c${n}`, value: undefined },
        { kind: 'key', id: 'd', value: undefined },
      ])
      records.put('key', 'd', n)
    }
    expect(records.list('key', '', 10)).toEqual([
      ...[
        { id: 'a', value: 'a' },
        { id: 'b', value: 'b' },
      ],
      { id: 'd', value: 4_999 },
    ])
  })
})

const START = Date.UTC(2026, 0, 15, 12)
const DAY = 86_400_000

describe('the memory store', () => {
  it('has no option but the one', () => {
    expect(() => memoryStore({ maxkeys: 5 } as object)).toThrow(
      new TypeError('memoryStore() has no option `maxkeys`: there is maxTracked'),
    )
  })

  it('never answers with a promise', () => {
    const { counters, records } = memoryStore()
    const quota = counters.counter('q', 'k', { kind: 'quota', limit: 1, period: 'day', offset: 0 })
    const answers: unknown[] = [
      counters.take([quota], START),
      counters.usage(quota, '2026-01-01', '2026-01-31'),
      counters.setRemaining(quota, 1, START),
      counters.forget(quota),
      records.put('kind', 'id', 1),
      records.get('kind', 'id'),
      records.list('kind', '', 1),
      records.write([]),
    ]
    for (const answer of answers) expect(answer).not.toBeInstanceOf(Promise)
  })

  it('freezes what it keeps, and leaves what was given as it is', () => {
    const { records } = memoryStore()
    const value = { deep: [{ a: 1 }] }
    records.put('kind', 'id', value)
    const read = records.get('kind', 'id') as typeof value
    expect(Object.isFrozen(read.deep[0])).toBe(true)
    expect(Object.isFrozen(value)).toBe(false)
  })

  it('refuses a counter that another store has opened, and usage of a bucket', () => {
    const [one, other] = [memoryStore().counters, memoryStore().counters]
    const bucket = one.counter('b', 'k', { kind: 'bucket', rate: 1, burst: 1 })
    expect(() => other.take([bucket], START)).toThrow(TypeError)
    expect(() => other.take([{ ...bucket, name: 'plain' }], START)).toThrow(
      `counter 'plain' was not opened by this store`,
    )
    expect(() => one.usage(bucket, '2026-01-01', '2026-01-31')).toThrow(`counter 'b' is no quota`)
  })

  it('keeps no more of a long subject than its digest', () => {
    const { counters } = memoryStore()
    const limit = { kind: 'bucket', rate: 1, burst: 1 } as const
    expect(counters.counter('b', 'x'.repeat(256), limit).subject).toHaveLength(256)
    expect(counters.counter('b', 'x'.repeat(257), limit).subject).toHaveLength(43)
  })
})

describe('what the memory store tracks', () => {
  const bucket = { kind: 'bucket', rate: 1, burst: 5 } as const
  const quota = { kind: 'quota', limit: 5, period: 'day', offset: 0 } as const

  it('is nothing for a counter that was opened, refused or forgotten', () => {
    const { counters } = memoryStore()
    const counter = counters.counter('b', 'k', bucket)
    counters.take([counter, counters.counter('never', 'k', { ...bucket, burst: 0 })], START)
    expect(counters.tracked).toBe(0)
    counters.take([counter], START)
    expect(counters.tracked).toBe(1)
    counters.forget(counter)
    counters.forget(counter)
    expect(counters.tracked).toBe(0)
  })

  it('shrinks again once buckets are full, as others are asked for', () => {
    const { counters } = memoryStore()
    for (let n = 0; n < 1000; n++) counters.take([counters.counter('address', `a${n}`, bucket)], START)
    expect(counters.tracked).toBe(1000)
    const account = counters.counter('account', '', bucket)
    for (let n = 0; n < 1100; n++) counters.take([account], START + 1001 + n)
    expect(counters.tracked).toBe(1)
  })

  it('is bounded for buckets under a flood, and the emptiest stays', () => {
    const { counters } = memoryStore({ maxTracked: 100 })
    const exhausted = counters.counter('address', 'exhausted', bucket)
    for (let n = 0; n < 5; n++) counters.take([exhausted], START)
    for (let n = 0; n < 10_000; n++) counters.take([counters.counter('address', `a${n}`, bucket)], START)
    expect(counters.tracked).toBe(100)
    expect(counters.take([exhausted], START).refusedBy).toBe(0)
  })

  it('never loses a quota to a flood, and gives it up when no day of it can be read any more', () => {
    const { counters } = memoryStore({ maxTracked: 10 })
    const open = (n: number) => counters.counter('quota', `k${n}`, quota)
    for (let n = 0; n < 1000; n++) counters.take([open(n)], START)
    expect(counters.tracked).toBe(1000)
    const meter = counters.counter('meter', '', { ...quota, limit: Number.POSITIVE_INFINITY })
    for (let n = 0; n < 1100; n++) counters.take([meter], START + 92 * DAY)
    expect(counters.tracked).toBe(1001)
    for (let n = 0; n < 1100; n++) counters.take([meter], START + 93 * DAY)
    expect(counters.tracked).toBe(1)
  })

  it('is moved together when others are forgotten', () => {
    const { counters } = memoryStore()
    const month = { ...quota, limit: 500, period: 'month' } as const
    const handles = Array.from({ length: 100 }, (_, n) => counters.counter('quota', `k${n}`, month))
    const last = counters.counter('quota', 'last', month)
    for (const day of [0, 1, 2]) {
      for (const handle of handles) counters.take([handle], START + day * DAY)
      for (let n = 0; n <= day; n++) counters.take([last], START + day * DAY)
    }
    const before = counters.usage(last, '2026-01-01', '2026-01-31')
    expect(before.map(({ used, remaining }) => [used, remaining])).toEqual([
      [1, 499],
      [2, 497],
      [3, 494],
    ])
    for (const handle of handles) counters.forget(handle)
    expect(counters.tracked).toBe(1)
    expect(counters.usage(last, '2026-01-01', '2026-01-31')).toEqual(before)
    expect(counters.take([last], START + 3 * DAY).remaining).toEqual([493])
  })

  it('may differ between deployments: a bucket is given up when it is full by each of them', () => {
    const { counters } = memoryStore()
    const [slow, fast] = [
      { ...bucket, rate: 0.001 },
      { ...bucket, rate: 1000 },
    ]
    const [old, renewed] = [counters.counter('plan', 'k', slow), counters.counter('plan', 'k', fast)]
    for (let n = 0; n < 5; n++) counters.take([old], START)
    const other = counters.counter('other', '', bucket)
    for (let n = 0; n < 20; n++) counters.take([other], START + 5000 + n)
    expect(counters.take([old], START + 5020).refusedBy).toBe(0)
    expect(counters.take([renewed], START + 5020).refusedBy).toBe(-1)
  })
})
