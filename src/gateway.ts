/** The gateway: the two planes, wired. */
import { adopted } from './adoption.js'
import { type Clock, systemClock } from './clock.js'
import type { CompleteLimits } from './complete.js'
import type { GatewayContext } from './context.js'
import { checkRuntime } from './control/check/runtime.js'
import { complete } from './control/complete.js'
import { Control } from './control/control.js'
import type { RouteInfo } from './control/routeinfo.js'
import type { DocumentGatewayDefinition, GatewayDefinition, Runtime } from './definition.js'
import { Entrance } from './entrance.js'
import { Answer, Exchange, type Outcome, type Passed, Refusal } from './exchange.js'
import { Finisher } from './finish.js'
import { requestIds } from './ids.js'
import { unanswered } from './integrate/function.js'
import { type Live, takesUpgrades } from './live.js'
import { mountedTwice, noRequest } from './misuse.js'
import type { Sent } from './observe/record.js'
import { type RoutePlan, run } from './pipeline.js'
import type { GatewayRequest } from './port.js'
import type { RefusalType } from './refusal.js'
import { reporter } from './report.js'
import { Endpoint } from './resolve/endpoint.js'
import { inTime } from './store/bounded.js'
import type { Store } from './store/contract.js'
import { waitedWithin } from './store/deadline.js'
import { stepsTooSlow } from './waiting.js'
import { type Caller, FetchRequest } from './web/request.js'
import { toResponse } from './web/response.js'

type Result = Answer | Passed | Promise<Answer | Passed>

/** Hands an admitted exchange to the app. A function of its own, so that a request needs no closure. */
export type Forward<R extends GatewayRequest> = (exchange: Exchange, request: R) => Result

/** A request that has been looked at, and is to proceed. */
export interface Arrival<R extends GatewayRequest> {
  readonly exchange: Exchange
  /** As {@link Gateway.handle}. Called once. */
  proceed(forward: Forward<R>): Result
}

/**
 * A gateway: `control` to change it, and the data plane that adapters hand their requests to.
 * Made by `createGateway`.
 */
export class Gateway<Pl extends string = string, Mo extends string = string, Au extends string = string> {
  /** Deployments, stages, API keys, usage plans, usage. */
  readonly control: Control<Pl, Mo, Au>
  readonly limits: CompleteLimits
  /** That signatures are to be for. */
  readonly region: string
  /** What it reads the time from. */
  readonly clock: Clock
  readonly #definition: Runtime
  readonly #entrance: Entrance
  readonly #endpoint: Endpoint
  readonly #finish: Finisher
  readonly #idOf: (request: GatewayRequest) => string
  /** Tells `onError`, or warns; never throws. For adapters. */
  readonly report: (error: unknown) => void
  #live: Live

  constructor(definition: GatewayDefinition | DocumentGatewayDefinition) {
    const [signed, proxied] = [definition?.credentials !== undefined, definition?.trustProxy !== undefined]
    this.report = reporter(definition?.onError)
    const front = complete(definition, checkRuntime(definition), { signed, proxied, report: this.report })
    this.#definition = definition
    this.clock = definition.clock ?? systemClock
    this.#idOf = requestIds(definition.ids, this.report)
    this.limits = front.limits
    this.region = front.region
    const { onRecord, onRefusal } = definition
    this.#finish = new Finisher(front, { onRecord, onRefusal, clock: this.clock, report: this.report })
    this.#endpoint = new Endpoint(front.limits, definition, this.report)
    this.#entrance = new Entrance(front, this.#endpoint, definition.random ?? Math.random)
    const runtime = { ...definition, clock: this.clock, onError: this.report }
    this.control = new Control<Pl, Mo, Au>(front, runtime, (live) => {
      this.#live = live
    })
    this.#live = this.control.live
  }

  /**
   * Takes a request through the pipeline. For adapters.
   *
   * @param forward called when it is admitted and the app is to answer
   * @param outer what the request is known as already: a gate that is mounted twice is an error
   * @returns the gateway's own answer, to be written, or `passed` once the app has it; a promise of that only
   *   where something had to be waited for
   */
  handle<R extends GatewayRequest>(request: R, forward: Forward<R>, outer?: GatewayContext): Result {
    const exchange = this.#begin(request)
    try {
      if (outer !== undefined && this.#isOwn(outer)) throw mountedTwice()
      const plan = this.#entrance.resolve(this.#live, exchange)
      if (plan instanceof Answer || plan instanceof Refusal) return this.#finish.answer(exchange, plan)
      return this.#follow(plan, exchange, request, forward)
    } catch (error) {
      return this.#finish.crash(exchange, error)
    }
  }

  /**
   * The first half of {@link handle}, for adapters whose framework routes before its middleware runs: it is to route
   * by `target`. Nothing is checked or recorded until the exchange proceeds.
   */
  arrive<R extends GatewayRequest>(request: R): Arrival<R> {
    const exchange = this.#begin(request)
    const found = this.#resolve(exchange)
    const proceed = (forward: Forward<R>): Result => {
      exchange.waited = true
      try {
        if (found instanceof Answer || found instanceof Refusal) return this.#finish.answer(exchange, found)
        if ('error' in found) return this.#finish.crash(exchange, found.error)
        return this.#follow(found, exchange, request, forward)
      } catch (error) {
        return this.#finish.crash(exchange, error)
      }
    }
    return { exchange, proceed }
  }

  #resolve(exchange: Exchange): RoutePlan | Answer | Refusal | { readonly error: unknown } {
    try {
      return this.#entrance.resolve(this.#live, exchange)
    } catch (error) {
      return { error }
    }
  }

  /**
   * Takes a request through a policy that the app declares on its route. For adapters.
   *
   * @param inline as `control.declare` gave it
   * @param outer the exchange of a gate mounted before the route: it goes on, and nothing is charged twice
   * @param params the path parameters, as the framework found them; where none has, the pattern does
   */
  handleInline<R extends GatewayRequest>(
    inline: number,
    request: R,
    forward: Forward<R>,
    outer: GatewayContext | undefined,
    params?: Readonly<Record<string, string>>,
  ): Result {
    const own = outer !== undefined && this.#isOwn(outer)
    const exchange = own ? outer : this.#begin(request)
    try {
      const plan = this.#entrance.resolveInline(this.#live.inline[inline], exchange, params, own)
      if (plan instanceof Refusal) return this.#finish.answer(exchange, plan)
      return this.#follow(plan, exchange, request, forward)
    } catch (error) {
      return this.#finish.crash(exchange, error)
    }
  }

  /**
   * Serves a request of the web's by the handlers of the routes: `export default { fetch: gateway.fetch }`.
   *
   * @param caller what a `Request` does not tell of itself
   * @throws PosternError `CALLER_UNKNOWN` where the definition needs what is not told
   *
   * @example
   * const response = await gateway.fetch(new Request('https://api.acme.com/pets/7'))
   */
  readonly fetch = async (request: Request, caller: Caller = {}): Promise<Response> => {
    if (typeof request?.headers?.get !== 'function') throw noRequest()
    this.control.checkCaller(caller)
    const forward = (exchange: Exchange) => this.refuse(exchange, unanswered(exchange))
    const answer = await this.handle(new FetchRequest(request, caller, false), forward)
    return toResponse(answer as Answer, request.method)
  }

  /** What is served now: the routes of the deployments that stages are on, and those that the app gates by itself. */
  get routes(): readonly RouteInfo[] {
    return this.control.routes()
  }

  /** Whether some route's integration takes connections on to other protocols. For adapters. */
  get takesUpgrades(): boolean {
    return takesUpgrades(this.#live)
  }

  /**
   * Lets go of the connections and timers that integrations hold, once what is on its way has been answered. Call it
   * when the server has closed.
   */
  close(): Promise<void> {
    return this.control.close()
  }

  /** The headers that the app's answer is to carry: names and values in turn. For adapters. */
  headers(exchange: Exchange): readonly string[] {
    return this.#finish.headers(exchange)
  }

  /** The answer of an exchange that cannot go on in the app: too slow, too large. For adapters, which then say it has {@link ended}. */
  refused(exchange: Exchange, type: RefusalType): Answer {
    const instead = type === 'INTEGRATION_TIMEOUT' ? exchange.tap?.rescue?.() : undefined
    return this.#finish.respond(exchange, instead ?? new Refusal(type))
  }

  /** The answer of an admitted exchange that the adapter cannot hand to any app. For adapters. */
  refuse(exchange: Exchange, refusal: Refusal): Answer {
    if (refusal.type === 'API_CONFIGURATION_ERROR') this.report(new Error(refusal.detail))
    return this.#finish.answer(exchange, refusal)
  }

  /**
   * Whether an app that has let the last parameter of a path be empty, as Fastify takes `/pets/` for `/pets/:id`, does by
   * it what something else, or nothing, would be asked for. For adapters that can see it.
   */
  isEmptied(exchange: Exchange): boolean {
    return this.#entrance.isEmptied(this.#live, exchange)
  }

  /** The answer of an exchange in which the app has thrown, where no framework answers for it. For adapters. */
  crashed(exchange: Exchange, error: unknown): Answer {
    return this.#finish.crash(exchange, error)
  }

  /** An exchange that the app answered is over. For adapters; called once for each. */
  ended(exchange: Exchange, sent: Sent): void {
    this.#finish.ended(exchange, sent)
  }

  /**
   * An exchange that has been passed on and arrives once more, as another request object: it goes on in that one, and
   * is this gate's to answer and record. For adapters of frameworks that load the gateway more than once: a copy of it
   * with the same `store` and definition may have begun it.
   *
   * @returns `undefined` where it is another gateway's
   */
  adopt(outer: GatewayContext, request: GatewayRequest): GatewayContext | undefined {
    return adopted(this, this.#live, outer as Exchange, request)
  }

  /** Where it keeps its counters and records, as it was given. */
  get store(): Store | undefined {
    return this.#definition.store
  }

  /** Whether it is an exchange of this very gateway, on its way. */
  #isOwn(outer: GatewayContext): outer is Exchange {
    return outer instanceof Exchange && outer.gateway === this
  }

  #begin(request: GatewayRequest): Exchange {
    return new Exchange(this, request, this.#idOf(request), this.clock.now())
  }

  #follow<R extends GatewayRequest>(
    plan: RoutePlan,
    exchange: Exchange,
    request: R,
    forward: Forward<R>,
  ): Result {
    const stopped = run(plan.steps, exchange)
    if (stopped === undefined) return this.#integrate(plan, exchange, request, forward, exchange.startedAt)
    if (!(stopped instanceof Promise)) return this.#finish.answer(exchange, stopped)
    const { timeout } = plan.policy
    const waited =
      timeout === false ? stopped : inTime(stopped, timeout, () => stepsTooSlow(timeout), waitedWithin)
    return this.#resume(waited, plan, exchange, request, forward)
  }

  async #resume<R extends GatewayRequest>(
    stopped: Promise<Outcome | undefined>,
    plan: RoutePlan,
    exchange: Exchange,
    request: R,
    forward: Forward<R>,
  ): Promise<Answer | Passed> {
    try {
      const outcome = await stopped
      if (outcome !== undefined) return this.#finish.answer(exchange, outcome)
      return this.#integrate(plan, exchange, request, forward, this.clock.now())
    } catch (error) {
      return this.#finish.crash(exchange, error)
    }
  }

  #integrate<R extends GatewayRequest>(
    { policy, integration }: RoutePlan,
    exchange: Exchange,
    request: R,
    forward: Forward<R>,
    now: number,
  ): Result {
    exchange.timeout = policy.timeout
    exchange.integratedAt = now
    if (integration === undefined) return forward(exchange, request)
    const outcome = integration(exchange)
    if (!(outcome instanceof Promise)) return this.#finish.outcome(exchange, outcome)
    return outcome
      .then((late) => this.#finish.outcome(exchange, late))
      .catch((error: unknown) => this.#finish.crash(exchange, error))
  }
}
