import { describe, expect, it } from 'vitest'
import { Calendar, dayOf, isoDay, parseDay, periodAt, periodOf } from '../../src/store/calendar.js'
import { fc } from '../laws.js'

const iso = (ms: number) => new Date(ms).toISOString()
const at = (now: string, kind: 'day' | 'week' | 'month', offset = 0) => {
  const { start, end } = periodAt(Date.parse(now), kind, offset)
  return [iso(start).slice(0, 10), iso(end).slice(0, 10)]
}
const anyDay = fc.integer({ min: -200_000, max: 200_000 })
const anyPeriod = fc.oneof(
  fc.constant(['day', 0] as const),
  fc.tuple(fc.constant('week' as const), fc.integer({ min: 0, max: 6 })),
  fc.tuple(fc.constant('month' as const), fc.integer({ min: 0, max: 27 })),
)

describe('a period', () => {
  it.each([
    ['a day', '2026-01-31T23:59:59.999Z', 'day', 0, '2026-01-31', '2026-02-01'],
    ['a leap day', '2028-02-29T00:00:00Z', 'day', 0, '2028-02-29', '2028-03-01'],
    ['the last day of a year', '2026-12-31T12:00:00Z', 'day', 0, '2026-12-31', '2027-01-01'],
    ['a week from Sunday', '2026-01-15T12:00:00Z', 'week', 0, '2026-01-11', '2026-01-18'],
    ['a Sunday begins its week', '2026-01-11T00:00:00Z', 'week', 0, '2026-01-11', '2026-01-18'],
    ['a week from Monday, on a Sunday', '2026-01-11T23:59:59Z', 'week', 1, '2026-01-05', '2026-01-12'],
    ['a week from Saturday', '2026-01-15T12:00:00Z', 'week', 6, '2026-01-10', '2026-01-17'],
    ['a week over the end of a year', '2027-01-01T00:00:00Z', 'week', 0, '2026-12-27', '2027-01-03'],
    ['a week over a leap day', '2028-02-29T12:00:00Z', 'week', 3, '2028-02-23', '2028-03-01'],
    ['a month', '2026-01-31T23:59:59.999Z', 'month', 0, '2026-01-01', '2026-02-01'],
    ['February', '2026-02-28T12:00:00Z', 'month', 0, '2026-02-01', '2026-03-01'],
    ['February of a leap year', '2028-02-29T12:00:00Z', 'month', 0, '2028-02-01', '2028-03-01'],
    ['December', '2026-12-31T23:59:59Z', 'month', 0, '2026-12-01', '2027-01-01'],
    ['a month from the 28th, before it', '2026-02-27T23:59:59Z', 'month', 27, '2026-01-28', '2026-02-28'],
    ['a month from the 28th, on it', '2026-02-28T00:00:00Z', 'month', 27, '2026-02-28', '2026-03-28'],
    [
      'a month from the 15th over a year’s end',
      '2027-01-14T23:00:00Z',
      'month',
      14,
      '2026-12-15',
      '2027-01-15',
    ],
    ['a time before 1970', '1969-12-31T23:59:59Z', 'month', 0, '1969-12-01', '1970-01-01'],
    ['1900, which was no leap year', '1900-02-28T12:00:00Z', 'month', 0, '1900-02-01', '1900-03-01'],
  ] as const)('%s', (_, now, kind, offset, start, end) => {
    expect(at(now, kind, offset)).toEqual([start, end])
  })

  it('holds its day, begins on the day it should, and meets its neighbours', () => {
    fc.assert(
      fc.property(anyDay, anyPeriod, (day, [kind, offset]) => {
        const { first, next } = periodOf(day, kind, offset)
        const begin = new Date(first * 86_400_000)
        expect(first <= day && day < next).toBe(true)
        if (kind === 'week') expect([begin.getUTCDay(), next - first]).toEqual([offset, 7])
        if (kind === 'month') expect(begin.getUTCDate()).toBe(offset + 1)
        expect(periodOf(first, kind, offset)).toEqual({ first, next })
        expect(periodOf(next - 1, kind, offset)).toEqual({ first, next })
        expect(periodOf(next, kind, offset).first).toBe(next)
      }),
    )
  })
})

describe('a day', () => {
  it('is written as ISO 8601 does, and read again', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        expect(isoDay(day)).toBe(iso(day * 86_400_000).slice(0, 10))
        expect(parseDay(isoDay(day))).toBe(day)
      }),
    )
  })

  it('is not read from what is none', () => {
    for (const text of ['', 'x', '2026-13-01', '2026-01-32']) expect(parseDay(text)).toBeNaN()
  })
})

describe('a calendar', () => {
  it('is right after any sequence of moves', () => {
    const moves = fc.array(fc.integer({ min: -4e12, max: 4e12 }), { minLength: 1 })
    fc.assert(
      fc.property(anyPeriod, moves, ([kind, offset], times) => {
        const calendar = new Calendar(0, kind, offset)
        for (const now of times) {
          calendar.moveTo(now)
          const { first, next } = periodOf(dayOf(now), kind, offset)
          expect([calendar.today, calendar.first, calendar.next]).toEqual([dayOf(now), first, next])
          expect(calendar.end).toBe(periodAt(now, kind, offset).end)
        }
      }),
    )
  })
})
