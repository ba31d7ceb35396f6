/** What makes the cache forget: callers who may, and in RFC 9111 mode requests that change something. */
import { fieldOf, Refusal, type Tap } from '../answer.js'
import type { CompleteCache } from '../complete.js'
import type { Exchange } from '../exchange.js'
import { addTap } from '../taps.js'
import { type Directives, directivesOf } from './directives.js'
import type { StageCacheStore } from './store.js'

/** What a caller wants by `Cache-Control: max-age=0` or `no-cache`, and gets. */
export interface Invalidation {
  readonly refresh?: boolean
  /** What is left of its directives. */
  readonly directives?: Directives
  /** `Warning`, name and value. */
  readonly warning?: readonly string[]
  readonly refusal?: Refusal
}

const INVALIDATE = 'execute-api:InvalidateCache'
const UNHEEDED = directivesOf('')
/** In AWS's words. */
const WARNING = ['Warning', '199 Cache-Control headers were ignored because the caller was unauthorized.']

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html#invalidate-method-caching */
export function invalidationOf(
  { invalidation, rfc9111 }: CompleteCache,
  compat: 'aws' | undefined,
  said: Directives,
  { permits }: Exchange,
): Invalidation | undefined {
  const wanted = said.get('max-age') === '0' || (compat !== 'aws' && said.has('no-cache'))
  if (!wanted) return undefined
  if (!invalidation.requireAuthorization || permits?.may(INVALIDATE) === true) {
    // RFC 9111 has rules of its own for what is asked for so: the app may say that what is kept still holds.
    return rfc9111 ? undefined : { refresh: true }
  }
  if (invalidation.unauthorized === 'FAIL_WITH_403') {
    return { refusal: new Refusal('ACCESS_DENIED', `the caller may not ${INVALIDATE}`) }
  }
  if (invalidation.unauthorized === 'SUCCEED_WITHOUT_RESPONSE_HEADER') return { directives: UNHEEDED }
  return { directives: UNHEEDED, warning: WARNING }
}

/** Methods that change nothing (RFC 9110, 9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'REPORT', 'SEARCH', 'QUERY'])

/** When a request has changed something, what is kept of its target is out of date (RFC 9111, 4.4). */
export function heedUnsafe(exchange: Exchange, store: StageCacheStore): void {
  if (!SAFE.has(exchange.request.method)) addTap(exchange, new Changes(exchange, store))
}

class Changes implements Tap {
  constructor(
    private readonly exchange: Exchange,
    private readonly store: StageCacheStore,
  ) {}

  head(status: number, headers: readonly string[]): undefined {
    if (status >= 200 && status < 400) {
      const targets = [this.exchange.forwardTarget, ...this.#named(headers)]
      for (const target of new Set(targets)) this.store.flush({ target })
    }
    return undefined
  }

  chunk(): boolean {
    return false
  }

  end(): void {}

  /** Targets of this same origin that the answer names. */
  *#named(headers: readonly string[]): Generator<string> {
    const { request, forwardTarget } = this.exchange
    const origin = `http://${request.header('host') ?? ''}`
    // HTTP/1.0 has none, and then nothing is known to be of this origin.
    if (!URL.canParse(origin)) return
    const prefix = prefixOf(request.target, forwardTarget)
    for (const name of ['location', 'content-location']) {
      const value = fieldOf(headers, name)
      if (value === undefined || !URL.canParse(value, `${origin}${forwardTarget}`)) continue
      const url = new URL(value, `${origin}${forwardTarget}`)
      if (url.host !== new URL(origin).host) continue
      const target = url.pathname + url.search
      yield target
      // As callers see it: with mount path and stage.
      if (prefix !== '' && target.startsWith(prefix)) yield target.slice(prefix.length)
    }
  }
}

function prefixOf(target: string, forwardTarget: string): string {
  return target.endsWith(forwardTarget) ? target.slice(0, target.length - forwardTarget.length) : ''
}
