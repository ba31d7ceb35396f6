/** What the control plane holds, and the one way in which it changes. */
import type { Complete, CompletePlan } from '../complete.js'
import { PosternError } from '../errors.js'
import type { Live } from '../live.js'
import type { Elsewhere } from './check.js'
import { createDeployment, type Deployment } from './deployment.js'
import { unknownPlan } from './keys/plans.js'
import { type HostTold, needsOf, type Telling } from './needs.js'
import { type Inline, type Sources, snapshot } from './publish.js'
import { createServices, type ServiceRuntime, type Services } from './services.js'
import { Stages } from './stages.js'

/** All that changes. Replaced, never altered. */
export interface State {
  readonly deployments: ReadonlyMap<string, Deployment>
  readonly stages: Stages
  readonly plans: ReadonlyMap<string, CompletePlan>
  readonly inline: readonly Inline[]
  readonly hosts: readonly HostTold[]
}

/** The present state and the snapshot made of it; the two never disagree. */
export class Held {
  readonly services: Services
  readonly #front: Complete
  readonly #publish: (live: Live) => void
  #state: State
  #live: Live
  #needs: ReadonlyMap<Telling, string> | undefined = undefined

  /** @param publish called with each new snapshot */
  constructor(front: Complete, runtime: ServiceRuntime, publish: (live: Live) => void) {
    this.#front = front
    this.#publish = publish
    const stagesOf = (plan: string) => this.#stagesOf(plan)
    this.services = createServices(runtime, { front, stagesOf })
    const first = this.compile(front, undefined)
    const deployments = new Map([[first.info.id, first]])
    const stages = new Stages().pointing(first, [...front.stages.keys()])
    this.#state = { deployments, stages, plans: front.plans, inline: [], hosts: [] }
    this.#live = this.#snapshot(this.#state)
  }

  get state(): State {
    return this.#state
  }

  get live(): Live {
    return this.#live
  }

  /** @throws DefinitionError where the whole would not fit together; then nothing has changed */
  change(changes: Partial<State>): void {
    const next = { ...this.#state, ...changes }
    const live = this.#snapshot(next)
    this.#state = next
    this.#live = live
    this.#needs = undefined
    this.services.clients.forget()
    if (changes.stages !== undefined) this.services.authorizers.made?.forget()
    this.#publish(live)
  }

  compile(definition: Complete, description: string | undefined): Deployment {
    const { clock, onRefusal } = this.services
    return createDeployment(definition, description, clock.now(), onRefusal)
  }

  /** The routes and stages that there are now, whichever deployment they come from. */
  get within(): Pick<Complete, 'routes' | 'stages'> {
    const states = [...this.#state.stages.states]
    const deployed = new Set(states.map(([, { deployment }]) => this.deployment(deployment)))
    return {
      routes: [...deployed].flatMap(({ complete: { routes } }) => routes),
      stages: new Map(states.map(([name, { settings }]) => [name, settings])),
    }
  }

  /** What answers may be kept under: routes, of whichever deployment, those of the app's own code, and namespaces. */
  get cacheable(): readonly string[] {
    const deployed = [...this.#state.deployments.values()].flatMap(({ complete: { routes } }) => routes)
    const declared = this.#state.inline.map(({ route, policy }) => ({ name: route?.name, policy }))
    return [...deployed, ...declared].flatMap(({ name, policy: { cache } }) =>
      [name, cache?.namespace].filter((each) => each !== undefined),
    )
  }

  /** What a policy of the app's own code may name, on a stage as it stands. */
  inlineWithin(stage: string) {
    const { limits, compat } = this.#front
    const { models, authorizers } = this.deployment(this.#state.stages.get(stage).deployment).complete
    return { limits, compat, models, authorizers, ...this.beside }
  }

  /** What another definition may count on: it stays as it is. */
  get beside(): Elsewhere {
    const { signed, proxied } = this.services
    const { api, region, accountId } = this.#front
    const { plans, stages } = this.#state
    const home = { api, region, accountId, stages: [...stages.states.keys()] }
    return { plans: plans.keys(), signed, proxied, home }
  }

  /** The names of the variables that stages have, and of their canaries'. A stage that is still to come has none. */
  variablesOf(names: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
    const { states } = this.#state.stages
    const namesOn = (name: string) => {
      const { variables = {}, canary } = states.get(name)?.settings ?? {}
      return new Set(Object.keys({ ...variables, ...canary?.variables }))
    }
    return new Map(names.map((name) => [name, namesOn(name)]))
  }

  /** @throws PosternError `DEPLOYMENT_UNKNOWN` */
  deployment(id: string): Deployment {
    const deployment = this.#state.deployments.get(id)
    if (deployment !== undefined) return deployment
    const ids = [...this.#state.deployments.keys()].join(', ')
    throw new PosternError('DEPLOYMENT_UNKNOWN', `this process holds no deployment '${id}'; it holds: ${ids}`)
  }

  /** @throws PosternError `PLAN_UNKNOWN` */
  plan(name: string): CompletePlan {
    const plan = this.#state.plans.get(name)
    if (plan !== undefined) return plan
    throw unknownPlan(name, this.#state.plans.keys())
  }

  /** What is asked of a server that hands requests over, and for what. */
  get needs(): ReadonlyMap<Telling, string> {
    this.#needs ??= new Map(needsOf(this.#sources(this.#state)))
    return this.#needs
  }

  #snapshot(state: State): Live {
    return snapshot(this.#sources(state))
  }

  #sources({ stages, ...state }: State): Sources {
    return { ...state, stages: stages.states, front: this.#front, ...this.services }
  }

  /** The stages that a plan covers now. */
  #stagesOf(plan: string): ReadonlySet<string> {
    return this.plan(plan).stages ?? new Set(this.#state.stages.states.keys())
  }
}
