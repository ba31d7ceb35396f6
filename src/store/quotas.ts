/** Quotas and daily use in memory. */
import { Calendar, dayOf, dayOfPage, isoDay, parseDay, periodOf } from './calendar.js'
import type { DayUsage, QuotaLimit } from './contract.js'
import { DAYS_KEPT, type Entry, Ledger } from './ledger.js'
import { Handle, resized, SlotTable } from './slots.js'

/** Numbers of a slot, and where among them: the day and the calendar that they are of, and what is used. */
const WIDTH = 3
const PAGE = 0
const USED_ON_DAY = 1
/** Of the period that the day is in, by that calendar; the sum of its days, remembered. */
const USED = 2

export class QuotaCounter extends Handle<QuotaTable, QuotaLimit> {
  constructor(
    table: QuotaTable,
    subject: string,
    limit: QuotaLimit,
    readonly calendar: Calendar,
  ) {
    super(table, subject, limit)
  }

  available(): number {
    return this.limit.limit - this.table.used(this)
  }

  /** In `observe` it goes on counting past its limit. */
  charge(available: number): number {
    this.table.count(this)
    return available - 1
  }

  wait(): number {
    // A limit of less than one admits in no period.
    return this.limit.limit < 1 ? Number.POSITIVE_INFINITY : this.reset()
  }

  reset(): number {
    return Math.ceil(this.calendar.end - this.table.timeline.now)
  }
}

/** The quotas of one limit. A slot holds the subject's current day and what it has used of its period. */
export class QuotaTable extends SlotTable {
  readonly #calendars: Calendar[] = []
  #rows = new Float64Array(0)
  /** The days before, once there are any. */
  readonly #ledgers: (Ledger | undefined)[] = []

  open(subject: string, limit: QuotaLimit): QuotaCounter {
    return new QuotaCounter(this, subject, limit, this.#calendar(limit))
  }

  used(handle: QuotaCounter): number {
    const slot = this.#enter(handle)
    return slot < 0 ? 0 : this.#at(slot, USED)
  }

  /** Counts one, right after {@link used} was asked. */
  count(handle: QuotaCounter): void {
    const found = this.find(handle)
    const slot = found >= 0 ? found : this.#begin(handle)
    this.#rows[slot * WIDTH + USED] = this.#at(slot, USED) + 1
    this.#rows[slot * WIDTH + USED_ON_DAY] = this.#at(slot, USED_ON_DAY) + 1
  }

  /** Corrects what is used of the current period, and leaves the days' counts as they are. */
  setUsed(handle: QuotaCounter, used: number): void {
    const found = this.#enter(handle)
    const slot = found >= 0 ? found : this.#begin(handle)
    this.#ledger(slot).add(handle.calendar.today, 0, used - this.#at(slot, USED))
    this.#rows[slot * WIDTH + USED] = used
  }

  /** What remained is told by the limit as it is now. */
  usage(handle: QuotaCounter, from: string, to: string): DayUsage[] {
    const { limit, calendar } = handle
    const [first, last] = [parseDay(from), parseDay(to)]
    const rows: DayUsage[] = []
    let period = { first: Number.NaN, next: Number.NaN }
    let sum = 0
    for (const [day, used, corrected] of this.#entries(handle)) {
      if (!(day < period.next)) {
        period = periodOf(day, calendar.kind, calendar.offset)
        sum = 0
      }
      sum += used + corrected
      if (used === 0 || day < first || day > last) continue
      rows.push({ day: isoDay(day), used, remaining: Math.max(0, limit.limit - sum) })
    }
    return rows
  }

  /** All days that are known, ascending. */
  #entries(handle: QuotaCounter): Entry[] {
    const slot = this.find(handle)
    if (slot < 0) return []
    const ledger = new Ledger()
    for (const entry of this.#ledgers[slot]?.entries() ?? []) ledger.add(...entry)
    ledger.add(dayOfPage(this.#at(slot, PAGE)), this.#at(slot, USED_ON_DAY))
    return [...ledger.entries()].sort(([one], [other]) => one - other)
  }

  #calendar({ period, offset }: QuotaLimit): Calendar {
    const known = this.#calendars.find((each) => each.kind === period && each.offset === offset)
    if (known !== undefined) return known
    const calendar = new Calendar(this.#calendars.length, period, offset)
    this.#calendars.push(calendar)
    return calendar
  }

  /** The subject's slot, brought to the present day and period; -1 when it has none. */
  #enter(handle: QuotaCounter): number {
    const { calendar } = handle
    calendar.moveTo(this.timeline.now)
    const slot = this.find(handle)
    if (slot >= 0 && this.#at(slot, PAGE) !== calendar.page) this.#turnPage(slot, calendar)
    return slot
  }

  #begin(handle: QuotaCounter): number {
    const slot = this.add(handle)
    this.#open(slot, handle.calendar, 0)
    this.#ledgers[slot] = undefined
    return slot
  }

  #turnPage(slot: number, calendar: Calendar): void {
    const ledger = this.#ledger(slot)
    ledger.add(dayOfPage(this.#at(slot, PAGE)), this.#at(slot, USED_ON_DAY))
    this.#open(slot, calendar, ledger.sum(calendar.first, calendar.next))
  }

  #open(slot: number, calendar: Calendar, used: number): void {
    this.#rows[slot * WIDTH + PAGE] = calendar.page
    this.#rows[slot * WIDTH + USED_ON_DAY] = 0
    this.#rows[slot * WIDTH + USED] = used
  }

  #at(slot: number, which: number): number {
    return this.#rows[slot * WIDTH + which] ?? 0
  }

  #ledger(slot: number): Ledger {
    const ledger = this.#ledgers[slot] ?? new Ledger()
    this.#ledgers[slot] = ledger
    return ledger
  }

  /** Its period is over, and so is the time for which its days can be read. */
  protected isIdle(slot: number): boolean {
    const today = dayOf(this.timeline.now)
    return today - dayOfPage(this.#at(slot, PAGE)) > DAYS_KEPT
  }

  protected move(last: number, slot: number): void {
    this.#rows.copyWithin(slot * WIDTH, last * WIDTH, (last + 1) * WIDTH)
    this.#ledgers[slot] = this.#ledgers[last]
    this.#ledgers.length = last
  }

  protected resize(capacity: number): void {
    this.#rows = resized(this.#rows, capacity * WIDTH)
  }
}
