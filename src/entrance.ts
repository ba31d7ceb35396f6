/** Resolve: from a request to the plan of its route. What it does not find, it refuses. */
import type { Complete } from './complete.js'
import { isDisguised, isEmptied } from './disguise.js'
import { type Exchange, type Outcome, Refusal, type Route } from './exchange.js'
import type { InlinePlan, Live, LiveStage } from './live.js'
import { METHODS } from './methods.js'
import type { RoutePlan } from './pipeline.js'
import type { Endpoint } from './resolve/endpoint.js'
import type { Resource } from './resolve/resource.js'
import { MethodMiss, Router } from './resolve/router.js'
import { byHost, DEFAULT_STAGE } from './resolve/stage.js'
import { countParameters, filledIn, splitTarget, type Target } from './resolve/target.js'
import { preflight, preflightMethod } from './respond/cors.js'

/** What is asked of a request that is none of the API's. */
const UNGATED = {
  ...{ authorize: undefined, apiKey: undefined, throttles: [], parameters: undefined, body: undefined },
  ...{ responses: undefined, cache: undefined, cors: undefined, detailedErrors: false, observe: false },
}

export class Entrance {
  readonly #front: Complete
  readonly #endpoint: Endpoint
  readonly #random: () => number
  readonly #pass = new Router<true>()
  /** Whether all hosts are alike, as they are where no domains are named. */
  readonly #oneEndpoint: boolean
  /** How a request goes on that is none of the API's. */
  readonly #passed: RoutePlan

  constructor(front: Complete, endpoint: Endpoint, random: () => number) {
    this.#front = front
    this.#endpoint = endpoint
    this.#random = random
    this.#oneEndpoint = front.domains.size === 0 && front.defaultEndpoint
    for (const pattern of front.pass) this.#pass.add('ANY', pattern, true)
    const { timeout } = front.limits
    const policy = { ...UNGATED, timeout }
    this.#passed = { route: undefined, policy, steps: [], integration: undefined }
  }

  /** The plan by which the exchange goes on, or what it is answered at once. */
  resolve(live: Live, exchange: Exchange): RoutePlan | Outcome {
    const target = this.#arrive(exchange)
    if (target instanceof Refusal) return target
    if (!exchange.secure && this.#endpoint.httpsOnly)
      return this.#listed(live, exchange, target) ?? insecure()
    const found = this.#oneEndpoint
      ? live.byPath.find(target)
      : byHost(this.#front, live, exchange.host, target)
    if (found === 'host')
      return new Refusal('ACCESS_DENIED', `host '${exchange.host}' is none of the API's domains`)
    if (found === undefined) return this.#unmatched(live, exchange, target)
    return this.#route(live, choose(found.stage, this.#random), exchange, target, found.from)
  }

  /** The same for a policy that the app declares on its route, where stage and route are known. */
  resolveInline(
    inline: InlinePlan | undefined,
    exchange: Exchange,
    params: Readonly<Record<string, string>> | undefined,
    nested: boolean,
  ): RoutePlan | Refusal {
    if (inline === undefined) throw new TypeError('a policy that was never declared')
    const stage = nested ? exchange.at?.name : undefined
    const gated = stage !== undefined
    // All steps, too, where the stage was deleted while the request was on its way.
    const plan = (gated ? inline.nested.get(stage) : undefined) ?? inline.alone
    exchange.nested = gated
    exchange.waited = nested
    if (!nested) {
      const target = this.#arrive(exchange)
      if (target instanceof Refusal) return target
    }
    if (!gated) {
      if (!exchange.secure && this.#endpoint.httpsOnly) return insecure()
      exchange.at = choose(inline.at, this.#random).stage
      const found = params ?? paramsIn(inline, exchange)
      if (found === undefined) return this.#notFound(`the path is not that of '${plan.route?.name}'`)
      exchange.params = found
      exchange.target = standing(plan.route, exchange)
    }
    exchange.on = plan.route ?? exchange.on
    exchange.cors = plan.policy.cors ?? exchange.cors
    const { method } = exchange.request
    return plan.route === undefined || suits(plan.route.method, method)
      ? plan
      : this.#methodMiss([plan.route.method])
  }

  /** See {@link isEmptied}. */
  isEmptied(live: Live, exchange: Exchange): boolean {
    return isEmptied(live, this.#front, exchange)
  }

  /** What holds for every request, whatever it is for: its bounds, its caller's address, its target's form. */
  #arrive(exchange: Exchange): Target | Refusal {
    const unfit = this.#endpoint.check(exchange)
    if (unfit !== undefined) return unfit
    const { request } = exchange
    const target = splitTarget(request.localTarget)
    if (typeof target === 'string') return new Refusal('MALFORMED_TARGET', target)
    // What stands before a mount path is signed with the rest, and apps see it as a parameter.
    const whole = request.target === request.localTarget ? target : splitTarget(request.target)
    if (typeof whole === 'string') return new Refusal('MALFORMED_TARGET', whole)
    exchange.target = target
    const { queryParameters } = this.#front.limits
    if (target.query.length > queryParameters && countParameters(target.query) > queryParameters) {
      return new Refusal('MALFORMED_TARGET', `more than ${queryParameters} query parameters`)
    }
    return request.method === 'GET' || METHODS.has(request.method) ? target : this.#methodMiss([])
  }

  #route(
    live: Live,
    stage: LiveStage,
    exchange: Exchange,
    target: Target,
    from: number,
  ): RoutePlan | Outcome {
    exchange.at = stage.stage
    exchange.from = from
    // Until a route says otherwise: scripts should be able to read that there is none.
    exchange.cors = stage.settings.cors
    const { router } = stage.deployment
    const { request } = exchange
    const match = router.match(request.method, target, from)
    if (match === undefined) return this.#unmatched(live, exchange, target)
    const asked = request.method === 'OPTIONS' ? preflightMethod(request) : undefined
    if (asked !== undefined && (match instanceof MethodMiss || match.value.method !== 'OPTIONS')) {
      const answer = preflightOf(stage, exchange, target, from, asked)
      if (answer !== undefined) return answer
    }
    if (match instanceof MethodMiss) return this.#methodMiss(match.allow)
    if (request.foldsCase && router.foldedDiffers(target, from, match)) return this.#notFound(DISGUISED)
    if (router.slashDiffers(target, from, match)) return this.#notFound(DISGUISED)
    const plan = stage.plans.get(match.value)
    exchange.on = match.value
    exchange.params = match.params
    exchange.cors = plan.policy.cors
    return forwarding(exchange, target, from, plan)
  }

  /** No route names it: refused, unless the user lists it, or has said that such requests are to be passed on. */
  #unmatched(live: Live, exchange: Exchange, target: Target): RoutePlan | Refusal {
    const listed = this.#listed(live, exchange, target)
    if (listed !== undefined) return listed
    if (this.#front.unmatched === 'refuse') return this.#notFound(nowhere(live, exchange))
    if (isDisguised(live, this.#front, target)) return this.#notFound(DISGUISED)
    // A policy that the app declares on such a route stands alone: none of its steps has been run.
    leave(exchange)
    return forwarding(exchange, target, 0, this.#passed)
  }

  /** What goes on to the app although it is none of the API's, if the target is listed. */
  #listed(live: Live, exchange: Exchange, target: Target): RoutePlan | undefined {
    if (this.#front.pass.length === 0) return undefined
    const match = this.#pass.match('GET', target, 0)
    if (match === undefined || match instanceof MethodMiss) return undefined
    leave(exchange)
    // What is listed by name is meant, though a stage has a route for just anything.
    const meant = (route: Resource<unknown>) => match.resource.outranks(route)
    return isDisguised(live, this.#front, target, meant)
      ? undefined
      : forwarding(exchange, target, 0, this.#passed)
  }

  #notFound(detail: string): Refusal {
    return new Refusal(
      this.#front.compat === 'aws' ? 'MISSING_AUTHENTICATION_TOKEN' : 'RESOURCE_NOT_FOUND',
      detail,
    )
  }

  #methodMiss(allow: readonly string[]): Refusal {
    if (this.#front.compat === 'aws') return new Refusal('MISSING_AUTHENTICATION_TOKEN', 'no such method')
    const headers = allow.length === 0 ? [] : ['Allow', allow.join(', ')]
    const detail = allow.length === 0 ? 'no method of HTTP' : `the path has ${allow.join(', ')}`
    return new Refusal('METHOD_NOT_ALLOWED', detail, undefined, headers)
  }
}

const DISGUISED = 'the path is that of a route but for case, a slash or its stage'

/** From here on it is none of the API's: no stage, and none of its headers. */
function leave(exchange: Exchange): void {
  exchange.at = undefined
  exchange.cors = undefined
}

function insecure(): Refusal {
  return new Refusal(
    'INSECURE_TRANSPORT',
    'the request came over plain HTTP and not from this machine to localhost: name the proxy that ends TLS in ' +
      '`trustProxy`, or give `httpsOnly: false` where there is none, as in Docker or on a LAN',
  )
}

/** Why there is no route, for the operator: most often the stage was forgotten. */
function nowhere({ byName }: Live, { at, target }: Exchange): string {
  if (at !== undefined) return `no route of stage '${at.name}' has this path`
  const stages = [...byName.keys()].filter((name) => name !== DEFAULT_STAGE).join(', ')
  return `no stage is called '${target?.segments[0] ?? ''}': the path begins with one of ${stages}`
}

/** The stage itself, or its canary for a random share of requests. */
function choose(stage: LiveStage, random: () => number): LiveStage {
  return stage.canary !== undefined && random() * 100 < stage.canary.percent ? stage.canary.live : stage
}

/** The app gets the path below the stage, spelt as the gateway understood it. */
function forwarding(exchange: Exchange, target: Target, from: number, plan: RoutePlan): RoutePlan {
  exchange.from = from
  if (from > 0 || !target.clean) exchange.forwards = target
  return plan
}

function suits(method: string, asked: string): boolean {
  return method === 'ANY' || method === asked || (method === 'GET' && asked === 'HEAD')
}

/** The answer to a preflight, where the route that is asked for has cross-origin rules. */
function preflightOf(
  stage: LiveStage,
  exchange: Exchange,
  target: Target,
  from: number,
  asked: string,
): Outcome | undefined {
  const { router } = stage.deployment
  const wanted = router.match(asked, target, from)
  if (wanted === undefined || wanted instanceof MethodMiss) return undefined
  const cors = stage.plans.get(wanted.value).policy.cors
  if (cors === undefined) return undefined
  exchange.on = wanted.value
  exchange.cors = undefined // all of it is in the answer itself
  return preflight(cors, exchange.request, wanted.resource.methods)
}

/** Where no framework found them. `undefined`: the path is not the route's. */
function paramsIn(
  { router }: InlinePlan,
  { target }: Exchange,
): Readonly<Record<string, string>> | undefined {
  if (router === undefined) return NO_PARAMS
  // `#arrive` has put it there.
  const match = router.match('GET', target as Target, 0)
  return match === undefined || match instanceof MethodMiss ? undefined : match.params
}

const NO_PARAMS = Object.freeze({})

/**
 * What the path of a route of the app's own is to policies: that of its pattern, or all of it. What the router around
 * the route has left of it may be anything.
 */
function standing(route: Route | undefined, { params, request, target }: Exchange): Exchange['target'] {
  const path = route && filledIn(route.path, params)
  const whole = splitTarget(path ?? request.target)
  return typeof whole === 'string' ? target : whole
}
