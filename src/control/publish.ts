/** From what the control plane holds to the snapshot that the data plane reads. */

import type { Authorizers } from '../authorize/authorize.js'
import type { Caches } from '../cache/cache.js'
import type { Complete, CompletePlan, CompletePolicy, CompleteRoute, CompleteStage } from '../complete.js'
import type { Clients } from '../enforce/clients.js'
import { PlanLimits } from '../enforce/limits.js'
import { DefinitionError, type Fault } from '../errors.js'
import type { Route } from '../exchange.js'
import type { InlinePlan, Live, LiveStage } from '../live.js'
import { compile, type Surroundings } from '../pipeline.js'
import type { Counters } from '../store/contract.js'
import type { Deployment } from './deployment.js'
import type { StageState } from './stages.js'

/** A policy that the app declared on one of its own routes. */
export interface Inline {
  readonly stage: string
  /** Where the pattern was given. */
  readonly route: Route | undefined
  readonly policy: CompletePolicy
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
  readonly authorizers: Authorizers
  readonly caches: Caches
  readonly report: (error: unknown) => void
}

/** With what all stages share. */
interface Compiling extends Sources {
  readonly planLimits: ReadonlyMap<string, PlanLimits>
}

/**
 * Compiles everything anew, so that a snapshot is whole or is not.
 *
 * @throws DefinitionError where an inline policy does not fit what would be published
 */
export function snapshot(given: Sources): Live {
  const { counters, front } = given
  const limits = [...given.plans].map(
    ([name, plan]) => [name, new PlanLimits(counters, front.api, plan)] as const,
  )
  const sources: Compiling = { ...given, planLimits: new Map(limits) }
  const byName = new Map<string, LiveStage>()
  for (const [name, state] of sources.stages) byName.set(name, liveStage(sources, state))
  return { byName, plans: sources.plans, inline: inlinePlans(sources, byName) }
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
  const around = surroundings(sources, settings, deployment)
  const plans = new Map(
    deployment.complete.routes.map((route) => [route, compile(gated(route, settings), around)]),
  )
  const variables = canary ? { ...settings.variables, ...settings.canary?.variables } : settings.variables
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

function gated(route: CompleteRoute, stage: CompleteStage) {
  return { route, handler: route.handler, policy: placed(route.policy, stage) }
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
  const { front, plans, planLimits, counters, clients, authorizers, caches, report } = sources
  const { api, account, compat, limits } = front
  return {
    ...{ api, account, compat, bodyLimit: limits.body, deployment: info.id, stage, steps },
    ...{ plans, planLimits, counters, clients, authorizers, caches, report },
    ...{ models, resourcePolicy, named: complete.authorizers, apiKeySource: complete.apiKeySource },
  }
}

function inlinePlans(sources: Compiling, byName: ReadonlyMap<string, LiveStage>): InlinePlan[] {
  const faults: Fault[] = []
  const plans = sources.inline.flatMap((inline, index) => {
    const at = byName.get(inline.stage)
    const fault = inlineFault(sources, inline, at)
    if (fault !== undefined) faults.push({ ...fault, path: `inline[${index}] ${inline.label}` })
    return at === undefined ? [] : [inlinePlan(sources, inline, index, at, byName)]
  })
  if (faults.length > 0) throw new DefinitionError(faults)
  return plans
}

/** Its throttles have counters of their own, or two routes with policies of different rates would share one. */
function inlinePlan(
  sources: Compiling,
  { route, policy }: Inline,
  index: number,
  at: LiveStage,
  byName: ReadonlyMap<string, LiveStage>,
): InlinePlan {
  const on = ({ settings, deployment }: LiveStage, steps = deployment.complete.steps) =>
    compile(
      { route, policy: placed(policy, settings), counters: `inline/${index}` },
      surroundings(sources, settings, deployment, steps),
    )
  const nested = new Map([...byName].map(([name, stage]) => [name, on(stage, [])]))
  return { at, alone: on(at), nested }
}

function inlineFault(
  sources: Sources,
  inline: Inline,
  at: LiveStage | undefined,
): Omit<Fault, 'path'> | undefined {
  if (at === undefined) {
    const stages = [...sources.stages.keys()].join(', ')
    return {
      code: 'STAGE_UNKNOWN',
      message: `a route of the app is gated by stage '${inline.stage}', which would be gone`,
      fix: `keep the stage, or name one of ${stages} where the gate is made`,
    }
  }
  const { authorizers } = at.deployment.complete
  const authorizer = inline.policy.authorize?.authorizer
  if (typeof authorizer === 'string' && !authorizers.has(authorizer)) {
    return {
      code: 'AUTHORIZER_UNKNOWN',
      message: `a route of the app is authorized by '${authorizer}', which would be gone from stage '${inline.stage}'`,
      fix: `one of ${[...authorizers.keys()].join(', ') || '(no authorizers)'}`,
    }
  }
  const missing = inline.policy.apiKey?.plans?.find((plan) => !sources.plans.has(plan))
  if (missing === undefined) return undefined
  return {
    code: 'PLAN_UNKNOWN',
    message: `a route of the app wants API keys of usage plan '${missing}', which there is not`,
    fix: `one of ${[...sources.plans.keys()].join(', ') || '(no plans)'}`,
  }
}
