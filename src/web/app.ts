/** An app that is a function from `Request` to `Response`, behind a gateway. */
import { Answer, type Exchange, type GatewayContext, heard } from '../exchange.js'
import type { Gateway } from '../gateway.js'
import { inTime } from '../store/bounded.js'
import { isStream, Overheard, release } from '../stream.js'
import { FetchRequest } from './request.js'
import { wholeOf } from './response.js'

/** What the app was handed, and what the gateway knows of it. */
const contexts = new WeakMap<Request, GatewayContext>()

/**
 * What the gateway knows of a request that it has handed on; `undefined` where it has not passed any.
 *
 * @example
 * app.get('/pets', (c) => c.json({ for: gatewayOf(c.req.raw)?.client?.name }))
 */
export function gatewayOf(request: Request): GatewayContext | undefined {
  return contexts.get(request)
}

/** Answers an admitted request. */
export type FetchApp = (request: Request) => Response | Promise<Response>

/** Hands an admitted exchange to an app of the web's; its answer is the gateway's to send. */
export async function toApp(
  gateway: Gateway,
  exchange: Exchange,
  call: FetchRequest,
  app: FetchApp,
): Promise<Answer> {
  // Of a gate behind another one: the request with which the exchange began, whose body is there once.
  const first = exchange.request instanceof FetchRequest ? exchange.request : call
  let exceeds: () => void = () => {}
  const exceeded = new Promise<'exceeded'>((resolve) => {
    exceeds = () => resolve('exceeded')
  })
  const request = first === call ? call.forwarded(exchange, gateway.limits.body, exceeds) : call.request
  contexts.set(request, exchange)
  try {
    const given = Promise.race([Promise.resolve(app(request)), exceeded, left(request)])
    const response = await inTimeOf(exchange, given)
    if (response === 'exceeded')
      return over(gateway, exchange, call, gateway.refused(exchange, 'REQUEST_TOO_LARGE'))
    if (response === 'late')
      return over(gateway, exchange, call, gateway.refused(exchange, 'INTEGRATION_TIMEOUT'))
    if (response === 'left') return over(gateway, exchange, call, new Answer(499, []), false)
    return ofApp(gateway, exchange, call, response)
  } catch (error) {
    return gateway.crashed(exchange, error)
  }
}

/** Resolves when the caller goes away. */
function left({ signal }: Request): Promise<'left'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('left')
    else signal.addEventListener('abort', () => resolve('left'), { once: true })
  })
}

function inTimeOf<T>({ timeout }: Exchange, given: Promise<T>): Promise<T | 'late'> {
  if (timeout === false) return given
  const late = new Error('late')
  return inTime(given, timeout, () => late).catch((error: unknown) => {
    if (error === late) return 'late' as const
    throw error
  })
}

/** The exchange is over with an answer of the gateway's. */
function over(
  gateway: Gateway,
  exchange: Exchange,
  call: FetchRequest,
  answer: Answer,
  whole = true,
): Answer {
  if (!whole) exchange.tap?.end(false)
  const bytesOut = isStream(answer.body) ? 0 : Buffer.byteLength(answer.body)
  gateway.ended(exchange, { status: whole ? answer.status : 0, bytesIn: call.bytesIn, bytesOut, whole })
  return answer
}

/** The app's answer, heard by whoever keeps or checks it. */
async function ofApp(
  gateway: Gateway,
  exchange: Exchange,
  call: FetchRequest,
  response: Response,
): Promise<Answer> {
  const { tap } = exchange
  const hears = tap !== undefined && tap.installed !== true
  if (hears) tap.installed = true
  const read = hears ? await wholeOf(response) : ((response.body ?? '') as Answer['body'])
  const given = new Answer(response.status, [...response.headers].flat(), read)
  const { status, headers, body } = hears ? heard(tap, given) : given
  // A gate before this one adds its own, and says when it is over.
  if (exchange.request !== call) return new Answer(status, headers, body)
  const end = (whole: boolean, bytesOut: number) =>
    gateway.ended(exchange, { status, bytesIn: call.bytesIn, bytesOut, whole })
  const all = merged(gateway.headers(exchange), headers)
  if (!isStream(body)) {
    end(true, Buffer.byteLength(body))
    return new Answer(status, all, body)
  }
  if (call.method === 'HEAD') {
    release(body)
    end(true, 0)
    return new Answer(status, all)
  }
  let bytesOut = 0
  const listener = {
    chunk: (bytes: Uint8Array) => {
      bytesOut += bytes.length
    },
    end: (whole: boolean, error?: unknown) => {
      if (error !== undefined) gateway.report(error)
      end(whole, bytesOut)
    },
  }
  return new Answer(status, all, new Overheard(body, listener))
}

/** The gateway's own headers, and the app's in their place but for what both vary by. */
function merged(own: readonly string[], given: readonly string[]): string[] {
  const names = new Set(given.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()))
  const kept = own.filter((_, index) => {
    const name = own[index - (index % 2)]?.toLowerCase() ?? ''
    return name === 'vary' || !names.has(name)
  })
  return [...kept, ...given]
}
