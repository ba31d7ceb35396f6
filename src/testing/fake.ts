/** A stand-in for the app behind a gateway. */
import { type Answer, answer } from '../exchange.js'
import type { ParamsOf, PathPattern } from '../params.js'
import { PatternError, parseRoute } from '../resolve/pattern.js'
import { Match, Router } from '../resolve/router.js'
import { splitTarget } from '../resolve/target.js'
import type { ForwardedRequest } from './request.js'

/** What a fake was asked. */
export interface FakeCall<P extends string = string> extends ForwardedRequest {
  /** The pattern that it matched; `undefined` where there was none. */
  readonly route: P | undefined
  readonly params: ParamsOf<P>
  readonly query: URLSearchParams
}

/** What a fake answers: a function's result, as a handler's; else always the same. An error is thrown. */
export type FakeReply<P extends string = string> = ((call: FakeCall<P>) => unknown) | Answer | object | string

/** An app that never was: given to `send` as `app`. */
export interface FakeApp {
  (request: ForwardedRequest): unknown
  /** Whatever reached it, the oldest first. */
  readonly calls: readonly FakeCall[]
  /** Forgets its calls. */
  clear(): void
}

/**
 * A stand-in for the app: answers by pattern, in the syntax of `route()`, and remembers what reached it. What it has no
 * pattern for is answered with 404, and says so.
 *
 * @throws TypeError for what is no pattern
 *
 * @example
 * const app = fake({
 *   'GET /pets/{petId}': ({ params }) => ({ id: params.petId }),
 *   'POST /pets': answer(201),
 *   'GET /slow': () => clock.advance('30s'), // 504: it took as long as the clock was moved
 *   'GET /broken': new Error('out of order'), // 500
 * })
 * await send(gateway, 'GET /prod/pets/7', { app })
 * app.calls[0]?.params // { petId: '7' }
 */
export function fake<const P extends PathPattern>(replies: { readonly [K in P]: FakeReply<K> }): FakeApp {
  const router = routerOf(replies)
  const calls: FakeCall[] = []
  const app = (request: ForwardedRequest): unknown => {
    const call = new Call(request, router)
    calls.push(call)
    const { route } = call
    return route === undefined ? unknown(request, Object.keys(replies)) : replied(replies[route as P], call)
  }
  const clear = () => {
    calls.length = 0
  }
  return Object.assign(app, { calls, clear })
}

function replied(reply: FakeReply<never>, call: FakeCall): unknown {
  if (reply instanceof Error) throw reply
  // Its body can be read but once.
  if (reply instanceof Response) return reply.clone()
  return typeof reply === 'function' ? (reply as (call: FakeCall) => unknown)(call) : reply
}

function unknown({ method, target }: ForwardedRequest, known: readonly string[]): Answer {
  const has = known.map((pattern) => `'${pattern}'`).join(', ') || 'nothing'
  return answer(404, { message: `the fake has no '${method} ${target}': it has ${has}` })
}

function routerOf(replies: object): Router<string> {
  const router = new Router<string>()
  for (const pattern of Object.keys(replies)) {
    const { method, patterns } = parsed(pattern)
    for (const each of patterns) router.add(method, each, pattern)
  }
  return router
}

function parsed(pattern: string): ReturnType<typeof parseRoute> {
  try {
    return parseRoute(pattern)
  } catch (error) {
    if (error instanceof PatternError) throw new TypeError(`fake: ${error.message}. ${error.fix}`)
    throw error
  }
}

class Call implements FakeCall {
  readonly method: string
  readonly target: string
  readonly route: string | undefined
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly header: ForwardedRequest['header']
  readonly body: ForwardedRequest['body']
  readonly text: ForwardedRequest['text']
  readonly json: ForwardedRequest['json']
  declare readonly gateway: ForwardedRequest['gateway']

  constructor({ gateway, ...request }: ForwardedRequest, router: Router<string>) {
    const target = splitTarget(request.target)
    const found = typeof target === 'string' ? undefined : router.match(request.method, target, 0)
    const match = found instanceof Match ? found : undefined
    this.method = request.method
    this.target = request.target
    this.route = match?.value
    this.params = { ...match?.params }
    this.query = new URLSearchParams(typeof target === 'string' ? '' : target.query)
    this.header = request.header
    this.body = request.body
    this.text = request.text
    this.json = request.json
    // It leads to the whole gateway, which is no part of the call.
    Object.defineProperty(this, 'gateway', { value: gateway })
  }

  /** As snapshots show it. */
  toJSON(): Pick<FakeCall, 'method' | 'target' | 'route' | 'params'> {
    const { method, target, route, params } = this
    return { method, target, route, params }
  }
}
