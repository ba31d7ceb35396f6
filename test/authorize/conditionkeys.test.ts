import { before, createGateway, type Exchange, type GatewayDefinition, route } from 'postern'
import { type SendOptions, send, testClock } from 'postern/testing'
import { describe, expect, test } from 'vitest'
import { methodArn } from '../../src/authorize/arn.js'
import { type ConditionFacts, conditionsOf } from '../../src/authorize/conditionkeys.js'
import { compilePolicy } from '../../src/authorize/policy.js'
import { document, request, statement } from './ask.js'
import { ALICE, CREDENTIAL, HOST, NOW, sign, signedGateway } from './signing.js'

/** An exchange as the steps of a route get it. */
async function exchangeOf(
  target: string,
  options: SendOptions = {},
  stages: Record<string, object> = {},
): Promise<Exchange> {
  let seen: Exchange | undefined
  const look = before('integrate', (exchange) => {
    seen = exchange
    return undefined
  })
  const clock = testClock('2026-01-01T00:00:00.750Z')
  const routes = [
    route('GET /'),
    route('GET /pets/{petId}'),
    route('POST /pets/{petId}'),
    route('ANY /any'),
    route('GET /files/{path+}'),
  ]
  const gateway = createGateway({ routes, steps: [look], clock, stages })
  await send(gateway, target, options)
  if (seen === undefined) throw new Error(`${target} did not get there`)
  return seen
}

describe('the ARN of what is invoked', () => {
  const parts = { region: 'us-east-1', accountId: '123456789012', api: 'shop' }
  const API = 'arn:aws:execute-api:us-east-1:123456789012:shop'
  test.each([
    ['GET /pets/7', '/$default/GET/pets/7'],
    ['POST /pets/7', '/$default/POST/pets/7'],
    ['GET /', '/$default/GET/'],
    ['GET /pets/7?a=b/c', '/$default/GET/pets/7'],
    // One resource, however it is spelt.
    ['GET /pets/7/', '/$default/GET/pets/7'],
    ['GET /%70ets/%37', '/$default/GET/pets/7'],
    ['GET /files/a%3ab', '/$default/GET/files/a:b'],
    // What has a meaning of its own, in paths or in policies, is encoded.
    ['GET /files/a%2Fb', '/$default/GET/files/a%2Fb'],
    ['GET /files/a%3Fb', '/$default/GET/files/a%3Fb'],
    ['GET /files/a%2525b', '/$default/GET/files/a%2525b'],
    ['GET /files/%2a', '/$default/GET/files/%2A'],
    ['GET /files/*', '/$default/GET/files/%2A'],
    ['GET /files/$%7Baws:username%7D', '/$default/GET/files/$%7Baws:username%7D'],
    ['GET /files/caf%c3%a9', '/$default/GET/files/caf%C3%A9'],
    // HEAD follows the policy of GET where it is served by a GET route, and is itself where it is not.
    ['HEAD /pets/7', '/$default/GET/pets/7'],
    ['HEAD /any', '/$default/HEAD/any'],
    ['OPTIONS /any', '/$default/OPTIONS/any'],
    ['DELETE /any', '/$default/DELETE/any'],
  ])('of %s is …%s', async (target, expected) => {
    expect(methodArn(parts, await exchangeOf(target))).toBe(API + expected)
  })

  test.each(['*', '%2A', '%3F', '?', '$%7B*%7D', 'x/*'])(
    'as the Resource of a policy is that very one: /files/%s',
    async (name) => {
      const asked = methodArn(parts, await exchangeOf(`GET /files/x/${name}`))
      const policy = compilePolicy(document(statement({ Resource: asked })))
      expect(policy.evaluate(request({ resource: asked })).effect).toBe('Allow')
      for (const other of ['GET /files/x/y', 'GET /files/x/x/y', 'GET /files/x/secret']) {
        const resource = methodArn(parts, await exchangeOf(other))
        expect(policy.evaluate(request({ resource })).effect).toBe('None')
      }
    },
  )

  test('has the stage, not as a part of the path', async () => {
    expect(methodArn(parts, await exchangeOf('GET /prod/pets/7', {}, { prod: {} }))).toBe(
      `${API}/prod/GET/pets/7`,
    )
    expect(methodArn(parts, await exchangeOf('GET /prod', {}, { prod: {} }))).toBe(`${API}/prod/GET/`)
  })

  test.each([
    ['cn-north-1', 'arn:aws-cn:execute-api:cn-north-1:'],
    ['us-gov-west-1', 'arn:aws-us-gov:execute-api:us-gov-west-1:'],
    ['eu-central-1', 'arn:aws:execute-api:eu-central-1:'],
  ])('of %s begins with %s', async (region, start) => {
    expect(methodArn({ ...parts, region }, await exchangeOf('GET /pets/7'))).toContain(start)
  })
})

describe('the condition keys of a request', () => {
  const options = {
    sourceIp: '203.0.113.7',
    headers: { 'user-agent': 'curl/8', referer: 'https://example.com/' },
  }
  const asks = async (facts: Partial<ConditionFacts> = {}, given: SendOptions = options) => {
    const conditions = conditionsOf(await exchangeOf('GET /pets/7', given), {
      region: 'eu-central-1',
      ...facts,
    })
    return (key: string) => conditions(key.toLowerCase())
  }

  test.each([
    ['aws:SourceIp', '203.0.113.7'],
    ['aws:SecureTransport', 'true'],
    ['aws:UserAgent', 'curl/8'],
    ['aws:Referer', 'https://example.com/'],
    // Both to the second, so that they are the same time.
    ['aws:CurrentTime', '2026-01-01T00:00:00Z'],
    ['aws:EpochTime', '1767225600'],
    ['aws:RequestedRegion', 'eu-central-1'],
    ['aws:PrincipalType', 'Anonymous'],
    ['aws:userid', 'anonymous'],
    ['aws:PrincipalIsAWSService', 'false'],
    ['aws:ViaAWSService', 'false'],
    ['aws:PrincipalArn', undefined],
    ['aws:PrincipalAccount', undefined],
    ['aws:username', undefined],
    ['aws:SourceVpce', undefined],
    ['aws:VpcSourceIp', undefined],
    ['aws:PrincipalTag/team', undefined],
    ['aws:__proto__', undefined],
    ['constructor', undefined],
  ])('%s is %s where nobody has signed it', async (key, expected) => {
    expect((await asks())(key)).toBe(expected)
  })

  test('are not there where the caller did not send them', async () => {
    const key = await asks({}, { secure: false })
    expect([key('aws:UserAgent'), key('aws:Referer')]).toEqual([undefined, undefined])
    expect(key('aws:SecureTransport')).toBe('true')
  })

  const signers: readonly (readonly [principal: string, ...(string | undefined)[]])[] = [
    [
      'arn:aws:iam::123456789012:user/alice',
      'arn:aws:iam::123456789012:user/alice',
      'User',
      'alice',
      'alice',
    ],
    [
      'arn:aws:iam::123456789012:user/staff/alice',
      'arn:aws:iam::123456789012:user/staff/alice',
      'User',
      'alice',
      'alice',
    ],
    [
      'arn:aws:iam::123456789012:root',
      'arn:aws:iam::123456789012:root',
      'Account',
      undefined,
      '123456789012',
    ],
    [
      'arn:aws:sts::123456789012:assumed-role/batch/night',
      'arn:aws:iam::123456789012:role/batch',
      'AssumedRole',
      undefined,
      'batch:night',
    ],
    [
      'arn:aws:sts::123456789012:federated-user/bob',
      'arn:aws:sts::123456789012:federated-user/bob',
      'FederatedUser',
      undefined,
      'bob',
    ],
  ]
  test.each(signers)('are those of %s', async (principal, arn, type, username, userid) => {
    const key = await asks({ principal })
    const names = [
      'aws:PrincipalArn',
      'aws:PrincipalType',
      'aws:username',
      'aws:userid',
      'aws:PrincipalAccount',
    ]
    expect(names.map(key)).toEqual([arn, type, username, userid, '123456789012'])
  })

  test('are the tags of who signed, in any case', async () => {
    const key = await asks({ tags: { Team: 'blue', __proto__: 'x' } as Record<string, string> })
    expect(key('aws:PrincipalTag/team')).toBe('blue')
    expect(key('aws:PrincipalTag/constructor')).toBeUndefined()
  })

  test("are the definition's own beside them", async () => {
    const key = await asks({
      conditionKeys: () => ({
        'aws:SourceVpce': 'vpce-1',
        'Shop:Tiers': ['gold', 'silver'],
        'aws:userid': 'AIDA1',
      }),
    })
    expect(key('aws:SourceVpce')).toBe('vpce-1')
    expect(key('shop:tiers')).toEqual(['gold', 'silver'])
    expect(key('aws:userid')).toBe('AIDA1')
    // It came through a VPC's endpoint: then the address is one within that VPC.
    expect(key('aws:VpcSourceIp')).toBe('203.0.113.7')
  })

  test("that the gateway knows cannot be changed by the definition's own", async () => {
    const key = await asks({
      principal: 'arn:aws:iam::123456789012:user/alice',
      tags: { team: 'blue' },
      conditionKeys: () => ({
        'aws:SourceIp': '10.0.0.1',
        'AWS:username': 'bob',
        'aws:PrincipalTag/Team': 'red',
      }),
    })
    expect([key('aws:SourceIp'), key('aws:username'), key('aws:PrincipalTag/team')]).toEqual([
      '203.0.113.7',
      'alice',
      'blue',
    ])
  })

  test("that are the definition's own must be known at once, as a promise has none that could deny", async () => {
    const late = (async () => ({ 'x:blocked': 'yes' })) as unknown as () => { [key: string]: string }
    const key = await asks({ conditionKeys: late })
    expect(() => key('x:blocked')).toThrow('promise')
  })

  test("that are the definition's own are asked for once, and only where they are needed", async () => {
    let calls = 0
    const key = await asks({
      conditionKeys: () => {
        calls++
        return { 'x:a': '1', 'x:b': undefined as unknown as string, 'x:n': 7 as unknown as string }
      },
    })
    expect([key('aws:SourceIp'), calls]).toEqual(['203.0.113.7', 0])
    expect([key('x:a'), key('x:b'), key('x:c'), key('x:n'), calls]).toEqual([
      '1',
      undefined,
      undefined,
      '7',
      1,
    ])
  })
})

describe('a policy that denies by a key', () => {
  const SIGNED = Object.fromEntries(sign().headers)
  const VPC = { 'aws:SourceVpce': 'vpce-1' }

  /** Whether the one request is denied, signed by Alice or by nobody. */
  async function denies(
    operator: string,
    key: string,
    value: string,
    { signed = true, ...runtime }: { signed?: boolean } & Pick<GatewayDefinition, 'conditionKeys'> = {},
  ) {
    const anyone = { Principal: '*', Action: '*', Resource: '*' } as const
    const denial = { Effect: 'Deny', ...anyone, Condition: { [operator]: { [key]: value } } } as const
    const gateway = signedGateway({
      ...runtime,
      ...(signed ? {} : { routes: [route('GET /pets/{petId}')] }),
      clock: testClock(NOW),
      region: 'us-east-1',
      credentials: () => ({ ...CREDENTIAL, tags: { team: 'blue' } }),
      resourcePolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...anyone }, denial] },
    })
    const headers = {
      ...(signed ? SIGNED : { host: HOST }),
      'user-agent': 'curl/8',
      referer: 'https://a.example/',
    }
    const { status } = await send(gateway, 'GET /pets/7', { headers, sourceIp: '203.0.113.7' })
    expect([200, 403]).toContain(status)
    return status === 403
  }

  test.each([
    ['aws:CurrentTime', 'DateEquals', '2026-01-31T12:00:00Z', '2026-01-31T12:00:01Z'],
    ['aws:EpochTime', 'NumericEquals', '1769860800', '1769860801'],
    ['aws:PrincipalAccount', 'StringEquals', '000000000000', '123456789012'],
    ['aws:PrincipalArn', 'ArnEquals', ALICE, 'arn:aws:iam::000000000000:user/bob'],
    ['aws:PrincipalIsAWSService', 'Bool', 'false', 'true'],
    ['aws:PrincipalTag/team', 'StringEquals', 'blue', 'red'],
    ['aws:PrincipalType', 'StringEquals', 'User', 'Anonymous'],
    ['aws:Referer', 'StringLike', 'https://a.example/*', 'https://b.example/*'],
    ['aws:RequestedRegion', 'StringEquals', 'us-east-1', 'eu-central-1'],
    ['aws:SecureTransport', 'Bool', 'true', 'false'],
    ['aws:SourceIp', 'IpAddress', '203.0.113.0/24', '198.51.100.0/24'],
    ['aws:UserAgent', 'StringLike', 'curl/*', 'wget/*'],
    ['aws:ViaAWSService', 'Bool', 'false', 'true'],
    ['aws:userid', 'StringEquals', 'alice', 'bob'],
    ['aws:username', 'StringEquals', 'alice', 'bob'],
  ])('%s: the gateway knows it', async (key, operator, own, other) => {
    expect([await denies(operator, key, own), await denies(operator, key, other)]).toEqual([true, false])
    expect(await denies('Null', key, 'true')).toBe(false)
  })

  test.each(['aws:PrincipalAccount', 'aws:PrincipalArn', 'aws:PrincipalTag/team', 'aws:username'])(
    '%s: nobody has it who has not signed',
    async (key) => {
      expect(await denies('Null', key, 'true', { signed: false })).toBe(true)
    },
  )

  test.each([
    ['aws:SourceVpce', 'StringEquals', 'vpce-1', 'vpce-2'],
    ['aws:VpcSourceIp', 'IpAddress', '203.0.113.0/24', '10.0.0.0/8'],
  ])('%s: the definition knows it, and without its word there is none', async (key, operator, own, other) => {
    const told = { conditionKeys: () => VPC }
    expect(await denies(operator, key, own, told)).toBe(true)
    expect(await denies(operator, key, other, told)).toBe(false)
    expect([await denies(operator, key, own), await denies('Null', key, 'true')]).toEqual([false, true])
  })

  // AWS has no keys of API Gateway's own: a name before the colon that is not its own is the definition's.
  test.each(['execute-api:Tenant', 'shop:Tenant'])('%s: the definition’s own, of any name', async (key) => {
    const told = { conditionKeys: () => ({ [key.toUpperCase()]: 'acme' }) }
    expect(await denies('StringEquals', key, 'acme', told)).toBe(true)
    expect(await denies('StringEquals', key, 'other', told)).toBe(false)
    expect([await denies('StringEquals', key, 'acme'), await denies('Null', key, 'true')]).toEqual([
      false,
      true,
    ])
  })

  test('that is misspelt is a fault of the definition', async () => {
    await expect(denies('StringEquals', 'aws:UserAgnt', 'x')).rejects.toThrow(
      "no request has the key 'aws:UserAgnt'",
    )
    await expect(denies('StringEquals', 'SourceIp', 'x')).rejects.toThrow('`SourceIp` is no condition key')
  })
})
