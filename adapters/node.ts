/**
 * Postern in front of anything that listens to Node's `http`, `https` or `http2`.
 *
 * @module postern/node
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { GatewayContext } from '../src/context.js'
import type { NamedPolicy } from '../src/definition.js'
import { type Answer, type Exchange, type Passed, passed } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { unanswered } from '../src/integrate/function.js'
import { handOver } from './forward.js'
import {
  checkCallable,
  checkFramework,
  checkGateway,
  checkHandlers,
  checkOptions,
  declare,
  type GateOptions,
  isResponse,
} from './gate.js'
import { run, send } from './listener.js'
import { NodeRequest } from './request.js'
import { policeUpgrades } from './upgrade.js'

declare module 'node:http' {
  interface IncomingMessage {
    /** What the gateway knows of this request; there where it has passed the gateway. */
    gateway?: GatewayContext
  }
}

/** What is called with each request: an Express app, Koa's `app.callback()`, a function of your own. */
export type NodeListener = (req: IncomingMessage, res: ServerResponse) => unknown

/** What {@link toNode} is told of the app. */
export interface NodeOptions extends GateOptions {
  /**
   * Whether the app behind tells `/Pets` from `/pets`. Default false, as in Express and `@koa/router`: what is a route
   * in other case is then refused.
   */
  readonly caseSensitive?: boolean
}

/** A listener, and what belongs to it. */
export interface NodeGate<
  Pl extends string = string,
  Mo extends string = string,
  Au extends string = string,
> {
  (req: IncomingMessage, res: ServerResponse): void
  /** Guards one listener: `gate.route('POST /pets', { apiKey: true }, createPet)`. */
  route(pattern: string, policy: NamedPolicy<Mo, Pl, Au | 'iam'>, listener: NodeListener): NodeListener
  /** Polices WebSocket and other upgrades of a server, which never come by any listener for requests. */
  upgrade(server: Server): void
}

const made = (options: string) => `toNode(gateway, app, ${options})`

const APPS =
  'give an Express app as it is, of Koa app.callback(), of your own (req, res) => …; Fastify has toFastify'

/**
 * A gateway in front of an app: `createServer(toNode(gateway, app))`. Refusals and kept answers never enter the app.
 *
 * @param app left out where all routes have handlers
 *
 * @example
 * createServer(toNode(gateway, (req, res) => res.end(`Hello ${req.gateway?.client?.name}`))).listen(3000)
 */
export function toNode<Pl extends string, Mo extends string, Au extends string>(
  gateway: Gateway<Pl, Mo, Au>,
  app?: NodeListener,
  options: NodeOptions = {},
): NodeGate<Pl, Mo, Au> {
  checkGateway(gateway, 'toNode')
  checkOptions('toNode', options, { stage: 'string', caseSensitive: 'boolean' })
  if (app === undefined) checkHandlers(gateway, 'toNode(gateway, app)')
  else checkCallable(app, 'the app that toNode() is given', APPS)
  const foldsCase = options.caseSensitive !== true

  function mounted(req: IncomingMessage, res: ServerResponse, next?: unknown): void {
    checkFramework(next === undefined && isResponse(res), 'toNode', 'servers of Node')
    const url = req.url ?? ''
    const request = new NodeRequest(req, res, url, url, foldsCase)
    send(gateway, request, gateway.handle(request, rewrite, req.gateway))
  }

  function rewrite(exchange: Exchange, request: NodeRequest): Answer | Passed {
    if (app === undefined) return gateway.refuse(exchange, unanswered(exchange))
    const { req, localTarget } = request
    if (exchange.forwardTarget !== localTarget) {
      // What frameworks keep there, and take as given where it is.
      ;(req as { originalUrl?: string }).originalUrl = localTarget
      req.url = exchange.forwardTarget
    }
    return pass(exchange, request, app)
  }

  function pass(exchange: Exchange, request: NodeRequest, listener: NodeListener): Passed {
    request.req.gateway = exchange
    if (handOver(gateway, exchange)) run(gateway, exchange, request, listener)
    return passed
  }

  function route(
    pattern: string,
    policy: NamedPolicy<Mo, Pl, Au | 'iam'>,
    listener: NodeListener,
  ): NodeListener {
    checkCallable(listener, 'the listener', `gate.route('${pattern}', policy, (req, res) => …)`)
    const inline = declare(gateway, pattern, policy, options, made)
    const forward = (exchange: Exchange, request: NodeRequest): Passed => pass(exchange, request, listener)
    return (req, res) => {
      checkFramework(isResponse(res), 'toNode', 'servers of Node')
      const url = req.url ?? ''
      const target = (req as { originalUrl?: string }).originalUrl ?? url
      const request = new NodeRequest(req, res, target, url, foldsCase)
      send(gateway, request, gateway.handleInline(inline, request, forward, req.gateway))
    }
  }

  return Object.assign(mounted, {
    route,
    upgrade: (server: Server) => policeUpgrades(gateway, server, { foldsCase }),
  })
}
