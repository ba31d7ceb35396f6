/** A request in Fastify, from its arrival to the gateway's answer. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import type { Answer, Exchange, Passed } from '../src/exchange.js'
import { passed, Refusal } from '../src/exchange.js'
import type { Arrival, Gateway } from '../src/gateway.js'
import { isStream } from '../src/stream.js'
import { handOver } from './forward.js'
import { settle } from './gate.js'
import { NodeRequest } from './request.js'
import { closeAfter, hasRepeats, isUnread, readableOf } from './write.js'

/** What is known of a gateway that stands in Fastify. */
export interface Standing {
  /** What `rewriteUrl` was told, where it is there. */
  rewrites: { readonly prefix?: string } | undefined
  foldsCase: boolean
  /** Whether the plugin stands anywhere. */
  registered: boolean
  /** Whether it was said that it does not. */
  unregistered: boolean
  readonly mounted: WeakSet<object>
  /** Under which a request has its call, from `rewriteUrl` to the first hook: what weak maps hold, collections go over. */
  readonly arrived: symbol
}

export type Arriving = IncomingMessage & { [arrived: symbol]: FastifyCall | undefined }

const standings = new WeakMap<object, Standing>()

export function standingOf(gateway: object): Standing {
  const known = standings.get(gateway)
  if (known !== undefined) return known
  const fresh = {
    rewrites: undefined,
    foldsCase: false,
    registered: false,
    unregistered: false,
    mounted: new WeakSet(),
    arrived: Symbol('postern.arrived'),
  }
  standings.set(gateway, fresh)
  return fresh
}

/** While Fastify has not made it. */
export const NOT_YET = Object.freeze({}) as ServerResponse

/**
 * Whether an option of Fastify's router is so. Fastify 5 takes it in either of two places, and fills in defaults in the
 * other: what one of them says may hold.
 */
export function routesBy(
  { initialConfig }: FastifyInstance,
  option: 'caseSensitive' | 'useSemicolonDelimiter',
  value: boolean,
): boolean {
  const { routerOptions } = initialConfig as { routerOptions?: Readonly<Record<string, unknown>> }
  return initialConfig[option] === value || routerOptions?.[option] === value
}

/** As `rewriteUrl` has looked at it, or looked at now. */
export function arrivedCall(
  gateway: Gateway,
  { arrived, foldsCase }: Standing,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyCall {
  const { raw } = request
  const early = (raw as Arriving)[arrived]
  if (early !== undefined) {
    ;(raw as Arriving)[arrived] = undefined
    early.res = reply.raw
    return early
  }
  const url = raw.url ?? ''
  const call = new FastifyCall(raw, reply.raw, url, url, foldsCase)
  call.arrival = gateway.arrive(call)
  // Fastify has routed it as it came: what that means to others, it may not mean to the gateway.
  call.routedAs = raw.url
  call.semicolons = routesBy(request.server, 'useSemicolonDelimiter', true)
  return call
}

export class FastifyCall extends NodeRequest {
  arrival: Arrival<FastifyCall> | undefined
  /** The URL by which Fastify has routed it, where no `rewriteUrl` was asked. */
  routedAs: string | undefined
  semicolons = false

  /** @param next what comes behind the gateway; `done` is told what fails */
  proceed(
    gateway: Gateway,
    request: FastifyRequest,
    reply: FastifyReply,
    next: () => void,
    done: HookHandlerDoneFunction,
  ): void {
    const forward = (exchange: Exchange): Answer | Passed =>
      this.#emptied(exchange, gateway, request) ??
      this.#astray(exchange, gateway) ??
      this.pass(gateway, exchange, request, reply, next)
    if (this.arrival === undefined) throw new TypeError('a request that has not arrived')
    const result = this.arrival.proceed(forward)
    if (result === passed) return
    settle(
      result,
      (answer) => this.answer(answer, reply),
      (error) => done(error as Error),
    )
  }

  pass(
    gateway: Gateway,
    exchange: Exchange,
    request: FastifyRequest,
    reply: FastifyReply,
    next: () => void,
  ): Passed {
    request.gateway = exchange
    if (!handOver(gateway, exchange)) return passed
    // Plugins that vary an answer add to what the reply varies by already.
    const vary = reply.raw.getHeader('vary')
    if (vary !== undefined) reply.header('vary', vary)
    next()
    return passed
  }

  /** A path of which Fastify has taken nothing at all for a parameter: to the gateway, none is empty. */
  #emptied(exchange: Exchange, gateway: Gateway, request: FastifyRequest): Answer | undefined {
    const slash = endsInSlash(exchange.forwardTarget)
    if (!hasEmpty(request.params as Params, slash)) return undefined
    // None of the API's: nothing was matched.
    if (exchange.on === undefined) return undefined
    const one = slash && endsInOne(request)
    if (one && !gateway.isEmptied(exchange)) return undefined
    return gateway.refuse(exchange, new Refusal('RESOURCE_NOT_FOUND', one ? SLASH_TAKEN : NOTHING_TAKEN))
  }

  /** A path that Fastify has routed in another spelling than the gateway matched. */
  #astray({ forwardTarget, from }: Exchange, gateway: Gateway): Answer | undefined {
    const { routedAs, arrival } = this
    if (routedAs === undefined || arrival === undefined) return undefined
    if (routedAs === forwardTarget && !(this.semicolons && forwardTarget.includes(';'))) return undefined
    const words =
      'give Fastify({ rewriteUrl: rewriteUrl(gateway) }), by which it routes what the gateway has matched'
    const type = from > 0 ? 'API_CONFIGURATION_ERROR' : 'MALFORMED_TARGET'
    return gateway.refuse(
      arrival.exchange,
      new Refusal(type, `Fastify took the path as it was written: ${words}`),
    )
  }

  /** As a handler in Fastify would, so that `onSend` hooks see it; the very bytes, which it is not to serialize. */
  answer({ status, headers, body }: Answer, reply: FastifyReply): void {
    if (isUnread(this)) closeAfter(this)
    reply.code(status)
    putReplyHeaders(reply, headers)
    // Fastify measures what a HEAD is answered with, but for a stream.
    if (this.method === 'HEAD') reply.send(Readable.from([]))
    else if (status === 204 || status === 304 || body === '') reply.send()
    else if (isStream(body)) reply.send(readableOf(body, this.res))
    else if (typeof body === 'string' && reply.hasHeader('content-type')) reply.serializer(same).send(body)
    else reply.send(typeof body === 'string' ? Buffer.from(body) : body)
  }
}

const SLASH_TAKEN =
  'Fastify took the slash at its end for an empty parameter: `ignoreTrailingSlash` has it find the route'
const NOTHING_TAKEN =
  'Fastify took nothing at all for a parameter that shares its segment with others or with text'

type Params = Readonly<Record<string, string | undefined>>

/** @param slash whether the path ends in one: there Fastify 4 gives no values, where several share the last segment */
function hasEmpty(params: Params, slash: boolean): boolean {
  for (const name in params) if (params[name] === '' || (slash && params[name] === undefined)) return true
  return false
}

/** Whether the last segment of its route is one parameter and no more. */
function endsInOne({ routeOptions }: FastifyRequest): boolean {
  return /\/(?::\w+\??|\*)$/.test(routeOptions.url ?? '')
}

/** Of the path, before the query. */
function endsInSlash(target: string): boolean {
  const mark = target.indexOf('?')
  return target.charCodeAt((mark === -1 ? target.length : mark) - 1) === SLASH
}

const SLASH = 0x2f

/** Without one of its own, Fastify adds a charset to the type of a text. */
function same(body: unknown): string {
  return body as string
}

function putReplyHeaders(reply: FastifyReply, headers: readonly string[]): void {
  const repeats = hasRepeats(headers)
  const seen = repeats ? new Set<string>() : undefined
  for (let index = 0; index < headers.length; index += 2) {
    const name = (headers[index] ?? '').toLowerCase()
    const value = headers[index + 1] ?? ''
    // To cookies Fastify adds by itself.
    const adds = name !== 'set-cookie' && (name === 'vary' || seen?.has(name) === true)
    const before = adds ? reply.getHeader(name) : undefined
    reply.header(name, before === undefined ? value : [before, value].flat().map(String))
    seen?.add(name)
  }
}
