// biome-ignore-all lint/style/noExcessiveLinesPerFile: a method for each thing that can be asked of it, and no more
/** The control plane: each change is checked, compiled and published as a whole, or not at all. */
import type { CacheFlush } from '../cache/cache.js'
import type { Complete } from '../complete.js'
import type { Definition, Policy, UsagePlan } from '../definition.js'
import { PosternError } from '../errors.js'
import type { Live } from '../live.js'
import type { Caller } from '../web/request.js'
import { deployOptions, flushOptions, namedPlan, patchOf, usageQuery, usageUpdate } from './check/calls.js'
import { complete, completePlan, completeRoutePolicy, completeStage } from './complete.js'
import { checkFront, declaredBefore, deployedTo, inlineRoute, inlineStage } from './declare.js'
import type { DeploymentInfo } from './deployment.js'
import { Held, type State } from './held.js'
import type { DeployOptions, InlinePolicy, Named, PlanName, StagePatch } from './inputs.js'
import type {
  ApiKey,
  ApiKeys,
  Imported,
  ImportOptions,
  KeyInput,
  KeyPage,
  KeyPatch,
  KeyQuery,
  NewApiKey,
  RotationOptions,
} from './keys.js'
import { callerUnknown, type HostTold } from './needs.js'
import { planInfo, type UsagePlanInfo } from './planinfo.js'
import { type RouteInfo, routesOf } from './routeinfo.js'
import type { ServiceRuntime } from './services.js'
import { infoOf, type StageInfo, type Stages } from './stages.js'
import type { Usage, UsageQuery, UsageUpdate } from './usage.js'

/** `gateway.control`: what may change while the gateway runs. */
export class Control<Pl extends string = string, Mo extends string = string, Au extends string = string> {
  readonly #front: Complete
  readonly #held: Held

  /** @param publish called with each new snapshot */
  constructor(front: Complete, runtime: ServiceRuntime, publish: (live: Live) => void) {
    this.#front = front
    this.#held = new Held(front, runtime, publish)
  }

  /** The snapshot that is in force. */
  get live(): Live {
    return this.#held.live
  }

  /**
   * Compiles a definition to an immutable deployment and points stages at it, in one atomic step.
   * Changing the definition object afterwards changes nothing.
   *
   * @throws DefinitionError
   *
   * @example
   * const { id } = await gateway.control.deploy(next, { description: 'v2', stages: ['beta'] })
   * await gateway.control.updateStage('prod', { deployment: id })
   */
  async deploy(definition: Definition, options: DeployOptions = {}): Promise<DeploymentInfo> {
    const { description, stages } = deployOptions(options)
    const live = [...this.#state.stages.states.keys()]
    // What is no definition at all is told of by whoever checks it.
    const named = stages ?? Object.keys(definition?.stages ?? {})
    const variables = this.#held.variablesOf(named.length > 0 ? named : live)
    const next = complete(definition, [], { ...this.#held.beside, variables })
    checkFront(this.#front, next, definition)
    const deployment = this.#held.compile(next, description)
    const names = stages ?? deployedTo(named, live)
    this.#held.change({
      deployments: new Map(this.#state.deployments).set(deployment.info.id, deployment),
      stages: this.#state.stages.pointing(deployment, names, this.#front.limits.stages),
      plans: new Map([...this.#state.plans, ...next.plans]),
    })
    return deployment.info
  }

  /** Those that this process holds, oldest first. */
  async listDeployments(): Promise<readonly DeploymentInfo[]> {
    return [...this.#state.deployments.values()].map(({ info }) => info)
  }

  /** @throws PosternError `DEPLOYMENT_UNKNOWN`, `DEPLOYMENT_IN_USE` */
  async deleteDeployment(id: string): Promise<void> {
    const deployment = this.#held.deployment(id)
    const stage = this.#state.stages.uses(deployment)
    if (stage !== undefined) {
      throw new PosternError(
        'DEPLOYMENT_IN_USE',
        `stage '${stage}' points at deployment '${id}': point it elsewhere first`,
      )
    }
    const deployments = new Map([...this.#state.deployments].filter(([other]) => other !== id))
    this.#held.change({ deployments, stages: this.#state.stages.forgetting(deployment) })
  }

  /** In the order in which they were made. */
  async listStages(): Promise<readonly StageInfo[]> {
    return [...this.#state.stages.states.values()].map(infoOf)
  }

  /** @throws PosternError `STAGE_UNKNOWN` */
  async getStage(name: string): Promise<StageInfo> {
    return infoOf(this.#state.stages.get(name))
  }

  /**
   * Changes a stage: its deployment, settings, variables, canary. Requests on their way finish as they began.
   *
   * @throws PosternError `STAGE_UNKNOWN`, `DEPLOYMENT_UNKNOWN`
   * @throws DefinitionError for settings that do not fit
   */
  async updateStage(name: string, patch: StagePatch): Promise<StageInfo> {
    const before = this.#state.stages.get(name)
    const { deployment: id = before.deployment, canary, ...rest } = patchOf(name, patch)
    const deployment = this.#held.deployment(id)
    if (canary?.deployment !== undefined) this.#held.deployment(canary.deployment)
    const changed = completeStage(before.settings, canary ? { ...rest, canary } : rest, deployment.complete)
    const settings = canary === null ? { ...changed, canary: undefined } : changed
    return this.#point(name, this.#state.stages.with(name, { deployment: deployment.info.id, settings }))
  }

  /** Makes the canary's deployment and variables the stage's own. @throws PosternError `STAGE_UNKNOWN`, `NOTHING_TO_PROMOTE` */
  async promoteCanary(name: string): Promise<StageInfo> {
    const { deployment, settings } = this.#state.stages.get(name)
    const { canary } = settings
    if (canary === undefined) throw new PosternError('NOTHING_TO_PROMOTE', `stage '${name}' has no canary`)
    const variables = { ...settings.variables, ...canary?.variables }
    const promoted = { ...settings, variables, canary: undefined }
    const state = { deployment: canary?.deployment ?? deployment, settings: promoted }
    return this.#point(name, this.#state.stages.with(name, state))
  }

  /** Puts a stage back to where it stood before its last change. @throws PosternError `STAGE_UNKNOWN`, `NOTHING_TO_ROLL_BACK` */
  async rollbackStage(name: string): Promise<StageInfo> {
    return this.#point(name, this.#state.stages.rolledBack(name))
  }

  /** @throws PosternError `STAGE_UNKNOWN`; DefinitionError where a route of the app is gated by it */
  async deleteStage(name: string): Promise<void> {
    this.#held.change({ stages: this.#state.stages.without(name) })
    this.#held.services.caches.value.flush(name)
  }

  /**
   * Drops answers that a stage keeps: all of them, or those that `what` names.
   *
   * @returns how many
   * @throws PosternError `STAGE_UNKNOWN`
   * @throws DefinitionError for what names nothing, such as a route that there is not
   *
   * @example
   * await gateway.control.flushCache('prod', { tags: ['pets'] })
   */
  async flushCache(stage: string, what: CacheFlush = {}): Promise<number> {
    this.#state.stages.get(stage)
    const checked = flushOptions(what, () => this.#held.cacheable)
    return this.#held.services.caches.value.flush(stage, checked)
  }

  /** @throws DefinitionError; PosternError `PLAN_EXISTS`, `LIMIT_REACHED` */
  async createUsagePlan(name: string, plan: UsagePlan): Promise<UsagePlanInfo> {
    namedPlan('createUsagePlan', name)
    const { plans } = this.#state
    if (plans.has(name))
      throw new PosternError('PLAN_EXISTS', `there is a usage plan '${name}' already: use updateUsagePlan`)
    const most = this.#front.limits.plans
    if (plans.size >= most)
      throw new PosternError(
        'LIMIT_REACHED',
        `there are ${most} usage plans, as many as \`limits.plans\` allows`,
      )
    return this.#putPlan(name, plan)
  }

  /** Replaces a plan. Its keys keep what they have used. @throws DefinitionError; PosternError `PLAN_UNKNOWN` */
  async updateUsagePlan(name: PlanName<Pl>, plan: UsagePlan): Promise<UsagePlanInfo> {
    namedPlan('updateUsagePlan', name)
    this.#held.plan(name)
    return this.#putPlan(name, plan)
  }

  /** Keys that are in no other plan are refused from then on. @throws PosternError `PLAN_UNKNOWN` */
  async deleteUsagePlan(name: PlanName<Pl>): Promise<void> {
    this.#held.plan(name)
    this.#held.change({ plans: new Map([...this.#state.plans].filter(([other]) => other !== name)) })
  }

  /** In the order in which they were made. */
  async listUsagePlans(): Promise<readonly UsagePlanInfo[]> {
    return [...this.#state.plans.values()].map(planInfo)
  }

  /** The value is in what is returned, and nowhere else: only its digest is kept. @throws PosternError `KEY_INVALID`, `KEY_EXISTS`, `PLAN_UNKNOWN`, `PLAN_CONFLICT`, `LIMIT_REACHED` */
  async createApiKey(input: Named<KeyInput, Pl>): Promise<NewApiKey> {
    return this.#keys.create(input)
  }

  /** `undefined` where there is none of that id. */
  async getApiKey(id: string): Promise<ApiKey | undefined> {
    return this.#keys.get(id)
  }

  /** By id, page by page. @throws PosternError `PAGE_INVALID`; `POSITION_INVALID` for what no page can have given */
  async listApiKeys(query: KeyQuery = {}): Promise<KeyPage> {
    return this.#keys.list(query)
  }

  /** @throws PosternError `KEY_UNKNOWN`, `KEY_INVALID`, `PLAN_UNKNOWN`, `PLAN_CONFLICT` */
  async updateApiKey(id: string, patch: Named<KeyPatch, Pl>): Promise<ApiKey> {
    return this.#keys.update(id, patch)
  }

  /** @throws PosternError `KEY_UNKNOWN` */
  async deleteApiKey(id: string): Promise<void> {
    const key = await this.#keys.get(id)
    await this.#keys.delete(id)
    for (const name of key?.plans ?? [])
      await this.#held.services.usage.forget(this.#state.plans.get(name), id)
  }

  /**
   * Gives a key a new value. The old one holds until the grace period is over, so that no caller is cut off.
   *
   * @throws PosternError `KEY_UNKNOWN`, `KEY_INVALID`, `KEY_EXISTS`
   */
  async rotateApiKey(id: string, options: RotationOptions = {}): Promise<NewApiKey> {
    return this.#keys.rotate(id, options)
  }

  /** Keys as AWS's CSV file has them. @throws PosternError `CSV_INVALID` for what is no such file at all */
  async importApiKeys(csv: string | Uint8Array, options: ImportOptions = {}): Promise<Imported> {
    return this.#keys.importCsv(csv, options)
  }

  /** All keys in AWS's CSV form; `Key` holds `sha256:<digest>`, which `importApiKeys` of another gateway takes. */
  async exportApiKeys(): Promise<string> {
    return this.#keys.exportCsv()
  }

  /**
   * What keys of a plan have used, day by day: `[used, remaining]`, as AWS tells it.
   *
   * @throws PosternError `PLAN_UNKNOWN`, `KEY_UNKNOWN`
   * @throws DefinitionError for a field that there is not, such as `keyId`
   */
  async getUsage(query: UsageQuery & { readonly plan: PlanName<Pl> }): Promise<Usage> {
    const checked = usageQuery(query)
    return this.#held.services.usage.get(this.#held.plan(checked.plan), checked)
  }

  /**
   * Sets what remains of a key's quota in its present period: grants some back, or extends it.
   *
   * @throws PosternError `PLAN_UNKNOWN`, `KEY_UNKNOWN` also for a key that is not in the plan
   * @throws DefinitionError for a plan without a quota
   */
  async updateUsage(update: UsageUpdate & { readonly plan: PlanName<Pl> }): Promise<void> {
    const checked = usageUpdate(update)
    return this.#held.services.usage.update(this.#held.plan(checked.plan), checked)
  }

  /**
   * Declares a policy of the app's own code, for adapters: it is compiled now and at every publish from now on.
   *
   * @returns its number, for `handleInline`
   * @throws PosternError `STAGE_REQUIRED`, `STAGE_UNKNOWN`, `ROUTE_CONFLICT`
   * @throws DefinitionError
   */
  declare({ pattern, policy, stage, anew = false, made = String }: InlinePolicy<Pl, Mo, Au | 'iam'>): number {
    const { inline, stages } = this.#state
    const route = inlineRoute(pattern)
    const name = inlineStage(stage, [...stages.states.keys()], made)
    const whole = completeRoutePolicy(policy, { ...this.#held.inlineWithin(name), route })
    const before = declaredBefore(inline, name, route, policy, anew)
    if (before !== undefined && !anew) return before
    const label = pattern ?? 'gate.route(policy)'
    // Names are checked by now, and types of names end here.
    const given = policy as Policy
    const index = before ?? inline.length
    this.#held.change({
      inline: inline.toSpliced(index, 1, { stage: name, route, policy: whole, given, label }),
    })
    return index
  }

  /**
   * Says of a server how much it tells of its requests, for adapters: checked now and at every publish from now on.
   *
   * @throws PosternError `CALLER_UNKNOWN`
   */
  servedBy(host: HostTold): void {
    this.#held.change({ hosts: [...this.#state.hosts, host] })
  }

  /** @throws PosternError `CALLER_UNKNOWN` where something is needed that nobody tells; a URL tells of TLS */
  checkCaller(caller: Caller): void {
    for (const [telling, because] of this.#held.needs) {
      if (telling !== 'secure' && caller[telling] === undefined)
        throw callerUnknown(telling, because, 'gateway.fetch(request, caller)')
    }
  }

  /** See `gateway.close`. */
  close(): Promise<void> {
    return this.#held.services.lasting.close()
  }

  /** See `gateway.routes`. */
  routes(): readonly RouteInfo[] {
    return routesOf(this.#held.live, this.#state.inline)
  }

  get #state(): State {
    return this.#held.state
  }

  /** @throws PosternError `KEYS_ELSEWHERE` */
  get #keys(): ApiKeys {
    const { keys } = this.#held.services
    if (keys !== undefined) return keys
    throw new PosternError(
      'KEYS_ELSEWHERE',
      'the API keys are in your own table, given as `keys`: change them there',
    )
  }

  #point(name: string, stages: Stages): StageInfo {
    this.#held.change({ stages })
    return infoOf(stages.get(name))
  }

  #putPlan(name: string, given: UsagePlan): UsagePlanInfo {
    const plan = completePlan(name, given, this.#held.within)
    this.#held.change({ plans: new Map(this.#state.plans).set(name, plan) })
    return planInfo(plan)
  }
}
