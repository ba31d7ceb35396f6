import { createGateway } from 'postern'
import { describe, expect, test } from 'vitest'
import { complete, completePlan, completeRoutePolicy, completeStage } from '../../src/control/complete.js'
import { type Policy, route, type UsagePlan } from '../../src/definition.js'
import { faultsIn } from './check-faults.js'

const PETS = route('GET /pets')
const policyOf = (policy: Policy, more: object = {}) =>
  complete({ routes: [{ pattern: 'GET /pets', policy }], plans: {}, ...more }).routes[0]?.policy

describe('a definition that says the least', () => {
  test('has every default', () => {
    expect(complete({ routes: [PETS] })).toEqual({
      api: 'api',
      version: '',
      routes: [
        {
          index: 0,
          method: 'GET',
          path: '/pets',
          name: 'GET /pets',
          patterns: [{ path: '/pets', segments: [{ kind: 'literal', text: 'pets' }] }],
          policy: {
            authorize: undefined,
            apiKey: undefined,
            throttles: [],
            parameters: undefined,
            body: undefined,
            detailedErrors: false,
            responses: undefined,
            cache: undefined,
            observe: false,
            cors: undefined,
            timeout: 29_000,
          },
          given: {},
          handler: undefined,
          integration: undefined,
        },
      ],
      plans: new Map(),
      stages: new Map([
        [
          '$default',
          {
            name: '$default',
            description: undefined,
            variables: {},
            throttles: [],
            methods: new Map(),
            canary: undefined,
            cache: { size: 64 * 1024 * 1024 },
            cors: undefined,
          },
        ],
      ]),
      models: new Map(),
      vpcLinks: new Map(),
      binaryMediaTypes: [],
      minimumCompressionSize: undefined,
      authorizers: new Map(),
      resourcePolicy: undefined,
      apiKeySource: 'header',
      region: 'us-east-1',
      accountId: '000000000000',
      domains: new Map(),
      defaultEndpoint: true,
      account: [{ rate: 10_000, burst: 5_000 }],
      refusals: {},
      pass: [],
      unmatched: 'refuse',
      compat: undefined,
      limits: {
        target: 8_192,
        headers: 10_240,
        body: 10_485_760,
        queryParameters: 1_000,
        timeout: 29_000,
        resources: 300,
        stages: 10,
        plans: 300,
        keys: 10_000,
      },
      steps: [],
      given: { routes: [PETS] },
    })
  })

  test('says no more when its stages are an empty object', () => {
    expect([...complete({ routes: [PETS], stages: {} }).stages.keys()]).toEqual(['$default'])
  })
})

describe('what a definition says', () => {
  test('changed afterwards, it changes nothing', () => {
    const definition = {
      routes: [
        { pattern: 'GET /pets', policy: { throttle: { rate: 1, burst: 2 }, apiKey: { plans: ['free'] } } },
      ],
      plans: {
        free: {
          throttle: { rate: 1, burst: 2 },
          stages: ['prod'],
          methods: { 'GET /pets': { rate: 1, burst: 1 } },
        },
      },
      stages: { prod: { variables: { a: '1' }, canary: { percent: 1, variables: { a: '2' } } } },
      refusals: { THROTTLED: { headers: { a: 'b' }, templates: { 'text/plain': 'c' } } },
      cors: { origins: ['https://a.com'] },
      domains: { 'a.com': { v1: 'prod' } },
      pass: ['/health'],
      account: { throttle: { rate: 1, burst: 1 } },
      limits: { body: 5 },
    } as const
    const before = complete(definition)
    const untouched = structuredClone(definition)
    const written = JSON.stringify(before, (_, value: unknown) =>
      value instanceof Map || value instanceof Set ? [...value] : value,
    )
    garble(definition)
    expect(definition).not.toEqual(untouched)
    expect(
      JSON.stringify(before, (_, value: unknown) =>
        value instanceof Map || value instanceof Set ? [...value] : value,
      ),
    ).toBe(written)
  })

  test('functions stay themselves', () => {
    const [per, step, handler] = [() => 'x', () => undefined, () => 1]
    const done = complete({
      routes: [route('GET /pets', { throttle: { rate: 1, burst: 1, per } }, handler)],
      steps: [{ before: 'screen', step }],
    })
    expect([done.routes[0]?.policy.throttles[0]?.per, done.steps[0]?.step, done.routes[0]?.handler]).toEqual([
      per,
      step,
      handler,
    ])
  })

  test('a field of the runtime is left alone', () => {
    const definition = {
      routes: [PETS],
      get clock(): never {
        throw new Error('not read')
      },
    }
    expect(complete(definition).api).toBe('api')
  })

  test('no throttle for the account', () => {
    expect(complete({ routes: [PETS], account: { throttle: false } }).account).toEqual([])
    expect(complete({ routes: [PETS], account: {} }).account).toEqual([{ rate: 10_000, burst: 5_000 }])
    expect(complete({ routes: [PETS], account: { throttle: { rate: 1, burst: 1 } } }).account).toEqual([
      { rate: 1, burst: 1 },
    ])
  })

  test("a timeout: the route's, else that of the limits", () => {
    expect(policyOf({ timeout: '1s' })?.timeout).toBe(1_000)
    expect(policyOf({ timeout: false })?.timeout).toBe(false)
    expect(policyOf({}, { limits: { timeout: '2s' } })?.timeout).toBe(2_000)
    expect(policyOf({}, { limits: { timeout: false } })?.timeout).toBe(false)
  })

  test('an API key, for all plans or for some', () => {
    expect(policyOf({ apiKey: true })?.apiKey).toEqual({ plans: undefined, observe: false })
    expect(policyOf({ apiKey: false })?.apiKey).toBeUndefined()
    const some = policyOf({ apiKey: { plans: ['free'], mode: 'observe' } }, { plans: { free: {} } })
    expect(some?.apiKey).toEqual({ plans: ['free'], observe: true })
  })

  test('a policy that observes: nothing in it refuses', () => {
    expect(
      policyOf({ mode: 'observe', apiKey: true, throttle: { rate: 1, burst: 1, mode: 'enforce' } }),
    ).toMatchObject({
      apiKey: { observe: true },
      throttles: [{ mode: 'observe' }],
    })
  })

  test('cross-origin rules: the route before its stage, the stage before the definition', () => {
    const cors = (definition?: boolean, stage?: boolean, policy?: boolean) => {
      const { routes, stages } = complete({
        routes: [route('GET /pets', policy === undefined ? {} : { cors: policy })],
        stages: { prod: stage === undefined ? {} : { cors: stage } },
        ...(definition !== undefined && { cors: definition }),
      })
      return routes[0]?.policy.cors ?? stages.get('prod')?.cors
    }
    const all = expect.objectContaining({
      origins: '*',
      credentials: false,
      exposeHeaders: [],
      methods: undefined,
    }) as object
    expect([cors(), cors(true), cors(true, false), cors(false, true)]).toEqual([
      undefined,
      all,
      undefined,
      all,
    ])
    expect([cors(false, false, true), cors(true, true, false)]).toEqual([
      all,
      expect.objectContaining({ origins: new Set() }),
    ])
  })

  test('cross-origin rules of its own, in seconds', () => {
    expect(
      policyOf({ cors: { origins: ['https://a.com'], maxAge: '90s', headers: ['x-a'], credentials: true } })
        ?.cors,
    ).toEqual({
      origins: new Set(['https://a.com']),
      methods: undefined,
      headers: ['x-a'],
      exposeHeaders: [],
      credentials: true,
      maxAge: 90,
    })
  })

  test('stages, with methods by the names of their routes', () => {
    const throttle = { rate: 1, burst: 2 }
    const { stages } = complete({
      routes: [route('GET /pets/{petId}'), route('GET /')],
      stages: {
        prod: {
          description: 'live',
          variables: { a: '1' },
          throttle,
          methods: {
            '~1pets~1{petId}/GET': { throttle },
            '//GET': {},
            '*/*': { throttle, cache: { ttl: 60 } },
          },
          cache: false,
          canary: { percent: 5, variables: { b: '2' }, deployment: 'abc' },
        },
      },
    })
    expect(stages.get('prod')).toEqual({
      name: 'prod',
      description: 'live',
      variables: { a: '1' },
      throttles: [throttle],
      methods: new Map([
        ['GET /pets/{petId}', { throttle, cache: undefined }],
        ['GET /', { throttle: undefined, cache: undefined }],
        ['*', { throttle, cache: { ttl: 60_000 } }],
      ]),
      canary: { percent: 5, variables: { b: '2' }, deployment: 'abc' },
      cache: false,
      cors: undefined,
    })
  })

  test('domains by lower-case host, the longest base path first', () => {
    const { domains } = complete({
      routes: [PETS],
      stages: { prod: {}, beta: {} },
      domains: { 'API.acme.com': { '': 'prod', 'v1/beta': 'beta', '/v1': 'prod' }, 'b.com': 'beta' },
    })
    expect([...domains]).toEqual([
      [
        'api.acme.com',
        [
          { segments: ['v1', 'beta'], stage: 'beta' },
          { segments: ['v1'], stage: 'prod' },
          { segments: [], stage: 'prod' },
        ],
      ],
      ['b.com', [{ segments: [], stage: 'beta' }]],
    ])
  })

  test('plans that the control plane keeps may be mentioned', () => {
    const definition = { routes: [{ pattern: 'GET /pets', policy: { apiKey: { plans: ['gold'] } } }] }
    expect(complete(definition, [], { plans: ['gold'] }).routes[0]?.policy.apiKey?.plans).toEqual(['gold'])
  })

  test('faults found elsewhere are thrown together with its own', () => {
    const elsewhere = { code: 'WRONG_TYPE', path: 'clock', message: 'is not a clock', fix: 'Give one.' }
    expect(faultsIn(() => complete({ routes: [PETS], api: '' }, [elsewhere]))).toEqual([
      expect.stringMatching(/^NAME_INVALID api: /),
      'WRONG_TYPE clock: is not a clock | Give one.',
    ])
    expect(faultsIn(() => complete({ routes: [PETS] }, [elsewhere]))).toHaveLength(1)
  })
})

describe('a plan made at run time', () => {
  const within = complete({ routes: [PETS], stages: { prod: {} } })

  test('is complete', () => {
    const quota = { limit: 5, period: 'month' } as const
    const plan = {
      description: 'x',
      throttle: { rate: 1, burst: 1 },
      quota,
      stages: ['prod'],
      methods: { '/pets/GET': { rate: 2, burst: 2 } },
    }
    expect(completePlan('free', plan, within)).toEqual({
      name: 'free',
      description: 'x',
      throttles: [{ rate: 1, burst: 1 }],
      quota: { limit: 5, period: 'month', offset: 0, observe: false },
      stages: new Set(['prod']),
      methods: new Map([['GET /pets', { rate: 2, burst: 2 }]]),
    })
    expect(completePlan('all', {}, within)).toEqual({
      name: 'all',
      description: undefined,
      throttles: [],
      quota: undefined,
      stages: undefined,
      methods: new Map(),
    })
  })

  test('keeps the same rules as in a definition', () => {
    const plan = { quotta: {}, stages: ['prd'], methods: { 'GET /x': { rate: 1, burst: 1 } } } as UsagePlan
    expect(faultsIn(() => completePlan('a,b', plan, within)).map((fault) => fault.split(':')[0])).toEqual([
      "NAME_INVALID plans['a,b']",
      "UNKNOWN_FIELD plans['a,b'].quotta",
      "STAGE_UNKNOWN plans['a,b'].stages[0]",
      "ROUTE_UNKNOWN plans['a,b'].methods['GET /x']",
    ])
    expect(faultsIn(() => completePlan('free', null as unknown as UsagePlan, within))).toEqual([
      'WRONG_TYPE plans.free: null is not a usage plan | Write a usage plan as an object: { … }.',
    ])
  })
})

describe('a stage changed at run time', () => {
  const throttle = { rate: 1, burst: 1 }
  const within = complete({ routes: [PETS], cors: true, stages: { prod: { description: 'a', throttle } } })
  const before = within.stages.get('prod')
  if (before === undefined) throw new Error('prod is there')

  test('has what was changed and keeps the rest', () => {
    const methods = { '/pets/GET': { throttle } }
    expect(completeStage(before, {}, within)).toEqual(before)
    expect(
      completeStage(before, { description: 'b', variables: { a: '1' }, methods, cors: false }, within),
    ).toEqual({
      ...before,
      description: 'b',
      variables: { a: '1' },
      methods: new Map([['GET /pets', { throttle, cache: undefined }]]),
      cors: undefined,
    })
  })

  test('keeps the same rules as in a definition', () => {
    const patch = { methods: { 'GET /pest': {} }, canary: { percent: 101 } }
    expect(faultsIn(() => completeStage(before, patch, within)).map((fault) => fault.split(':')[0])).toEqual([
      "ROUTE_UNKNOWN stages.prod.methods['GET /pest']",
      'NUMBER_INVALID stages.prod.canary.percent',
    ])
  })
})

describe('the policy of a route in the code', () => {
  const { limits, compat, models, authorizers } = complete({ routes: [PETS], limits: { timeout: '3s' } })
  const within = { limits, compat, models, authorizers, plans: ['free'], signed: false, proxied: false }

  test('is complete', () => {
    expect(completeRoutePolicy({ apiKey: { plans: ['free'] } }, within)).toMatchObject({
      apiKey: { plans: ['free'], observe: false },
      throttles: [],
      cors: undefined,
      timeout: 3_000,
    })
    expect(
      completeRoutePolicy({ apiKey: true }, { ...within, plans: [] }).apiKey,
      'plans may come',
    ).toBeDefined()
  })

  test('knows the parameters of its path, where its pattern is given', () => {
    const policy = {
      parameters: { path: { petid: true } },
      cache: { ttl: 60, key: { path: ['petID'] } },
    } as const
    const gateway = createGateway({ routes: [] })
    expect(faultsIn(() => gateway.control.declare({ pattern: 'GET /pets/{petId}', policy }))).toEqual([
      "PARAMETER_UNKNOWN policy.parameters.path.petid: 'GET /pets/{petId}' has no parameter 'petid' | Did you mean `petId`?",
      "PARAMETER_UNKNOWN policy.cache.key.path[0]: 'GET /pets/{petId}' has no parameter 'petID' | Did you mean `petId`?",
    ])
    expect(gateway.control.declare({ policy })).toBe(0)
  })

  test('keeps the same rules, and is called `policy`', () => {
    expect(
      faultsIn(() =>
        completeRoutePolicy({ apiKey: { plans: ['fre'] }, mode: 'x' } as unknown as Policy, within),
      ),
    ).toEqual([
      "PLAN_UNKNOWN policy.apiKey.plans[0]: plan 'fre' does not exist | Did you mean `free`?",
      "VALUE_INVALID policy.mode: 'x' is not one of 'enforce', 'observe' | Write 'enforce' or 'observe'.",
    ])
    expect(faultsIn(() => completeRoutePolicy(null as unknown as Policy, within))).toEqual([
      'WRONG_TYPE policy: null is not a policy | Write a policy as an object: { … }.',
    ])
  })
})

/** Overwrites everything in it. */
function garble(value: object): void {
  for (const [key, each] of Object.entries(value)) {
    if (typeof each === 'object' && each !== null) garble(each as object)
    Reflect.set(value, key, 'garbled')
  }
}
