import aws4 from 'aws4'
import {
  before,
  type Credential,
  createGateway,
  type DefinitionError,
  type GatewayDefinition,
  type PolicyDocument,
  type PolicyStatement,
  route,
} from 'postern'
import { type SendOptions, send, testClock } from 'postern/testing'
import { describe, expect, it, vi } from 'vitest'

const ACCOUNT = '123456789012'
const API = `arn:aws:execute-api:us-east-1:${ACCOUNT}:api`
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`
const STRANGER = 'arn:aws:iam::999999999999:user/stranger'
const SECRET = 'not-so-secret'

function document(...statements: Partial<PolicyStatement>[]): PolicyDocument {
  const filled = statements.map((each) => ({
    Effect: 'Allow' as const,
    Action: 'execute-api:Invoke',
    ...each,
  }))
  return { Version: '2012-10-17', Statement: filled.map((each) => ({ Resource: '*', ...each })) }
}

const everybody = { Principal: '*' } as const
const ALLOW = document({})
const DENY = document({ Effect: 'Deny' })

interface Signed {
  readonly policies?: readonly PolicyDocument[]
  readonly principal?: string
  readonly resourcePolicy?: PolicyDocument
}

const base = { clock: testClock('2026-01-01T00:00:00Z'), account: { id: ACCOUNT } }

function gatewayOf(definition: Partial<GatewayDefinition>) {
  return createGateway({ ...base, onError: () => {}, routes: [], ...definition })
}

function signing(
  { policies, principal = ALICE, resourcePolicy }: Signed,
  definition: Partial<GatewayDefinition> = {},
) {
  const credential: Credential = { secretAccessKey: SECRET, principal, ...(policies && { policies }) }
  return gatewayOf({
    credentials: (id) => (id === 'AKIDEXAMPLE' ? credential : undefined),
    routes: [route('GET /pets', { authorize: 'iam' })],
    ...(resourcePolicy && { resourcePolicy }),
    ...definition,
  })
}

/** Signs by another implementation. */
function signed(gateway: ReturnType<typeof gatewayOf>, request = 'GET /pets', secretAccessKey = SECRET) {
  const [method = '', path = ''] = request.split(' ')
  const headers = { host: 'localhost', 'x-amz-date': '20260101T000000Z' }
  const options = { service: 'execute-api', region: 'us-east-1', method, path, headers }
  const sent = aws4.sign(options, { accessKeyId: 'AKIDEXAMPLE', secretAccessKey })
  return send(gateway, request, { headers: sent.headers as SendOptions['headers'] & {} })
}

describe('a signed call', () => {
  it('is admitted by a policy of its caller, whom the app is told', async () => {
    const answer = await signed(signing({ policies: [ALLOW] }))
    expect(answer.status).toBe(200)
    expect(answer.forwarded?.gateway).toMatchObject({
      principal: ALICE,
      authorizer: { accessKeyId: 'AKIDEXAMPLE', userArn: ALICE },
    })
  })

  it('without a signature, or with a wrong one, is refused', async () => {
    const gateway = signing({ policies: [ALLOW] })
    const unsigned = await send(gateway, 'GET /pets')
    expect([unsigned.status, unsigned.json()]).toEqual([403, { message: 'Missing Authentication Token' }])
    expect((await signed(gateway, 'GET /pets', 'guessed')).status).toBe(403)
  })

  it('of a caller without any policy is denied implicitly, in AWS’s words', async () => {
    for (const policies of [undefined, []]) {
      const answer = await signed(signing({ ...(policies && { policies }) }))
      expect([answer.status, answer.json()]).toEqual([
        403,
        {
          Message: `User: ${ALICE} is not authorized to perform: execute-api:Invoke on resource: ${API}/$default/GET/pets`,
        },
      ])
    }
  })

  it('that is denied explicitly is told so', async () => {
    const answer = await signed(signing({ policies: [ALLOW, DENY] }))
    expect(answer.json()).toEqual({ Message: expect.stringMatching(/ with an explicit deny$/) })
  })

  const open = document({ ...everybody })
  const closed = document({ ...everybody, Effect: 'Deny' })
  const silent = document({ ...everybody, Resource: 'execute-api:/*/GET/other' })
  it.each<[string, Signed, number]>([
    ['the resource policy alone, in its own account', { resourcePolicy: open }, 200],
    ['its own policy alone, in its own account', { policies: [ALLOW], resourcePolicy: silent }, 200],
    ['neither, in its own account', { policies: [], resourcePolicy: silent }, 403],
    ['a resource policy that denies', { policies: [ALLOW], resourcePolicy: closed }, 403],
    ['a policy of its own that denies', { policies: [DENY], resourcePolicy: open }, 403],
    ['the resource policy alone, from another account', { principal: STRANGER, resourcePolicy: open }, 403],
    [
      'its own policy alone, from another account',
      { principal: STRANGER, policies: [ALLOW], resourcePolicy: silent },
      403,
    ],
    [
      'its own policy, from another account, where there is no other',
      { principal: STRANGER, policies: [ALLOW] },
      403,
    ],
    ['both, from another account', { principal: STRANGER, policies: [ALLOW], resourcePolicy: open }, 200],
    ['a resource policy that names it', { resourcePolicy: document({ Principal: { AWS: ALICE } }) }, 200],
    [
      'a resource policy that denies all others',
      {
        resourcePolicy: document(
          { ...everybody },
          { Effect: 'Deny', NotPrincipal: { AWS: [ALICE, `arn:aws:iam::${ACCOUNT}:root`] } },
        ),
      },
      200,
    ],
  ])('is decided by %s', async (_, given, status) => {
    expect((await signed(signing(given))).status).toBe(status)
  })

  it('goes by what its policies say when it comes, though they are made anew or changed', async () => {
    let effect: 'Allow' | 'Deny' = 'Allow'
    const gateway = gatewayOf({
      credentials: async () => ({
        secretAccessKey: SECRET,
        principal: ALICE,
        policies: [document({ Effect: effect })],
      }),
      routes: [route('GET /pets', { authorize: 'iam' })],
    })
    expect((await signed(gateway)).status).toBe(200)
    effect = 'Deny'
    expect((await signed(gateway)).status).toBe(403)
    effect = 'Allow'
    expect((await signed(gateway)).status).toBe(200)
  })

  it('by a policy with a fault lets nobody in, and that is reported', async () => {
    const onError = vi.fn()
    const faulty = document({ Condition: { IpAdress: { 'aws:SourceIp': '10.0.0.0/8' } } })
    const answer = await signed(signing({ policies: [ALLOW, faulty] }, { onError }))
    expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([
      500,
      'AuthorizerConfigurationException',
    ])
    expect(onError).toHaveBeenCalledTimes(1)
  })

  it('can be asked for with options, by name and in place', async () => {
    const routes = [
      route('GET /a', { authorize: { iam: {} } }),
      route('GET /b', { authorize: { authorizer: 'signed' } }),
      route('GET /c', { authorize: { authorizer: 'iam' } }),
      route('GET /d', { authorize: { authorizer: 'iam', scopes: ['any'] } }),
    ]
    const gateway = signing({ policies: [ALLOW] }, { authorizers: { signed: { iam: {} } }, routes })
    const seen = []
    for (const path of ['/a', '/b', '/c', '/d']) seen.push((await signed(gateway, `GET ${path}`)).status)
    // A signature has no scopes: what cannot be shown is not there.
    expect(seen).toEqual([200, 200, 200, 403])
  })
})

describe('a resource policy', () => {
  const office = document({ ...everybody, Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } })

  it('without an authorizer needs to allow', async () => {
    const gateway = gatewayOf({ resourcePolicy: office, routes: [route('GET /pets')] })
    expect((await send(gateway, 'GET /pets', { sourceIp: '192.0.2.7' })).status).toBe(200)
    const refused = await send(gateway, 'GET /pets', { sourceIp: '198.51.100.7' })
    expect([refused.status, refused.json()]).toEqual([
      403,
      {
        Message: `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${API}/$default/GET/pets`,
      },
    ])
  })

  it('holds for each method, path and stage by itself', async () => {
    const resourcePolicy = document({
      ...everybody,
      Resource: ['execute-api:/prod/GET/pets/*', `${API}/beta/DELETE/pets/7`],
    })
    const routes = [route('GET /pets/{id}'), route('DELETE /pets/{id}')]
    const gateway = gatewayOf({ resourcePolicy, routes, stages: { prod: {}, beta: {} } })
    const seen = []
    for (const request of [
      'GET /prod/pets/7',
      'GET /beta/pets/7',
      'DELETE /prod/pets/7',
      'DELETE /beta/pets/7',
    ]) {
      seen.push((await send(gateway, request)).status)
    }
    expect(seen).toEqual([200, 403, 403, 200])
  })

  const closed = document({ ...everybody }, { ...everybody, Effect: 'Deny' })
  const silent = document({ ...everybody, Resource: 'execute-api:/*/GET/other' })
  const open = document({ ...everybody })
  type Row = readonly [resource: PolicyDocument | undefined, own: PolicyDocument, status: number]
  const lambda: Row[] = [
    [undefined, ALLOW, 200],
    [undefined, DENY, 403],
    [undefined, document({ Resource: `${API}/$default/GET/other` }), 403],
    [open, ALLOW, 200],
    [open, DENY, 403],
    [open, document({ Resource: `${API}/$default/GET/other` }), 200],
    [silent, ALLOW, 200],
    [silent, DENY, 403],
    [silent, document({ Resource: `${API}/$default/GET/other` }), 403],
  ]
  it.each(lambda)(
    'is combined with a Lambda authorizer’s: %j and %j make %d',
    async (resourcePolicy, own, status) => {
      const gateway = gatewayOf({
        ...(resourcePolicy && { resourcePolicy }),
        routes: [
          route('GET /pets', { authorize: { token: () => ({ principalId: 'alice', policyDocument: own }) } }),
        ],
      })
      expect((await send(gateway, 'GET /pets', { headers: { authorization: 'x' } })).status).toBe(status)
    },
  )

  it('that denies spares the authorizer the call', async () => {
    const token = vi.fn(() => ({ principalId: 'alice', policyDocument: ALLOW }))
    const plain = vi.fn(() => 'alice')
    const routes = [route('GET /a', { authorize: { token } }), route('GET /b', { authorize: plain })]
    const gateway = gatewayOf({ resourcePolicy: closed, routes })
    for (const path of ['/a', '/b']) {
      const answer = await send(gateway, `GET ${path}`, { headers: { authorization: 'x' } })
      expect([answer.status, answer.json()]).toEqual([
        403,
        { Message: expect.stringMatching(/with an explicit deny$/) },
      ])
    }
    expect([token, plain].map(({ mock }) => mock.calls.length)).toEqual([0, 0])
  })

  it('that does not allow is not helped by a mere proof of who calls', async () => {
    const routes = [route('GET /pets', { authorize: () => 'alice' })]
    expect((await send(gatewayOf({ resourcePolicy: silent, routes }), 'GET /pets')).status).toBe(403)
    expect((await send(gatewayOf({ resourcePolicy: open, routes }), 'GET /pets')).status).toBe(200)
    expect((await send(gatewayOf({ routes }), 'GET /pets')).status).toBe(200)
  })

  it('can ask for keys of the definition’s own, and lets nobody in where these fail', async () => {
    const resourcePolicy = document({
      ...everybody,
      Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } },
    })
    const routes = [route('GET /pets')]
    const statusWith = async (conditionKeys: NonNullable<GatewayDefinition['conditionKeys']>) =>
      (await send(gatewayOf({ resourcePolicy, routes, conditionKeys }), 'GET /pets')).status
    expect(await statusWith(() => ({ 'aws:SourceVpce': 'vpce-1' }))).toBe(200)
    expect(await statusWith(() => ({ 'aws:SourceVpce': 'vpce-2' }))).toBe(403)
    expect(
      await statusWith(() => {
        throw new Error('away')
      }),
    ).toBe(500)
  })
})

describe('what a caller may do beside calling', () => {
  const INVALIDATE = 'execute-api:InvalidateCache'
  /** What a step behind authorization is told. */
  async function may(
    definition: Partial<GatewayDefinition>,
    call: (gateway: ReturnType<typeof gatewayOf>) => Promise<{ status: number }>,
  ) {
    const told: unknown[] = []
    const steps = [
      before('integrate', ({ permits }) => {
        told.push(permits?.may(INVALIDATE))
        return undefined
      }),
    ]
    expect((await call(gatewayOf({ ...definition, steps }))).status).toBe(200)
    return told
  }
  const plain = (gateway: ReturnType<typeof gatewayOf>) =>
    send(gateway, 'GET /pets', { headers: { authorization: 'x' } })
  const both = document({ Action: ['execute-api:Invoke', INVALIDATE] })
  const credentials = (policies: readonly PolicyDocument[]) => () => ({
    secretAccessKey: SECRET,
    principal: ALICE,
    policies,
  })
  const iam = [route('GET /pets', { authorize: 'iam' })]
  const token = (policyDocument: PolicyDocument) => [
    route('GET /pets', { authorize: { token: () => ({ principalId: 'alice', policyDocument }) } }),
  ]

  it.each<[string, Partial<GatewayDefinition>, unknown, typeof plain]>([
    ['a signer whose policy says so may', { credentials: credentials([both]), routes: iam }, true, signed],
    ['a signer who may only call may not', { credentials: credentials([ALLOW]), routes: iam }, false, signed],
    ['a Lambda authorizer may say so', { routes: token(both) }, true, plain],
    ['a Lambda authorizer that does not say so does not', { routes: token(ALLOW) }, false, plain],
    [
      'the resource policy may say so for everybody',
      { resourcePolicy: document({ ...everybody, Action: 'execute-api:*' }), routes: [route('GET /pets')] },
      true,
      plain,
    ],
    [
      'a resource policy’s denial wins',
      {
        resourcePolicy: document({ ...everybody, Effect: 'Deny', Action: INVALIDATE }),
        routes: token(both),
      },
      false,
      plain,
    ],
    [
      'a mere proof of who calls gives no more than the call',
      { routes: [route('GET /pets', { authorize: () => 'a' })] },
      false,
      plain,
    ],
    ['nothing is known where nobody is asked', { routes: [route('GET /pets')] }, undefined, plain],
  ])('%s', async (_, definition, expected, call) => {
    expect(await may(definition, call)).toEqual([expected])
  })
})

describe('authorization in observe mode', () => {
  it('lets everybody on, and records who would have been refused', async () => {
    const records: { observed: readonly string[] }[] = []
    const gateway = gatewayOf({
      routes: [route('GET /pets', { authorize: () => undefined, mode: 'observe' })],
      onRecord: (record) => records.push(record),
    })
    expect((await send(gateway, 'GET /pets')).status).toBe(200)
    expect(records[0]?.observed).toEqual(['UNAUTHORIZED'])
  })
})

describe('what routes ask for is checked at construction', () => {
  const faults = (definition: object) => {
    try {
      createGateway(definition as GatewayDefinition)
      return []
    } catch (error) {
      return (error as DefinitionError).faults.map(({ code, path }) => `${code} ${path}`)
    }
  }
  const asking = (authorize: unknown, more: object = {}) => ({
    routes: [{ pattern: 'GET /', policy: { authorize } }],
    ...more,
  })
  const credentials = () => undefined
  const own = () => 'alice'
  const at = 'routes[0].policy.authorize'
  it.each<[string, object, string[]]>([
    ['signed calls with credentials', asking('iam', { credentials }), []],
    ['signed calls without credentials', asking('iam'), [`CREDENTIALS_MISSING ${at}`]],
    [
      'signed calls with options, without credentials',
      asking({ iam: {} }),
      [`CREDENTIALS_MISSING ${at}.iam`],
    ],
    [
      'signed calls by name, without credentials',
      asking({ authorizer: 'iam' }),
      [`CREDENTIALS_MISSING ${at}.authorizer`],
    ],
    ['an authorizer by name', asking('own', { authorizers: { own } }), []],
    [
      'an authorizer by name, with scopes',
      asking({ authorizer: 'own', scopes: ['a'] }, { authorizers: { own } }),
      [],
    ],
    [
      'an authorizer that is not there',
      asking('owm', { authorizers: { own } }),
      [`AUTHORIZER_UNKNOWN ${at}`],
    ],
    [
      'an authorizer that is not there, with scopes',
      asking({ authorizer: 'owm' }, { authorizers: { own } }),
      [`AUTHORIZER_UNKNOWN ${at}.authorizer`],
    ],
    ['an authorizer that every object seems to have', asking('constructor'), [`AUTHORIZER_UNKNOWN ${at}`]],
    [
      'scopes of an authorizer in place',
      asking({ iam: {}, scopes: ['a'] }, { credentials }),
      [`UNKNOWN_FIELD ${at}.scopes`],
    ],
    ['false', asking(false), [`WRONG_TYPE ${at}`]],
    ['nothing that is known', asking({}), [`WRONG_TYPE ${at}`]],
    [
      'options that are none',
      asking({ iam: { twice: true } }, { credentials }),
      [`UNKNOWN_FIELD ${at}.iam.twice`],
    ],
    ['an authorizer called iam', { routes: [], authorizers: { iam: own } }, ['NAME_INVALID authorizers.iam']],
  ])('%s', (_, definition, expected) => {
    expect(faults(definition)).toEqual(expected)
  })
})
