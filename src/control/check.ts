/** Finds everything that is wrong with what a user wrote, before any of it is used. */
import { authorizing, validating } from '#parts'
import type { Complete } from '../complete.js'
import type { AccountDefinition, GatewayDefinition, Limits, StepDefinition } from '../definition.js'
import type { Fault } from '../errors.js'
import type { ParsedRoute } from '../resolve/pattern.js'
import { DEFAULT_STAGE } from '../resolve/stage.js'
import { cors } from './check/cors.js'
import { apiDocs, endpoint, resourceTags } from './check/docs.js'
import { domains } from './check/domains.js'
import { binaryMediaTypes, vpcLinks } from './check/integrations.js'
import { pathOf } from './check/path.js'
import { plan, planName, plans } from './check/plans.js'
import { policy, timeout } from './check/policy.js'
import { refusals } from './check/refusals.js'
import { pass, readRoutes, routes, tooManyPaths, unknownParameters } from './check/routes.js'
import { RUNTIME_CHECKS } from './check/runtime.js'
import { type Home, homeIn, type Scope } from './check/scope.js'
import * as is from './check/shapes.js'
import { snapshot } from './check/snapshot.js'
import { Spot } from './check/spot.js'
import { stage, stages, variablesIn } from './check/stages.js'
import { throttlesOrFalse } from './check/throttle.js'
import { DEFAULT_ACCOUNT_ID, DEFAULT_API, DEFAULT_LIMITS, DEFAULT_REGION } from './complete/defaults.js'
import type { CodedFault } from './faults.js'

/** What was found, and a copy of what was looked at: sound where nothing was found. */
export interface Checked {
  readonly copy: unknown
  readonly faults: readonly Fault[]
}

/** What was found of a whole definition. */
export interface CheckedDefinition extends Checked {
  /** Its models by name: what has been learnt of them is known by this very map. */
  readonly models: ReadonlyMap<string, unknown>
}

/** What a definition may count on that does not stand in it. */
export interface Elsewhere {
  /** The names of usage plans that exist already. */
  readonly plans: Iterable<string>
  /** Whether callers who sign can be found: the gateway has `credentials`. */
  readonly signed: boolean
  /** Whether there are proxies to be believed: the gateway has `trustProxy`. */
  readonly proxied: boolean
  /** Of a gateway that runs already, what another definition does not change. */
  readonly home?: Home | undefined
  /** By the stages that it is for, the names of the variables that they have already. */
  readonly variables?: ReadonlyMap<string, ReadonlySet<string>> | undefined
}

export function check(definition: unknown, elsewhere: Elsewhere): CheckedDefinition {
  let schemas: CheckedDefinition['models'] = new Map()
  const checked = look(definition, '', (at) => {
    const names = namesIn(at, elsewhere)
    schemas = names.schemas
    const most = (name: 'resources' | 'stages' | 'plans') => limitIn(at, name)
    wholeDefinition(names, most)(at)
    tooManyPaths(at.at('routes'), names, most('resources'))
    if (at.at('defaultEndpoint').value === false && at.at('domains').fields.length === 0) noEndpoint(at)
  })
  return { ...checked, models: schemas }
}

/** A usage plan that is created at run time. */
export function checkPlan(
  name: string,
  definition: unknown,
  within: Pick<Complete, 'routes' | 'stages'>,
): Checked {
  return look(definition, pathOf('plans', name), (at) => {
    planName(at, name)
    plan({ ...NOTHING, routes: routesIn(within), stages: [...within.stages.keys()] })(at)
  })
}

/** Settings of a stage that change at run time. */
export function checkStage(name: string, definition: unknown, within: Pick<Complete, 'routes'>): Checked {
  return look(definition, pathOf('stages', name), stage({ ...NOTHING, routes: routesIn(within) }))
}

function routesIn({ routes: all }: Pick<Complete, 'routes'>): Scope['routes'] {
  return new Map(all.map((each) => [each.name, { asksApiKey: each.policy.apiKey !== undefined }]))
}

/** What a policy beside the definition may name. */
export interface Within extends Elsewhere, Pick<Complete, 'models' | 'authorizers'> {
  /** Where its pattern is given. */
  readonly route?: Pick<ParsedRoute, 'name' | 'params'> | undefined
}

/** The policy of a route that stands beside the definition. */
export function checkRoutePolicy(definition: unknown, within: Within): Checked {
  const names = {
    plans: [...within.plans],
    models: [...within.models.keys()],
    schemas: within.models,
    authorizers: [...within.authorizers.keys()],
    signed: within.signed,
    proxied: within.proxied,
  }
  return look(definition, 'policy', (at) => {
    policy({ ...NOTHING, ...names })(at)
    if (within.route !== undefined) unknownParameters(at, within.route)
  })
}

const NOTHING: Scope = {
  routes: new Map(),
  guards: new Map(),
  stages: [],
  plans: [],
  models: [],
  schemas: new Map(),
  authorizers: [],
  signed: false,
  proxied: false,
  home: { api: DEFAULT_API, region: DEFAULT_REGION, accountId: DEFAULT_ACCOUNT_ID, stages: [] },
  around: { variables: new Map(), vpcLinks: [] },
}

function look(value: unknown, path: string, checks: is.Check): Checked {
  const faults: CodedFault[] = []
  const copy = snapshot(value, faults, path, path === '' ? Object.keys(RUNTIME_CHECKS) : [])
  checks(new Spot(copy, path, faults))
  return { copy, faults }
}

/** The models of a definition, as they stand there. */
function schemasAt(at: Spot): ReadonlyMap<string, unknown> {
  return new Map(at.fields.map(([name, { value }]) => [name, value]))
}

/** The names that a definition may mention. Reports the routes that have none because their pattern is wrong. */
function namesIn(at: Spot, elsewhere: Elsewhere): Scope {
  const plansElsewhere = [...elsewhere.plans]
  const keys = (name: string) => at.at(name).fields.map(([key]) => key)
  const stageNames = keys('stages')
  const expectsPlans = at.at('plans').given || plansElsewhere.length > 0
  return {
    ...readRoutes(at.at('routes')),
    stages: stageNames.length === 0 ? [DEFAULT_STAGE] : stageNames,
    plans: expectsPlans ? [...keys('plans'), ...plansElsewhere] : undefined,
    models: keys('models'),
    schemas: schemasAt(at.at('models')),
    authorizers: keys('authorizers'),
    signed: elsewhere.signed,
    proxied: elsewhere.proxied,
    home: elsewhere.home ?? homeIn(at),
    around: { variables: variablesFor(at.at('stages'), elsewhere), vpcLinks: keys('vpcLinks') },
  }
}

/** A stage that the definition has will have the variables that stand there. */
function variablesFor(at: Spot, { variables }: Elsewhere): ReadonlyMap<string, ReadonlySet<string>> {
  if (variables === undefined) return variablesIn(at)
  const own = at.fields.length === 0 ? [] : [...variablesIn(at)].filter(([stage]) => variables.has(stage))
  return new Map([...variables, ...own])
}

function limitIn(at: Spot, name: keyof typeof DEFAULT_LIMITS): number {
  const { value } = at.at('limits').at(name)
  return typeof value === 'number' && value >= 1 ? value : Number(DEFAULT_LIMITS[name])
}

function wholeDefinition(names: Scope, most: (name: 'stages' | 'plans') => number): is.Check {
  return is.object<GatewayDefinition>(
    'a definition',
    {
      ...RUNTIME_CHECKS,
      api: is.formed('an API id', /^[\w-]{1,128}$/, "1 to 128 letters, digits, '_' and '-'"),
      version: is.formed('a version', /^.{1,128}$/s, '1 to 128 characters'),
      routes: routes(names),
      models: is.late(() => validating().models(names)),
      vpcLinks,
      binaryMediaTypes,
      minimumCompressionSize: is.integer(0, 10_485_760),
      openapi: unread,
      plans: plans(names, most('plans')),
      authorizers: is.late(() => authorizing().authorizers(names)),
      resourcePolicy: is.late(() => authorizing().resourcePolicy(names)),
      apiKeySource: is.oneOf('header', 'authorizer'),
      region: is.formed('a region', /^[\w-]{1,64}$/, "a region's name, such as 'eu-central-1'"),
      stages: stages(names, most('stages')),
      domains: domains(names),
      defaultEndpoint: is.boolean,
      account: is.object<AccountDefinition>('account settings', {
        id: is.formed('an account id', /^\d{12}$/, "12 digits, '123456789012'"),
        throttle: throttlesOrFalse,
      }),
      cors,
      refusals,
      pass: pass(names),
      unmatched: is.oneOf('refuse', 'pass'),
      compat: is.oneOf('aws'),
      limits,
      steps,
      docs: apiDocs,
      tags: resourceTags,
      endpoint,
    },
    ['routes'],
  )
}

/** A document has been read, and is gone from the definition, before anybody comes here. */
const unread: is.Check = () => {}

const count = is.integer(1)

const limits = is.object<Limits>('limits', {
  target: count,
  headers: count,
  body: count,
  queryParameters: count,
  timeout,
  resources: count,
  stages: count,
  plans: count,
  keys: count,
})

const place = is.oneOf('screen', 'authorize', 'identify', 'throttle', 'validate', 'integrate')

const steps = is.list(
  'a list of steps',
  is.object<StepDefinition>('a step', { before: place, step: is.callable }, ['before', 'step']),
)

function noEndpoint(at: Spot): void {
  const fix = 'Name a host in `domains`, or leave `defaultEndpoint` out.'
  at.at('defaultEndpoint').fault('NO_ENDPOINT', 'no host would be served: there is none in `domains`', fix)
}
