/** Days and the periods of quotas, UTC. A day is a number: how many have passed since 1970-01-01. */
import type { QuotaLimit } from './contract.js'

const DAY = 86_400_000
const WEEK = 7
/** 1970-01-01 was a Thursday; weeks are counted from Sunday. */
const FIRST_WEEKDAY = 4
const MEAN_MONTH = 365.2425 / 12

type PeriodKind = QuotaLimit['period']

/** A period's bounds in ms since the epoch; `end` is the start of the next. */
export interface Period {
  readonly start: number
  readonly end: number
}

/** The same in days. */
export interface DaySpan {
  readonly first: number
  readonly next: number
}

/** The day that a time lies in. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY)
}

/** When a day starts, ms since the epoch. */
function startOf(day: number): number {
  return day * DAY
}

/**
 * The period that a time lies in.
 *
 * @param offset the day on which it begins: week 0 (Sunday) to 6, month 0 (the 1st) to 27; a day has none
 *
 * @example
 * periodAt(Date.UTC(2026, 1, 14, 12), 'month', 0) // { start: Date.UTC(2026, 1, 1), end: Date.UTC(2026, 2, 1) }
 */
export function periodAt(now: number, kind: PeriodKind, offset: number): Period {
  const { first, next } = periodOf(dayOf(now), kind, offset)
  return { start: startOf(first), end: startOf(next) }
}

/** The period that a day lies in, in days. */
export function periodOf(day: number, kind: PeriodKind, offset: number): DaySpan {
  if (kind === 'day') return { first: day, next: day + 1 }
  if (kind === 'week') {
    const first = day - modulo(day + FIRST_WEEKDAY - offset, WEEK)
    return { first, next: first + WEEK }
  }
  const month = monthOf(day, offset)
  return { first: startOfMonth(month, offset), next: startOfMonth(month + 1, offset) }
}

/** `2026-01-31` */
export function isoDay(day: number): string {
  const month = monthOf(day, 0)
  const year = 1970 + Math.floor(month / 12)
  return [pad(year, 4), pad(modulo(month, 12) + 1, 2), pad(day - startOfMonth(month, 0) + 1, 2)].join('-')
}

/** The day that `2026-01-31` names; NaN when it is none. */
export function parseDay(text: string): number {
  return Date.parse(text) / DAY
}

/** How many months have passed since that of January 1970, all of them beginning on day `offset`. */
function monthOf(day: number, offset: number): number {
  // Months differ from their mean by less than two days, so the guess is off by one at most.
  const guess = Math.floor((day - offset) / MEAN_MONTH)
  if (startOfMonth(guess, offset) > day) return guess - 1
  return startOfMonth(guess + 1, offset) <= day ? guess + 1 : guess
}

function startOfMonth(month: number, offset: number): number {
  return Date.UTC(1970, month, 1 + offset) / DAY
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

/** So many calendars can be told apart in a page's number. */
const CALENDARS = 256

/** The day of a {@link Calendar.page}. */
export function dayOfPage(page: number): number {
  return Math.floor(page / CALENDARS)
}

/** Today and the current period, worked out again only when the clock leaves the day in either direction. */
export class Calendar {
  today = Number.NaN
  first = Number.NaN
  next = Number.NaN
  /** Today, by this calendar, in one number. */
  page = Number.NaN
  #from = Number.POSITIVE_INFINITY
  #to = Number.NEGATIVE_INFINITY

  constructor(
    /** Tells a table's calendars apart. */
    readonly code: number,
    readonly kind: PeriodKind,
    readonly offset: number,
  ) {}

  /** The period's end, ms since the epoch. */
  get end(): number {
    return startOf(this.next)
  }

  moveTo(now: number): void {
    if (!(now >= this.#from && now < this.#to)) this.#turn(now)
  }

  #turn(now: number): void {
    this.today = dayOf(now)
    this.page = this.today * CALENDARS + this.code
    this.#from = startOf(this.today)
    this.#to = startOf(this.today + 1)
    const { first, next } = periodOf(this.today, this.kind, this.offset)
    this.first = first
    this.next = next
  }
}
