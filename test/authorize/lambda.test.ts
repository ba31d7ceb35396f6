import { existsSync, readFileSync } from 'node:fs'
import express from 'express'
import {
  type AuthorizerResult,
  createGateway,
  type DefinitionError,
  type PolicyDocument,
  type RequestAuthorizerEvent,
  route,
  type TokenAuthorizer,
  type TokenAuthorizerEvent,
} from 'postern'
import { toExpress } from 'postern/express'
import { send, testClock } from 'postern/testing'
import { describe, expect, it, vi } from 'vitest'
import { serve, tell, wire } from '../adapters/support.js'

/** AWS's published events, where they are at hand. */
const samples = (name: string) => new URL(`../../../shared/data/lambda-events/${name}.json`, import.meta.url)
const TOKEN_SAMPLE = samples('apigw-custom-auth-request')
const ANSWER_SAMPLE = samples('apigw-custom-auth-response')
const REQUEST_SAMPLE = samples('apigw-custom-auth-request-type-request')

const START = '2026-01-01T00:00:00Z'

function document(effect: 'Allow' | 'Deny', ...resources: string[]): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: effect, Action: 'execute-api:Invoke', Resource: resources }],
  }
}

const EVERYTHING = document('Allow', '*')
const answerOf = (more: Partial<AuthorizerResult> = {}): AuthorizerResult => ({
  principalId: 'alice',
  policyDocument: EVERYTHING,
  ...more,
})

/** A gateway with a TOKEN authorizer; errors that nobody is told of are collected. */
function tokens(
  call: TokenAuthorizer['token'],
  options: Partial<TokenAuthorizer> = {},
  definition: object = {},
) {
  const errors: unknown[] = []
  const clock = testClock(START)
  const gateway = createGateway({
    clock,
    onError: (error) => errors.push(error),
    authorizers: { own: { token: call, ...options } },
    routes: [
      route('GET /pets', { authorize: 'own' }),
      route('GET /pets/{id}', { authorize: 'own' }),
      route('DELETE /pets/{id}', { authorize: 'own' }),
    ],
    ...definition,
  })
  const get = (token: string | undefined, request = 'GET /pets') =>
    send(gateway, request, { headers: token === undefined ? {} : { authorization: token } })
  return { gateway, clock, errors, get }
}

describe('a TOKEN authorizer', () => {
  it('is told the token and what it is for, and tells who calls', async () => {
    const call = vi.fn((_: TokenAuthorizerEvent) => answerOf({ context: { tenant: 'acme' } }))
    const { get } = tokens(call, {}, { region: 'eu-west-1', account: { id: '123456789012' }, api: 'shop' })
    const answer = await get('Bearer swordfish', 'GET /pets/7')
    expect(answer.status).toBe(200)
    expect(answer.forwarded?.gateway).toMatchObject({ principal: 'alice', authorizer: { tenant: 'acme' } })
    expect(call.mock.calls).toEqual([
      [
        {
          type: 'TOKEN',
          authorizationToken: 'Bearer swordfish',
          methodArn: 'arn:aws:execute-api:eu-west-1:123456789012:shop/$default/GET/pets/7',
        },
      ],
    ])
  })

  it.skipIf(!existsSync(TOKEN_SAMPLE))('is told and may answer what AWS’s samples have', async () => {
    const told: unknown[] = []
    const { gateway } = tokens(
      (event) => {
        told.push(event)
        // The sample names both effects, and resources as one would fill them in.
        const text = readFileSync(ANSWER_SAMPLE, 'utf8').replace('Allow|Deny', 'Allow')
        return JSON.parse(text.replace(/arn:aws:execute-api:\{[^"]*/, event.methodArn))
      },
      {},
      { stages: { test: {} } },
    )
    const answer = await send(gateway, 'GET /test/pets', { headers: { authorization: 'allow' } })
    expect(answer.forwarded?.gateway).toMatchObject({
      principal: 'yyyyyyyy',
      authorizer: { stringKey: 'value', numberKey: '1', booleanKey: 'true' },
    })
    const sample = JSON.parse(readFileSync(TOKEN_SAMPLE, 'utf8'))
    expect(told).toEqual([
      { ...sample, methodArn: expect.stringMatching(/^arn:aws:execute-api:[^*]*\/test\/GET\/pets$/) },
    ])
  })

  it('is not called without a token', async () => {
    const call = vi.fn(() => answerOf())
    const { get } = tokens(call)
    for (const token of [undefined, '', '  ']) {
      const answer = await get(token)
      expect([answer.status, answer.json()]).toEqual([401, { message: 'Unauthorized' }])
    }
    expect(call).not.toHaveBeenCalled()
  })

  it('may look into a header of its own', async () => {
    const call = vi.fn(() => answerOf())
    const { gateway } = tokens(call, { header: 'X-Token' })
    expect((await send(gateway, 'GET /pets', { headers: { authorization: 'x' } })).status).toBe(401)
    expect((await send(gateway, 'GET /pets', { headers: { 'X-Token': 'x' } })).status).toBe(200)
  })

  it('is not called for tokens that the validation expression does not match as a whole', async () => {
    const call = vi.fn(() => answerOf())
    const { get } = tokens(call, { validation: 'Bearer [a-z]+' })
    expect((await get('Bearer swordfish')).status).toBe(200)
    for (const token of ['Bearer 7', 'Bearer swordfish 7', 'xBearer swordfish', 'swordfish']) {
      expect((await get(token)).status).toBe(401)
    }
    expect(call).toHaveBeenCalledTimes(1)
  })

  it('cannot be hung by a token and an expression that backtracks', async () => {
    const { get } = tokens(() => answerOf(), { validation: '(a+)+b' })
    expect((await get('a'.repeat(5_000))).status).toBe(401)
  })

  it.each<[string, () => unknown]>([
    ['an error', () => new Error('Unauthorized')],
    ['the word', () => 'Unauthorized'],
    ['a rejection', () => Promise.reject(new Error('Unauthorized'))],
  ])('refuses with 401 by throwing Unauthorized as %s, which is not kept', async (_, thrown) => {
    const call = vi.fn(() => {
      const what = thrown()
      if (what instanceof Promise) return what
      throw what
    })
    const { get, errors } = tokens(call)
    for (let times = 0; times < 2; times++) expect((await get('x')).status).toBe(401)
    expect(call).toHaveBeenCalledTimes(2)
    expect(errors).toEqual([])
  })

  const broken: [string, () => unknown][] = [
    ['another error', () => Promise.reject(new Error('unauthorized'))],
    ['an error that only begins so', () => Promise.reject(new Error('Unauthorized!'))],
    ['nothing', () => undefined],
    ['null', () => null],
    ['a text', () => 'alice'],
    ['a list', () => []],
    ['no principal', () => ({ policyDocument: EVERYTHING })],
    ['an empty principal', () => answerOf({ principalId: '' })],
    ['no policy', () => ({ principalId: 'alice' })],
    ['a policy that is a text', () => ({ principalId: 'alice', policyDocument: JSON.stringify(EVERYTHING) })],
    [
      'a policy with an effect that is none',
      () => answerOf({ policyDocument: document('allow' as 'Allow', '*') }),
    ],
    [
      'a policy without statements',
      () => ({ principalId: 'alice', policyDocument: { Version: '2012-10-17' } }),
    ],
    ['a context that is a text', () => ({ ...answerOf(), context: 'x' })],
    ['a list in the context', () => ({ ...answerOf(), context: { roles: ['a'] } })],
    ['an object in the context', () => ({ ...answerOf(), context: { role: { a: 1 } } })],
    ['a key that is a number', () => ({ ...answerOf(), usageIdentifierKey: 7 })],
    [
      'what has no JSON',
      () => {
        const circle: Record<string, unknown> = {}
        circle.circle = circle
        return circle
      },
    ],
  ]
  it.each(broken)('that gives %s admits nobody, is reported, and is asked again', async (_, given) => {
    for (const wait of [false, true]) {
      const call = vi.fn(() => (wait ? Promise.resolve().then(given) : given()) as AuthorizerResult)
      const { get, errors } = tokens(call)
      for (let times = 0; times < 2; times++) {
        const answer = await get('x')
        expect([answer.status, answer.forwarded]).toEqual([500, undefined])
        expect(answer.headers['x-amzn-errortype']).toBe('AuthorizerConfigurationException')
      }
      expect(call).toHaveBeenCalledTimes(2)
      expect(errors).toHaveLength(2)
    }
  })

  it('that takes more than ten seconds admits nobody, and those behind it neither', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const call = vi.fn(() => new Promise<AuthorizerResult>(() => {}))
      const { get } = tokens(call)
      const answers = [get('x'), get('x')]
      vi.advanceTimersByTime(10_000)
      for (const answer of answers) {
        expect((await answer).headers['x-amzn-errortype']).toBe('AuthorizerFailureException')
      }
      expect(call).toHaveBeenCalledTimes(1)
    } finally {
      vi.useRealTimers()
    }
  })

  it('has its context reach the app as texts', async () => {
    const context = { text: 'a', number: 7, yes: true, nothing: null, missing: undefined }
    const { get } = tokens(() => answerOf({ context }))
    expect((await get('x')).forwarded?.gateway.authorizer).toEqual({ text: 'a', number: '7', yes: 'true' })
  })
})

describe('what a Lambda authorizer’s policy says', () => {
  const ARN = 'arn:aws:execute-api:us-east-1:000000000000:api/$default'

  it('holds for each route by itself, kept or not', async () => {
    const call = vi.fn(async () => answerOf({ policyDocument: document('Allow', `${ARN}/GET/pets/7`) }))
    const { get } = tokens(call)
    expect((await get('x', 'GET /pets/7')).status).toBe(200)
    for (const request of ['GET /pets', 'GET /pets/8', 'DELETE /pets/7', 'GET /pets/7%2F8', 'GET /pets/77']) {
      expect((await get('x', request)).status, request).toBe(403)
    }
    expect((await get('x', 'GET /pets/7')).status).toBe(200)
    expect(call).toHaveBeenCalledTimes(1)
  })

  it('is given as AWS words it where it does not allow', async () => {
    const implicit = await tokens(() => answerOf({ policyDocument: document('Allow', `${ARN}/GET/x`) })).get(
      'x',
    )
    expect([implicit.status, implicit.json()]).toEqual([
      403,
      { Message: 'User is not authorized to access this resource' },
    ])
    const explicit = await tokens(() => answerOf({ policyDocument: document('Deny', '*') })).get('x')
    expect(explicit.json()).toEqual({
      Message: 'User is not authorized to access this resource with an explicit deny',
    })
  })

  it('keeps a denial as well as it keeps an allowance', async () => {
    const call = vi.fn(() => answerOf({ policyDocument: document('Deny', '*') }))
    const { get } = tokens(call)
    for (let times = 0; times < 3; times++) expect((await get('x')).status).toBe(403)
    expect(call).toHaveBeenCalledTimes(1)
  })
})

describe('an answer of a Lambda authorizer', () => {
  it('is kept for five minutes by the gateway’s clock', async () => {
    const call = vi.fn(() => answerOf())
    const { get, clock } = tokens(call)
    await get('x')
    clock.advance('299.999s')
    await get('x')
    expect(call).toHaveBeenCalledTimes(1)
    clock.advance('1ms')
    await get('x')
    expect(call).toHaveBeenCalledTimes(2)
  })

  it.each<[number | '20s', string, string]>([
    [10, '9.999s', '1ms'],
    ['20s', '19.999s', '1ms'],
    [3_600, '3599.999s', '1ms'],
  ])('is kept for the time that is said: %s', async (ttl, within, more) => {
    const call = vi.fn(() => answerOf())
    const { get, clock } = tokens(call, { ttl })
    await get('x')
    clock.advance(within as '1s')
    await get('x')
    expect(call).toHaveBeenCalledTimes(1)
    clock.advance(more as '1ms')
    await get('x')
    expect(call).toHaveBeenCalledTimes(2)
  })

  it('is kept on a clock that begins at zero, and not for ever', async () => {
    const call = vi.fn(() => answerOf())
    const { get, clock } = tokens(call)
    clock.set(0)
    await get('x')
    await get('x')
    expect(call).toHaveBeenCalledTimes(1)
    clock.advance('5m')
    await get('x')
    expect(call).toHaveBeenCalledTimes(2)
  })

  it('is not kept longer where the clock is set back', async () => {
    const call = vi.fn(() => answerOf())
    const { get, clock } = tokens(call)
    await get('x')
    clock.advance('-1h')
    await get('x')
    expect(call).toHaveBeenCalledTimes(2)
  })

  it('is not kept at all with a ttl of 0, not even for those who ask at the same time', async () => {
    const call = vi.fn(async () => answerOf())
    const { get } = tokens(call, { ttl: 0 })
    await Promise.all([get('x'), get('x'), get('x')])
    expect(call).toHaveBeenCalledTimes(3)
  })

  it('is kept for one identity and one stage', async () => {
    const call = vi.fn(({ authorizationToken }: TokenAuthorizerEvent) =>
      answerOf({ principalId: authorizationToken }),
    )
    const { get } = tokens(call, {}, { stages: { prod: {}, beta: {} } })
    const seen = []
    for (const request of ['GET /prod/pets', 'GET /beta/pets', 'GET /prod/pets/7']) {
      for (const token of ['a', 'b']) seen.push((await get(token, request)).forwarded?.gateway.principal)
    }
    expect(seen).toEqual(['a', 'b', 'a', 'b', 'a', 'b'])
    expect(call).toHaveBeenCalledTimes(4)
  })

  it('is one for a hundred who ask at the same time, though the first of them is gone', async () => {
    let release = (_: AuthorizerResult) => {}
    const call = vi.fn(
      () =>
        new Promise<AuthorizerResult>((resolve) => {
          release = resolve
        }),
    )
    const { gateway, get } = tokens(
      call,
      {},
      {
        routes: [
          route('GET /pets', { authorize: 'own' }),
          route('GET /hasty', { authorize: 'own', timeout: 1 }),
        ],
      },
    )
    const hasty = await send(gateway, 'GET /hasty', { headers: { authorization: 'x' } })
    expect(hasty.status).toBe(504)
    const answers = Array.from({ length: 100 }, () => get('x'))
    release(answerOf())
    expect((await Promise.all(answers)).every(({ status }) => status === 200)).toBe(true)
    expect(call).toHaveBeenCalledTimes(1)
  })

  it('is a canary’s own, which has stage variables of its own', async () => {
    let share = 0.9
    const call = vi.fn(() => answerOf())
    const { gateway } = tokens(
      call,
      {},
      {
        random: () => share,
        stages: { prod: { variables: { pool: 'a' }, canary: { percent: 50, variables: { pool: 'b' } } } },
      },
    )
    for (share of [0.9, 0, 0.9, 0]) await send(gateway, 'GET /prod/pets', { headers: { authorization: 'x' } })
    expect(call).toHaveBeenCalledTimes(2)
  })

  it('is forgotten when a stage is changed', async () => {
    const call = vi.fn(() => answerOf())
    const { get, gateway } = tokens(call)
    await get('x')
    await gateway.control.updateStage('$default', { variables: { tenant: 'acme' } })
    await get('x')
    expect(call).toHaveBeenCalledTimes(2)
  })

  it('is of one function, and forgotten with the next deployment', async () => {
    const call = vi.fn(() => answerOf())
    const other = vi.fn(() => answerOf({ principalId: 'bob' }))
    const { get, gateway } = tokens(call)
    const definition = (token: TokenAuthorizer['token'], version: string) => ({
      version,
      authorizers: { own: { token } },
      routes: [route('GET /pets', { authorize: 'own' })],
    })
    await get('x')
    await gateway.control.deploy(definition(other, '2'))
    expect((await get('x')).forwarded?.gateway.principal).toBe('bob')
    await gateway.control.deploy(definition(call, '3'))
    expect((await get('x')).forwarded?.gateway.principal).toBe('alice')
    expect([call, other].map(({ mock }) => mock.calls.length)).toEqual([2, 1])
  })

  it('names the API key where keys come from the authorizer', async () => {
    const answer = vi.fn(() => answerOf({ usageIdentifierKey: key }))
    const { gateway, get } = tokens(
      answer,
      { ttl: 0 },
      {
        apiKeySource: 'authorizer',
        plans: { free: {} },
        routes: [route('GET /pets', { authorize: 'own', apiKey: true })],
      },
    )
    const { id, value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    let key: string | undefined = value
    expect((await get('x')).forwarded?.gateway.client?.id).toBe(id)
    key = undefined
    const headers = { authorization: 'x', 'x-api-key': value }
    expect((await send(gateway, 'GET /pets', { headers })).status).toBe(403)
  })
})

describe('a REQUEST authorizer', () => {
  it('judges by the header that the app sees, where callers send it twice', async () => {
    const call = vi.fn(({ headers }: RequestAuthorizerEvent) =>
      answerOf({ principalId: headers?.Authorization ?? '' }),
    )
    const identitySources = ['method.request.header.Authorization']
    const gateway = createGateway({
      routes: [route('GET /me', { authorize: { request: call, identitySources } })],
    })
    const app = express()
    app.use(toExpress(gateway))
    app.get('/me', (req, res) => {
      res.send(`${req.gateway?.principal} ${req.headers.authorization}`)
    })
    const { port } = await serve(app)
    const twice = ['Authorization: forged', 'authorization: own', 'X-A: 1', 'x-a: 2']
    expect((await tell(port, wire('GET /me', twice))).body).toBe('forged forged')
    expect(call.mock.calls[0]?.[0]).toMatchObject({
      headers: { Authorization: 'forged', 'X-A': '2' },
      multiValueHeaders: { Authorization: ['forged'], 'X-A': ['1', '2'] },
    })
  })

  function requests(identitySources: readonly string[], definition: object = {}) {
    const events: RequestAuthorizerEvent[] = []
    const request = async (event: RequestAuthorizerEvent) => {
      events.push(event)
      return answerOf()
    }
    const gateway = createGateway({
      clock: testClock(START),
      authorizers: { own: { request, identitySources } },
      routes: [
        route('GET /request', { authorize: 'own' }),
        route('GET /pets/{id}/{rest+}', { authorize: 'own' }),
      ],
      ...definition,
    })
    return { gateway, events }
  }

  it.skipIf(!existsSync(REQUEST_SAMPLE))(
    'is told what AWS’s sample event tells, field by field',
    async () => {
      const expected = JSON.parse(readFileSync(REQUEST_SAMPLE, 'utf8'))
      const { gateway, events } = requests(['method.request.header.HeaderAuth1'], {
        api: 's4x3opwd6i',
        account: { id: '123456789012' },
        stages: { test: { variables: { StageVar1: 'stageValue1' } } },
        trustProxy: ['loopback'],
        ids: () => expected.requestContext.requestId,
      })
      // The sample elides the values of some; a chain of proxies must be one.
      const headers = { ...expected.headers, 'X-Forwarded-For': '192.0.2.1', Host: 'example.com' }
      const { apiKey } = expected.requestContext.identity
      const target = '/test/request?QueryString1=queryValue1'
      const answer = await rawSend(gateway, target, { ...headers, 'x-api-key': apiKey })
      expect(answer).toBe(200)
      const [event] = JSON.parse(JSON.stringify(events))
      // What the gateway has no name for (`resourceId`), and what nobody has verified, is another matter.
      const { clientCert: _, ...identity } = expected.requestContext.identity
      expect(event).toEqual({
        ...expected,
        headers: { ...headers, 'x-api-key': apiKey },
        multiValueHeaders: { ...listed(headers), 'x-api-key': [apiKey] },
        requestContext: {
          ...expected.requestContext,
          resourceId: '/request',
          identity: { ...identity, sourceIp: '192.0.2.1', userAgent: headers['User-Agent'] },
        },
      })
    },
  )

  it('is told all values of a name, and the last one by itself', async () => {
    const { gateway, events } = requests(['method.request.querystring.key'])
    const raw = ['Host', 'localhost', 'X-Tag', 'a', 'x-tag', 'b', '__proto__', 'c']
    await rawSend(gateway, '/pets/7/x/y%2Fz?key=1&key=2&a+b=%20c', raw)
    const [event] = events
    expect(event?.headers).toMatchObject({ 'X-Tag': 'b' })
    expect(Object.keys(event?.headers ?? {})).toEqual(['Host', 'X-Tag', '__proto__'])
    expect(event?.multiValueHeaders).toMatchObject({ 'X-Tag': ['a', 'b'] })
    expect(event?.queryStringParameters).toEqual({ key: '2', 'a b': ' c' })
    expect(event?.multiValueQueryStringParameters).toEqual({ key: ['1', '2'], 'a b': [' c'] })
    expect(event).toMatchObject({
      resource: '/pets/{id}/{rest+}',
      path: '/pets/7/x/y%2Fz',
      pathParameters: { id: '7' },
      methodArn: 'arn:aws:execute-api:us-east-1:000000000000:api/$default/GET/pets/7/x/y%2Fz',
    })
  })

  it.each<[string, string, string | undefined]>([
    ['method.request.header.Auth', 'GET /request', undefined],
    ['method.request.querystring.key', 'GET /request?key=1', 'GET /request?Key=1'],
    ['method.request.querystring.key', 'GET /request?key=1', 'GET /request?key='],
    ['stageVariables.tenant', 'GET /request', undefined],
    ['context.identity.sourceIp', 'GET /request', undefined],
    ['context.resourcePath', 'GET /request', undefined],
    ['context.stage', 'GET /request', undefined],
  ])('finds its caller by %s', async (source, there, missing) => {
    const { gateway, events } = requests([source], {
      stages: { $default: { variables: { tenant: 'acme' } } },
    })
    expect((await send(gateway, there, { headers: { auth: 'x' } })).status).toBe(200)
    expect(events).toHaveLength(1)
    if (missing !== undefined) expect((await send(gateway, missing)).status).toBe(401)
    expect(events).toHaveLength(1)
  })

  it('is not called where any of its sources is missing', async () => {
    const { gateway, events } = requests(['method.request.header.Auth', 'method.request.querystring.key'])
    for (const [request, headers] of [
      ['GET /request', { auth: 'x' }],
      ['GET /request?key=1', {}],
      ['GET /request?key=1', { auth: ' ' }],
    ] as const) {
      expect((await send(gateway, request, { headers })).status).toBe(401)
    }
    expect(events).toEqual([])
  })

  it('has its answers kept by all of its sources together, none mistaken for another', async () => {
    const { gateway, events } = requests(['method.request.querystring.a', 'method.request.querystring.b'])
    const queries = [
      'a=1&b=2',
      'a=12&b=2',
      'a=1&b=22',
      'a=2&b=1',
      'a=2&b=2',
      'a=1&a=2&b=2',
      'a=1,2&b=2',
      'a=1&b=2&b=',
    ]
    for (let times = 0; times < 2; times++) {
      for (const query of queries) expect((await send(gateway, `GET /request?${query}`)).status).toBe(200)
    }
    expect(events).toHaveLength(queries.length)
  })
})

/** A request with exactly these header fields. */
async function rawSend(
  gateway: Parameters<typeof send>[0],
  target: string,
  fields: Readonly<Record<string, string>> | readonly string[],
): Promise<number> {
  const raw = Array.isArray(fields) ? fields : Object.entries(fields).flat()
  const result = await gateway.handle(
    {
      method: 'GET',
      target,
      localTarget: target,
      peer: '127.0.0.1',
      encrypted: true,
      foldsCase: false,
      hasBody: false,
      header: (name) => {
        const values = raw.filter(
          (_: string, index: number) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === name,
        )
        return values.length === 0 ? undefined : values.join(', ')
      },
      stream: () => undefined,
      whenGone: () => () => {},
      rawHeaders: () => raw,
      body: async () => new Uint8Array(),
    },
    () => ({ status: 200, headers: [], body: '' }),
  )
  return typeof result === 'symbol' ? 0 : result.status
}

function listed(headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
}

describe('Lambda authorizers are checked at construction', () => {
  const call = () => answerOf()
  const faults = (authorizer: object) => {
    try {
      createGateway({ routes: [], authorizers: { own: authorizer as TokenAuthorizer } })
      return []
    } catch (error) {
      return (error as DefinitionError).faults.map(
        ({ code, path }) => `${code} ${path.replace('authorizers.own', '')}`,
      )
    }
  }
  it.each<[string, object, string[]]>([
    ['a TOKEN authorizer', { token: call, header: 'X-Token', validation: '^x-[a-z]+$', ttl: '1h' }, []],
    ['a REQUEST authorizer', { request: call, identitySources: ['context.identity.sourceIp'], ttl: 0 }, []],
    ['one that keeps nothing', { request: call, ttl: 0 }, []],
    ['one that keeps nothing, in words', { request: call, ttl: '0s' }, []],
    ['one that keeps for nobody knows whom', { request: call }, ['IDENTITY_SOURCE_MISSING ']],
    ['one with no sources', { request: call, identitySources: [], ttl: 1 }, ['IDENTITY_SOURCE_MISSING ']],
    [
      'a source that is none',
      { request: call, identitySources: ['header.Auth'] },
      ['IDENTITY_SOURCE_INVALID .identitySources[0]'],
    ],
    [
      'a request’s id as a source',
      { request: call, identitySources: ['context.requestId'] },
      ['IDENTITY_SOURCE_INVALID .identitySources[0]'],
    ],
    [
      'a source of another kind',
      { request: call, identitySources: ['context.constructor'] },
      ['IDENTITY_SOURCE_INVALID .identitySources[0]'],
    ],
    ['an expression that is none', { token: call, validation: '(' }, ['EXPRESSION_INVALID .validation']],
    [
      'an expression that looks behind',
      { token: call, validation: '(?<=x)y' },
      ['EXPRESSION_INVALID .validation'],
    ],
    ['a long ttl', { token: call, ttl: 3_601 }, ['DURATION_INVALID .ttl']],
    ['a long ttl in words', { token: call, ttl: '61m' }, ['DURATION_INVALID .ttl']],
    ['a negative ttl', { token: call, ttl: -1 }, ['DURATION_INVALID .ttl']],
    ['no function', { token: 'arn:aws:lambda:x' }, ['WRONG_TYPE .token']],
    ['a field of the other kind', { token: call, identitySources: [] }, ['UNKNOWN_FIELD .identitySources']],
    ['nothing of what there is', { lambda: call }, ['WRONG_TYPE ']],
  ])('%s', (_, authorizer, expected) => {
    expect(faults(authorizer)).toEqual(expected)
  })
})
