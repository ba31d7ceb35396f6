/** The one order of things. Compiled once per route and stage, when its first request comes. */
import { authorizing, caching, validating } from '#parts'
import type { Authorizers } from './authorize/authorize.js'
import type { CompiledPolicy } from './authorize/policy.js'
import type { Caches } from './cache/cache.js'
import type { Clock } from './clock.js'
import type {
  CompleteAuthorizer,
  CompleteCache,
  CompletePlan,
  CompletePolicy,
  CompleteRoute,
  CompleteStage,
} from './complete.js'
import type { StepDefinition, StepPlace, Throttle } from './definition.js'
import type { Clients } from './enforce/clients.js'
import { identify } from './enforce/identify.js'
import { type Named, named, type PlanLimits } from './enforce/limits.js'
import { screen, throttle } from './enforce/throttle.js'
import {
  Answer,
  type Exchange,
  type Integration,
  type Outcome,
  Refusal,
  type Route,
  type Step,
} from './exchange.js'
import { callHandler } from './integrate/function.js'
import type { IntegrationDefinition, IntegrationSite } from './integration.js'
import type { Late } from './late.js'
import { observing } from './observing.js'
import type { Counters } from './store/contract.js'
import type { Models } from './validate/models.js'

/** What every route of a stage is compiled with. */
export interface Surroundings {
  readonly api: string
  readonly stage: CompleteStage
  readonly account: readonly Throttle[]
  readonly plans: ReadonlyMap<string, CompletePlan>
  readonly planLimits: ReadonlyMap<string, PlanLimits>
  readonly steps: readonly StepDefinition[]
  readonly counters: Counters
  readonly clock: Clock
  readonly clients: Clients
  readonly apiKeySource: 'header' | 'authorizer'
  readonly authorizers: Late<Authorizers>
  /** Those of the deployment, by name. */
  readonly named: ReadonlyMap<string, CompleteAuthorizer>
  readonly resourcePolicy: CompiledPolicy | undefined
  readonly models: Late<Models>
  readonly caches: Late<Caches>
  /** Whether some route's answers are kept by RFC 9111: then what changes a resource drops what is kept of it. */
  readonly rfc9111: boolean
  readonly deployment: string
  readonly compat: 'aws' | undefined
  /** Bytes of a body at most. */
  readonly bodyLimit: number
  readonly report: (error: unknown) => void
  /** Of integrations: all but what their routes say. */
  readonly site: Omit<IntegrationSite, 'route' | 'timeout'>
}

/** A route on a stage, ready to be run. */
export interface RoutePlan {
  readonly route: Route | undefined
  readonly policy: CompletePolicy
  readonly steps: readonly Step[]
  /** `undefined`: the app itself answers. */
  readonly integration: Integration | undefined
}

/** Policy and place, of a route in the definition or of one that the app declares. */
export interface Gated {
  readonly route: Route | undefined
  readonly policy: CompletePolicy
  readonly handler?: CompleteRoute['handler']
  readonly integration?: IntegrationDefinition | undefined
  /** What the counters of its own throttles are called, where that is not the route's name. */
  readonly counters?: string
}

export function compile(gated: Gated, around: Surroundings): RoutePlan {
  const { policy } = gated
  const { screened, limited } = throttlesOf(gated, around)
  const own = (place: StepPlace) =>
    around.steps.filter((each) => each.before === place).map((each) => each.step)

  const steps = [
    ...own('screen'),
    ...(screened.length === 0 ? [] : [screen(around, screened)]),
    ...own('authorize'),
    ...authorized(gated, around),
    ...own('identify'),
    ...(policy.apiKey === undefined ? [] : [identified(policy.apiKey, around)]),
    ...own('throttle'),
    ...(limited.length === 0 && policy.apiKey === undefined ? [] : [limitedBy(gated, limited, around)]),
    ...own('validate'),
    ...validated(gated, around),
    ...own('integrate'),
    ...kept(gated, around),
  ]
  return { route: gated.route, policy, steps, integration: integrationOf(gated, around) }
}

/** What answers; nothing where the app itself does. */
function integrationOf(gated: Gated, { site }: Surroundings): Integration | undefined {
  const { route, policy, handler, integration } = gated
  if (integration === undefined || route === undefined) return handler && callHandler(handler)
  return integration.kind.compile(integration.options, { ...site, route, timeout: policy.timeout })
}

/** Runs the steps from `from` on; the first answer wins. Awaits only what is a promise. */
export function run(
  steps: readonly Step[],
  exchange: Exchange,
  from = 0,
): Outcome | undefined | Promise<Outcome | undefined> {
  for (let index = from; index < steps.length; index++) {
    const outcome = steps[index]?.(exchange)
    if (outcome === undefined) continue
    if (isOutcome(outcome)) return outcome
    return Promise.resolve(outcome).then((late) => {
      exchange.waited = true
      // Refused meanwhile, for it took too long: nothing more is done for it, or charged.
      if (late === undefined) return exchange.refusal ?? run(steps, exchange, index + 1)
      if (isOutcome(late)) return late
      throw new TypeError('a step returns an answer, a refusal or nothing, or a promise of that')
    })
  }
  return undefined
}

function isOutcome(value: unknown): value is Outcome {
  return value instanceof Refusal || value instanceof Answer
}

function identified(apiKey: NonNullable<CompletePolicy['apiKey']>, around: Surroundings): Step {
  const { clients, plans, stage } = around
  const source = around.apiKeySource
  const step = identify({ clients, plans, stage: stage.name, allowed: apiKey.plans, source })
  return observing(step, apiKey.observe, around.report)
}

/** Nothing where neither the route nor the API asks who calls. */
function authorized(gated: Gated, around: Surroundings): readonly Step[] {
  const { authorize, observe } = gated.policy
  const { authorizers, named, resourcePolicy } = around
  if (authorize === undefined && resourcePolicy === undefined) return []
  const { authorizationOf } = authorizing()
  const authorization = { authorize: authorize && authorizationOf(authorize, named), resourcePolicy }
  const step = observing(authorizers.value.step(authorization), observe, around.report)
  return authorize === undefined ? [step] : [asks(authorize.authorizer, gated), step]
}

/** Notes whom the next step asks. One that stands in the route itself, and is code, is that route's alone. */
function asks(authorizer: string | CompleteAuthorizer, { route, counters = '' }: Gated): Step {
  const isCode = typeof authorizer === 'object' && 'call' in authorizer
  const name = isCode
    ? `\n${authorizer.kind} of ${route?.name ?? counters}`
    : `\n${JSON.stringify(authorizer)}`
  return (exchange) => {
    exchange.askedOf += name
    exchange.demands++
    return undefined
  }
}

function validated({ policy: given, counters }: Gated, around: Surroundings): readonly Step[] {
  const { parameters, body, ...policy } = given
  if (parameters === undefined && body === undefined && policy.responses === undefined) return []
  const { validateAnswers, validateBody, validateParameters } = validating()
  const { bodyLimit: limit, report } = around
  const models = around.models.value
  const detailed = policy.detailedErrors
  const steps: Step[] = counters === undefined ? [] : [demanding]
  if (parameters !== undefined) {
    steps.push(
      observing(validateParameters(parameters.all, { models, detailed }), parameters.observe, report),
    )
  }
  if (body !== undefined)
    steps.push(observing(validateBody(body, { models, limit, detailed }), body.observe, report))
  if (policy.responses !== undefined) {
    steps.push(validateAnswers(policy.responses, { models, always: policy.observe, report }))
  }
  return steps
}

/** Notes that a gate on the app's own route asks something of the request. */
const demanding: Step = (exchange) => {
  exchange.demands++
  return undefined
}

/** Where a stage keeps answers, and the route has them kept. */
function kept(gated: Gated, { stage, caches, ...around }: Surroundings): readonly Step[] {
  if (stage.cache === false) return []
  const cache = cacheOn(gated, stage)
  if (cache === undefined && !around.rfc9111) return []
  const { cached, invalidating } = caching()
  const store = caches.value.stage(stage.name, stage.cache.size)
  if (cache === undefined) return [invalidating(store)]
  const { api, deployment, compat } = around
  const route = gated.route?.name ?? gated.counters ?? ''
  return [cached(cache, { store, api, stage: stage.name, deployment, route, compat })]
}

/** The route's own cache, as its stage alters it. */
function cacheOn({ route, policy: { cache } }: Gated, stage: CompleteStage): CompleteCache | undefined {
  if (cache === undefined) return undefined
  const set = (route && stage.methods.get(route.name)?.cache) ?? stage.methods.get('*')?.cache
  if (set === undefined) return cache
  return set === false ? undefined : { ...cache, ttl: set.ttl }
}

function limitedBy(
  { route }: Gated,
  throttles: readonly Named[],
  { counters, clock, planLimits }: Surroundings,
): Step {
  return throttle({ counters, clock, plans: planLimits, route: route?.name, throttles })
}

/** The method's throttles, the stage's and the account's; those by address go first and by themselves. */
function throttlesOf(
  { route, policy, counters = route?.name }: Gated,
  { api, stage, account }: Surroundings,
) {
  const set = route === undefined ? undefined : stage.methods.get(route.name)?.throttle
  const everyMethod = policy.throttles.length > 0 ? undefined : stage.methods.get('*')?.throttle
  const method = set ?? everyMethod
  const own =
    method === undefined
      ? named(`${api}/stage/${stage.name}/${counters}`, policy.throttles)
      : named(`${api}/stage/${stage.name}/${route?.name ?? counters}`, [method])
  const all = [
    ...own,
    ...named(`${api}/stage/${stage.name}`, stage.throttles),
    ...named(`${api}/account`, account),
  ]
  const byAddress = ({ throttle: { per } }: Named) => per === 'address'
  return { screened: all.filter(byAddress), limited: all.filter((each) => !byAddress(each)) }
}
