/** What makes two requests alike. */
import type { CompleteCache } from '../complete.js'
import { digestApiKey } from '../digest.js'
import type { Exchange } from '../exchange.js'
import { callerOf } from './caller.js'

/** Where a route's answers are kept. */
export interface KeyPlace {
  readonly api: string
  readonly stage: string
  readonly deployment: string
  readonly route: string
  readonly compat: 'aws' | undefined
}

/** A body up to that size is hashed into the key; a request with a larger one is not worth it. */
const LARGEST_BODY = 1_048_576

/**
 * The key of a route's requests. Parts stand on lines of their own, as neither header fields nor targets can hold
 * the end of a line; what a caller or an authorizer makes up is quoted or hashed.
 */
export class CacheKey {
  readonly #prefix: string
  readonly #declared: CompleteCache['key']
  readonly #perCaller: boolean
  readonly #aws: boolean

  constructor(cache: CompleteCache, { api, stage, deployment, route, compat }: KeyPlace) {
    const { namespace } = cache
    const space = namespace === undefined ? `route ${route}` : `namespace ${JSON.stringify(namespace)}`
    this.#prefix = `${api}\n${stage}\n${deployment}\n${space}\n`
    this.#aws = compat === 'aws'
    // AWS's key has declared parts only.
    this.#declared = cache.key ?? (this.#aws ? { query: [], headers: [], path: [] } : undefined)
    this.#perCaller = cache.perCaller
  }

  /** @param method the one whose answers are kept: `GET` for a HEAD. `undefined`: nothing is to be kept for it */
  of(exchange: Exchange, method: string): string | undefined | Promise<string | undefined> {
    const caller = this.#perCaller ? callerOf(exchange) : ''
    if (caller === undefined) return undefined
    // The same deployment, but with variables of its own.
    const canary = exchange.canary ? ' canary' : ''
    const key = `${this.#prefix}${method}${canary}\n${this.#aws ? '' : placeOf(exchange)}${this.#parts(exchange)}\n${caller}`
    if (this.#aws) return key
    if (method !== 'GET') return withBody(key, exchange)
    return exchange.request.hasBody ? undefined : key
  }

  /** The part of a query (with its `?`, or empty) that is in the key. */
  readonly query = (query: string): string => {
    const names = this.#declared?.query
    return names === undefined || query === '' ? query : declaredQuery(query, names)
  }

  #parts(exchange: Exchange): string {
    const { forwardTarget } = exchange
    const declared = this.#declared
    if (declared === undefined) return forwardTarget
    const mark = forwardTarget.indexOf('?')
    const path = mark === -1 ? forwardTarget : forwardTarget.slice(0, mark)
    let parts = this.#aws ? '' : path
    if (mark !== -1) parts += this.query(forwardTarget.slice(mark))
    for (const name of declared.headers) {
      const value = exchange.request.header(name)
      if (value !== undefined) parts += `\n${name}: ${value}`
    }
    for (const name of declared.path) parts += `\n{${name}}${JSON.stringify(exchange.params[name] ?? null)}`
    return parts
  }
}

/** What an app that trusts its proxies takes for host and scheme; proxies do not always write it themselves. */
const FORWARDED = [
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'forwarded',
]

/** Host and scheme, and where the app is mounted: it may make links of them. */
function placeOf({ request, secure }: Exchange): string {
  const { target, localTarget } = request
  const mount =
    target.length === localTarget.length ? '' : target.slice(0, target.length - localTarget.length)
  let place = `${secure ? 'https' : 'http'}://${request.header('host')?.toLowerCase() ?? ''}\n${mount}\n`
  for (const name of FORWARDED) {
    const value = request.header(name)
    if (value !== undefined) place += `${name}: ${value}\n`
  }
  return place
}

/**
 * The declared parameters as they stand in the query, in their order. `a[]=1`, `[a]=1` and `a.b=1` are parts of `a`
 * for many parsers, so they count as `a`.
 */
function declaredQuery(query: string, names: readonly string[]): string {
  const found: string[] = []
  for (const pair of query.slice(1).split('&')) {
    const end = pair.indexOf('=')
    const name = decoded(end === -1 ? pair : pair.slice(0, end))
    if (names.includes(name) || names.includes(/^\[?([^[\].]*)/.exec(name)?.[1] ?? '')) {
      found.push(
        `${encodeURIComponent(name)}=${end === -1 ? '' : encodeURIComponent(decoded(pair.slice(end + 1)))}`,
      )
    }
  }
  return found.length === 0 ? '' : `?${found.join('&')}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** What is asked by a method with a body is in the body, too. One of unknown length is not waited for. */
function withBody(key: string, exchange: Exchange): string | undefined | Promise<string | undefined> {
  const { request } = exchange
  if (!request.hasBody) return key
  const length = Number(request.header('content-length') ?? Number.NaN)
  if (!(length <= LARGEST_BODY)) return undefined
  const head = `${key}\n${request.header('content-type')}\n${request.header('content-encoding')}\n`
  return request.body(LARGEST_BODY).then((body) => head + digestApiKey(Buffer.from(body).toString('latin1')))
}
