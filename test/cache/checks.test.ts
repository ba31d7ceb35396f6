/** What can be wrong with a cache in a definition, and what holds where it says nothing. */
import { createGateway, DefinitionError, type Fault, type GatewayDefinition, route } from 'postern'
import { describe, expect, it } from 'vitest'
import { bytesOf } from '../../src/control/complete/bytes.js'
import { cacheOf, methodCacheOf, stageCacheOf } from '../../src/control/complete/cache.js'
import type { CachePolicy } from '../../src/definition.js'

const inPlace = ({ code, path }: Fault) => `${code} ${path}`
const inWords = ({ message, fix }: Fault) => `${message}: ${fix}`

function faultsOf(definition: object, told = inPlace): readonly string[] {
  try {
    createGateway(definition as GatewayDefinition)
    return []
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    return error.faults.map(told)
  }
}

const onRoute = (cache: unknown, pattern: 'GET /a' | 'GET /{id}' = 'GET /a') =>
  faultsOf({ routes: [route(pattern, { cache: cache as CachePolicy })] })
const onMethod = (cache: unknown) => ({ prod: { methods: { '*': { cache } } } })
const onStage = (stage: object) => faultsOf({ routes: [route('GET /a')], stages: { prod: stage } })

describe('a route’s cache', () => {
  it.each([
    [{ ttl: -1 }, 'DURATION_INVALID routes[0].policy.cache.ttl'],
    [{ ttl: 3_601 }, 'DURATION_INVALID routes[0].policy.cache.ttl'],
    [{ ttl: '2h' }, 'DURATION_INVALID routes[0].policy.cache.ttl'],
    [{ staleIfError: '2d' }, 'DURATION_INVALID routes[0].policy.cache.staleIfError'],
    [{ per: 'address' }, 'VALUE_INVALID routes[0].policy.cache.per'],
    [{ methods: ['get'] }, 'METHOD_INVALID routes[0].policy.cache.methods[0]'],
    [{ methods: ['HEAD'] }, 'METHOD_INVALID routes[0].policy.cache.methods[0]'],
    [{ methods: [] }, 'VALUE_INVALID routes[0].policy.cache.methods'],
    [{ statuses: [206] }, 'VALUE_INVALID routes[0].policy.cache.statuses[0]'],
    [{ statuses: [199] }, 'NUMBER_INVALID routes[0].policy.cache.statuses[0]'],
    [{ maxBytes: 0 }, 'NUMBER_INVALID routes[0].policy.cache.maxBytes'],
    [{ key: { headers: ['x y'] } }, 'HEADER_INVALID routes[0].policy.cache.key.headers[0]'],
    [{ key: { cookies: [] } }, 'UNKNOWN_FIELD routes[0].policy.cache.key.cookies'],
    [{ key: ['page'] }, 'WRONG_TYPE routes[0].policy.cache.key'],
    [
      { invalidation: { unauthorized: 'FAIL' } },
      'VALUE_INVALID routes[0].policy.cache.invalidation.unauthorized',
    ],
    [{ tags: [1] }, 'WRONG_TYPE routes[0].policy.cache.tags[0]'],
    [{ mode: 'rfc7234' }, 'VALUE_INVALID routes[0].policy.cache.mode'],
    [{ namespace: '' }, 'NAME_INVALID routes[0].policy.cache.namespace'],
    [{ time: 5 }, 'UNKNOWN_FIELD routes[0].policy.cache.time'],
    [5, 'WRONG_TYPE routes[0].policy.cache'],
  ])('that is %o has a fault: %s', (cache, fault) => {
    expect(onRoute(cache)).toEqual([fault])
  })

  it.each<[unknown, string]>([
    ['5m', "'5m' is not a cache: Write { ttl: '5m' }."],
    [60, '60 is not a cache: Write { ttl: 60 }.'],
    ['on', "'on' is not a cache: Write true, or how: { ttl: 60 }."],
    [7_200, '7200 is not a cache: Write true, or how: { ttl: 60 }.'],
    [
      { key: ['id'] },
      "a list is not a cache's key: Write { query: ['id'] }; beside `query` there are `headers` and `path`.",
    ],
    [
      { key: 'id' },
      "'id' is not a cache's key: Write { query: ['id'] }; beside `query` there are `headers` and `path`.",
    ],
    [{ key: 5 }, "5 is not a cache's key: Write a cache's key as an object: { … }."],
  ])('that is %o is told what to write: %s', (cache, words) => {
    expect(faultsOf({ routes: [route('GET /a', { cache: cache as CachePolicy })] }, inWords)).toEqual([words])
  })

  it.each([
    true,
    false,
    {},
    { ttl: 0 },
    {
      ttl: '1h',
      key: { query: ['a'], headers: ['X-A'], path: ['id'] },
      tags: () => [],
      statuses: [200, 404],
    },
    { mode: 'rfc9111', staleIfError: '1d', namespace: 'n', methods: ['GET', 'QUERY'], maxBytes: 1 },
  ])('that is %o has none', (cache) => {
    expect(onRoute(cache, 'GET /{id}')).toEqual([])
  })

  it('has AWS’s numbers where it says nothing, and keeps callers apart where they are known', () => {
    const complete = cacheOf(true)
    expect(complete).toEqual({
      ttl: 300_000,
      key: undefined,
      perCaller: true,
      shared: false,
      methods: new Set(['GET']),
      statuses: undefined,
      maxBytes: 1_048_576,
      namespace: undefined,
      invalidation: { requireAuthorization: true, unauthorized: 'SUCCEED_WITH_RESPONSE_HEADER' },
      staleWhileRevalidate: 0,
      staleIfError: 0,
      tags: undefined,
      rfc9111: false,
    })
    expect(cacheOf({ per: 'everybody' })?.perCaller).toBe(false)
    expect(cacheOf({ per: 'caller' })?.perCaller).toBe(true)
    expect(cacheOf({ mode: 'rfc9111' })?.invalidation.requireAuthorization).toBe(false)
    expect(cacheOf({ ttl: '5m', key: { headers: ['X-A'] } })).toMatchObject({
      ttl: 300_000,
      key: { query: [], headers: ['x-a'], path: [] },
    })
  })
})

describe('a stage’s cache', () => {
  it.each([
    [{ cache: { size: 0 } }, 'NUMBER_INVALID stages.prod.cache.size'],
    [{ cache: { size: '1TB' } }, 'VALUE_INVALID stages.prod.cache.size'],
    [{ cache: { size: '0MB' } }, 'VALUE_INVALID stages.prod.cache.size'],
    [{ cache: true }, 'WRONG_TYPE stages.prod.cache'],
    [{ methods: { '*': { cache: { ttl: 5_000 } } } }, "DURATION_INVALID stages.prod.methods['*'].cache.ttl"],
    [{ methods: { '*': { cache: { per: 'caller' } } } }, "UNKNOWN_FIELD stages.prod.methods['*'].cache.per"],
  ])('that is %o has a fault: %s', (stage, fault) => {
    expect(onStage(stage)).toEqual([fault])
  })

  it('of a method is told what to write', () => {
    const told = (cache: unknown) => faultsOf({ routes: [route('GET /a')], stages: onMethod(cache) }, inWords)
    expect(told('5m')).toEqual(["'5m' is not a method's cache: Write { ttl: '5m' }."])
    expect(told('off')).toEqual(["'off' is not a method's cache: Write { ttl: 60 }."])
  })

  it.each([{ cache: false }, { cache: {} }, { cache: { size: '0.5GB' } }, { cache: { size: 1_000 } }])(
    'that is %o has none',
    (stage) => {
      expect(onStage(stage)).toEqual([])
    },
  )

  it('has room for 64 MiB, or as much as it says', () => {
    expect(stageCacheOf(undefined)).toEqual({ size: 67_108_864 })
    expect(stageCacheOf({})).toEqual({ size: 67_108_864 })
    expect(stageCacheOf(false)).toBe(false)
    expect([bytesOf('0.5GB'), bytesOf('1.6GB'), bytesOf('64MB'), bytesOf(10)]).toEqual([
      536_870_912, 1_717_986_918, 67_108_864, 10,
    ])
    expect([methodCacheOf(false), methodCacheOf({ ttl: 5 }), methodCacheOf({})]).toEqual([
      false,
      { ttl: 5_000 },
      undefined,
    ])
  })
})
