/** What is said of answers that are kept. */
import type { CacheInvalidation, CachePolicy, MethodSettings, StageCache } from '../../definition.js'
import { METHODS } from '../../methods.js'
import { bytesOf } from '../complete/bytes.js'
import { boolean, type Check, formed, hinted, integer, list, object, oneOf, text } from './shapes.js'
import { type Spot, show } from './spot.js'
import { isTtl, ttl } from './ttl.js'

/** In seconds. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html */
const LONGEST = 3_600
/** A stale answer may wait longer for an app that is away. */
const LONGEST_STALE = 86_400
const FIELD = formed(
  'a name of a header',
  /^[!#$%&'*+\-.^_`|~\w]+$/,
  'the name of a header',
  'HEADER_INVALID',
)
const name = formed('a name', /./, 'the name of a parameter')

/** Many write the names alone, and most mean the query's. */
function named(value: unknown): string | undefined {
  const query = typeof value === 'string' ? [value] : value
  if (!Array.isArray(query)) return undefined
  const names = query.filter((each) => typeof each === 'string').slice(0, 5)
  return `Write { query: [${names.map(show).join(', ')}] }; beside \`query\` there are \`headers\` and \`path\`.`
}

const key = hinted(
  "a cache's key",
  named,
  object<NonNullable<CachePolicy['key']>>("a cache's key", {
    query: list('a list of names', name),
    headers: list('a list of header names', FIELD),
    path: list('a list of names', name),
  }),
)

const invalidation = object<CacheInvalidation>('rules of invalidation', {
  requireAuthorization: boolean,
  unauthorized: oneOf('FAIL_WITH_403', 'SUCCEED_WITH_RESPONSE_HEADER', 'SUCCEED_WITHOUT_RESPONSE_HEADER'),
})

const method = text('a method', (at, value) => {
  if (METHODS.has(value) && value !== 'HEAD') return
  const why =
    value === 'HEAD' ? 'HEAD is answered with what is kept for GET' : `${show(value)} is no method of HTTP`
  at.fault('METHOD_INVALID', why, "Write methods in capitals, such as ['GET'].")
})

/** Neither a part of an answer nor one that says nothing new can be kept. */
const status: Check = (at) => {
  integer(200, 599)(at)
  if (at.value !== 206 && at.value !== 304) return
  at.fault('VALUE_INVALID', `a ${at.value} is no whole answer, and never kept`, 'Leave it out.')
}

const tags: Check = (at) => {
  if (typeof at.value !== 'function') list('a list of tags, or a function', text('a tag'))(at)
}

const policy = object<CachePolicy>('a cache', {
  ttl: ttl(LONGEST),
  key,
  per: oneOf('caller', 'everybody'),
  shared: boolean,
  methods: list('a list of methods', method),
  statuses: list('a list of statuses', status),
  maxBytes: integer(1),
  namespace: formed('a namespace', /./, 'a name'),
  invalidation,
  staleWhileRevalidate: ttl(LONGEST_STALE),
  staleIfError: ttl(LONGEST_STALE),
  tags,
  mode: oneOf('aws', 'rfc9111'),
})

/** Many write the time alone. @param otherwise what to write in place of a text that is no time */
function lifetime(otherwise: string): (value: unknown) => string | undefined {
  return (value) => {
    if (typeof value !== 'number' && typeof value !== 'string') return undefined
    return isTtl(value, LONGEST) ? `Write { ttl: ${show(value)} }.` : otherwise
  }
}

const policyOrHint = hinted('a cache', lifetime('Write true, or how: { ttl: 60 }.'), policy)

/** A route's `cache`. */
export const cache: Check = (at) => {
  policyOrHint(at)
  for (const field of ['methods', 'statuses'] as const) notEmpty(at.at(field))
}

function notEmpty(at: Spot): void {
  if (!Array.isArray(at.value) || at.value.length > 0) return
  at.fault('VALUE_INVALID', 'names none: nothing would be kept', 'Name one, or leave it out.')
}

const size: Check = (at) => {
  if (typeof at.value === 'number') return integer(1)(at)
  if (typeof at.value === 'string' && bytesOf(at.value) > 0) return
  const fix = "Write bytes, or a number with its unit, such as '64MB', '0.5GB' or '1.6GB'."
  at.fault('VALUE_INVALID', `${show(at.value)} is no size`, fix)
}

/** A stage's. */
export const stageCache: Check = hinted(
  'where a stage keeps answers',
  (value) => (value === true ? "Write {}, or the size: { size: '0.5GB' }." : undefined),
  object<StageCache>('where a stage keeps answers', { size }),
)

/** A method's, in a stage's settings. */
export const methodCache: Check = hinted(
  "a method's cache",
  lifetime('Write { ttl: 60 }.'),
  object<Exclude<NonNullable<MethodSettings['cache']>, false>>("a method's cache", { ttl: ttl(LONGEST) }),
)
