/**
 * Postern in Express 5 and 4: mounted, and on single routes.
 *
 * @module postern/express
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import type { GatewayContext } from '../src/context.js'
import type { NamedPolicy } from '../src/definition.js'
import { type Exchange, type Passed, passed } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { handOver } from './forward.js'
import {
  checkFramework,
  checkGateway,
  checkOptions,
  declare,
  type GateOptions,
  isResponse,
  settle,
} from './gate.js'
import { NodeRequest } from './request.js'
import { policeUpgrades } from './upgrade.js'
import { write } from './write.js'

declare global {
  namespace Express {
    interface Request {
      /** What the gateway knows of this request; there where it has passed the gateway. */
      gateway?: GatewayContext
    }
  }
}

/** What {@link toExpress} is told of the app. */
export interface ExpressOptions extends GateOptions {
  /** Whether the app has `case sensitive routing` switched on. Default false, as in Express. */
  readonly caseSensitive?: boolean
}

/**
 * Middleware for a single route. It takes Node's own types, so that Express goes on to infer `req.params` from the
 * route's path.
 */
export type RouteGate = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void

/** Middleware, and what belongs to it. */
export interface ExpressGate<
  Pl extends string = string,
  Mo extends string = string,
  Au extends string = string,
> extends RequestHandler {
  /** Guards one route: `app.post('/pets', gate.route({ apiKey: true }), createPet)`. */
  route(policy: NamedPolicy<Mo, Pl, Au | 'iam'>): RouteGate
  /** With its pattern, where path parameters, per-method limits or records need it. */
  route(pattern: string, policy: NamedPolicy<Mo, Pl, Au | 'iam'>): RouteGate
  /** Polices WebSocket and other upgrades of a server, which never come by any middleware. */
  upgrade(server: Server): void
}

/**
 * A gateway as Express middleware. Mount it before body parsers: `app.use(toExpress(gateway))`.
 *
 * @example
 * app.use(toExpress(gateway))
 * app.get('/pets/:petId', (req, res) => res.json({ id: req.params.petId, for: req.gateway?.client?.name }))
 */
export function toExpress<Pl extends string, Mo extends string, Au extends string>(
  gateway: Gateway<Pl, Mo, Au>,
  options: ExpressOptions = {},
): ExpressGate<Pl, Mo, Au> {
  checkGateway(gateway, 'toExpress')
  checkOptions('toExpress', options, { stage: 'string', caseSensitive: 'boolean' })
  const foldsCase = options.caseSensitive !== true
  const pass = (exchange: Exchange, request: ExpressRequest): Passed => request.pass(gateway, exchange)
  const rewrite = (exchange: Exchange, request: ExpressRequest): Passed => request.rewrite(gateway, exchange)

  const mounted: RequestHandler = (req, res, next) => {
    checkExpress(res, next)
    const request = new ExpressRequest(req, res, next, foldsCase)
    send(gateway, request, gateway.handle(request, rewrite, req.gateway))
  }

  type RoutePolicy = NamedPolicy<Mo, Pl, Au | 'iam'>
  function route(first: string | RoutePolicy, second?: RoutePolicy): RouteGate {
    const inline = declare(gateway, first, second, options, made)
    const gate: RequestHandler = (req, res, next) => {
      checkExpress(res, next)
      const request = new ExpressRequest(req, res, next, foldsCase)
      send(gateway, request, gateway.handleInline(inline, request, pass, req.gateway, paramsOf(req)))
    }
    return gate as RouteGate
  }

  return Object.assign(mounted, {
    route,
    upgrade: (server: Server) => policeUpgrades(gateway, server, { foldsCase }),
  })
}

class ExpressRequest extends NodeRequest {
  constructor(
    readonly request: Request,
    response: Response,
    readonly next: NextFunction,
    foldsCase: boolean,
  ) {
    super(request, response, request.originalUrl, request.url, foldsCase)
  }

  override get unread(): string {
    return 'mount the gateway before body parsers, `app.use(toExpress(gateway))` above `app.use(express.json())`'
  }

  /** The app's router is to match what the gateway matched: the path without its stage, spelt canonically. */
  rewrite(gateway: Gateway, exchange: Exchange): Passed {
    if (exchange.forwardTarget !== this.localTarget) this.request.url = exchange.forwardTarget
    return this.pass(gateway, exchange)
  }

  pass(gateway: Gateway, exchange: Exchange): Passed {
    this.request.gateway = exchange
    if (handOver(gateway, exchange)) this.next()
    return passed
  }
}

const made = (options: string) => `toExpress(gateway, ${options})`

/** A hook of Fastify has a `next`, too, and a `Reply` that is none of Node's. */
function checkExpress(res: unknown, next: unknown): void {
  checkFramework(typeof next === 'function' && isResponse(res), 'toExpress', 'Express 4 and 5')
}

function send(gateway: Gateway, request: ExpressRequest, result: ReturnType<Gateway['handle']>): void {
  if (result !== passed) settle(result, (answer) => write(request, answer, gateway.report), request.next)
}

/** As text: the segments of a wildcard joined again, what was not there left out. */
function paramsOf({ params }: Request): Readonly<Record<string, string>> {
  const given = Object.entries(params as Record<string, string | string[] | undefined>)
  return Object.fromEntries(
    given.flatMap(([name, value]) => (value === undefined ? [] : [[name, [value].flat().join('/')]])),
  )
}
