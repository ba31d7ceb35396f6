/** An app that is a function from `Request` to `Response`, behind a gateway. */
import type { GatewayContext } from '../context.js'
import { Answer, type Exchange, heard, type Tap } from '../exchange.js'
import type { Gateway } from '../gateway.js'
import { isStream, Overheard, release } from '../stream.js'
import { whileWaited } from '../waiting.js'
import { Attached } from './attached.js'
import { type Delivery, FetchRequest } from './request.js'
import { Untouched, wholeOf } from './response.js'

/** What the app was handed, and what the gateway knows of it. */
const contexts = new Attached<Request, GatewayContext>('postern.gateway')

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
  // Before the app runs: a gate on a route behind hears only what it adds, and this one what the app makes of that.
  const tap = exchange.tap?.installed === true ? undefined : exchange.tap
  if (tap !== undefined) tap.installed = true
  const answering: Answering = { gateway, exchange, call, tap }
  try {
    let exceeds: () => void = () => {}
    const request = forwardedOf(answering, () => exceeds())
    contexts.set(request, exchange)
    const given = Promise.resolve(app(request)).then(checked)
    const response = await awaited(exchange, given, (over) => {
      exceeds = over
    })
    if (typeof response !== 'string') return await ofApp(answering, response)
    // Whatever the app still brings, nobody reads.
    given.then(({ body }) => release(body), unheard)
    return instead(answering, response)
  } catch (error) {
    return failed(answering, () => gateway.crashed(exchange, error))
  }
}

/** An exchange that an app has in its hands. */
interface Answering {
  readonly gateway: Gateway
  readonly exchange: Exchange
  readonly call: FetchRequest
  /** What hears the answer that this app gives. */
  readonly tap: Tap | undefined
}

function unheard(): void {}

/** The request as the app is to see it. @param exceeds called if its body is too large */
function forwardedOf({ gateway, exchange, call }: Answering, exceeds: () => void): Request {
  // Of a gate behind another one: the request with which the exchange began, whose body is there once.
  const nested = exchange.request instanceof FetchRequest && exchange.request !== call
  return nested ? call.request : call.forwarded(exchange, gateway.limits.body, exceeds)
}

/**
 * The app's answer, waited for as long as there is time, and somebody to be answered.
 *
 * @param exceedsBy is given what tells that its body is too large
 */
function awaited(
  exchange: Exchange,
  given: Promise<Response>,
  exceedsBy: (exceeds: () => void) => void,
): Promise<Response | Trouble> {
  return new Promise((resolve, reject) => {
    const done = whileWaited(exchange, exchange.timeout, 'the app gave no answer', ({ code }) =>
      resolve(code === 'CALLER_GONE' ? 'left' : 'late'),
    )
    const over = (outcome: Response | Trouble) => {
      done()
      resolve(outcome)
    }
    exceedsBy(() => over('exceeded'))
    given.then(over, (error: unknown) => {
      done()
      reject(error)
    })
  })
}

/** What went wrong while the app was to answer. */
type Trouble = 'exceeded' | 'late' | 'left'

/** The exchange is over with an answer of the gateway's. */
function instead(answering: Answering, trouble: Trouble): Answer {
  const { gateway, exchange, call } = answering
  const answer = failed(answering, () => {
    if (trouble === 'left') return new Answer(499, [])
    return gateway.refused(exchange, trouble === 'late' ? 'INTEGRATION_TIMEOUT' : 'REQUEST_TOO_LARGE')
  })
  const whole = trouble !== 'left'
  const bytesOut = isStream(answer.body) ? 0 : Buffer.byteLength(answer.body)
  gateway.ended(exchange, { status: whole ? answer.status : 0, bytesIn: call.bytesIn, bytesOut, whole })
  return answer
}

/** What goes out where the app has none: whoever waits for what it would have brought is told so. */
function failed({ exchange, tap }: Answering, answer: () => Answer): Answer {
  // A gate behind has put its own in the place, and knows of nothing better to send.
  if (tap !== undefined) exchange.tap = tap
  const given = answer()
  tap?.end(false)
  return given
}

/** The app's answer: heard by whoever keeps or checks it, and else by its server alone. */
async function ofApp(answering: Answering, response: Response): Promise<Answer> {
  const { gateway, exchange, call, tap } = answering
  if (response.status === SWITCHING) return switched(answering, response)
  // A gate before this one adds its own, and says when it is over.
  const isOutermost = exchange.request === call
  if (isOutermost && tap === undefined && call.delivery !== undefined && call.method !== 'HEAD') {
    if (addTo(response, gateway.headers(exchange))) return delivered(answering, response, call.delivery)
  }
  const read = tap !== undefined ? await wholeOf(response) : ((response.body ?? '') as Answer['body'])
  const { status, headers, body } = heard(tap, new Answer(response.status, headersOf(response), read))
  // Only now is known what a cache has made of it, which is one of them.
  return isOutermost
    ? overheard(answering, new Answer(status, merged(gateway.headers(exchange), headers), body))
    : new Answer(status, headers, body)
}

/** Read on its way, as nothing else tells when it is over. */
function overheard({ gateway, exchange, call }: Answering, { status, headers, body }: Answer): Answer {
  const end = (whole: boolean, bytesOut: number) =>
    gateway.ended(exchange, { status, bytesIn: call.bytesIn, bytesOut, whole })
  if (!isStream(body)) {
    end(true, Buffer.byteLength(body))
    return new Answer(status, headers, body)
  }
  if (call.method === 'HEAD') {
    release(body)
    end(true, 0)
    return new Answer(status, headers)
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
  return new Answer(status, headers, new Overheard(body, listener))
}

/** The app's own `Response` goes out: whoever made it lightly sends it lightly, and no stream is made of a text. */
function delivered({ gateway, exchange, call }: Answering, response: Response, delivery: Delivery): Answer {
  delivery.whenOver((sent) => gateway.ended(exchange, { bytesIn: call.bytesIn, ...sent }))
  return new Untouched(response)
}

/** The names of the gateway's headers in responses of the app's. */
const added = new Attached<Response, ReadonlySet<string>>('postern.headers')

/**
 * Adds the gateway's own headers.
 *
 * @returns whether it could: headers may be fixed, and an app may give one response to several callers
 */
function addTo(response: Response, own: readonly string[]): boolean {
  if (added.get(response) !== undefined) return false
  const { headers } = response
  const names = own.filter((_, index) => index % 2 === 0)
  const mine = new Set(names.filter((name) => !headers.has(name)).map((name) => name.toLowerCase()))
  try {
    for (const [index, name] of names.entries()) {
      const key = name.toLowerCase()
      if (key === 'vary' || mine.has(key)) headers.append(name, own[index * 2 + 1] ?? '')
    }
  } catch {
    return false
  }
  added.set(response, mine)
  return true
}

/** As the app gave them: names and values in turn. */
function headersOf(response: Response): string[] {
  const mine = added.get(response)
  return [...response.headers].filter(([name]) => mine?.has(name) !== true).flat()
}

/** Of a WebSocket: the server that made it knows what to do with it. */
const SWITCHING = 101

function switched({ gateway, exchange, call, tap }: Answering, response: Response): Answer {
  tap?.end(false)
  if (exchange.request === call) {
    gateway.ended(exchange, { status: SWITCHING, bytesIn: 0, bytesOut: 0, whole: true })
  }
  return new Untouched(response)
}

/** Of any realm or library: an app under a server of its own has a `Response` of its own. @throws TypeError */
function checked(response: Response): Response {
  const { status, headers }: Partial<Response> = (response as Response | undefined) ?? {}
  const isOne = typeof status === 'number' && typeof headers?.get === 'function'
  if (!isOne) throw new TypeError(`the app gave no Response, but ${typeof response}`)
  if (status !== SWITCHING && !(status >= 200 && status <= 599))
    throw new TypeError(`the app gave a Response with status ${status}, which cannot be sent`)
  return response
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
