/** What keys have used of their plans. */
import type { Clock } from '../clock.js'
import type { CompletePlan } from '../complete.js'
import { METER, quotaCounter } from '../enforce/limits.js'
import { PosternError } from '../errors.js'
import { periodAt } from '../store/calendar.js'
import type { Counter, Counters } from '../store/contract.js'
import { noQuota } from './check/calls.js'
import type { ApiKeys, KeyPage } from './keys.js'

/** Whose usage, and of which days. */
export interface UsageQuery {
  readonly plan: string
  /** A key's id; all of the plan's keys when left out. */
  readonly key?: string
  /** The first day, UTC: `2026-01-01`. */
  readonly from: string
  /** The last day. */
  readonly to: string
}

/** What is to remain of a key's quota. */
export interface UsageUpdate {
  readonly plan: string
  /** A key's id. */
  readonly key: string
  /** What is to remain of the present period; more than the quota's limit extends it. */
  readonly remaining: number
}

/** As AWS has it on the wire. */
export interface Usage {
  readonly usagePlanId: string
  readonly startDate: string
  readonly endDate: string
  /** By key id: `[used, remaining]` of each day from `startDate` to `endDate`. */
  readonly values: Readonly<Record<string, readonly (readonly [used: number, remaining: number])[]>>
}

const DAY = 86_400_000

export class UsageControl {
  readonly #api: string
  readonly #clock: Clock
  readonly #counters: Counters
  readonly #keys: ApiKeys | undefined

  /** @param keys those that the gateway keeps; `undefined` where the user does */
  constructor(api: string, clock: Clock, counters: Counters, keys: ApiKeys | undefined) {
    this.#api = api
    this.#clock = clock
    this.#counters = counters
    this.#keys = keys
  }

  async get(plan: CompletePlan, { key, from, to }: UsageQuery): Promise<Usage> {
    const days = daysBetween(from, to)
    if (key !== undefined) await this.#keys?.known(key)
    const ids = key === undefined ? await this.#idsIn(plan.name) : [key]
    const values: [string, readonly (readonly [number, number])[]][] = []
    for (const id of ids) values.push([id, await this.#daily(plan, id, days)])
    return { usagePlanId: plan.name, startDate: from, endDate: to, values: Object.fromEntries(values) }
  }

  async update(plan: CompletePlan, { key, remaining }: UsageUpdate): Promise<void> {
    if (plan.quota === undefined) throw noQuota(plan.name)
    const { plans = [plan.name] } = (await this.#keys?.known(key)) ?? {}
    if (!plans.includes(plan.name)) {
      const others = plans.length === 0 ? 'none' : plans.join(', ')
      throw new PosternError(
        'KEY_UNKNOWN',
        `the API key '${key}' is not in usage plan '${plan.name}'; it is in: ${others}`,
      )
    }
    await this.#counters.setRemaining(this.#counter(plan, key), remaining, this.#clock.now())
  }

  async forget(plan: CompletePlan | undefined, key: string): Promise<void> {
    if (plan !== undefined) await this.#counters.forget(this.#counter(plan, key))
  }

  async #idsIn(plan: string): Promise<string[]> {
    if (this.#keys === undefined)
      throw new PosternError('KEYS_ELSEWHERE', 'say which `key`: they are in a table of your own')
    const ids: string[] = []
    for (let position: string | undefined = ''; position !== undefined; ) {
      const page: KeyPage = await this.#keys.list({ limit: 500, ...(position !== '' && { position }) })
      ids.push(...page.items.filter(({ plans }) => plans.includes(plan)).map(({ id }) => id))
      position = page.position
    }
    return ids
  }

  /** Days without use have what remained on the day before, or in a new period the whole quota. */
  async #daily(plan: CompletePlan, key: string, days: readonly string[]): Promise<[number, number][]> {
    const { limit, period, offset } = plan.quota ?? METER
    const [from = '', to = ''] = [days[0], days.at(-1)]
    const used = await this.#counters.usage(this.#counter(plan, key), from, to, this.#clock.now())
    const byDay = new Map(used.map((each) => [each.day, each]))
    let remaining = limit
    let end = Number.NEGATIVE_INFINITY
    return days.map((day) => {
      const now = Date.parse(day)
      if (now >= end) {
        remaining = limit
        end = periodAt(now, period, offset).end
      }
      const on = byDay.get(day)
      remaining = on?.remaining ?? remaining
      return [on?.used ?? 0, remaining]
    })
  }

  #counter(plan: CompletePlan, key: string): Counter {
    return quotaCounter(this.#counters, this.#api, plan, key)
  }
}

function daysBetween(from: string, to: string): string[] {
  const [first, last] = [from, to].map((day) => Date.parse(`${day}T00:00:00Z`))
  if (
    !isDay(from) ||
    !isDay(to) ||
    first === undefined ||
    last === undefined ||
    first > last ||
    last - first > 366 * DAY
  ) {
    throw new TypeError(
      `from '${from}' to '${to}' are no days: write '2026-01-01' and '2026-01-31', at most a year apart`,
    )
  }
  return Array.from({ length: (last - first) / DAY + 1 }, (_, index) =>
    new Date(first + index * DAY).toISOString().slice(0, 10),
  )
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))
}
