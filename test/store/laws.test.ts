import { describe, expect, it } from 'vitest'
import { periodOf } from '../../src/store/calendar.js'
import type { BucketLimit, Counter, Limit, QuotaLimit, Taken } from '../../src/store/contract.js'
import { memoryStore } from '../../src/store/memory.js'
import { fc } from '../laws.js'
import { NaiveCounters } from './naive.js'

const START = Date.UTC(2026, 0, 28, 12)
const HOUR = 3_600_000
const DAY = 24 * HOUR

const never = { kind: 'bucket', rate: 0, burst: 0 } as const
const rate = fc.oneof(fc.constantFrom(0, 0.1, 1, 3, 10), fc.double({ min: 0.001, max: 50, noNaN: true }))
const burst = fc.oneof(fc.integer({ min: 0, max: 8 }), fc.double({ min: 0, max: 8, noNaN: true }))
const bucket: fc.Arbitrary<BucketLimit> = fc.record({
  kind: fc.constant('bucket' as const),
  rate,
  burst,
  observe: fc.boolean(),
})
const period = fc.oneof(
  fc.record({ period: fc.constant('day' as const), offset: fc.constant(0) }),
  fc.record({ period: fc.constant('week' as const), offset: fc.integer({ min: 0, max: 6 }) }),
  fc.record({ period: fc.constant('month' as const), offset: fc.integer({ min: 0, max: 27 }) }),
)
const quota: fc.Arbitrary<QuotaLimit> = fc
  .tuple(period, fc.integer({ min: 0, max: 6 }), fc.boolean())
  .map(([of, limit, observe]) => ({ kind: 'quota' as const, limit, observe, ...of }))

/** Mostly forward and short, sometimes back, sometimes far. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 1500 }) },
  { weight: 2, arbitrary: fc.double({ min: 0, max: 400, noNaN: true }) },
  { weight: 1, arbitrary: fc.integer({ min: -5000, max: 0 }) },
  { weight: 1, arbitrary: fc.constantFrom(-DAY, DAY, HOUR, -HOUR) },
)
/** Over the ends of days, weeks and months, in both directions. */
const leap = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 8 * HOUR }) },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 3 }).map((days) => days * DAY) },
  { weight: 1, arbitrary: fc.integer({ min: -40, max: 40 }).map((days) => days * DAY) },
)

describe('a bucket', () => {
  it('never admits more than burst + rate × t over any interval, t being the time that went forward', () => {
    fc.assert(
      fc.property(bucket, fc.array(step, { minLength: 1, maxLength: 120 }), (limit, steps) => {
        const { counters } = memoryStore()
        const counter = counters.counter('b', 'k', { ...limit, observe: false })
        const admissions: number[] = []
        let [now, forward] = [START, 0]
        for (const ms of steps) {
          now += ms
          forward += Math.max(0, ms)
          if (counters.take([counter], now).refusedBy < 0) admissions.push(forward)
        }
        for (const [first, from] of admissions.entries()) {
          for (const [index, to] of admissions.entries()) {
            if (index < first) continue
            const most = limit.burst + (limit.rate * (to - from)) / 1000
            expect(index - first + 1).toBeLessThanOrEqual(most + 1e-6)
          }
        }
      }),
      { numRuns: 400 },
    )
  })

  it('admits all of burst + rate × t to who asks for it all the time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 1, max: 100 }), (capacity, perSecond) => {
        const { counters } = memoryStore()
        const counter = counters.counter('b', 'k', { kind: 'bucket', rate: perSecond, burst: capacity })
        let admitted = 0
        for (let now = START; now <= START + 2000; now++) {
          for (let n = 0; n <= capacity; n++) if (counters.take([counter], now).refusedBy < 0) admitted++
        }
        expect(admitted).toBe(capacity + 2 * perSecond)
      }),
      { numRuns: 30 },
    )
  })
})

describe('a quota', () => {
  it('never admits more than its limit in a period, wherever the clock jumps', () => {
    fc.assert(
      fc.property(quota, fc.array(leap, { minLength: 1, maxLength: 90 }), (limit, leaps) => {
        const { counters } = memoryStore()
        const counter = counters.counter('q', 'k', { ...limit, observe: false })
        const given = new Map<number, number>()
        let now = START
        for (const ms of leaps) {
          now += ms
          const { first } = periodOf(Math.floor(now / DAY), limit.period, limit.offset)
          const admitted = counters.take([counter], now).refusedBy < 0
          const sum = (given.get(first) ?? 0) + (admitted ? 1 : 0)
          given.set(first, sum)
          expect(sum).toBeLessThanOrEqual(limit.limit)
          // Nor is it starved: whoever is refused has used all of this very period.
          if (!admitted) expect(sum).toBe(limit.limit)
        }
      }),
      { numRuns: 400 },
    )
  })
})

/** What is asked, of which, when. */
interface Ask {
  readonly ms: number
  readonly which: readonly number[]
}

const subjects = ['', 'k', '__proto__']
const limits = fc.array(fc.oneof(bucket, quota), { minLength: 1, maxLength: 6 })
const asks = fc.array(
  fc.record({ ms: fc.oneof(step, leap), which: fc.uniqueArray(fc.nat(17), { maxLength: 8 }) }),
  { minLength: 1, maxLength: 60 },
)

function each(
  all: readonly Limit[],
  open: (name: string, subject: string, limit: Limit) => Counter,
): Counter[] {
  return all.flatMap((limit, index) => subjects.map((subject) => open(`limit ${index}`, subject, limit)))
}

function pick<T>(all: readonly T[], { which }: Ask): T[] {
  return which.flatMap((index) => all[index] ?? [])
}

describe('a take', () => {
  it('that is refused changes nothing', () => {
    fc.assert(
      fc.property(limits, asks, (all, sequence) => {
        const { counters } = memoryStore()
        const handles = each(all, counters.counter.bind(counters))
        const refuser = counters.counter('never', '', never)
        const look = (now: number) => counters.take([...handles, refuser], now).remaining.slice(0, -1)
        let now = START
        for (const ask of sequence) {
          now += ask.ms
          const before = look(now)
          const { refusedBy, remaining } = counters.take(pick(handles, ask), now)
          if (refusedBy < 0) continue
          expect(look(now)).toEqual(before)
          expect(remaining).toEqual(pick(before, ask))
        }
      }),
    )
  })

  it('gives what a naive implementation gives', () => {
    fc.assert(
      fc.property(limits, asks, (all, sequence) => {
        const { counters } = memoryStore()
        const model = new NaiveCounters()
        const handles = each(all, counters.counter.bind(counters))
        let now = START
        for (const ask of sequence) {
          now = Math.round(now + ask.ms)
          const asked = pick(handles, ask)
          same(counters.take(asked, now), model.take(asked, now))
        }
        const last = counters.take([...handles, counters.counter('never', '', never)], now)
        expect(last.remaining.slice(0, -1)).toEqual(handles.map((handle) => model.left(handle)))
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same where some refuse before the others are asked', () => {
    fc.assert(
      fc.property(limits, asks, fc.nat(8), (all, sequence, first) => {
        const { counters } = memoryStore()
        const model = new NaiveCounters()
        const handles = each(all, counters.counter.bind(counters))
        let now = START
        for (const ask of sequence) {
          now = Math.round(now + ask.ms)
          const asked = pick(handles, ask)
          const own = Math.min(first, asked.length)
          const taken = counters.take(asked, now, own)
          const expected = model.take(asked, now)
          if (expected.refusedBy < 0 || expected.refusedBy >= own) same(taken, expected)
          else {
            const { refusedBy, remaining } = expected
            expect(taken).toMatchObject({ refusedBy, remaining: remaining.slice(0, own) })
            expect(taken.observed).toEqual(expected.observed.filter((index) => index < own))
            expect(taken.wait).toBeLessThanOrEqual(expected.wait + 1)
          }
        }
        const last = counters.take([...handles, counters.counter('never', '', never)], now)
        expect(last.remaining.slice(0, -1)).toEqual(handles.map((handle) => model.left(handle)))
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same whatever others do, and however often slots are given up, moved and taken again', () => {
    fc.assert(
      fc.property(limits, asks, fc.nat(60), (all, sequence, crowd) => {
        const [alone, busy] = [memoryStore().counters, memoryStore().counters]
        const handles = each(all, alone.counter.bind(alone))
        const held = each(all, busy.counter.bind(busy))
        let now = START
        for (const [turn, ask] of sequence.entries()) {
          now += ask.ms
          for (let n = 0; n < crowd; n++) {
            busy.take(
              all.map((limit, index) => busy.counter(`limit ${index}`, `${turn % 7} ${n}`, limit)),
              now,
            )
          }
          // Every other time by new handles.
          const theirs = turn % 2 === 0 ? held : each(all, busy.counter.bind(busy))
          expect(busy.take(pick(theirs, ask), now)).toEqual(alone.take(pick(handles, ask), now))
        }
      }),
    )
  })
})

/** But for the last millisecond, where the sums of one and the other may differ in the last bit. */
function same(taken: Taken, expected: Taken): void {
  const { wait, reset, ...exact } = taken
  const { wait: modelWait, reset: modelReset, ...model } = expected
  expect(exact).toEqual(model)
  for (const [index, ms] of [...reset, wait].entries()) {
    const wanted = [...modelReset, modelWait][index] ?? Number.NaN
    if (Number.isFinite(wanted)) expect(Math.abs(ms - wanted)).toBeLessThanOrEqual(1)
    else expect(ms).toBe(wanted)
  }
}
