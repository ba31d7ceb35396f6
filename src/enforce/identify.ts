/** Identify: the API key names the client and its usage plan. */
import type { CompletePlan } from '../complete.js'
import { type Exchange, type Identity, type Outcome, Refusal, type Step } from '../exchange.js'
import type { Clients } from './clients.js'

interface Demand {
  readonly clients: Clients
  readonly plans: ReadonlyMap<string, CompletePlan>
  readonly stage: string
  /** The plans that will do; `undefined`: any. */
  readonly allowed: readonly string[] | undefined
  /** Where the key stands: in a header, or in what the authorizer answered. */
  readonly source: 'header' | 'authorizer'
}

/** The header that carries an API key. */
const HEADER = 'x-api-key'

/**
 * A step that admits callers with a valid key in a plan that covers the stage.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
export function identify(demand: Demand): Step {
  return (exchange) => {
    const fromHeader = demand.source === 'header'
    // An authorizer of the route's own may have named another key than the one before.
    if (exchange.identity !== undefined && fromHeader) return admit(demand, exchange, exchange.identity)
    const value = fromHeader ? exchange.request.header(HEADER) : exchange.usageKey
    if (value === undefined) return keyless(fromHeader)
    const found = demand.clients.find(value, exchange.startedAt)
    if (found instanceof Promise) return found.then((identity) => admit(demand, exchange, identity))
    return admit(demand, exchange, found)
  }
}

function keyless(fromHeader: boolean): Refusal {
  const why = fromHeader ? `no ${HEADER} header` : 'the authorizer gave no usageIdentifierKey'
  return new Refusal('INVALID_API_KEY', why)
}

function admit(demand: Demand, exchange: Exchange, identity: Identity | undefined): Outcome | undefined {
  if (identity === undefined)
    return new Refusal('INVALID_API_KEY', 'the API key is unknown, disabled or expired')
  const plan = planOf(demand, identity)
  if (plan === undefined) return planless(demand, identity)
  exchange.identity = identity
  exchange.plan = plan.name
  return undefined
}

/** The one plan by which the key may call the stage: the first, should a later change have made it two. */
function planOf(demand: Demand, identity: Identity): CompletePlan | undefined {
  if (identity.among !== demand.plans) lookUp(demand, identity)
  const { plan, others } = identity
  if (plan === undefined || suits(plan, demand)) return plan
  return others?.find((other) => suits(other, demand))
}

/** Once for each key and change of plans: a record of its own text lies far away in memory. */
function lookUp({ plans }: Demand, identity: Identity): void {
  const [first, ...others] = identity.key.plans.flatMap((name) => plans.get(name) ?? [])
  identity.among = plans
  identity.plan = first
  identity.others = others
}

function suits(plan: CompletePlan, demand: Demand): boolean {
  return (plan.stages?.has(demand.stage) ?? true) && (demand.allowed?.includes(plan.name) ?? true)
}

function planless({ stage, allowed, plans }: Demand, { key }: Identity): Refusal {
  const wanted = allowed === undefined ? 'a usage plan' : `one of the usage plans ${allowed.join(', ')}`
  const named = key.plans.map((name) => (plans.has(name) ? name : `${name} (there is no such plan)`))
  const has = named.length === 0 ? 'none' : named.join(', ')
  return new Refusal(
    'INVALID_API_KEY',
    `the API key '${key.id}' is not in ${wanted} for stage '${stage}'; it is in: ${has}`,
  )
}
