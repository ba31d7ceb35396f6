/** A route's cache by itself, with an app behind it that the test makes up. */
import { Answer, type Exchange as ExchangeType, type GatewayRequest } from 'postern'
import { type TestClock, testClock } from 'postern/testing'
import { Caches, cached } from '../../src/cache/cache.js'
import { cacheOf } from '../../src/control/complete/cache.js'
import type { CachePolicy } from '../../src/definition.js'
import { Exchange, heard, type Outcome } from '../../src/exchange.js'
import type { Answers } from '../../src/store/contract.js'

export interface Call {
  /** Method and target. */
  readonly request?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly principal?: string
  readonly apiKey?: string
  readonly authorizer?: Readonly<Record<string, unknown>>
  /** Whether its policies allow `execute-api:InvalidateCache`. */
  readonly may?: boolean
}

export type App = (exchange: Exchange) => Answer | Promise<Answer>

export interface Bench {
  readonly clock: TestClock
  readonly caches: Caches
  readonly errors: unknown[]
  /** How often the app has been called. */
  calls(): number
  call(call?: Call, app?: App): Promise<Outcome & { readonly exchange: ExchangeType }>
}

export interface BenchOptions {
  readonly policy?: CachePolicy
  readonly size?: number
  readonly compat?: 'aws'
  readonly clock?: TestClock
  /** A second level. */
  readonly answers?: Answers
  /** ms that it may take. */
  readonly timeout?: number
}

/** Answers that tell how often the app was called. */
export function bench({
  policy = {},
  size = 1e6,
  compat,
  clock = testClock(),
  ...second
}: BenchOptions = {}): Bench {
  const errors: unknown[] = []
  const caches = new Caches({ clock, report: (error) => errors.push(error), ...second })
  const complete = cacheOf(policy)
  if (complete === undefined) throw new Error('no cache')
  const place = { api: 'api', stage: 'prod', deployment: 'd1', route: 'GET /{path+}', compat }
  const step = cached(complete, { ...place, store: caches.stage('prod', size) })
  let calls = 0
  const call = async (given: Call = {}, app?: App) => {
    const exchange = exchangeOf(given, clock)
    const early = await step(exchange)
    if (early !== undefined) return Object.assign(early, { exchange })
    const own = ++calls
    const answer = (await app?.(exchange)) ?? new Answer(200, [], `answer ${own}`)
    // Answers of the app are the app's own: each is another object.
    const { status, headers, body } = heard(exchange.tap, answer)
    return Object.assign(new Answer(status, headers, body), { exchange })
  }
  return { clock, caches, errors, calls: () => calls, call }
}

function exchangeOf(given: Call, clock: TestClock): Exchange {
  const [method = '', target = ''] = (given.request ?? 'GET /pets').split(' ')
  const headers = new Map(Object.entries({ host: 'localhost', ...given.headers }))
  const request: GatewayRequest = {
    method,
    target,
    localTarget: target,
    peer: '127.0.0.1',
    encrypted: true,
    foldsCase: false,
    hasBody: false,
    header: (name) => headers.get(name),
    stream: () => undefined,
    whenGone: () => () => {},
    rawHeaders: () => [...headers].flat(),
    body: async () => new Uint8Array(0),
  }
  const exchange = new Exchange({}, request, 'id', clock.now())
  exchange.principal = given.principal
  if (given.authorizer !== undefined) exchange.authorizer = given.authorizer
  if (given.apiKey !== undefined) {
    exchange.identity = { key: { id: given.apiKey, plans: [] }, openedFor: undefined, opened: [] }
  }
  if (given.may !== undefined)
    exchange.permits = { may: (action) => action === 'execute-api:InvalidateCache' && given.may === true }
  return exchange
}

/** A field of an answer. */
export function field(outcome: Outcome, name: string): string | undefined {
  const { headers } = outcome
  const at = headers.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name)
  return at < 0 ? undefined : headers[at + 1]
}

export function textOf(outcome: Outcome): string {
  return outcome instanceof Answer
    ? Buffer.from(outcome.body as string | Uint8Array).toString()
    : `refused: ${outcome.type}`
}
