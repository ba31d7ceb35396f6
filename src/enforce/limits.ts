/** From throttles and plans as a definition has them to counters that can be taken from. */
import type { CompletePlan } from '../complete.js'
import type { Throttle } from '../definition.js'
import type { Exchange } from '../exchange.js'
import type { BucketLimit, Counter, Counters, QuotaLimit } from '../store/contract.js'

/** A throttle and the name of its counters. */
export interface Named {
  readonly name: string
  readonly throttle: Throttle
}

/** A counter to take from, and how it is told to the caller; limits of stage and account are none of its business. */
export interface Demand {
  readonly counter: Counter
  /** The name of its policy in `RateLimit`. */
  readonly label: string | undefined
}

/** Where a request's demand comes from. `undefined`: this request is not counted. */
export type Source = (exchange: Exchange) => Demand | undefined

function bucket({ rate, burst, mode }: Throttle): BucketLimit {
  return { kind: 'bucket', rate, burst, observe: mode === 'observe' }
}

/** Several throttles of one thing, each with a counter of its own. */
export function named(name: string, throttles: readonly Throttle[]): Named[] {
  return throttles.map((throttle, index) => ({ name: index === 0 ? name : `${name}#${index + 1}`, throttle }))
}

/** The subject that a throttle counts by. `undefined`: the caller has none, and is not counted. */
function subjectOf({ per }: Throttle, exchange: Exchange): string | undefined {
  if (per === undefined) return ''
  if (per === 'address') return exchange.sourceKey
  if (per === 'apiKey') return exchange.identity?.key.id
  return per === 'principal' ? exchange.principal : per(exchange)
}

/** The one counter of a throttle that does not tell callers apart. */
export function fixed(counters: Counters, { name, throttle }: Named, label?: string): Demand {
  return demand(counters, name, '', throttle, label)
}

/** The counter of a throttle that tells callers apart by something of the request. */
export function varying(counters: Counters, { name, throttle }: Named, label?: string): Source {
  return (exchange) => {
    const subject = subjectOf(throttle, exchange)
    return subject === undefined ? undefined : demand(counters, name, subject, throttle, label)
  }
}

function demand(
  counters: Counters,
  name: string,
  subject: string,
  throttle: Throttle,
  label: string | undefined,
): Demand {
  // What is only observed is nothing that a caller should go by.
  return {
    counter: counters.counter(name, subject, bucket(throttle)),
    label: throttle.mode === 'observe' ? undefined : label,
  }
}

/** A plan's limits for one key on one route: opened once, then held. */
export interface PlanLimits {
  /** The method's, the plan's. */
  readonly demands: readonly Demand[]
  readonly quota: Demand
  /** Limits within the plan that tell callers apart further: by address, by principal. */
  readonly sources: readonly Source[]
}

export function planLimits(
  counters: Counters,
  api: string,
  plan: CompletePlan,
  route: string | undefined,
  keyId: string,
): PlanLimits {
  const method = route === undefined ? undefined : plan.methods.get(route)
  const limits = [
    ...(method === undefined ? [] : named(`${api}/plan/${plan.name}/${route}`, [method])),
    ...named(`${api}/plan/${plan.name}`, plan.throttles),
  ]
  const label = ({ throttle }: Named) => (throttle === method ? 'method' : 'throttle')
  const ofKey = ({ throttle: { per } }: Named) => per === undefined || per === 'apiKey'
  const quotaLabel = plan.quota === undefined || plan.quota.observe ? undefined : 'quota'
  return {
    demands: limits
      .filter(ofKey)
      .map((each) => demand(counters, each.name, keyId, each.throttle, label(each))),
    quota: { counter: quotaCounter(counters, api, plan, keyId), label: quotaLabel },
    sources: limits.filter((each) => !ofKey(each)).map((each) => within(counters, each, keyId, label(each))),
  }
}

function within(counters: Counters, { name, throttle }: Named, keyId: string, label: string): Source {
  return (exchange) => {
    const subject = subjectOf(throttle, exchange)
    return subject === undefined ? undefined : demand(counters, name, `${keyId} ${subject}`, throttle, label)
  }
}

export const METER: QuotaLimit = {
  kind: 'quota',
  limit: Number.POSITIVE_INFINITY,
  period: 'month',
  offset: 0,
}

/** A plan's quota for a key. Where the plan has none it only meters, for usage is counted for every plan. */
export function quotaCounter(counters: Counters, api: string, plan: CompletePlan, keyId: string): Counter {
  return counters.counter(
    `${api}/plan/${plan.name}/quota`,
    keyId,
    plan.quota ? { kind: 'quota', ...plan.quota } : METER,
  )
}
