/** Laws of the cache, for any sequence of calls. */
import { Answer } from 'postern'
import { testClock } from 'postern/testing'
import { describe, expect, it } from 'vitest'
import { Caches } from '../../src/cache/cache.js'
import type { CachePolicy } from '../../src/definition.js'
import { fc } from '../laws.js'
import { type App, bench, type Call, textOf } from './support.js'

/** Who calls, in all that may tell one caller from another. */
const caller = fc.record({
  principal: fc.constantFrom(undefined, 'a', 'b', 'a\nkey "b"', 'key "a"'),
  apiKey: fc.constantFrom(undefined, 'a', 'b'),
  tenant: fc.constantFrom(undefined, 'x', 'y'),
  cookie: fc.constantFrom(undefined, undefined, 's=1', 's=2'),
  authorization: fc.constantFrom(undefined, undefined, 'Bearer 1', 'Bearer 2'),
  language: fc.constantFrom(undefined, 'de', 'en'),
})

/** A few of them, so that they come again. */
const crowd = fc.array(caller, { minLength: 2, maxLength: 5 })

type Caller = typeof caller extends fc.Arbitrary<infer T> ? T : never

const event = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      who: fc.nat(),
      path: fc.constantFrom('/a', '/b'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.integer({ min: -2_000, max: 8_000 }),
    }),
  },
)

const policy: fc.Arbitrary<CachePolicy> = fc.record({
  ttl: fc.integer({ min: 1, max: 10 }),
  staleIfError: fc.constantFrom(0, 60),
  staleWhileRevalidate: fc.constantFrom(0, 60),
  mode: fc.constantFrom('aws' as const, 'rfc9111' as const),
  key: fc.constantFrom(undefined, { query: [], headers: ['x-other'], path: [] }),
})

function callOf({ principal, apiKey, tenant, cookie, authorization, language }: Caller, path: string): Call {
  const headers: Record<string, string> = {}
  if (cookie !== undefined) headers.cookie = cookie
  if (authorization !== undefined) headers.authorization = authorization
  if (language !== undefined) headers['accept-language'] = language
  return {
    request: `GET ${path}`,
    headers,
    ...(principal === undefined ? {} : { principal }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(tenant === undefined ? {} : { authorizer: { tenant } }),
  }
}

/** What an app says to that caller, and to no other. */
function secretOf(who: Caller, path: string): string {
  return JSON.stringify([
    path,
    who.principal,
    who.apiKey,
    who.tenant,
    who.cookie,
    who.authorization,
    who.language,
  ])
}

describe('whatever is asked, by whomever, in whatever order', () => {
  it('no two callers ever share an answer, but those whom nothing tells apart', async () => {
    let hits = 0
    await fc.assert(
      fc.asyncProperty(
        policy,
        crowd,
        fc.array(event, { minLength: 2, maxLength: 60 }),
        async (given, callers, events) => {
          const { call, clock, calls } = bench({ policy: given })
          let asked = 0
          for (const each of events) {
            if (each.kind === 'wait') {
              clock.advance(each.ms)
              continue
            }
            const who = callers[each.who % callers.length] as Caller
            const secret = secretOf(who, each.path)
            const app: App = () => new Answer(200, ['vary', 'accept-language'], secret)
            asked++
            expect(textOf(await call(callOf(who, each.path), app))).toBe(secret)
          }
          hits += asked - calls()
        },
      ),
      { numRuns: 300 },
    )
    // Or it would prove nothing.
    expect(hits).toBeGreaterThan(100)
  })

  it('nor do they when they all ask at once', async () => {
    await fc.assert(
      fc.asyncProperty(policy, crowd, fc.array(fc.nat(), { maxLength: 40 }), async (given, some, indexes) => {
        const callers = indexes.map((index) => some[index % some.length] as Caller)
        const { call } = bench({ policy: given })
        const got = await Promise.all(
          callers.map((who) =>
            call(callOf(who, '/a'), async () => {
              await new Promise((resolve) => setImmediate(resolve))
              return new Answer(200, ['vary', 'accept-language'], secretOf(who, '/a'))
            }),
          ),
        )
        expect(got.map(textOf)).toEqual(callers.map((who) => secretOf(who, '/a')))
      }),
      { numRuns: 100 },
    )
  })

  it('no answer is older than the route allows, wherever the clock goes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: -30_000, max: 30_000 }), { maxLength: 60 }),
        fc.constantFrom(0, 1_000_000),
        async (ttl, waits, start) => {
          const clock = testClock(start)
          const { call } = bench({ policy: { ttl }, clock })
          let made = 0
          for (const ms of waits) {
            const app: App = () => {
              made = clock.now()
              return new Answer(200, [], String(made))
            }
            const at = Number(textOf(await call({}, app)))
            expect(clock.now() - at).toBeGreaterThanOrEqual(0)
            expect(clock.now() - at).toBeLessThan(ttl * 1000)
            clock.advance(ms)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  it('the bytes held never exceed the budget, and count all that is in them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2_000, max: 50_000 }),
        fc.array(
          fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 9_000 }), fc.boolean()),
          {
            minLength: 1,
            maxLength: 80,
          },
        ),
        async (size, calls) => {
          const { call, caches } = bench({ size })
          for (const [path, length, varies] of calls) {
            const headers: Record<string, string> = varies ? { 'accept-language': String(length % 3) } : {}
            const body = Buffer.alloc(length, 200)
            await call(
              { request: `GET /${path}`, headers },
              () => new Answer(200, varies ? ['vary', 'accept-language'] : [], body),
            )
            const { bytes } = caches.stage('prod', size)
            expect(bytes).toBeLessThanOrEqual(size)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  it('what a stage keeps survives another budget, as far as there is room', async () => {
    const { call, caches, calls } = bench({ size: 100_000 })
    for (let n = 0; n < 20; n++)
      await call({ request: `GET /${n}` }, () => new Answer(200, [], 'x'.repeat(2_000)))
    caches.stage('prod', 1_000_000)
    for (let n = 0; n < 20; n++) await call({ request: `GET /${n}` })
    expect(calls()).toBe(20)
    caches.stage('prod', 20_000)
    expect(caches.stage('prod', 20_000).bytes).toBeLessThanOrEqual(20_000)
    await call({ request: 'GET /19' })
    expect(calls()).toBe(20)
    await call({ request: 'GET /0' })
    expect(calls()).toBe(21)
  })

  it('stages have budgets of their own', () => {
    const caches = new Caches({ clock: testClock(), report: () => {} })
    expect(caches.stage('a', 10)).toBe(caches.stage('a', 20))
    expect(caches.stage('a', 10)).not.toBe(caches.stage('b', 10))
  })
})
