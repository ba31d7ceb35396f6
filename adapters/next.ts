/**
 * Postern in Next.js 16 and 15: route handlers, `proxy.ts`, and the API routes of the Pages Router.
 *
 * @module postern/next
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GatewayContext } from '../src/context.js'
import type { Telling } from '../src/control/needs.js'
import type { NamedPolicy } from '../src/definition.js'
import { PosternError } from '../src/errors.js'
import { type Answer, type Exchange, type Passed, passed } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { unanswered } from '../src/integrate/function.js'
import { type FetchApp, toApp, gatewayOf as toldOf } from '../src/web/app.js'
import type { FetchRequest } from '../src/web/request.js'
import { arrival, watchArrivals } from './arrivals.js'
import { checkSource } from './callers.js'
import { checkGateway, checkHandlers, checkOptions, declare, type GateOptions } from './gate.js'
import { sent, thrownAnswer } from './next-answer.js'
import { type ApiHandler, apiRoute } from './next-api.js'
import { adopted, onwards, overfull, retract, warnOfAnswers } from './next-proxy.js'
import { arrive, type Hosted, pathBelow, textOf } from './next-request.js'

export { callers } from './callers.js'
export type { ApiHandler } from './next-api.js'
export { sharedStore } from './shared.js'

declare module 'node:http' {
  interface IncomingMessage {
    /** What the gateway knows of this request; there where it has passed the gateway. */
    gateway?: GatewayContext
  }
}

/** What {@link toNext} is told of the app, and of the host that it runs on. */
export interface NextOptions extends GateOptions, Hosted {}

/** What Next hands a route handler beside its request. */
export interface RouteContext {
  readonly params: Promise<Readonly<Record<string, string | string[] | undefined>>>
}

/** A route handler, as Next calls it. */
export type NextHandler<R extends Request, C> = (request: R, context: C) => Promise<Response>

/** One for each method of a `route.ts`. */
export type CatchAll = NextHandler<Request, RouteContext>

/** What stands in front of a Next app, and in it. */
export interface NextGate<
  Pl extends string = string,
  Mo extends string = string,
  Au extends string = string,
> {
  /** These seven serve routes by their handlers, in `app/api/[...path]/route.ts`. Paths are those below that folder. */
  readonly GET: CatchAll
  readonly HEAD: CatchAll
  readonly POST: CatchAll
  readonly PUT: CatchAll
  readonly PATCH: CatchAll
  readonly DELETE: CatchAll
  readonly OPTIONS: CatchAll
  /** Guards one handler of a `route.ts`: `export const POST = gate.route({ apiKey: true }, async (request) => …)`. */
  route<R extends Request = Request, C = RouteContext>(
    policy: NamedPolicy<Mo, Pl, Au | 'iam'>,
    handler: (request: R, context: C) => Response | Promise<Response>,
  ): NextHandler<R, C>
  /** With its pattern, where throttles, per-method limits or records need it. */
  route<R extends Request = Request, C = RouteContext>(
    pattern: string,
    policy: NamedPolicy<Mo, Pl, Au | 'iam'>,
    handler: (request: R, context: C) => Response | Promise<Response>,
  ): NextHandler<R, C>
  /** Guards one API route of the Pages Router: `export default gate.api({ apiKey: true }, (req, res) => …)`. */
  api<Q extends IncomingMessage = IncomingMessage, S extends ServerResponse = ServerResponse>(
    policy: NamedPolicy<Mo, Pl, Au | 'iam'>,
    handler: ApiHandler<Q, S>,
  ): ApiHandler<Q, S>
  /** With its pattern, where path parameters, throttles, per-method limits or records need it. */
  api<Q extends IncomingMessage = IncomingMessage, S extends ServerResponse = ServerResponse>(
    pattern: string,
    policy: NamedPolicy<Mo, Pl, Au | 'iam'>,
    handler: ApiHandler<Q, S>,
  ): ApiHandler<Q, S>
  /**
   * Stands in front of pages and handlers: `export const proxy = gate.proxy` in `proxy.ts`, `middleware` in Next 15. It
   * sees no answer, and neither keeps nor checks nor times any.
   */
  readonly proxy: (request: Request) => Promise<Response>
}

/**
 * What the gateway knows of the request that is being handled, in a handler or, behind `proxy.ts`, in a page;
 * `undefined` where it has not passed any.
 *
 * @param from a handler's request, or a page's `await headers()`, which also says that the page differs by request
 *
 * @example
 * export const GET = gate.route({}, (request) => Response.json({ for: gatewayOf(request)?.client?.name }))
 */
export function gatewayOf(from: object): GatewayContext | undefined {
  return toldOf(from as Request) ?? arrival()?.exchange
}

/**
 * A gateway in a Next app. Made once, in a module that its handlers, `proxy.ts` and `instrumentation.ts` import.
 *
 * @throws PosternError `CALLER_UNKNOWN` where the definition needs what `caller` does not tell
 *
 * @example
 * export const gate = toNext(createGateway({ routes, store: sharedStore('pets') }))
 */
export function toNext<Pl extends string, Mo extends string, Au extends string>(
  gateway: Gateway<Pl, Mo, Au>,
  options: NextOptions = {},
): NextGate<Pl, Mo, Au> {
  checkGateway(gateway, 'toNext')
  checkSource(options.caller, 'postern/next')
  checkOptions('toNext', options, { stage: 'string', caller: 'object' })
  gateway.control.servedBy({ mount: 'toNext(gateway, { caller: { … } })', tells: tellsOf(options) })
  watchArrivals()
  type RoutePolicy = NamedPolicy<Mo, Pl, Au | 'iam'>

  function inlineOf(first: string | RoutePolicy, policy: RoutePolicy): number {
    if (typeof first !== 'string' && policy.throttle !== undefined) throw patternRequired()
    // In development a file is loaded again once it was changed.
    return declare(gateway, first, policy, options, made, process.env.NODE_ENV === 'development')
  }

  function route(...given: Declared<RoutePolicy, Handler>): NextHandler<Request, RouteContext> {
    const { first, policy, handler } = inOrder(given)
    return guarded(gateway, options, inlineOf(first, policy), handler)
  }

  function api(...given: Declared<RoutePolicy, NodeHandler>): NodeHandler {
    const { first, policy, handler } = inOrder(given)
    return apiRoute(gateway, inlineOf(first, policy), handler)
  }

  // Faults are told when what has them is asked for, which is when the module that exports it is loaded.
  const served = () => {
    checkHandlers(gateway, 'export const POST = gate.route(policy, handler)')
    return catchAll(gateway, options)
  }
  const proxied = () => {
    warnOfAnswers(gateway)
    return inFront(gateway, options)
  }
  const named = METHODS.map((method) => [method, { get: served }] as const)
  const gate = Object.defineProperties(
    { route, api },
    { ...Object.fromEntries(named), proxy: { get: proxied } },
  )
  return gate as unknown as NextGate<Pl, Mo, Au>
}

const made = (options: string) => `toNext(gateway, ${options})`

/** The routes of the definition, by their handlers. */
function catchAll(gateway: Gateway, options: NextOptions): CatchAll {
  const forward = (exchange: Exchange) => gateway.refuse(exchange, unanswered(exchange))
  return async (request, context) => {
    const call = arrive(gateway, request, options, pathBelow(request, await context?.params))
    if (call instanceof Response) return call
    return sent(await gateway.handle(call, forward, toldOf(request)), request, true)
  }
}

/** One handler, by a policy of its own. */
function guarded(gateway: Gateway, options: NextOptions, inline: number, handler: Handler): CatchAll {
  return async (request, context) => {
    const call = arrive(gateway, request, options)
    if (call instanceof Response) return call
    const outer = toldOf(request) ?? adopted(gateway, call)
    const app = answering(handler, context)
    let handed: Exchange | undefined
    const forward = (exchange: Exchange, given: FetchRequest) => {
      handed = exchange
      return toApp(gateway, exchange, given, app)
    }
    const params = textOf(await context?.params)
    const result = await gateway.handleInline(inline, call, forward, outer, params)
    if (outer !== undefined) retract(gateway, outer)
    return sent(result, request, handed === undefined || handed.refusal !== undefined)
  }
}

/** What Next itself would answer of what a handler throws is an answer here, too. */
function answering(handler: Handler, context: RouteContext): FetchApp {
  return async (request) => {
    try {
      return await handler(request, context)
    } catch (error) {
      const answer = thrownAnswer(error)
      if (answer === undefined) throw error
      return answer
    }
  }
}

/** All that `matcher` names, before Next has looked for a page. */
function inFront(gateway: Gateway, options: NextOptions): NextGate['proxy'] {
  return async (request) => {
    const call = arrive(gateway, request, options)
    if (call instanceof Response) return call
    let onward: Response | undefined
    const forward = (exchange: Exchange): Answer | Passed => {
      const tooLarge = overfull(gateway, exchange)
      if (tooLarge !== undefined) return tooLarge
      onward = onwards(gateway, exchange, call)
      return passed
    }
    const result = await gateway.handle(call, forward, toldOf(request))
    return onward ?? sent(result, request, true)
  }
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** What a connection tells, where Node has it. */
const ALL: readonly Telling[] = ['address', 'secure', 'target', 'certificate']

function tellsOf({ caller }: NextOptions): ReadonlySet<Telling> {
  return new Set(caller === undefined ? ALL : (Object.keys(caller) as Telling[]))
}

type NodeHandler = ApiHandler<IncomingMessage, ServerResponse>

type Handler = (request: Request, context: RouteContext) => Response | Promise<Response>

type Declared<P, H> = [policy: P, handler: H] | [pattern: string, policy: P, handler: H]

function inOrder<P, H>(given: Declared<P, H>): { first: string | P; policy: P; handler: H } {
  if (given.length === 3) return { first: given[0], policy: given[1], handler: given[2] }
  return { first: given[0], policy: given[0], handler: given[1] }
}

function patternRequired(): PosternError {
  const words = 'Next loads its routes in no fixed order, so a throttle has to know by what name to count'
  return new PosternError('PATTERN_REQUIRED', `${words}: gate.route('POST /pets', policy, handler)`)
}
