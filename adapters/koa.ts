/**
 * Postern in Koa 3 and 2: mounted, and on single routes.
 *
 * @module postern/koa
 */
import type { Server } from 'node:http'
import type { Readable } from 'node:stream'
import type { ExtendableContext, Next } from 'koa'
import type { GatewayContext } from '../src/context.js'
import type { NamedPolicy } from '../src/definition.js'
import type { Answer, Exchange, Passed } from '../src/exchange.js'
import { passed } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { type ByteStream, isStream, release } from '../src/stream.js'
import { handOver } from './forward.js'
import { checkFramework, checkGateway, checkOptions, declare, type GateOptions } from './gate.js'
import { NodeRequest } from './request.js'
import { policeUpgrades } from './upgrade.js'
import { canAnswer, closeAfter, isUnread, putHeaders, readableOf, setHeaders, write } from './write.js'

declare module 'koa' {
  interface ExtendableContext {
    /** What the gateway knows of this request; there where it has passed the gateway. */
    gateway?: GatewayContext
  }
}

/** What {@link toKoa} is told of the app. */
export interface KoaOptions extends GateOptions {
  /** Whether the app tells `/Pets` from `/pets`: its router has `sensitive` switched on. Default false, as in `@koa/router`. */
  readonly caseSensitive?: boolean
}

/** Middleware for a single route: it takes any context, so that routers go on to infer their own. */
export type KoaMiddleware = (context: ExtendableContext, next: Next) => Promise<unknown>

/** Middleware, and what belongs to it. */
export interface KoaGate<Pl extends string = string, Mo extends string = string, Au extends string = string>
  extends KoaMiddleware {
  /** Guards one route: `router.post('/pets', gate.route({ apiKey: true }), createPet)`. */
  route(policy: NamedPolicy<Mo, Pl, Au | 'iam'>): KoaMiddleware
  /** With its pattern, where path parameters, per-method limits or records need it. */
  route(pattern: string, policy: NamedPolicy<Mo, Pl, Au | 'iam'>): KoaMiddleware
  /** Polices WebSocket and other upgrades of a server, which never come by any middleware. */
  upgrade(server: Server): void
}

/**
 * A gateway as Koa middleware. Mount it before body parsers: `app.use(toKoa(gateway))`.
 *
 * @example
 * app.use(toKoa(gateway))
 * router.get('/pets/:petId', (ctx) => (ctx.body = { id: ctx.params.petId, for: ctx.gateway?.client?.name }))
 */
export function toKoa<Pl extends string, Mo extends string, Au extends string>(
  gateway: Gateway<Pl, Mo, Au>,
  options: KoaOptions = {},
): KoaGate<Pl, Mo, Au> {
  checkGateway(gateway, 'toKoa')
  checkOptions('toKoa', options, { stage: 'string', caseSensitive: 'boolean' })
  const foldsCase = options.caseSensitive !== true
  const pass = (exchange: Exchange, call: KoaRequest): Passed => call.pass(gateway, exchange)
  const rewrite = (exchange: Exchange, call: KoaRequest): Passed => call.rewrite(gateway, exchange)

  const mounted: KoaMiddleware = (context, next) => {
    checkKoa(context)
    const call = new KoaRequest(context, next, foldsCase)
    call.isFirst = context.app?.middleware?.[0] === mounted
    return call.settle(gateway, gateway.handle(call, rewrite, context.gateway))
  }

  type RoutePolicy = NamedPolicy<Mo, Pl, Au | 'iam'>
  function route(first: string | RoutePolicy, second?: RoutePolicy): KoaMiddleware {
    const inline = declare(gateway, first, second, options, made)
    return (context, next) => {
      checkKoa(context)
      const call = new KoaRequest(context, next, foldsCase)
      const { params } = context as { params?: Readonly<Record<string, string>> }
      return call.settle(gateway, gateway.handleInline(inline, call, pass, context.gateway, params))
    }
  }

  return Object.assign(mounted, {
    route,
    upgrade: (server: Server) => policeUpgrades(gateway, server, { foldsCase }),
  })
}

const made = (options: string) => `toKoa(gateway, ${options})`

function checkKoa(context: ExtendableContext | undefined): void {
  checkFramework(context?.req !== undefined && context.originalUrl !== undefined, 'toKoa', 'Koa 2 and 3')
}

class KoaRequest extends NodeRequest {
  /** Whether no middleware stands above the gateway, which would see what it answers. */
  isFirst = false
  /** What the middleware below does. */
  #below: Promise<unknown> | undefined

  constructor(
    readonly context: ExtendableContext,
    readonly next: Next,
    foldsCase: boolean,
  ) {
    super(context.req, context.res, context.originalUrl, context.url, foldsCase)
  }

  override get unread(): string {
    return 'mount the gateway before body parsers, `app.use(toKoa(gateway))` above `app.use(bodyParser())`'
  }

  /** The app's router is to match what the gateway matched: the path without its stage, spelt canonically. */
  rewrite(gateway: Gateway, exchange: Exchange): Passed {
    if (exchange.forwardTarget !== this.localTarget) this.context.url = exchange.forwardTarget
    return this.pass(gateway, exchange)
  }

  pass(gateway: Gateway, exchange: Exchange): Passed {
    this.context.gateway = exchange
    if (!handOver(gateway, exchange)) return passed
    this.#keepHeaders(gateway, exchange)
    this.#below = this.next()
    return passed
  }

  /** Waits for what the middleware below does, and for nothing that is there already. */
  settle(gateway: Gateway, result: Answer | Passed | Promise<Answer | Passed>): Promise<unknown> {
    if (result instanceof Promise) return result.then((late) => this.settle(gateway, late))
    if (result !== passed) {
      this.#answer(result, gateway.report)
      return DONE
    }
    return this.#below ?? DONE
  }

  /** As an app in Koa would, so that what stands before the gateway sees it; at once where nothing does. */
  #answer(answer: Answer, report: (error: unknown) => void): void {
    const { context, res } = this
    if (this.isFirst) {
      context.respond = false
      return write(this, answer, report)
    }
    const { status, headers, body } = answer
    if (!canAnswer(this, report)) return release(body)
    if (isUnread(this)) closeAfter(this)
    context.status = status
    putHeaders(res, headers)
    const bodiless = status === 204 || status === 304 || this.method === 'HEAD'
    if (bodiless) return
    const typed = res.hasHeader('content-type')
    context.body = isStream(body) ? this.#pouring(body) : bytesOf(body)
    if (!typed) res.removeHeader('content-type')
  }

  /** What breaks on the way breaks the connection, which Koa 2 would leave open. */
  #pouring(body: ByteStream): Readable {
    return readableOf(body, this.res).once('error', () => this.res.destroy())
  }

  /** Koa takes all headers off an answer before it says what went wrong, wherever that was. */
  #keepHeaders(gateway: Gateway, exchange: Exchange): void {
    const { context, res } = this
    const { onerror } = context
    context.onerror = (error) => {
      // Koa calls it at the end of each answer, too.
      if (error !== undefined && error !== null && !res.headersSent) {
        const { end } = res
        res.end = (...args: unknown[]) => {
          res.end = end
          if (!res.headersSent) setHeaders(res, gateway.headers(exchange))
          return Reflect.apply(end, res, args)
        }
      }
      Reflect.apply(onerror, context, [error])
    }
  }
}

const DONE = Promise.resolve()

/** What Koa takes for a body: text, or a `Buffer`. */
function bytesOf(body: string | Uint8Array): string | Buffer {
  if (typeof body === 'string' || Buffer.isBuffer(body)) return body
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}
