/** From what a user writes to what the gateway is compiled from: checked, copied, with everything filled in. */
import type {
  Complete,
  CompleteLimits,
  CompletePlan,
  CompletePolicy,
  CompleteRoute,
  CompleteStage,
} from '../complete.js'
import type {
  Definition,
  DocumentDefinition,
  Limits,
  Policy,
  RefusalOverride,
  RouteDefinition,
  StageDefinition,
  UsagePlan,
} from '../definition.js'
import { DefinitionError, type Fault } from '../errors.js'
import { located } from '../origins.js'
import { parsePattern, parseRoute } from '../resolve/pattern.js'
import { DEFAULT_STAGE } from '../resolve/stage.js'
import {
  type Checked,
  check,
  checkPlan,
  checkRoutePolicy,
  checkStage,
  type Elsewhere,
  type Within,
} from './check.js'
import { authorizerOf } from './complete/authorizers.js'
import {
  DEFAULT_ACCOUNT,
  DEFAULT_ACCOUNT_ID,
  DEFAULT_API,
  DEFAULT_LIMITS,
  DEFAULT_REGION,
} from './complete/defaults.js'
import { domainsOf, planOf, stageOf } from './complete/parts.js'
import { corsOf, type PolicyDefaults, policyOf, throttlesOf, timeoutOf } from './complete/policy.js'
import { expanded } from './document.js'

/**
 * A definition, complete. Nothing of it is shared with what was given, save functions; fields of `Runtime` are left alone.
 *
 * @param faults found elsewhere, `checkRuntime`'s for one, to be thrown together with those of the definition
 * @param elsewhere what the gateway has beside the definition, and where it tells of what does not hold
 * @throws DefinitionError with everything that is wrong, whatever was given
 */
export function complete(
  definition: Definition | DocumentDefinition,
  faults: readonly Fault[] = [],
  {
    report = () => {},
    ...elsewhere
  }: Partial<Elsewhere> & { readonly report?: (error: unknown) => void } = {},
): Complete {
  const whole = withFaults(faults, () => expanded(definition, report))
  const checked = check(whole, { plans: [], signed: false, proxied: false, ...elsewhere })
  const all = [...located(whole, checked.faults), ...faults]
  return filledIn(sound<Definition>({ ...checked, faults: all }), checked.models as Complete['models'])
}

/** What is wrong elsewhere is told together with what is wrong with a document. */
function withFaults<T>(faults: readonly Fault[], read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof DefinitionError) || faults.length === 0) throw error
    throw new DefinitionError([...error.faults, ...faults])
  }
}

/**
 * A usage plan that is created at run time, by the same rules as those of a definition.
 *
 * @param within what it may speak of: the routes and stages of the definition that is deployed
 * @throws DefinitionError
 */
export function completePlan(
  name: string,
  plan: UsagePlan,
  within: Pick<Complete, 'routes' | 'stages'>,
): CompletePlan {
  return planOf(name, sound<UsagePlan>(checkPlan(name, plan, within)))
}

/**
 * A stage after some of its settings have changed; what `patch` leaves out stays.
 *
 * @throws DefinitionError
 */
export function completeStage(
  before: CompleteStage,
  patch: StageDefinition,
  within: Pick<Complete, 'routes'>,
): CompleteStage {
  const given = sound<StageDefinition>(checkStage(before.name, patch, within))
  const after = stageOf(before.name, given, undefined)
  return {
    ...before,
    ...(given.description !== undefined && { description: after.description }),
    ...(given.variables !== undefined && { variables: after.variables }),
    ...(given.throttle !== undefined && { throttles: after.throttles }),
    ...(given.methods !== undefined && { methods: after.methods }),
    ...(given.canary !== undefined && { canary: after.canary }),
    ...(given.cache !== undefined && { cache: after.cache }),
    ...(given.cors !== undefined && { cors: after.cors }),
  }
}

/**
 * The policy of a route that stands in the app's code beside the definition: `gate.route(policy)`.
 *
 * @throws DefinitionError whose paths begin with `policy`
 */
export function completeRoutePolicy(
  policy: Policy,
  within: Pick<Complete, 'limits' | 'compat'> & Within,
): CompletePolicy {
  return policyOf(sound<Policy>(checkRoutePolicy(policy, within)), within)
}

/** The only way from what was given to what is relied on. */
function sound<T>({ copy, faults }: Checked): T {
  if (faults.length > 0) throw new DefinitionError(faults)
  return copy as T
}

function filledIn(given: Definition, models: Complete['models']): Complete {
  const limits = limitsOf(given.limits)
  const cors = corsOf(given.cors)
  const stages = Object.entries(given.stages ?? {})
  if (stages.length === 0) stages.push([DEFAULT_STAGE, {}])
  return {
    api: given.api ?? DEFAULT_API,
    version: given.version ?? '',
    routes: given.routes.map((route, index) => routeOf(route, index, { limits, compat: given.compat })),
    models,
    vpcLinks: new Map(Object.entries(given.vpcLinks ?? {})),
    minimumCompressionSize: given.minimumCompressionSize,
    binaryMediaTypes: (given.binaryMediaTypes ?? []).map((type) => type.toLowerCase()),
    authorizers: new Map(
      Object.entries(given.authorizers ?? {}).map(([name, each]) => [name, authorizerOf(each)]),
    ),
    resourcePolicy: given.resourcePolicy,
    apiKeySource: given.apiKeySource ?? 'header',
    region: given.region ?? DEFAULT_REGION,
    accountId: given.account?.id ?? DEFAULT_ACCOUNT_ID,
    plans: new Map(Object.entries(given.plans ?? {}).map(([name, plan]) => [name, planOf(name, plan)])),
    stages: new Map(stages.map(([name, stage]) => [name, stageOf(name, stage, cors)])),
    domains: domainsOf(given.domains ?? {}),
    defaultEndpoint: given.defaultEndpoint ?? true,
    account: accountOf(given.account?.throttle),
    refusals: refusalsOf(given.refusals ?? {}),
    pass: (given.pass ?? []).flatMap(parsePattern),
    unmatched: given.unmatched ?? 'refuse',
    compat: given.compat,
    limits,
    steps: (given.steps ?? []).map(({ before, step }) => ({ before, step })),
    given,
  }
}

function limitsOf(given: Limits = {}): CompleteLimits {
  const { timeout = DEFAULT_LIMITS.timeout, ...counts } = given
  return { ...DEFAULT_LIMITS, ...counts, timeout: timeoutOf(timeout) }
}

function routeOf(
  { pattern, policy, handler, integration }: RouteDefinition,
  index: number,
  defaults: PolicyDefaults,
): CompleteRoute {
  const { method, path, name, patterns } = parseRoute(pattern)
  const given = policy ?? {}
  const complete = policyOf(given, defaults)
  return { index, method, path, name, patterns, policy: complete, given, handler, integration }
}

function accountOf(given: NonNullable<Definition['account']>['throttle']) {
  if (given === false) return []
  return given === undefined ? DEFAULT_ACCOUNT : throttlesOf(given)
}

function refusalsOf(given: NonNullable<Definition['refusals']>): Complete['refusals'] {
  const copies = Object.entries(given).map(([type, override]) => [type, overrideOf(override)] as const)
  return Object.fromEntries(copies)
}

function overrideOf({ headers, templates, ...rest }: RefusalOverride): RefusalOverride {
  return {
    ...rest,
    ...(headers && { headers: { ...headers } }),
    ...(templates && { templates: { ...templates } }),
  }
}
