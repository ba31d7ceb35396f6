/** What a request says of how it may be answered. */
import type { Refusal } from '../answer.js'
import type { CompleteCache } from '../complete.js'
import type { Exchange } from '../exchange.js'
import { hasOwnCredentials } from './caller.js'
import { type Condition, conditionOf } from './conditional.js'
import { type Directives, directivesOf } from './directives.js'
import { invalidationOf } from './invalidation.js'

export interface Asked {
  readonly exchange: Exchange
  /** Those that are heeded. */
  readonly directives: Directives
  /** What the caller has already. */
  readonly condition: Condition | undefined
  /** Headers that its answer gets, names and values in turn. */
  readonly extra: readonly string[]
  /** Whether it has credentials of the app's own, and may have only what is said to be for everybody. */
  readonly authorized: boolean
  readonly cookie: boolean
  /** Whether what is kept is to be replaced. */
  readonly refresh: boolean
  /** Whether nothing stale will do. */
  readonly strict: boolean
  /** Whether it neither waits for others nor others for it. */
  readonly alone: boolean
  readonly onlyIfCached: boolean
}

/** Headers that ask for something other than the whole answer: the app answers these, as ever. */
const PARTIAL = ['range', 'if-match', 'if-unmodified-since', 'if-range', 'upgrade']

const NO_EXTRA: readonly string[] = []

/** `undefined`: the cache has no part in it. A refusal: the caller may not ask for that. */
export function askedOf(
  cache: CompleteCache,
  compat: 'aws' | undefined,
  exchange: Exchange,
): Asked | Refusal | undefined {
  const { request } = exchange
  const said = directivesOf(request.header('cache-control'))
  if (said.has('no-store')) return undefined
  for (const name of PARTIAL) if (request.header(name) !== undefined) return undefined
  const open = cache.shared || compat === 'aws'
  const credentials = open ? undefined : hasOwnCredentials(cache, exchange)
  if (credentials !== undefined && !cache.rfc9111) return undefined
  const invalidation = said.size === 0 ? undefined : invalidationOf(cache, compat, said, exchange)
  if (invalidation?.refusal !== undefined) return invalidation.refusal
  const directives = invalidation?.directives ?? said
  const refresh = invalidation?.refresh ?? false
  const strict =
    refresh || directives.has('no-cache') || directives.has('max-age') || directives.has('min-fresh')
  return {
    exchange,
    directives,
    condition: conditionOf(request),
    extra: invalidation?.warning ?? NO_EXTRA,
    authorized: credentials?.authorized ?? false,
    cookie: credentials?.cookie ?? false,
    refresh,
    strict: cache.rfc9111 && strict,
    alone: refresh || credentials !== undefined,
    onlyIfCached: cache.rfc9111 && directives.has('only-if-cached'),
  }
}
