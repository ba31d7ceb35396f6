/** What every implementation of `Counters` passes. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { BucketLimit, Counter, Counters, QuotaLimit, Taken } from '../../src/store/contract.js'

interface Options {
  /** The store goes by a clock of its own: what needs time to be moved is left out. */
  readonly ownClock?: boolean
}

const START = Date.UTC(2026, 0, 15, 12)
const SECOND = 1000
const HOUR = 3_600_000
const DAY = 24 * HOUR

const bucket = (rate: number, burst: number, observe = false): BucketLimit => ({
  kind: 'bucket',
  rate,
  burst,
  observe,
})
const quota = (
  limit: number,
  period: QuotaLimit['period'] = 'day',
  offset = 0,
  observe = false,
): QuotaLimit => ({
  kind: 'quota',
  limit,
  period,
  offset,
  observe,
})

export function countersContract(
  name: string,
  make: () => Counters | Promise<Counters>,
  { ownClock = false }: Options = {},
): void {
  describe(`${name} keeps the counters' contract`, () => {
    let counters: Counters
    let now: number
    let names = 0

    beforeEach(async () => {
      counters = await make()
      now = ownClock ? Date.now() : START
      names++
    })

    const open = (limit: BucketLimit | QuotaLimit, subject = 'k', of = limit.kind as string): Counter =>
      counters.counter(`${of}/${names}`, subject, limit)
    const take = async (...asked: Counter[]): Promise<Taken> => counters.take(asked, now)
    const admits = async (...asked: Counter[]): Promise<boolean> => (await take(...asked)).refusedBy < 0
    const admitted = async (counter: Counter, attempts: number): Promise<number> => {
      let sum = 0
      for (let n = 0; n < attempts; n++) if (await admits(counter)) sum++
      return sum
    }
    /** What is left, without taking any of it. */
    const left = async (...asked: Counter[]): Promise<readonly number[]> => {
      const taken = await take(...asked, open(bucket(0, 0), '', 'never'))
      expect(taken.refusedBy).toBeGreaterThanOrEqual(0)
      return taken.remaining.slice(0, -1)
    }

    describe('a take', () => {
      it('of nothing admits', async () => {
        expect(await take()).toEqual({ refusedBy: -1, wait: 0, remaining: [], reset: [], observed: [] })
      })

      it('charges each counter one, and tells what is left', async () => {
        const taken = await take(open(bucket(0, 5)), open(bucket(0, 3), 'k', 'other'), open(quota(10)))
        expect(taken).toMatchObject({ refusedBy: -1, wait: 0, remaining: [4, 2, 9], observed: [] })
      })

      it('that one counter refuses charges none', async () => {
        const [wide, narrow, day] = [open(bucket(0, 5)), open(bucket(0, 1), 'k', 'narrow'), open(quota(10))]
        await take(wide, narrow, day)
        expect(await take(wide, narrow, day)).toMatchObject({ refusedBy: 1, remaining: [4, 0, 9] })
        expect(await take(day, wide, narrow)).toMatchObject({ refusedBy: 2 })
        expect(await left(wide, narrow, day)).toEqual([4, 0, 9])
      })

      it('names the first counter that refused, and waits for the last', async () => {
        const [soon, never] = [open(bucket(1, 1)), open(bucket(0, 1), 'k', 'never again')]
        await take(soon, never)
        expect(await take(open(bucket(1, 9), 'k', 'wide'), soon, never)).toMatchObject({
          refusedBy: 1,
          wait: Number.POSITIVE_INFINITY,
        })
      })

      it('that one of the first refuses need not tell of the others, and charges none', async () => {
        const [wide, narrow, other] = [
          open(bucket(0, 5)),
          open(bucket(0, 1), 'k', 'narrow'),
          open(bucket(0, 2), 'k', 'other'),
        ]
        const first = async (count: number): Promise<Taken> =>
          counters.take([wide, narrow, other], now, count)
        expect(await first(2)).toMatchObject({ refusedBy: -1, remaining: [4, 0, 1] })
        const refused = await first(2)
        expect(refused).toMatchObject({ refusedBy: 1, wait: Number.POSITIVE_INFINITY })
        expect(refused.remaining.slice(0, 2)).toEqual([4, 0])
        expect(await first(1)).toMatchObject({ refusedBy: 1, remaining: [4, 0, 1] })
        expect(await left(wide, narrow, other)).toEqual([4, 0, 1])
      })

      it('that one of the first only observes asks the others', async () => {
        const [seen, narrow] = [open(bucket(0, 1, true)), open(bucket(0, 2), 'k', 'narrow')]
        const first = async (): Promise<Taken> => counters.take([seen, narrow], now, 1)
        expect(await first()).toMatchObject({ refusedBy: -1, remaining: [0, 1], observed: [] })
        expect(await first()).toMatchObject({ refusedBy: -1, remaining: [0, 0], observed: [0] })
        expect(await first()).toMatchObject({ refusedBy: 1, remaining: [0, 0], observed: [0] })
      })

      it('tells subjects and names apart, whatever they are', async () => {
        const odd = [
          '__proto__',
          'constructor',
          '',
          ' ',
          'a:b',
          '{x}',
          '\u0000',
          '💥',
          'x'.repeat(10_000),
          'x'.repeat(9_999),
        ]
        for (const subject of odd) expect(await admitted(open(bucket(0, 2), subject), 3)).toBe(2)
        for (const subject of odd) expect(await admitted(open(quota(2), subject), 3)).toBe(2)
      })

      it('shares what two handles of one name and subject use', async () => {
        const [one, other] = [open(bucket(0, 3)), open(bucket(0, 3))]
        await take(one)
        await take(other)
        expect(await left(one, open(quota(3)))).toEqual([1, 3])
        expect(await left(other)).toEqual([1])
      })

      it('may be repeated at once from many sides without giving more', async () => {
        const counter = open(bucket(0, 10))
        const all = await Promise.all(Array.from({ length: 25 }, () => take(counter)))
        expect(all.filter(({ refusedBy }) => refusedBy < 0)).toHaveLength(10)
      })
    })

    describe('a bucket', () => {
      it('admits its burst, and no more', async () => {
        expect(await admitted(open(bucket(0, 5)), 7)).toBe(5)
      })

      it('without room for a token never admits', async () => {
        expect(await take(open(bucket(10, 0)))).toMatchObject({
          refusedBy: 0,
          wait: Number.POSITIVE_INFINITY,
        })
        expect(await take(open(bucket(10, 0.5), 'k', 'half'))).toMatchObject({
          wait: Number.POSITIVE_INFINITY,
        })
      })

      it('that is never refilled says so', async () => {
        const counter = open(bucket(0, 1))
        expect(await take(counter)).toMatchObject({ reset: [Number.POSITIVE_INFINITY] })
        expect(await take(counter)).toMatchObject({ refusedBy: 0, wait: Number.POSITIVE_INFINITY })
      })

      it('that was opened with a smaller burst is cut to it, with a larger one is not given the difference', async () => {
        await take(open(bucket(0, 5)))
        expect(await left(open(bucket(0, 9)))).toEqual([4])
        expect(await left(open(bucket(0, 2)))).toEqual([2])
      })

      it('starts anew once it was forgotten', async () => {
        const counter = open(bucket(0, 2))
        await admitted(counter, 2)
        await counters.forget(counter)
        expect(await left(counter)).toEqual([2])
      })
    })

    describe('an observing counter', () => {
      it('never refuses, and is listed when it would have', async () => {
        const [watched, real] = [open(bucket(0, 1, true)), open(bucket(0, 5), 'k', 'real')]
        expect(await take(watched, real)).toMatchObject({ observed: [], remaining: [0, 4] })
        expect(await take(watched, real)).toMatchObject({
          refusedBy: -1,
          wait: 0,
          observed: [0],
          remaining: [0, 3],
        })
      })

      it('is charged for nothing that another refuses', async () => {
        const [watched, real] = [open(bucket(0, 3, true)), open(bucket(0, 1), 'k', 'real')]
        await take(watched, real)
        expect(await take(watched, real)).toMatchObject({ refusedBy: 1, observed: [], remaining: [2, 0] })
      })

      it('owes nothing when it is a bucket, and counts on when it is a quota', async () => {
        const [watched, metered] = [open(bucket(0, 1, true)), open(quota(1, 'day', 0, true))]
        for (let n = 0; n < 3; n++) await take(watched, metered)
        expect(await take(watched, metered)).toMatchObject({ observed: [0, 1], remaining: [0, 0] })
        const [row] = await counters.usage(metered, '1970-01-01', '9999-12-31', now)
        expect(row).toMatchObject({ used: 4, remaining: 0 })
      })
    })

    describe('a quota', () => {
      it('admits its limit, and no more', async () => {
        expect(await admitted(open(quota(5, 'month')), 7)).toBe(5)
      })

      it('without a limit only meters', async () => {
        const meter = open(quota(Number.POSITIVE_INFINITY, 'month'))
        await take(meter)
        expect(await take(meter)).toMatchObject({ refusedBy: -1, remaining: [Number.POSITIVE_INFINITY] })
        await counters.setRemaining(meter, 0, now)
        expect(await take(meter)).toMatchObject({ refusedBy: -1 })
        const rows = await counters.usage(meter, '1970-01-01', '9999-12-31', now)
        expect(rows).toEqual([{ day: expect.any(String), used: 3, remaining: Number.POSITIVE_INFINITY }])
      })

      it('of none never admits', async () => {
        expect(await take(open(quota(0)))).toMatchObject({ refusedBy: 0, wait: Number.POSITIVE_INFINITY })
      })

      it('can be cut short and extended, and the days count as before', async () => {
        const counter = open(quota(10, 'month'))
        await admitted(counter, 4)
        await counters.setRemaining(counter, 1, now)
        expect(await admitted(counter, 3)).toBe(1)
        await counters.setRemaining(counter, 15, now)
        expect(await left(counter)).toEqual([15])
        expect(await admitted(counter, 20)).toBe(15)
        expect(await counters.usage(counter, '1970-01-01', '9999-12-31', now)).toEqual([
          { day: new Date(now).toISOString().slice(0, 10), used: 20, remaining: 0 },
        ])
      })

      it('can be set before it was ever used, which is no use of a day', async () => {
        const counter = open(quota(10))
        await counters.setRemaining(counter, 2, now)
        expect(await counters.usage(counter, '1970-01-01', '9999-12-31', now)).toEqual([])
        expect(await admitted(counter, 5)).toBe(2)
      })

      it('keeps what was used when its limit changes', async () => {
        await admitted(open(quota(5)), 4)
        expect(await left(open(quota(3)))).toEqual([0])
        expect(await left(open(quota(9)))).toEqual([5])
      })

      it('keeps what was used when its period changes', async () => {
        await admitted(open(quota(5, 'day')), 4)
        expect(await left(open(quota(10, 'month')))).toEqual([6])
        expect(await admitted(open(quota(7, 'month')), 9)).toBe(3)
        const rows = await counters.usage(open(quota(7, 'month')), '1970-01-01', '9999-12-31', now)
        expect(rows).toEqual([{ day: expect.any(String), used: 7, remaining: 0 }])
      })

      it('has no use left to tell once it was forgotten', async () => {
        const counter = open(quota(2))
        await take(counter)
        await counters.forget(counter)
        expect(await left(counter)).toEqual([2])
        expect(await counters.usage(counter, '1970-01-01', '9999-12-31', now)).toEqual([])
      })
    })

    describe.skipIf(ownClock)('as time passes, a bucket', () => {
      it('is refilled continuously', async () => {
        const counter = open(bucket(2, 4))
        await admitted(counter, 4)
        now += 499
        expect(await take(counter)).toMatchObject({ refusedBy: 0, wait: 1 })
        now += 1
        expect(await admits(counter)).toBe(true)
        now += HOUR
        expect(await admitted(counter, 9)).toBe(4)
      })

      it('gets exactly one token of ten tenths', async () => {
        const [counter, refills] = [open(bucket(1, 3)), open(bucket(10, 10), 'k', 'steps')]
        await admitted(counter, 3)
        await admitted(refills, 10)
        for (let step = 0; step < 10; step++) {
          expect(await admits(counter)).toBe(false)
          now += 100
          expect(await admits(refills)).toBe(true)
        }
        expect(await admits(counter)).toBe(true)
        expect(await admits(counter)).toBe(false)
      })

      it('of a fractional rate admits when it said it would', async () => {
        for (const rate of [0.1, 0.3, 1 / 3, 0.7, 3, 7, 999.9]) {
          const counter = open(bucket(rate, 1), `rate ${rate}`)
          await take(counter)
          for (let n = 0; n < 5; n++) {
            const { refusedBy, wait } = await take(counter)
            expect(refusedBy).toBe(0)
            now += wait - 1
            expect(await admits(counter)).toBe(false)
            now += 1
            expect(await admits(counter)).toBe(true)
          }
        }
      })

      it('tells when it is full', async () => {
        const counter = open(bucket(4, 8))
        expect(await take(counter)).toMatchObject({ reset: [250] })
        expect(await take(counter)).toMatchObject({ reset: [500] })
        now += 500
        expect((await take(counter, open(bucket(0, 0), '', 'never'))).reset).toEqual([0, expect.any(Number)])
      })

      it('is neither filled nor starved by a clock that is set back', async () => {
        const counter = open(bucket(1, 2))
        await admitted(counter, 2)
        now -= DAY
        expect(await take(counter)).toMatchObject({ refusedBy: 0, wait: SECOND })
        now += SECOND
        expect(await admits(counter)).toBe(true)
        expect(await admits(counter)).toBe(false)
      })
    })

    describe.skipIf(ownClock)('as time passes, a quota', () => {
      it('begins anew at midnight, and says when that is', async () => {
        const counter = open(quota(2))
        await admitted(counter, 2)
        expect(await take(counter)).toMatchObject({ refusedBy: 0, wait: 12 * HOUR, reset: [12 * HOUR] })
        now += 12 * HOUR - 1
        expect(await admits(counter)).toBe(false)
        now += 1
        expect(await admitted(counter, 5)).toBe(2)
      })

      it.each([
        ['week', 0, '2026-01-18'],
        ['week', 4, '2026-01-22'],
        ['month', 0, '2026-02-01'],
        ['month', 27, '2026-01-28'],
        ['month', 14, '2026-02-15'],
      ] as const)('of a %s that begins on day %i ends at its end', async (period, offset, end) => {
        const counter = open(quota(1, period, offset))
        expect(await take(counter)).toMatchObject({ reset: [Date.parse(end) - now] })
        now = Date.parse(end) - 1
        expect(await take(counter)).toMatchObject({ refusedBy: 0, wait: 1 })
        now += 1
        expect(await admits(counter)).toBe(true)
      })

      it('gives no more by a clock that goes back and forth over its end', async () => {
        const counter = open(quota(3))
        const labels = [0, 1, 0, 2, 1, 0, 40, 0, 1, 2, 40]
        const given = new Map<number, number>()
        for (const label of labels) {
          now = START + label * DAY
          given.set(label, (given.get(label) ?? 0) + (await admitted(counter, 2)))
        }
        expect([...given.values()]).toEqual([3, 3, 3, 3])
      })

      it('is not held up by a clock that was far ahead', async () => {
        const counter = open(quota(2, 'month'))
        now += 400 * DAY
        await admitted(counter, 2)
        now += 40 * DAY
        await admitted(counter, 2)
        now = START
        expect(await admitted(counter, 5)).toBe(2)
        now += 31 * DAY
        expect(await admitted(counter, 5)).toBe(2)
      })

      it('tells its use day by day, with what remained of the period', async () => {
        const counter = open(quota(10, 'month'))
        const uses: (readonly [day: string, times: number])[] = [
          ['2026-01-15', 3],
          ['2026-01-31', 2],
          ['2026-02-01', 4],
          ['2026-02-03', 1],
        ]
        for (const [day, times] of uses) {
          now = Date.parse(day) + HOUR
          await admitted(counter, times)
        }
        const all = [
          { day: '2026-01-15', used: 3, remaining: 7 },
          { day: '2026-01-31', used: 2, remaining: 5 },
          { day: '2026-02-01', used: 4, remaining: 6 },
          { day: '2026-02-03', used: 1, remaining: 5 },
        ]
        expect(await counters.usage(counter, '2026-01-01', '2026-02-28', now)).toEqual(all)
        expect(await counters.usage(counter, '2026-01-31', '2026-02-01', now)).toEqual(all.slice(1, 3))
        expect(await counters.usage(counter, '2026-03-01', '2026-02-01', now)).toEqual([])
      })

      it('can be corrected on any day of its period', async () => {
        const counter = open(quota(10, 'month'))
        await admitted(counter, 4)
        now += DAY
        await counters.setRemaining(counter, 20, now)
        await admitted(counter, 1)
        now += DAY
        expect(await left(counter)).toEqual([19])
        expect(await counters.usage(counter, '2026-01-01', '2026-01-31', now)).toEqual([
          { day: '2026-01-15', used: 4, remaining: 6 },
          { day: '2026-01-16', used: 1, remaining: 19 },
        ])
        now += 31 * DAY
        expect(await left(counter)).toEqual([10])
      })

      it('keeps 92 days of use', async () => {
        const counter = open(quota(1))
        for (let day = 0; day < 92; day++, now += DAY) await take(counter)
        const rows = await counters.usage(counter, '1970-01-01', '9999-12-31', now)
        expect(rows).toHaveLength(92)
        expect(rows[0]?.day).toBe('2026-01-15')
      })
    })
  })
}
