/** What is said of answers that are kept. */
import type { CompleteCache, CompleteMethod, CompleteStage } from '../../complete.js'
import type { CachePolicy, MethodSettings, StageDefinition } from '../../definition.js'
import { ttlOf } from '../check/ttl.js'
import { bytesOf } from './bytes.js'

/** AWS's. */
const DEFAULT_TTL = 300
const LARGEST_ANSWER = 1_048_576
const DEFAULT_SIZE = 64 * 1024 * 1024

export function cacheOf(given: true | CachePolicy): CompleteCache | undefined {
  const { key, per, invalidation, mode, ...rest }: CachePolicy = given === true ? {} : given
  const rfc9111 = mode === 'rfc9111'
  return {
    ttl: ttlOf(rest.ttl ?? DEFAULT_TTL),
    key: key && {
      query: key.query ?? [],
      headers: (key.headers ?? []).map((name) => name.toLowerCase()),
      path: key.path ?? [],
    },
    // Also where the route itself asks nobody: a gate before it, or a step, may know who calls.
    perCaller: per !== 'everybody',
    shared: rest.shared ?? false,
    methods: new Set(rest.methods ?? ['GET']),
    statuses: rest.statuses && new Set(rest.statuses),
    maxBytes: rest.maxBytes ?? LARGEST_ANSWER,
    namespace: rest.namespace,
    invalidation: {
      // RFC 9111 lets every caller ask for what is fresh.
      requireAuthorization: invalidation?.requireAuthorization ?? !rfc9111,
      unauthorized: invalidation?.unauthorized ?? 'SUCCEED_WITH_RESPONSE_HEADER',
    },
    staleWhileRevalidate: ttlOf(rest.staleWhileRevalidate ?? 0),
    staleIfError: ttlOf(rest.staleIfError ?? 0),
    tags: rest.tags,
    rfc9111,
  }
}

export function stageCacheOf(given: StageDefinition['cache']): CompleteStage['cache'] {
  return given === false ? false : { size: given?.size === undefined ? DEFAULT_SIZE : bytesOf(given.size) }
}

/** `undefined`: as its route has it. */
export function methodCacheOf(given: MethodSettings['cache']): CompleteMethod['cache'] {
  if (given === false) return false
  return given?.ttl === undefined ? undefined : { ttl: ttlOf(given.ttl) }
}
