/** From what the control plane holds to the snapshot that the data plane reads. */

import type { Authorizers } from '../authorize/authorize.js'
import type { Caches } from '../cache/cache.js'
import type { Clock } from '../clock.js'
import type { Complete, CompletePlan, CompletePolicy, CompleteRoute, CompleteStage } from '../complete.js'
import type { Clients } from '../enforce/clients.js'
import { PlanLimits } from '../enforce/limits.js'
import { DefinitionError, type Fault } from '../errors.js'
import type { Lasting } from '../integration.js'
import type { Late } from '../late.js'
import { type InlinePlan, type Live, type LiveStage, RoutePlans } from '../live.js'
import { compile, type Surroundings } from '../pipeline.js'
import type { Policy } from '../policy.js'
import { StagePaths } from '../resolve/stage.js'
import { COMPILES_AT_START } from '../startup.js'
import type { Counters } from '../store/contract.js'
import type { InlineRoute } from './declare.js'
import type { Deployment } from './deployment.js'
import { checkHosts, type HostTold } from './needs.js'
import type { StageState } from './stages.js'

/** A policy that the app declared on one of its own routes. */
export interface Inline {
  readonly stage: string
  /** Where the pattern was given. */
  readonly route: InlineRoute | undefined
  readonly policy: CompletePolicy
  /** The same as it was written. */
  readonly given: Policy
  /** What it is called in errors. */
  readonly label: string
}

/** All that a snapshot is made of. */
export interface Sources {
  readonly front: Complete
  readonly deployments: ReadonlyMap<string, Deployment>
  readonly stages: ReadonlyMap<string, StageState>
  readonly plans: ReadonlyMap<string, CompletePlan>
  readonly inline: readonly Inline[]
  readonly counters: Counters
  readonly clients: Clients
  readonly authorizers: Late<Authorizers>
  readonly caches: Late<Caches>
  readonly report: (error: unknown) => void
  readonly clock: Clock
  readonly random: () => number
  readonly lasting: Lasting
  readonly httpsOnly: boolean
  readonly proxied: boolean
  /** The servers that hand requests over and tell little of them. */
  readonly hosts: readonly HostTold[]
}

/** With what all stages share. */
interface Compiling extends Sources {
  readonly planLimits: ReadonlyMap<string, PlanLimits>
}

/**
 * Compiles everything anew, so that a snapshot is whole or is not.
 *
 * @throws DefinitionError where an inline policy does not fit what would be published
 * @throws PosternError `CALLER_UNKNOWN`
 */
export function snapshot(given: Sources): Live {
  const { counters, front } = given
  checkHosts(given, given.hosts)
  const limits = [...given.plans].map(
    ([name, plan]) => [name, new PlanLimits(counters, front.api, plan)] as const,
  )
  const sources: Compiling = { ...given, planLimits: new Map(limits) }
  const byName = new Map<string, LiveStage>()
  for (const [name, state] of sources.stages) byName.set(name, liveStage(sources, state))
  return {
    byName,
    byPath: new StagePaths(byName),
    plans: sources.plans,
    inline: inlinePlans(sources, byName),
  }
}

function liveStage(sources: Compiling, { deployment, settings }: StageState): LiveStage {
  const canary = settings.canary
  const trial = canary && onDeployment(sources, canary.deployment ?? deployment, settings, true)
  const main = onDeployment(sources, deployment, settings, false)
  return trial === undefined ? main : { ...main, canary: { percent: canary?.percent ?? 0, live: trial } }
}

function onDeployment(sources: Compiling, id: string, settings: CompleteStage, canary: boolean): LiveStage {
  const deployment = sources.deployments.get(id)
  if (deployment === undefined)
    throw new TypeError(`stage '${settings.name}' points at '${id}', which is not held`)
  const variables = canary ? { ...settings.variables, ...settings.canary?.variables } : settings.variables
  const around = surroundings(sources, { ...settings, variables }, deployment)
  const { routes } = deployment.complete
  const plans = new RoutePlans(routes.length, (route) => compile(gated(route, settings), around))
  for (const route of routes) {
    if (COMPILES_AT_START || startsEarly(route)) plans.get(route)
  }
  const { responder } = deployment
  const stage = {
    name: settings.name,
    deployment: id,
    variables: Object.freeze({ ...variables }),
    canary,
    responder,
  }
  return { stage: Object.freeze(stage), settings, deployment, plans, canary: undefined }
}

/** Whether what answers it has something to do before the first request. */
function startsEarly({ integration }: CompleteRoute): boolean {
  return integration?.kind.startsEarly?.(integration.options) === true
}

function gated(route: CompleteRoute, stage: CompleteStage) {
  const { handler, integration } = route
  return { route, handler, integration, policy: placed(route.policy, stage) }
}

/** A policy on its stage: where it says nothing of other origins, the stage does. */
function placed(policy: CompletePolicy, stage: CompleteStage): CompletePolicy {
  const cors = policy.cors ?? stage.cors
  return { ...policy, cors: cors?.origins !== '*' && cors?.origins.size === 0 ? undefined : cors }
}

function surroundings(
  sources: Compiling,
  stage: CompleteStage,
  { complete, models, resourcePolicy, info }: Deployment,
  steps = complete.steps,
): Surroundings {
  const { front, plans, planLimits, counters, clock, clients, authorizers, caches, report } = sources
  const { api, account, compat, limits } = front
  return {
    ...{ api, account, compat, bodyLimit: limits.body, deployment: info.id, stage, steps },
    ...{ plans, planLimits, counters, clock, clients, authorizers, caches, report },
    rfc9111: complete.routes.some(({ policy }) => policy.cache?.rfc9111 === true),
    ...{ models, resourcePolicy, named: complete.authorizers, apiKeySource: complete.apiKeySource },
    site: siteOf(sources, stage, complete, info.id),
  }
}

function siteOf(
  { front, clock, random, report, lasting }: Sources,
  { name, variables }: CompleteStage,
  { vpcLinks, binaryMediaTypes }: Complete,
  deployment: string,
): Surroundings['site'] {
  const { api, region, accountId, limits } = front
  const own = { stage: name, deployment, variables, vpcLinks, binaryMediaTypes }
  return { api, region, accountId, bodyLimit: limits.body, clock, random, report, lasting, ...own }
}

function inlinePlans(sources: Compiling, byName: ReadonlyMap<string, LiveStage>): InlinePlan[] {
  const faults: Fault[] = []
  const plans = sources.inline.flatMap((inline, index) => {
    const at = byName.get(inline.stage)
    const found = inlineFaults(sources, inline, at, byName)
    faults.push(...found.map((fault) => ({ ...fault, path: `inline[${index}] ${inline.label}` })))
    return at === undefined || found.length > 0 ? [] : [inlinePlan(sources, inline, index, at, byName)]
  })
  if (faults.length > 0) throw new DefinitionError(faults)
  return plans
}

/**
 * Its throttles have counters of their own, or two routes with policies of different rates would share one. Where its
 * pattern is not known, they go by the order of declarations, which is the same in every process that shares them.
 */
function inlinePlan(
  sources: Compiling,
  { route, policy }: Inline,
  index: number,
  at: LiveStage,
  byName: ReadonlyMap<string, LiveStage>,
): InlinePlan {
  const on = ({ settings, deployment }: LiveStage, steps = deployment.complete.steps) =>
    compile(
      { route, policy: placed(policy, settings), counters: `inline/${route?.name ?? index}` },
      surroundings(sources, settings, deployment, steps),
    )
  const nested = new Map([...byName].map(([name, stage]) => [name, on(stage, [])]))
  return { at, alone: on(at), nested, router: route?.router }
}

type InlineFault = Omit<Fault, 'path'>

function inlineFaults(
  sources: Sources,
  { stage, policy }: Inline,
  at: LiveStage | undefined,
  byName: ReadonlyMap<string, LiveStage>,
): readonly InlineFault[] {
  if (at === undefined) {
    const message = `a route of the app is gated by stage '${stage}', which would be gone`
    const fix = `keep the stage, or name one of ${listed(sources.stages.keys())} where the gate is made`
    return [{ code: 'STAGE_UNKNOWN', message, fix }]
  }
  const plan = policy.apiKey?.plans?.find((name) => !sources.plans.has(name))
  const missing = plan === undefined ? [] : [planGone(plan, sources.plans.keys())]
  return [
    ...missing,
    ...[...byName].flatMap(([name, live]) => goneFrom(name, live.deployment.complete, policy)),
  ]
}

function planGone(plan: string, names: Iterable<string>): InlineFault {
  return {
    code: 'PLAN_UNKNOWN',
    message: `a route of the app wants API keys of usage plan '${plan}', which there is not`,
    fix: `one of ${listed(names, 'plans')}`,
  }
}

/** What a policy of the app's code names, and the deployment of a stage would not have. */
function goneFrom(
  stage: string,
  { authorizers, models }: Pick<Complete, 'authorizers' | 'models'>,
  { authorize, body, responses }: CompletePolicy,
): readonly InlineFault[] {
  const asked = authorize?.authorizer
  const refs = [...(body?.models.values() ?? []), ...(responses?.values() ?? [])]
  const model = refs.find((ref) => typeof ref === 'string' && !models.has(ref))
  const gone = (code: string, what: string, names: Iterable<string>, plural: string) => ({
    code,
    message: `a route of the app names ${what}, which stage '${stage}' would not have`,
    fix: `keep it in the definition, or name one of ${listed(names, plural)}`,
  })
  return [
    ...(typeof asked === 'string' && !authorizers.has(asked)
      ? [gone('AUTHORIZER_UNKNOWN', `authorizer '${asked}'`, authorizers.keys(), 'authorizers')]
      : []),
    ...(model === undefined
      ? []
      : [gone('MODEL_UNKNOWN', `model '${String(model)}'`, models.keys(), 'models')]),
  ]
}

function listed(names: Iterable<string>, plural = 'stages'): string {
  return [...names].join(', ') || `(no ${plural})`
}
