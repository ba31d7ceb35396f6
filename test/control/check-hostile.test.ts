import { describe, expect, test } from 'vitest'
import { checkRuntime } from '../../src/control/check/runtime.js'
import { complete } from '../../src/control/complete.js'
import { fc } from '../laws.js'
import { faultsOf } from './check-faults.js'

const PETS = { pattern: 'GET /pets', policy: {} }
const throwing = (name: string, value: object) =>
  Object.defineProperty(value, name, {
    enumerable: true,
    get: () => {
      throw new Error('not for you')
    },
  })

describe('hostile definitions', () => {
  test('a getter that throws is a fault at its place', () => {
    const fix = 'A definition is plain data: give the value itself instead of a getter or a proxy.'
    expect(faultsOf(throwing('api', { routes: [PETS] }))).toEqual([
      `UNREADABLE api: reading it failed: not for you | ${fix}`,
      'WRONG_TYPE api: something that cannot be read is not an API id | Write an API id as a string.',
    ])
  })

  test('a getter is read once: what was checked is what is used', () => {
    let reads = 0
    const policy = {
      get timeout() {
        return reads++ === 0 ? 5 : 'garbage'
      },
    }
    const { routes } = complete({
      routes: [{ ...PETS, policy: Object.defineProperties({}, Object.getOwnPropertyDescriptors(policy)) }],
    })
    expect([routes[0]?.policy.timeout, reads]).toEqual([5, 1])
  })

  test('revoked and throwing proxies are faults', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const throws = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no')
        },
      },
    )
    expect(faultsOf(proxy)[0]).toMatch(/^UNREADABLE definition: /)
    expect(faultsOf({ routes: [proxy, throws] }).map((fault) => fault.split(':')[0])).toEqual([
      'UNREADABLE routes[0]',
      'UNREADABLE routes[1]',
      'WRONG_TYPE routes[0]',
      'WRONG_TYPE routes[1]',
    ])
  })

  test('cyclic objects end', () => {
    const cyclic: Record<string, unknown> = { pattern: 'GET /pets' }
    cyclic.policy = cyclic
    expect(faultsOf({ routes: [cyclic] })).toEqual([
      expect.stringContaining('UNKNOWN_FIELD routes[0].policy.pattern'),
      expect.stringContaining('UNKNOWN_FIELD routes[0].policy.policy'),
    ])
    const list: unknown[] = []
    list.push(list)
    expect(faultsOf({ routes: [{ ...PETS, policy: { throttle: list } }] })[0]).toMatch(/^WRONG_TYPE/)
  })

  test('a wide graph that refers to itself takes no longer than it is wide', () => {
    const wide: Record<string, unknown> = {}
    for (let each = 0; each < 50; each++) wide[`k${each}`] = wide
    expect(faultsOf({ routes: [PETS], plans: wide }).length).toBeGreaterThan(0)
  })

  test('nor does one that has hundreds of other things between', () => {
    const wide: Record<string, unknown> = {}
    for (let each = 0; each < 600; each++) wide[`k${each}`] = {}
    const other: Record<string, unknown> = { ...wide, again: wide }
    Object.assign(wide, { itself: wide, other, once: other })
    expect(faultsOf({ routes: [PETS], plans: wide }).length).toBeGreaterThan(0)
  })

  test('what grows twofold at each level is bounded', () => {
    let twice: unknown = 'x'
    for (let level = 0; level < 60; level++) {
      const between = Array.from({ length: 600 }, () => ({}))
      twice = { one: twice, between, other: twice }
    }
    expect(faultsOf({ routes: [PETS], plans: { free: { throttle: twice } } }).length).toBeGreaterThan(0)
  })

  test('what routes share is copied once, however many there are', () => {
    const body = { models: { 'application/json': { type: 'object' } } }
    const policy = { body, docs: { tags: ['a', 'b'] } }
    const { routes } = complete({
      routes: Array.from({ length: 300 }, (_, index) => ({
        pattern: `GET /${index}`,
        policy: index % 2 === 0 ? policy : { body, throttle: { rate: 1, burst: 1 } },
      })),
    })
    const schemas = routes.map(({ policy }) => [...(policy.body?.models.values() ?? [])][0])
    expect(new Set(schemas).size).toBe(1)
    expect(new Set(routes.filter((_, index) => index % 2 === 0).map(({ given }) => given)).size).toBe(1)
  })

  test('names of Object.prototype mean nothing', () => {
    const definition = JSON.parse(
      '{"routes":[{"pattern":"GET /pets","policy":{"__proto__":{"apiKey":true},"constructor":1}}],"__proto__":{"api":"x"}}',
    ) as unknown
    expect(faultsOf(definition).map((fault) => fault.split(':')[0])).toEqual([
      'UNKNOWN_FIELD routes[0].policy.__proto__',
      'UNKNOWN_FIELD routes[0].policy.constructor',
      'UNKNOWN_FIELD __proto__',
    ])
  })

  test('names of Object.prototype are names like any other where the user chooses them', () => {
    const given = JSON.parse(
      '{"stages":{"__proto__":{"variables":{"__proto__":"a","constructor":"b"}}},"plans":{"toString":{}}}',
    ) as object
    const { stages, plans } = complete({ routes: [PETS], ...given })
    expect([...stages.keys(), ...plans.keys()]).toEqual(['__proto__', 'toString'])
    expect(Object.entries(stages.get('__proto__')?.variables ?? {})).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
    expect(
      faultsOf({ routes: [{ ...PETS, policy: { apiKey: { plans: ['constructor'] } } }], plans: {} })[0],
    ).toMatch(/^PLAN_UNKNOWN/)
  })

  test('a list longer than any is not walked', () => {
    expect(faultsOf({ routes: new Array(2 ** 32 - 1) })).toEqual([
      'WRONG_TYPE routes: a list of 4294967295 is not a list of routes | Write a list of routes as a list: [ … ].',
    ])
  })

  test('ten thousand mistakes are all told, in seconds', () => {
    const plans = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`plan-${index}`, { quotta: 1 }]),
    )
    expect(faultsOf({ routes: [PETS], plans, limits: { plans: 10_000 } })).toHaveLength(10_000)
  })

  test('what another realm made is plain data as well', async () => {
    const { runInNewContext } = await import('node:vm')
    expect(
      faultsOf(
        runInNewContext(
          '({ routes: [{ pattern: "GET /pets", policy: { throttle: { rate: 1, burst: 1 } } }] })',
        ),
      ),
    ).toEqual([])
  })

  const FIELDS = [
    'routes',
    'plans',
    'stages',
    'domains',
    'cors',
    'refusals',
    'pass',
    'limits',
    'account',
    'steps',
    'models',
    'throttle',
    'methods',
    'variables',
    'canary',
    'policy',
    'pattern',
    'apiKey',
    'GET /a',
    '*',
    'prod',
    '$default',
    'THROTTLED',
    'headers',
    'origins',
    'per',
    'rate',
    'burst',
    'quota',
    '__proto__',
    'body',
    'mode',
  ]
  const garbage = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom<unknown>(
        null,
        undefined,
        0,
        -1,
        Number.NaN,
        '',
        'x',
        'GET /{a+}/b',
        true,
        5n,
        Symbol('s'),
        () => 1,
        new Date(0),
        new Map(),
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...FIELDS), tie('value'), { maxKeys: 6, noNullPrototype: false }),
    ),
  })).value

  test('whatever is given is complete or a DefinitionError', { timeout: 20_000 }, () => {
    fc.assert(
      fc.property(garbage, (given) => {
        faultsOf(given)
        faultsOf({ routes: [PETS], ...(typeof given === 'object' ? given : {}) })
        checkRuntime(given as object)
      }),
      { numRuns: 2_000 },
    )
  })
})
