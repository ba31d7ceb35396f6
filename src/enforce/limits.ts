/** From throttles and plans, as a definition has them, to counters that can be taken from. */
import type { CompletePlan } from '../complete.js'
import type { Throttle } from '../definition.js'
import { digestApiKey } from '../digest.js'
import type { Exchange } from '../exchange.js'
import type { BucketLimit, Counter, Counters, Limit, QuotaLimit } from '../store/contract.js'
import { Recent } from '../store/recent.js'

/** A throttle and the name of its counters. */
export interface Named {
  readonly name: string
  readonly throttle: Throttle
}

/** Several throttles of one thing, each with counters of its own. */
export function named(name: string, throttles: readonly Throttle[]): Named[] {
  return throttles.map((throttle, index) => ({ name: index === 0 ? name : `${name}#${index + 1}`, throttle }))
}

/** One limit of a route, and whose counter of it a request takes from. */
export interface Demand {
  readonly limit: Limit
  /** Its name in `RateLimit`; limits of stage and account are none of the caller's business. */
  readonly label: string | undefined
  /** `undefined`: this request is not counted. */
  counter(exchange: Exchange): Counter | undefined
}

/** One counter for all. */
class Shared implements Demand {
  constructor(
    readonly limit: Limit,
    readonly label: string | undefined,
    readonly held: Counter,
  ) {}

  counter(): Counter {
    return this.held
  }
}

/** So many counters are held open for each limit that tells callers apart. */
const MOST_OPEN = 1_000
/** What any store takes for a name. A subject of the caller's making that is more than that goes by its digest. */
const PLAIN = /^[\x20-\x7e]{0,256}$/

/** A counter for each subject, which something of the request says. */
class PerSubject implements Demand {
  readonly #open = new Recent<string, Counter>(MOST_OPEN)

  constructor(
    readonly limit: Limit,
    readonly label: string | undefined,
    private readonly subjectOf: (exchange: Exchange) => string | undefined,
    private readonly openFor: (subject: string) => Counter,
  ) {}

  counter(exchange: Exchange): Counter | undefined {
    const subject = this.subjectOf(exchange)
    if (subject === undefined) return undefined
    const known = this.#open.get(subject)
    if (known !== undefined) return known
    if (!PLAIN.test(subject)) return this.openFor(digestApiKey(subject))
    const counter = this.openFor(subject)
    this.#open.set(subject, counter)
    return counter
  }
}

/** A counter for each of a plan's keys, held by the key's identity: a request hashes and opens nothing. */
class PerKey implements Demand {
  constructor(
    readonly limit: Limit,
    readonly label: string | undefined,
    /** What the counters of one plan have in common, and this one's place among them. */
    private readonly plan: object,
    private readonly index: number,
    private readonly openFor: (subject: string) => Counter,
  ) {}

  counter({ identity }: Exchange): Counter | undefined {
    if (identity === undefined) return undefined
    if (identity.openedFor !== this.plan) {
      identity.openedFor = this.plan
      identity.opened = []
    }
    const known = identity.opened[this.index]
    if (known !== undefined) return known
    const counter = this.openFor(identity.key.id)
    identity.opened[this.index] = counter
    return counter
  }
}

/** The demand of a throttle that is no plan's. */
export function demandOf(counters: Counters, { name, throttle }: Named, label?: string): Demand {
  const limit = bucket(throttle)
  const told = labelOf(throttle, label)
  if (throttle.per === undefined) return new Shared(limit, told, counters.counter(name, '', limit))
  const subject = (exchange: Exchange) => subjectOf(throttle, exchange)
  return new PerSubject(limit, told, subject, (text) => counters.counter(name, text, limit))
}

/** A plan's limits. They hold for each of its keys, over all of its stages and routes together. */
export class PlanLimits {
  readonly throttles: readonly Demand[]
  readonly quota: Demand
  /** By route: `GET /pets`. */
  readonly methods: ReadonlyMap<string, Demand>
  #opened = 0

  constructor(counters: Counters, api: string, plan: CompletePlan) {
    const name = `${api}/plan/${plan.name}`
    const limit = quotaOf(plan)
    const label = plan.quota === undefined || plan.quota.observe ? undefined : 'quota'
    this.quota = new PerKey(limit, label, this, this.#opened++, (key) =>
      quotaCounter(counters, api, plan, key),
    )
    this.throttles = named(name, plan.throttles).map((each) => this.#demand(counters, each, 'throttle'))
    const methods = [...plan.methods].map(([route, throttle]) => {
      return [route, this.#demand(counters, { name: `${name}/${route}`, throttle }, 'method')] as const
    })
    this.methods = new Map(methods)
  }

  /** Within a plan, what tells callers apart further does so for each key. */
  #demand(counters: Counters, { name, throttle }: Named, label: string): Demand {
    const limit = bucket(throttle)
    const open = (subject: string) => counters.counter(name, subject, limit)
    const told = labelOf(throttle, label)
    if (throttle.per === undefined || throttle.per === 'apiKey') {
      return new PerKey(limit, told, this, this.#opened++, open)
    }
    const subject = (exchange: Exchange) => {
      const within = subjectOf(throttle, exchange)
      return within === undefined ? undefined : `${exchange.identity?.key.id} ${within}`
    }
    return new PerSubject(limit, told, subject, open)
  }
}

function bucket({ rate, burst, mode }: Throttle): BucketLimit {
  return { kind: 'bucket', rate, burst, observe: mode === 'observe' }
}

/** What is only observed is nothing that a caller should go by. */
function labelOf({ mode }: Throttle, label: string | undefined): string | undefined {
  return mode === 'observe' ? undefined : label
}

/** The subject that a throttle counts by. */
function subjectOf({ per }: Throttle, exchange: Exchange): string | undefined {
  if (per === undefined) return ''
  if (per === 'address') return exchange.sourceKey
  if (per === 'apiKey') return exchange.identity?.key.id
  return per === 'principal' ? exchange.principal : per(exchange)
}

/** What counts the usage of a plan without a quota. */
export const METER: QuotaLimit = {
  kind: 'quota',
  limit: Number.POSITIVE_INFINITY,
  period: 'month',
  offset: 0,
}

function quotaOf({ quota }: CompletePlan): QuotaLimit {
  return quota === undefined ? METER : { kind: 'quota', ...quota }
}

/** A plan's quota for a key. Where the plan has none it only meters, for usage is counted for every plan. */
export function quotaCounter(counters: Counters, api: string, plan: CompletePlan, keyId: string): Counter {
  return counters.counter(`${api}/plan/${plan.name}/quota`, keyId, quotaOf(plan))
}
