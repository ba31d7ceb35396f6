/** Policies in the `config` of Fastify's routes. */
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction, RouteOptions } from 'fastify'
import type { NamedPolicy } from '../src/definition.js'
import { DefinitionError } from '../src/errors.js'
import { type Exchange, type Passed, passed } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import { FastifyCall } from './fastify-call.js'
import { declare, type GateOptions, settle } from './gate.js'

/** The routes of an instance that are gated by a policy in their `config`. */
export class GatedRoutes {
  readonly #gateway: Gateway
  readonly #foldsCase: boolean
  readonly #options: GateOptions
  /**
   * Numbers of policies that are declared, by method and URL. A request does not tell by which constraints its route was
   * found, and several share a URL: the policy that stands in the route's config is the one thing that is its own.
   */
  readonly #declared = new Map<NamedPolicy, Map<string, number>>()

  /** Whether some may not be declared yet. */
  readonly #early: boolean

  /** @param early whether there were routes before the plugin */
  constructor(gateway: Gateway, foldsCase: boolean, options: GateOptions, early: boolean) {
    this.#early = early
    this.#gateway = gateway
    this.#foldsCase = foldsCase
    this.#options = options
  }

  /** @throws DefinitionError, PosternError where its policy is wrong */
  declare(route: Declarable): void {
    const policy = route.config?.gateway
    if (policy === undefined) return checkMisplaced(route)
    for (const method of [route.method].flat()) this.#number(method, route, policy)
  }

  /** A route that was there before the plugin is declared by its first request. */
  gate(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
    // What Fastify tells of a route it puts together anew each time it is asked.
    if (this.#declared.size === 0 && !this.#early) return done()
    const route = request.routeOptions as Declarable
    const policy = route.config?.gateway
    if (policy === undefined) return done()
    const { raw, method } = request
    const gateway = this.#gateway
    const call = new FastifyCall(raw, reply.raw, request.originalUrl, raw.url ?? '', this.#foldsCase)
    const inline = this.#number(method, route, policy)
    const forward = (exchange: Exchange): Passed => call.pass(gateway, exchange, request, reply, done)
    const result = gateway.handleInline(inline, call, forward, request.gateway, paramsOf(request))
    if (result === passed) return
    settle(
      result,
      (answer) => call.answer(answer, reply),
      (error) => done(error as Error),
    )
  }

  #number(method: string, route: Declarable, policy: NamedPolicy): number {
    const numbers = this.#declared.get(policy) ?? new Map<string, number>()
    this.#declared.set(policy, numbers)
    // Fastify serves HEAD where it serves GET, by a route of its own: they share what they are charged for.
    const known =
      numbers.get(`${method} ${route.url}`) ??
      (method === 'HEAD' ? numbers.get(`GET ${route.url}`) : undefined)
    if (known !== undefined) return known
    const number = this.#declare(patternOf(method, route), policy)
    numbers.set(`${method} ${route.url}`, number)
    return number
  }

  #declare(pattern: string | undefined, policy: NamedPolicy): number {
    if (pattern === undefined) return declare(this.#gateway, policy, undefined, this.#options, made)
    return declare(this.#gateway, pattern, policy, this.#options, made)
  }
}

/** Fastify keeps to itself what it does not know, and the route would be open. @throws DefinitionError */
function checkMisplaced({ method, url, ...route }: Declarable & { readonly gateway?: unknown }): void {
  if (route.gateway === undefined) return
  const fault = {
    code: 'UNKNOWN_FIELD',
    path: 'gateway',
    message: 'the policy stands beside `config`, where nobody looks for it',
    fix: 'Write { config: { gateway: … } }.',
  }
  throw new DefinitionError([fault], `route '${[method].flat().join(', ')} ${url}'`)
}

const made = (options: string) => `toFastify(gateway, ${options})`

/** A route, when it is registered and when it is asked for. */
type Declarable = Pick<RouteOptions, 'method' | 'url' | 'config' | 'constraints'>

/**
 * In AWS's syntax; `undefined` where that cannot say it (expressions, optional parts, several parameters a segment), and
 * where several routes may share a path, told apart by constraints.
 */
function patternOf(method: string, { url, constraints }: Declarable): string | undefined {
  if (Object.keys(constraints ?? {}).length > 0) return undefined
  const segments = url.split('/').map((segment) => {
    if (segment === '*') return '{proxy+}'
    if (!/[:*{}]/.test(segment)) return segment
    const name = /^:(\w+)$/.exec(segment)?.[1]
    return name === undefined ? undefined : `{${name}}`
  })
  return segments.includes(undefined) ? undefined : `${method} ${segments.join('/') || '/'}`
}

function paramsOf({ params }: FastifyRequest): Readonly<Record<string, string>> {
  const given = Object.entries(params as Record<string, string>)
  return Object.fromEntries(given.map(([name, value]) => [name === '*' ? 'proxy' : name, value]))
}
