/** What the data plane reads: one immutable snapshot of all that the control plane may change. */
import type { CompletePlan, CompleteRoute, CompleteStage } from './complete.js'
import type { Deployment } from './control/deployment.js'
import type { Stage } from './exchange.js'
import type { RoutePlan } from './pipeline.js'
import type { Router } from './resolve/router.js'
import type { StagePaths } from './resolve/stage.js'

/** A stage on one deployment, compiled. */
export interface LiveStage {
  readonly stage: Stage
  readonly settings: CompleteStage
  readonly deployment: Deployment
  readonly plans: RoutePlans
  /** Where the canary's share of requests goes. */
  readonly canary: { readonly percent: number; readonly live: LiveStage } | undefined
}

/**
 * Plans by route, each compiled when the first request comes for it: of an API with many routes and stages, a process
 * serves few. Nothing that they are made of ever changes.
 */
export class RoutePlans {
  /** By the route's index. */
  readonly #compiled: (RoutePlan | undefined)[]
  readonly #compile: (route: CompleteRoute) => RoutePlan

  /** @param count how many routes there are */
  constructor(count: number, compile: (route: CompleteRoute) => RoutePlan) {
    this.#compiled = new Array<RoutePlan | undefined>(count).fill(undefined)
    this.#compile = compile
  }

  get(route: CompleteRoute): RoutePlan {
    const known = this.#compiled[route.index]
    if (known !== undefined) return known
    const plan = this.#compile(route)
    this.#compiled[route.index] = plan
    return plan
  }
}

/** The whole of it. A request reads the reference once and never sees half of a change. */
export interface Live {
  readonly byName: ReadonlyMap<string, LiveStage>
  readonly byPath: StagePaths<LiveStage>
  readonly plans: ReadonlyMap<string, CompletePlan>
  /** Of policies that the app declares on its routes, in the order of their declaration. */
  readonly inline: readonly InlinePlan[]
}

/** An inline policy, compiled for its stage. */
export interface InlinePlan {
  readonly at: LiveStage
  /** All steps, where no gate is mounted before the route. */
  readonly alone: RoutePlan
  /** Those that a mounted gate has not run, by the name of the stage through which the request came. */
  readonly nested: ReadonlyMap<string, RoutePlan>
  /** Finds the parameters of its path, where its pattern was given and no framework found them. */
  readonly router: Router<true> | undefined
}

/** Whether some route's integration takes connections on to other protocols. */
export function takesUpgrades({ byName }: Live): boolean {
  for (const stage of byName.values()) {
    for (const { deployment } of [stage, ...(stage.canary === undefined ? [] : [stage.canary.live])])
      if (deployment.complete.routes.some(({ integration }) => integration?.kind.upgrades === true))
        return true
  }
  return false
}
