/**
 * Postern in front of any server that is a function from `Request` to `Response`: Hono, Deno, Bun, workers.
 *
 * @module postern/fetch
 */
import type { Telling } from '../src/control/needs.js'
import type { NamedPolicy } from '../src/definition.js'
import { PosternError } from '../src/errors.js'
import type { Exchange } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { unanswered } from '../src/integrate/function.js'
import { type FetchApp, gatewayOf, toApp } from '../src/web/app.js'
import { FetchRequest } from '../src/web/request.js'
import { responseOf } from '../src/web/response.js'
import { type CallerSource, callerOf, checkSource } from './callers.js'
import {
  checkCallable,
  checkFramework,
  checkGateway,
  checkHandlers,
  checkOptions,
  declare,
  type GateOptions,
  isRequest,
} from './gate.js'

export { gatewayOf } from '../src/web/app.js'
export { type CallerSource, callers } from './callers.js'

/** An app, with what its server hands it beside the request: an environment, a connection's info. */
export type FetchHandler<Rest extends unknown[]> = (
  request: Request,
  ...rest: Rest
) => Response | Promise<Response>

/** What the server hands over, as its `caller` says. `NoInfer` in a list of parameters takes no function with fewer. */
type Told<Rest extends unknown[]> = [Rest][Rest extends unknown ? 0 : never]

/** What {@link toFetch} is told of the app and its server. */
export interface FetchOptions<Rest extends unknown[]> extends GateOptions {
  /** How what a `Request` does not tell is found out. See {@link callers} for the usual servers. */
  readonly caller?: CallerSource<Rest>
  /** Whether the app tells `/Pets` from `/pets`. Default true, as in Hono. */
  readonly caseSensitive?: boolean
}

/** A function from `Request` to `Response`, and what belongs to it. */
export interface FetchGate<
  Rest extends unknown[],
  Pl extends string = string,
  Mo extends string = string,
  Au extends string = string,
> {
  (request: Request, ...rest: Rest): Promise<Response>
  /** Guards one handler: `gate.route('POST /pets', { apiKey: true }, createPet)`. */
  route(
    pattern: string,
    policy: NamedPolicy<Mo, Pl, Au | 'iam'>,
    handler: FetchHandler<Rest>,
  ): (request: Request, ...rest: Rest) => Promise<Response>
}

/**
 * A gateway in front of an app: `serve({ fetch: toFetch(gateway, app.fetch, { caller: callers.node }) })`.
 *
 * @param app left out where all routes have handlers
 * @throws PosternError `CALLER_UNKNOWN` where the definition needs what nobody tells
 *
 * @example
 * Deno.serve(toFetch(gateway, app.fetch, { caller: callers.deno }))
 */
export function toFetch<
  Pl extends string,
  Mo extends string,
  Au extends string,
  // biome-ignore lint/suspicious/noExplicitAny: what a server hands over is its own, and apps name it
  Rest extends unknown[] = any[],
>(
  gateway: Gateway<Pl, Mo, Au>,
  app?: FetchHandler<Told<Rest>>,
  options: FetchOptions<Rest> = {},
): FetchGate<Rest, Pl, Mo, Au> {
  checkGateway(gateway, 'toFetch')
  if (app === undefined) checkHandlers(gateway, 'toFetch(gateway, app)')
  else checkCallable(app, 'the app that toFetch() is given', 'give its `fetch`, toFetch(gateway, app.fetch)')
  const { caller = {} } = options
  checkSource(caller, 'postern/fetch')
  checkOptions('toFetch', options, { stage: 'string', caller: 'object', caseSensitive: 'boolean' })
  const foldsCase = options.caseSensitive === false
  const tells = new Set(Object.keys(caller) as Telling[])
  gateway.control.servedBy({ mount: 'toFetch(gateway, app, { caller: { … } })', tells })
  const arrive = (request: Request, rest: Rest) => {
    try {
      return new FetchRequest(request, callerOf(caller, request, rest), foldsCase)
    } catch (error) {
      // Some servers answer by a bare 500 and say nothing.
      gateway.report(error)
      throw error
    }
  }

  async function mounted(request: Request, ...rest: Rest): Promise<Response> {
    checkWeb(request)
    const forward = (exchange: Exchange, call: FetchRequest) =>
      app === undefined
        ? gateway.refuse(exchange, unanswered(exchange))
        : toApp(gateway, exchange, call, (forwarded) => app(forwarded, ...rest))
    return responseOf(await gateway.handle(arrive(request, rest), forward, gatewayOf(request)), request)
  }

  function route(
    pattern: string,
    policy: NamedPolicy<Mo, Pl, Au | 'iam'>,
    handler: FetchHandler<Rest>,
  ): (request: Request, ...rest: Rest) => Promise<Response> {
    checkCallable(handler, 'the handler', `gate.route('${pattern}', policy, (request) => …)`)
    const inline = declare(gateway, pattern, policy, options, made)
    return async (request, ...rest) => {
      checkWeb(request)
      const run: FetchApp = (forwarded) => handler(forwarded, ...rest)
      const forward = (exchange: Exchange, call: FetchRequest) => toApp(gateway, exchange, call, run)
      const result = gateway.handleInline(inline, arrive(request, rest), forward, gatewayOf(request))
      return responseOf(await result, request)
    }
  }

  return Object.assign(mounted, { route })
}

const made = (options: string) => `toFetch(gateway, app, ${options})`

/** Hono hands its handlers a context, which has the request. */
function checkWeb(given: Request | { readonly req?: { readonly raw?: unknown } }): void {
  if (isRequest(given)) return
  const isHono = 'req' in Object(given) && isRequest((given as { req?: { raw?: unknown } }).req?.raw)
  if (!isHono) checkFramework(false, 'toFetch', 'servers from Request to Response')
  throw new PosternError('FRAMEWORK_UNSUPPORTED', HONO)
}

const HONO =
  "this is Hono's context, and no Request: mount toFetch(gateway, app.fetch) in front of the app, and call what " +
  'gate.route() gives by a handler, app.post(path, (c) => guarded(c.req.raw, c.env))'
