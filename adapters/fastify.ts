/**
 * Postern in Fastify 5 and 4: a plugin, with policies in the `config` of single routes.
 *
 * @module postern/fastify
 */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { GatewayContext } from '../src/context.js'
import type { NamedPolicy } from '../src/definition.js'
import { PosternError } from '../src/errors.js'
import type { Gateway } from '../src/gateway.js'
import {
  type Arriving,
  arrivedCall,
  FastifyCall,
  NOT_YET,
  routesBy,
  type Standing,
  standingOf,
} from './fastify-call.js'
import { GatedRoutes } from './fastify-routes.js'
import { checkFramework, checkGateway, checkOptions, type GateOptions } from './gate.js'
import { policeUpgrades } from './upgrade.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the gateway knows of this request; there where it has passed the gateway. */
    gateway?: GatewayContext
  }
  interface FastifyContextConfig {
    /** What the route demands, beside what the gateway's definition says of it. */
    gateway?: NamedPolicy
  }
}

/** What {@link toFastify} is told of the app. */
export interface FastifyOptions extends GateOptions {
  /** `false`: only routes that say so in their `config` are gated. Default true: every request is. */
  readonly mount?: boolean
}

/** What {@link rewriteUrl} is told of the app. */
export interface RewriteOptions {
  /**
   * Where the gateway is registered below a prefix: `/api`. Paths that do not begin with it are left as they are, and the
   * definition's paths begin behind it. `''` where they begin with it.
   */
  readonly prefix?: string
}

/** A plugin for the context in which it is registered, and all contexts below. */
export interface FastifyGate {
  (instance: FastifyInstance, options: unknown, done: (error?: Error) => void): void
  /** Polices WebSocket and other upgrades, which never come by any hook: `gate.upgrade(app.server)`. */
  upgrade(server: FastifyInstance['server']): void
}

/**
 * Takes the stage off a path before Fastify routes it, which it does before any hook runs:
 * `Fastify({ rewriteUrl: rewriteUrl(gateway) })`.
 *
 * @example
 * const app = Fastify({ rewriteUrl: rewriteUrl(gateway) })
 * app.register(toFastify(gateway))
 */
export function rewriteUrl(
  gateway: Gateway<never, never, never> | Gateway,
  options: RewriteOptions = {},
): (req: { readonly url?: string | undefined }) => string {
  checkGateway(gateway, 'rewriteUrl')
  checkOptions('rewriteUrl', options, { prefix: 'string' })
  const standing = standingOf(gateway)
  standing.rewrites = options
  const { prefix = '' } = options
  return (req) => {
    const url = req.url ?? ''
    const local = below(prefix, url, standing.foldsCase)
    if (local === undefined) return url
    if (!isRegistered(gateway as Gateway, standing)) return url
    const call = new FastifyCall(req as IncomingMessage, NOT_YET, url, local, standing.foldsCase)
    call.arrival = (gateway as Gateway).arrive(call)
    ;(req as Arriving)[standing.arrived] = call
    const { forwardTarget } = call.arrival.exchange
    const mark = forwardTarget.indexOf('?')
    const path = mark === -1 ? forwardTarget : forwardTarget.slice(0, mark)
    // What Fastify cannot decode it would answer by itself, unrecorded: anywhere else the gateway refuses it.
    if (!isDecodable(path)) return `${prefix}/`
    // Fastify 4 takes what follows a semicolon for a query.
    if (path.includes(';')) return prefix + path.replaceAll(';', '%3B') + forwardTarget.slice(path.length)
    return prefix + forwardTarget
  }
}

function isDecodable(path: string): boolean {
  if (!path.includes('%')) return true
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

/** Said once: without the plugin nothing is gated, and paths that lost their stages would find routes all the same. */
function isRegistered(gateway: Gateway, standing: Standing): boolean {
  if (standing.registered || standing.unregistered) return standing.registered
  standing.unregistered = true
  const words = 'rewriteUrl(gateway) is there, but the gateway is not, and gates nothing'
  gateway.report(new PosternError('REGISTER_REQUIRED', `${words}: app.register(toFastify(gateway))`))
  return false
}

/** What Fastify would take for a path below the prefix: it finds the context by its own idea of case. */
function below(prefix: string, url: string, foldsCase: boolean): string | undefined {
  const first = url.slice(0, prefix.length)
  if (first !== prefix && !(foldsCase && first.toLowerCase() === prefix.toLowerCase())) return undefined
  const rest = url.slice(prefix.length)
  if (rest.startsWith('/')) return rest
  return rest === '' || rest.startsWith('?') ? `/${rest}` : undefined
}

/**
 * A gateway as a Fastify plugin. Register it before routes and other plugins: `app.register(toFastify(gateway))`.
 *
 * @throws PosternError from `register`: `REWRITE_REQUIRED`, `PREFIX_UNSUPPORTED`, `MOUNTED_TWICE`, `MOUNTED_LATE`, `FRAMEWORK_UNSUPPORTED`
 *
 * @example
 * app.register(toFastify(gateway))
 * app.post('/pets', { config: { gateway: { apiKey: true } } }, async (request) => ({ for: request.gateway?.client?.name }))
 */
export function toFastify<Pl extends string, Mo extends string, Au extends string>(
  gateway: Gateway<Pl, Mo, Au>,
  options: FastifyOptions = {},
): FastifyGate {
  checkGateway(gateway, 'toFastify')
  checkOptions('toFastify', options, { stage: 'string', mount: 'boolean' })
  const plain = gateway as unknown as Gateway
  const plugin = (instance: FastifyInstance, given: unknown, done: (error?: Error) => void): void => {
    const isFastify = typeof done === 'function' && 'version' in Object(instance)
    checkFramework(isFastify, 'toFastify', 'Fastify 4 and 5')
    try {
      checkOwnPrefix((given as { prefix?: string } | undefined)?.prefix)
      register(plain, instance, options)
      done()
    } catch (error) {
      done(error as Error)
    }
  }
  return Object.assign(plugin, {
    upgrade: (server: FastifyInstance['server']) => policeUpgrades(gateway, server, standingOf(gateway)),
    // Its hooks are to be those of the context that registers it, as with fastify-plugin.
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'postern',
  })
}

function register(gateway: Gateway, instance: FastifyInstance, options: FastifyOptions): void {
  const mounts = options.mount !== false
  const standing = standingOf(gateway)
  checkPlace(gateway, instance, standing, mounts)
  standing.registered = true
  // One gateway may stand in several apps: what one of them takes for alike is guarded in all.
  standing.foldsCase ||= routesBy(instance, 'caseSensitive', false)
  if (!instance.hasRequestDecorator('gateway')) instance.decorateRequest('gateway', undefined)
  if (mounts) standing.mounted.add(instance)
  const routes = new GatedRoutes(gateway, standing.foldsCase, options, hasRoutes(instance))
  instance.addHook('onRoute', (route) => routes.declare(route))
  instance.addHook('onRequest', (request, reply, done) => {
    const gated = () => routes.gate(request, reply, done)
    if (mounts) arrivedCall(gateway, standing, request, reply).proceed(gateway, request, reply, gated, done)
    else gated()
  })
}

/** What of it is found wrong when it is registered, and not by the first request. */
function checkPlace(
  gateway: Gateway,
  instance: FastifyInstance,
  { rewrites, mounted }: Standing,
  mounts: boolean,
): void {
  const [major] = String(instance.version).split('.')
  if (major !== '4' && major !== '5') {
    throw new PosternError(
      'FRAMEWORK_UNSUPPORTED',
      `Fastify ${instance.version} is none of 4 and 5: npm install fastify@5`,
    )
  }
  if (contextsOf(instance) > 0) {
    throw new PosternError(
      'MOUNTED_LATE',
      'there are plugins already, whose routes would not be gated: register the gateway before them',
    )
  }
  if (!mounts) return
  checkPrefix(instance.prefix, rewrites?.prefix)
  for (let at: object | null = instance; at !== null; at = Object.getPrototypeOf(at)) {
    if (!mounted.has(at)) continue
    throw new PosternError(
      'MOUNTED_TWICE',
      'the gateway is registered here or in a context above already: register it once',
    )
  }
  const staged = [...gateway.control.live.byName.keys()].find((name) => name !== '$default')
  if (staged !== undefined && rewrites === undefined) {
    throw new PosternError(
      'REWRITE_REQUIRED',
      `stages stand in the path, /${staged}/…, and Fastify routes before any hook could take them off: ` +
        'Fastify({ rewriteUrl: rewriteUrl(gateway) }), with rewriteUrl from postern/fastify',
    )
  }
}

/** Whether routes were there before. Fastify tells nobody but by this. */
function hasRoutes(instance: FastifyInstance): boolean {
  return instance.printRoutes() !== '(empty tree)'
}

/** A definition that is held to other paths than it means refuses all of them, or by `/{proxy+}` lets them through. */
function checkPrefix(below: string, given: string | undefined): void {
  if (below === '' || given === below || given === '') return
  throw new PosternError(
    'REWRITE_REQUIRED',
    `the gateway is registered below ${below}, and nothing says whether the paths of its definition begin with that or ` +
      `behind it: Fastify({ rewriteUrl: rewriteUrl(gateway, { prefix: '${below}' }) }) where they begin behind it, else { prefix: '' }`,
  )
}

/** Fastify gives none to a plugin whose hooks are those of the context around it. */
function checkOwnPrefix(prefix: string | undefined): void {
  if (prefix === undefined) return
  throw new PosternError(
    'PREFIX_UNSUPPORTED',
    `the gateway has no prefix of its own: register it, and routes, in a context that has it, app.register(async (api) => ` +
      `{ api.register(toFastify(gateway)) … }, { prefix: '${prefix}' })`,
  )
}

/** How many contexts there are below, which hooks that come later do not reach. Fastify tells nobody but by this. */
function contextsOf(instance: FastifyInstance): number {
  const key = Object.getOwnPropertySymbols(instance).find(
    ({ description }) => description === 'fastify.children',
  )
  const contexts = key && (instance as unknown as Record<symbol, unknown>)[key]
  return Array.isArray(contexts) ? contexts.length : 0
}
