/** What goes on behind `proxy.ts`: how Next is told so, and how what is known of a request gets there. */
import type { GatewayContext } from '../src/context.js'
import { type Answer, type Exchange, Refusal } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import type { GatewayRequest } from '../src/port.js'
import type { FetchRequest } from '../src/web/request.js'
import { arrival } from './arrivals.js'
import { watch } from './forward.js'
import { NodeRequest } from './request.js'

/**
 * An admitted request goes on as `NextResponse.next()` and `.rewrite()` have it: these are responses with headers that
 * Next takes off.
 *
 * @see https://nextjs.org/docs/app/api-reference/functions/next-response
 */
export function onwards(gateway: Gateway, exchange: Exchange, call: FetchRequest): Response {
  // Whoever waits for the same answer asks for itself.
  exchange.tap?.end(false)
  exchange.tap = undefined
  seeOff(gateway, exchange, call)
  const headers = new Headers()
  const own = gateway.headers(exchange)
  for (let index = 0; index < own.length; index += 2) headers.append(own[index] ?? '', own[index + 1] ?? '')
  const { request, localTarget } = call
  if (exchange.forwardTarget === localTarget) headers.set('x-middleware-next', '1')
  else headers.set('x-middleware-rewrite', elsewhere(request, exchange.forwardTarget))
  if (exchange.forwardHeaders !== undefined) override(headers, request.headers, exchange.forwardHeaders)
  return new Response(null, { headers })
}

/** The app is to see exactly these request headers. */
function override(headers: Headers, sent: Headers, altered: ReadonlyMap<string, string | undefined>): void {
  const all = new Map<string, string | undefined>([...sent, ...altered])
  const kept = [...all].filter((field): field is [string, string] => field[1] !== undefined)
  for (const [name, value] of kept) headers.set(`x-middleware-request-${name}`, value)
  headers.set('x-middleware-override-headers', kept.map(([name]) => name).join(','))
}

function elsewhere(request: Request & { nextUrl?: { basePath: string } }, target: string): string {
  const { origin } = new URL(request.url)
  return `${origin}${request.nextUrl?.basePath ?? ''}${target}`
}

/** Where more of a body has come than it may have, while the gateway waited for something else. */
export function overfull(gateway: Gateway, exchange: Exchange): Answer | undefined {
  const received = arrival()?.received?.() ?? 0
  return received > gateway.limits.body
    ? gateway.refuse(exchange, new Refusal('REQUEST_TOO_LARGE'))
    : undefined
}

/** Its record waits for the connection's word, where there is one; else it says that the answer was not seen. */
function seeOff(gateway: Gateway, exchange: Exchange, { bytesIn }: FetchRequest): void {
  const came = arrival()
  if (came === undefined) {
    gateway.ended(exchange, { status: 0, bytesIn, bytesOut: 0, whole: true, unseen: true })
    return
  }
  came.exchange = exchange
  const { request, response, target, received } = came
  watch(gateway, exchange, new NodeRequest(request, response, target, target, false), received?.())
}

/** What a gate in `proxy.ts` has passed on goes on in that request: nothing is charged twice. */
export function adopted(gateway: Gateway, request: GatewayRequest): GatewayContext | undefined {
  const outer = arrival()?.exchange
  return outer && gateway.adopt(outer, request)
}

/** What the gate in `proxy.ts` has said is said anew: Next would keep the older word of two. */
export function retract(gateway: Gateway, exchange: GatewayContext): void {
  const response = arrival()?.response
  if (response === undefined || response.headersSent) return
  const names = gateway.headers(exchange as Exchange).filter((_, index) => index % 2 === 0)
  for (const name of names) if (name.toLowerCase() !== 'vary') response.removeHeader(name)
}

/** Said once, where `proxy.ts` is loaded. */
export function warnOfAnswers(gateway: Gateway): void {
  const names = gateway.routes
    .filter(({ policy: { cache, responses }, answeredBy, declaredIn }) => {
      return (cache || responses) && answeredBy === 'app' && declaredIn === 'definition'
    })
    .map(({ name }) => `'${name}'`)
  if (names.length === 0) return
  const words = `proxy.ts sees no answers: those of ${names.join(', ')} are neither kept nor checked there`
  gateway.report(new Error(`${words}. Guard the handler instead, gate.route(pattern, policy, handler)`))
}
