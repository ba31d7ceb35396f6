/** Throttle: all buckets of a request and its quota, in one atomic take. */
import type { CompletePlan } from '../complete.js'
import { type Exchange, type Identity, type Outcome, Refusal, type Step } from '../exchange.js'
import type { RefusalType } from '../refusal.js'
import type { Counter, Counters, Taken } from '../store/contract.js'
import { type Demand, fixed, type Named, planLimits, type Source, varying } from './limits.js'
import { RateFields } from './ratelimit.js'

/** What a route on a stage is limited by. */
export interface Limits {
  readonly counters: Counters
  readonly api: string
  readonly plans: ReadonlyMap<string, CompletePlan>
  /** `GET /pets`; absent for a policy without a pattern. */
  readonly route: string | undefined
  /** The method's own throttles, the stage's, the account's; in this order. */
  readonly throttles: readonly Named[]
}

/**
 * The take of a request: the plan's method, the plan, the method, the stage, the account, and the quota.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export function throttle(limits: Limits): Step {
  const { shared, sources } = split(limits.counters, limits.throttles)
  const keyless = new Demands(shared, sources)
  return (exchange) => {
    const plan = exchange.plan === undefined ? undefined : limits.plans.get(exchange.plan)
    if (plan === undefined || exchange.identity === undefined) return take(limits.counters, keyless, exchange)
    return take(limits.counters, keyed(limits, keyless, plan, exchange.identity), exchange)
  }
}

/** Throttles by address, taken before anything costly is done for the caller. */
export function screen(counters: Counters, throttles: readonly Named[]): Step {
  const { shared, sources } = split(counters, throttles, 'address')
  const demands = new Demands(shared, sources)
  return (exchange) => take(counters, demands, exchange)
}

function split(counters: Counters, throttles: readonly Named[], label?: string) {
  const isFixed = ({ throttle: { per } }: Named) => per === undefined
  return {
    shared: throttles.filter(isFixed).map((each) => fixed(counters, each, label)),
    sources: throttles.filter((each) => !isFixed(each)).map((each) => varying(counters, each, label)),
  }
}

/** What one take asks for: counters that are held, and those that depend on the request. */
class Demands {
  readonly counters: readonly Counter[]
  readonly fields: RateFields

  constructor(
    readonly held: readonly Demand[],
    readonly sources: readonly Source[] = [],
  ) {
    this.counters = held.map(({ counter }) => counter)
    this.fields = new RateFields(held)
  }

  /** With what depends on the request, without what an outer gate has charged already. */
  of(exchange: Exchange): Demands {
    if (this.sources.length === 0 && !exchange.nested) return this
    const all = [...this.sources.flatMap((each) => each(exchange) ?? []), ...this.held]
    return new Demands(all.filter(({ counter }) => !exchange.charged.some((other) => isSame(counter, other))))
  }
}

function isSame(one: Counter, other: Counter): boolean {
  return one.name === other.name && one.subject === other.subject
}

/** The demands of a key, opened at its first request on this route. */
function keyed(limits: Limits, keyless: Demands, plan: CompletePlan, identity: Identity): Demands {
  const remembered = identity.remembered.get(limits)
  if (remembered instanceof Demands) return remembered
  const ofPlan = planLimits(limits.counters, limits.api, plan, limits.route, identity.key.id)
  const held = [...ofPlan.demands, ...keyless.held, ofPlan.quota]
  const demands = new Demands(held, [...ofPlan.sources, ...keyless.sources])
  identity.remembered.set(limits, demands)
  return demands
}

function take(
  counters: Counters,
  asked: Demands,
  exchange: Exchange,
): Outcome | undefined | Promise<Outcome | undefined> {
  const demands = asked.of(exchange)
  const taken = counters.take(demands.counters, exchange.startedAt)
  if (taken instanceof Promise) return taken.then((late) => settle(demands, late, exchange))
  return settle(demands, taken, exchange)
}

function settle(demands: Demands, taken: Taken, exchange: Exchange): Outcome | undefined {
  for (const index of taken.observed) exchange.observe(typeOf(demands.counters[index]))
  demands.fields.tell(taken, exchange)
  if (taken.refusedBy >= 0) return refused(demands.counters[taken.refusedBy], taken.wait)
  exchange.charged =
    exchange.charged.length === 0 ? demands.counters : [...exchange.charged, ...demands.counters]
  return undefined
}

function typeOf(counter: Counter | undefined): RefusalType {
  return counter?.limit.kind === 'quota' ? 'QUOTA_EXCEEDED' : 'THROTTLED'
}

function refused(counter: Counter | undefined, wait: number): Refusal {
  const headers = Number.isFinite(wait) ? ['Retry-After', String(Math.max(1, Math.ceil(wait / 1000)))] : []
  return new Refusal(
    typeOf(counter),
    counter && `${counter.name} ${counter.subject}`.trimEnd(),
    undefined,
    headers,
  )
}
