/** Throttle: all buckets of a request and its quota, in one atomic take. */
import type { Clock } from '../clock.js'
import { type Exchange, type Limited, type Outcome, Refusal, type Step } from '../exchange.js'
import type { RefusalType } from '../refusal.js'
import type { Counter, Counters, Taken } from '../store/contract.js'
import { type Demand, demandOf, type Named, type PlanLimits } from './limits.js'
import { RateFields } from './ratelimit.js'

/** What counts, and the time by which it does. */
interface Counting {
  readonly counters: Counters
  readonly clock: Clock
}

/** What a route on a stage is limited by. */
export interface Limits extends Counting {
  readonly plans: ReadonlyMap<string, PlanLimits>
  /** `GET /pets`; absent for a policy without a pattern. */
  readonly route: string | undefined
  /** The method's own throttles, the stage's, the account's; in this order. */
  readonly throttles: readonly Named[]
}

/**
 * The take of a request: the plan's method, the plan and its quota, then the method, the stage and the account.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export function throttle({ plans, route, throttles, ...by }: Limits): Step {
  const own = throttles.map((each) => demandOf(by.counters, each))
  const keyless = new Take(by, own)
  const byPlan = new Map<string, Take>()
  // Made when first asked for: there may be hundreds of plans, and of routes.
  const takeOf = (plan: string) => {
    const take = byPlan.get(plan) ?? takeWithin(plans.get(plan), route, own, by)
    byPlan.set(plan, take)
    return take
  }
  // Most callers are in the plan of the one before.
  let last: string | undefined
  let take = keyless
  return (exchange) => {
    const { plan } = exchange
    if (plan === undefined) return keyless.for(exchange)
    if (plan !== last) {
      take = takeOf(plan)
      last = plan
    }
    return take.for(exchange)
  }
}

/** The plan's own limits come first: where the others could not make the wait longer, they refuse without them. */
function takeWithin(
  plan: PlanLimits | undefined,
  route: string | undefined,
  others: readonly Demand[],
  by: Counting,
): Take {
  if (plan === undefined) return new Take(by, others)
  const method = route === undefined ? undefined : plan.methods.get(route)
  const own = [...(method === undefined ? [] : [method]), ...plan.throttles, plan.quota]
  const demands = [...own, ...others]
  return new Take(by, demands, others.every(isSoon) ? own.length : demands.length)
}

/** Whether it always admits again within the second that whoever is refused is told to wait at least. */
function isSoon({ limit }: Demand): boolean {
  return limit.kind === 'bucket' && limit.observe !== true && limit.rate >= 1 && limit.burst >= 1
}

/** Throttles by address, taken before anything costly is done for the caller. */
export function screen(by: Counting, throttles: readonly Named[]): Step {
  const take = new Take(
    by,
    throttles.map((each) => demandOf(by.counters, each, 'address')),
  )
  return (exchange) => take.for(exchange)
}

/** What is asked for at once, and what the caller is told of it. */
class Take {
  readonly #by: Counting
  readonly #demands: readonly Demand[]
  readonly #first: number
  readonly #fields: RateFields
  /** How the last one was refused of those that have no key. */
  #limited: Limited | undefined

  /** @param first once one of so many refuses, the others are not asked */
  constructor(by: Counting, demands: readonly Demand[], first = demands.length) {
    this.#by = by
    this.#demands = demands
    this.#first = first
    this.#fields = new RateFields(demands)
  }

  for(exchange: Exchange): Outcome | undefined | Promise<Outcome | undefined> {
    const asked = new Array<Counter>(this.#demands.length)
    for (let index = 0; index < asked.length; index++) {
      const counter = this.#demands[index]?.counter(exchange)
      if (counter === undefined || exchange.nested) return this.#part(exchange)
      asked[index] = counter
    }
    return this.#take(asked, exchange)
  }

  /** Without limits that do not count this request, and without what an outer gate has charged already. */
  #part(exchange: Exchange): Outcome | undefined | Promise<Outcome | undefined> {
    const asked: Counter[] = []
    const demands = this.#demands.filter((demand) => {
      const counter = demand.counter(exchange)
      if (counter === undefined || isCharged(exchange, counter)) return false
      asked.push(counter)
      return true
    })
    return new Take(this.#by, demands).#take(asked, exchange)
  }

  #take(asked: readonly Counter[], exchange: Exchange): Outcome | undefined | Promise<Outcome | undefined> {
    const { counters, clock } = this.#by
    // Where it was waited for, others went by meanwhile: by the time of its arrival, time would run twice.
    const now = exchange.waited ? clock.now() : exchange.startedAt
    const taken = counters.take(asked, now, this.#first)
    if (taken instanceof Promise) return taken.then((late) => this.#settle(asked, late, now, exchange))
    return this.#settle(asked, taken, now, exchange)
  }

  #settle(asked: readonly Counter[], taken: Taken, now: number, exchange: Exchange): Outcome | undefined {
    if (taken.observed.length > 0) for (const index of taken.observed) exchange.observe(typeOf(asked[index]))
    this.#fields.tell(taken, now, exchange)
    if (taken.refusedBy >= 0) return this.#refused(asked[taken.refusedBy], taken.wait, exchange)
    exchange.charged = { counters: asked, before: exchange.charged }
    return undefined
  }

  /** Who goes on all the same is told the same, until the seconds have changed. */
  #refused(counter: Counter | undefined, wait: number, { identity }: Exchange): Refusal {
    const seconds = Math.max(1, Math.ceil(wait / 1000))
    const last = identity === undefined ? this.#limited : identity.limited
    if (last?.tells(counter, seconds) === true) return last
    const limited = new LimitRefusal(counter, seconds)
    if (identity === undefined) this.#limited = limited
    else identity.limited = limited
    return limited
  }
}

function isCharged({ charged }: Exchange, counter: Counter): boolean {
  for (let each = charged; each !== undefined; each = each.before) {
    if (each.counters.some((other) => isSame(counter, other))) return true
  }
  return false
}

function isSame(one: Counter, other: Counter): boolean {
  return one.name === other.name && one.subject === other.subject
}

function typeOf(counter: Counter | undefined): RefusalType {
  return counter?.limit.kind === 'quota' ? 'QUOTA_EXCEEDED' : 'THROTTLED'
}

const NONE: readonly never[] = Object.freeze([])

/** Told again and again, it is nobody's to change. */
class LimitRefusal extends Refusal implements Limited {
  // Not for hooks and their logs to see.
  readonly #counter: Counter | undefined
  readonly #seconds: number

  /** @param seconds `Infinity`: it never admits */
  constructor(counter: Counter | undefined, seconds: number) {
    super(typeOf(counter), detailOf(counter), undefined, retryAfter(seconds), NONE, true)
    this.#counter = counter
    this.#seconds = seconds
    Object.freeze(this)
  }

  tells(counter: Counter | undefined, seconds: number): boolean {
    return this.#counter === counter && this.#seconds === seconds
  }
}

function detailOf(counter: Counter | undefined): string | undefined {
  return counter && (counter.subject === '' ? counter.name : `${counter.name} ${counter.subject}`)
}

/** Most callers that are refused within a second are told the same. */
let told = { seconds: Number.NaN, headers: NONE as readonly string[] }

function retryAfter(seconds: number): readonly string[] {
  if (seconds === Number.POSITIVE_INFINITY) return NONE
  if (seconds !== told.seconds) told = { seconds, headers: Object.freeze(['Retry-After', String(seconds)]) }
  return told.headers
}
