/** What `postern check` tells of a gateway, as plain data: `--json` prints it as it is. */
import type {
  CompleteAuthorize,
  CompletePlan,
  CompletePolicy,
  CompleteRoute,
  CompleteStage,
  ModelRef,
} from '../complete.js'
import type { Throttle } from '../definition.js'
import type { Gateway } from '../gateway.js'
import type { LiveStage } from '../live.js'

export interface Outline {
  readonly stages: readonly StageOutline[]
  readonly plans: readonly PlanOutline[]
  readonly routes: readonly RouteOutline[]
}

export interface ThrottleOutline {
  readonly rate: number
  readonly burst: number
  /** `'function'` where one says. */
  readonly per?: string
  readonly mode?: string
}

export interface StageOutline {
  readonly name: string
  readonly deployment: string
  readonly throttle: readonly ThrottleOutline[]
  readonly variables: Readonly<Record<string, string>>
  readonly canary?: { readonly percent: number; readonly deployment: string }
}

export interface PlanOutline {
  readonly name: string
  readonly throttle: readonly ThrottleOutline[]
  readonly quota?: { readonly limit: number; readonly period: string }
  /** Left out: all. */
  readonly stages?: readonly string[]
}

export interface RouteOutline {
  readonly deployment: string
  /** Those that point at the deployment. */
  readonly stages: readonly string[]
  readonly method: string
  readonly path: string
  /** `true`: of any plan. */
  readonly apiKey: boolean | readonly string[]
  /** An authorizer's name, or its kind. */
  readonly authorize?: string
  readonly scopes?: readonly string[]
  readonly throttle: readonly ThrottleOutline[]
  /** By content type, a model's name or `'schema'`. */
  readonly body?: Readonly<Record<string, string>>
  /** Seconds that an answer is kept; 0 where only its stage says so. */
  readonly cache?: number
  /** Whether nothing of the policy refuses. */
  readonly observed: boolean
  /** An integration by its type. */
  readonly answeredBy: 'handler' | 'app' | (string & {})
}

/** Every stage, plan and route that is in force. */
export function outline({ control: { live } }: Gateway): Outline {
  const stages = [...live.byName.values()]
  return {
    stages: stages.map(stageOutline),
    plans: [...live.plans.values()].map(planOutline),
    routes: routesIn(stages).flatMap(({ deployment, names, routes }) =>
      routes.map((route) => routeOutline(route, deployment, names)),
    ),
  }
}

interface Deployed {
  readonly deployment: string
  readonly names: string[]
  readonly routes: readonly CompleteRoute[]
}

/** Each deployment once, with the stages that lead to it; those of canaries, too. */
function routesIn(stages: readonly LiveStage[]): Deployed[] {
  const found = new Map<string, Deployed>()
  for (const { stage, deployment, canary } of stages) {
    for (const { info, complete } of new Set([deployment, canary?.live.deployment ?? deployment])) {
      const known = found.get(info.id)
      if (known) known.names.push(stage.name)
      else found.set(info.id, { deployment: info.id, names: [stage.name], routes: complete.routes })
    }
  }
  return [...found.values()]
}

function stageOutline({ settings, deployment, canary }: LiveStage): StageOutline {
  const { name, throttles, variables }: CompleteStage = settings
  return {
    name,
    deployment: deployment.info.id,
    throttle: throttles.map(throttleOutline),
    variables,
    ...(canary && { canary: { percent: canary.percent, deployment: canary.live.deployment.info.id } }),
  }
}

function planOutline({ name, throttles, quota, stages }: CompletePlan): PlanOutline {
  return {
    name,
    throttle: throttles.map(throttleOutline),
    ...(quota && { quota: { limit: quota.limit, period: quota.period } }),
    ...(stages && { stages: [...stages] }),
  }
}

function routeOutline(route: CompleteRoute, deployment: string, stages: readonly string[]): RouteOutline {
  const { method, path, policy, handler, integration } = route
  const { apiKey, authorize, throttles, body, cache, observe }: CompletePolicy = policy
  return {
    deployment,
    stages,
    method,
    path,
    apiKey: apiKey === undefined ? false : (apiKey.plans ?? true),
    ...(authorize && authorizeOutline(authorize)),
    throttle: throttles.map(throttleOutline),
    ...(body && { body: Object.fromEntries([...body.models].map(([type, ref]) => [type, nameOf(ref)])) }),
    ...(cache && { cache: cache.ttl / 1000 }),
    observed: observe,
    answeredBy: integration?.kind.type ?? (handler === undefined ? 'app' : 'handler'),
  }
}

function authorizeOutline({
  authorizer,
  scopes,
}: CompleteAuthorize): Pick<RouteOutline, 'authorize' | 'scopes'> {
  const authorize = typeof authorizer === 'string' ? authorizer : authorizer.kind
  return { authorize, ...(scopes.length > 0 && { scopes }) }
}

function throttleOutline({ rate, burst, per, mode }: Throttle): ThrottleOutline {
  return {
    rate,
    burst,
    ...(per && { per: typeof per === 'function' ? 'function' : per }),
    ...(mode === 'observe' && { mode }),
  }
}

function nameOf(ref: ModelRef): string {
  return typeof ref === 'string' ? ref : 'schema'
}
