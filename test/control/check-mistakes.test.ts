/** Mistakes that are often made, and answers that help. */
import { describe, expect, test } from 'vitest'
import { createGateway, route } from '../../src/index.js'
import { faultsOf } from './check-faults.js'

const definition = (given: object) => ({ routes: [{ pattern: 'POST /pets', policy: {} }], ...given })
const asking = (policy: object) => ({ routes: [{ pattern: 'POST /pets', policy }] })
const AT = 'routes[0].policy'

describe('a condition key', () => {
  const faults = (key: string) =>
    faultsOf(
      definition({
        resourcePolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              ...{ Effect: 'Deny', Principal: '*', Action: 'execute-api:Invoke', Resource: '*' },
              Condition: { StringEquals: { [key]: 'x' } },
            },
          ],
        },
      }),
    )

  test.each([
    ['aws:UserAgnt', 'aws:UserAgent'],
    ['aws:SourceVpcs', 'aws:SourceVpc'],
    ['AWS:usernam', 'aws:username'],
    ['awz:UserAgent', 'aws:UserAgent'],
    ['aws:PrincipleTag/team', 'aws:PrincipalTag/team'],
  ])('%j is misspelt', (key, meant) => {
    expect(faults(key)).toEqual([
      `POLICY_INVALID resourcePolicy.Statement[0].Condition.StringEquals['${key}']: no request has the key '${key}' | Did you mean \`${meant}\`? Keys of your own come from \`conditionKeys\`.`,
    ])
  })

  test.each([
    ...['aws:useragent', 'aws:SourceVpce', 'aws:PrincipalOrgID', 'aws:PrincipalTag/x', 'AWS:RequestTag/a/b'],
    ...['acme:UserAgent', 'aws:Tenant', 'x:y', 'accounts.google.com:aud'],
  ])('%j may be asked for', (key) => {
    expect(faults(key)).toEqual([])
  })
})

describe('what a resource policy is about', () => {
  const HOME = {
    ...{ api: 'shop', region: 'eu-central-1', account: { id: '123456789012' } },
    stages: { prod: {}, beta: {} },
  }
  const faults = (element: 'Resource' | 'NotResource' | 'Action' | 'NotAction', text: string) => {
    const target = element.endsWith('Action') ? { Resource: '*' } : { Action: 'execute-api:Invoke' }
    const Statement = { Effect: 'Deny', Principal: '*', ...target, [element]: text }
    return faultsOf(definition({ ...HOME, resourcePolicy: { Version: '2012-10-17', Statement } }))
  }
  const SHORT = "*', or the short `execute-api:/stage/METHOD/path`."

  test.each([
    ['execute-api:/prd/GET/x', "there is no stage 'prd'", 'Did you mean `prod`?'],
    ['execute-api:/live/*', "there is no stage 'live'", "Write one of prod and beta, or '*'."],
    [
      'execute-api:/prod/get/x',
      "'get' stands where the method belongs, and is none",
      'Write stage, method, then path: `execute-api:/prod/GET/…`.',
    ],
    [
      'execute-api:/prod/pets/*',
      "'pets' stands where the method belongs, and is none",
      'Write stage, method, then path: `execute-api:/prod/*/…`.',
    ],
    ['execute-api:/prod', 'it ends before the method', 'Write `execute-api:/prod/*`.'],
    ['execute-api:/prod/GET', 'it ends before the path', 'Write `execute-api:/prod/GET/*`.'],
    [
      'arn:aws:execute-api:us-east-1:*:shop/*',
      "it is of the region 'us-east-1', and this one is 'eu-central-1'",
      `Write 'eu-central-1', '${SHORT}`,
    ],
    [
      'arn:aws:execute-api:*:999999999999:shop/*',
      "it is of the account '999999999999', and this one is '123456789012'",
      `Write '123456789012', '${SHORT}`,
    ],
    [
      'arn:aws:execute-api:*:*:a1b2c3/*',
      "it is of the API 'a1b2c3', and this one is 'shop'",
      `Write 'shop', '${SHORT}`,
    ],
    [
      'arn:aws:execute-api:*:*:shop/live/GET/x',
      "there is no stage 'live'",
      "Write one of prod and beta, or '*'.",
    ],
    [
      'arn:aws:s3:::bucket/*',
      "no request to this API is for a resource of the service 's3'",
      'Write `execute-api:/stage/METHOD/path`.',
    ],
  ])('%j can never be', (text, message, fix) => {
    for (const element of ['Resource', 'NotResource'] as const) {
      expect(faults(element, text)[0]).toBe(
        `POLICY_INVALID resourcePolicy.Statement.${element}: ${message} | ${fix}`,
      )
    }
  })

  test.each([
    ...['*', 'execute-api:/*', 'execute-api:/prod/*', 'execute-api:/pr*/pets', 'execute-api:/*/pets/x'],
    ...['execute-api:/prod/GET/', 'execute-api:/prod/G*/x', `execute-api:/\${aws:username}/x`],
    ...['arn:aws:execute-api:eu-central-1:123456789012:shop/beta/DELETE/a:b', 'arn:aws:execute-api:*:*:*/x'],
    ...['arn:*:prod/pets', 'arn:aws:execute-api:*'],
  ])('%j may be', (text) => {
    expect(faults('Resource', text)).toEqual([])
  })

  test('an action of another service is told', () => {
    const fix =
      'Write execute-api:Invoke, execute-api:InvalidateCache, execute-api:ManageConnections or execute-api:*.'
    for (const element of ['Action', 'NotAction'] as const) {
      expect(faults(element, 's3:Get*')).toEqual([
        `POLICY_INVALID resourcePolicy.Statement.${element}: API Gateway has no action 's3:Get*' | ${fix}`,
      ])
      expect(faults(element, '*:Invoke')).toEqual([])
    }
  })

  test('a document as JSON text is told', () => {
    expect(faultsOf(definition({ resourcePolicy: '{}' }))).toEqual([
      "WRONG_TYPE resourcePolicy: '{}' is a text and not a policy document | Give the document itself: JSON.parse it first.",
    ])
  })
})

describe('an authorizer', () => {
  const CALLBACK = 'takes a callback, which is not given'
  const old = (_event: unknown, _context: unknown, _callback: unknown) => {}
  const STORE = 'routes[0].policy.authorize.mtls.trustStore'
  const READ = "Give what is in the file, as a text: readFileSync('ca.pem', 'utf8')."
  const LAMBDA = 'Return the result: async (event) => ({ principalId, policyDocument }).'
  const OFF = 'Leave `authorize` out: then nobody is asked who calls.'

  test.each<[object | string | boolean | (() => void), string]>([
    [{ token: old }, `WRONG_TYPE ${AT}.authorize.token: ${CALLBACK} | ${LAMBDA}`],
    [{ request: old, ttl: 0 }, `WRONG_TYPE ${AT}.authorize.request: ${CALLBACK} | ${LAMBDA}`],
    [
      old as () => void,
      `WRONG_TYPE ${AT}.authorize: ${CALLBACK} | Return who calls: async (exchange) => ({ principal: 'alice' }).`,
    ],
    ['AWS_IAM', `AUTHORIZER_UNKNOWN ${AT}.authorize: 'AWS_IAM' is no authorizer | Write 'iam'.`],
    ['NONE', `AUTHORIZER_UNKNOWN ${AT}.authorize: 'NONE' is no authorizer | ${OFF}`],
    [false, `WRONG_TYPE ${AT}.authorize: false is no authorizer | ${OFF}`],
    ['mtls', `AUTHORIZER_UNKNOWN ${AT}.authorize: 'mtls' is no authorizer | Write { mtls: { trustStore } }.`],
    [
      { mtls: { trustStore: Buffer.from('x') } },
      `WRONG_TYPE ${STORE}: an instance of Buffer is not a trust store | ${READ}`,
    ],
    [
      { mtls: { trustStore: './ca.pem' } },
      `TRUST_STORE_INVALID ${STORE}: './ca.pem' looks like a path | ${READ}`,
    ],
  ])('%j is told', (authorize, fault) => {
    expect(faultsOf(asking({ authorize }))).toEqual([fault])
  })

  test('by a header that nobody is believed', () => {
    const authorize = { mtls: { trustStore: './ca.pem', header: 'x-client-cert' } }
    expect(faultsOf(asking({ authorize }))).toContain(
      `REQUIRED ${AT}.authorize.mtls.header: is believed from proxies of \`trustProxy\` only, and there are none | Give \`trustProxy: ['10.0.0.0/8']\`, or leave it out where callers connect directly.`,
    )
  })

  test('by tokens, of whom nothing is said', () => {
    const jwt = (options: object) =>
      faultsOf(asking({ authorize: { jwt: { issuer: 'https://a.test', audience: 'a', ...options } } }))
    const path = `VALUE_INVALID ${AT}.authorize.jwt`
    const audience = "Write what tokens for this API have as `aud` or `client_id`: 'https://api.acme.com'."
    expect(jwt({ audience: '' })).toEqual([`${path}.audience: is empty | ${audience}`])
    expect(jwt({ audience: ['a', ''] })).toEqual([`${path}.audience[1]: is empty | ${audience}`])
    expect(jwt({ issuer: '' })).toEqual([
      `${path}.issuer: is empty | Write what tokens have as \`iss\`: 'https://issuer.example.com'.`,
    ])
    expect(jwt({ principal: '' })).toEqual([
      `${path}.principal: is empty | Name a claim, or leave it out for \`sub\`.`,
    ])
  })

  test('of signed calls without options', () => {
    expect(faultsOf(asking({ authorize: { iam: true } }))[0]).toBe(
      `WRONG_TYPE ${AT}.authorize.iam: true is not options of signed calls | Write \`iam: {}\`, or \`'iam'\` alone.`,
    )
  })
})

describe('what stands for something else', () => {
  test.each([
    [asking({ apiKeyRequired: true }), 'Write `apiKey: true`.'],
    [asking({ authorizationType: 'NONE' }), "Write `authorize: 'iam'`, or the name of one of `authorizers`."],
    [asking({ scopes: ['a'] }), "Write `authorize: { authorizer: 'name', scopes: [ … ] }`."],
    [
      asking({ requestModels: {} }),
      "Write `body: 'Pet'`, or `body: { models: { 'application/json': 'Pet' } }`.",
    ],
    [asking({ parameters: { querystring: {} } }), 'It is called `query` here.'],
    [asking({ throttle: { rateLimit: 1, rate: 1, burst: 1 } }), 'It is called `rate` here.'],
    [asking({ cache: 60 }), 'Write { ttl: 60 }.'],
    [asking({ cache: '60s' }), "Write { ttl: '60s' }."],
    [definition({ stages: { prod: { cache: true } } }), "Write {}, or the size: { size: '0.5GB' }."],
    [asking({ body: { type: 'object' } }), "Put the schema into `models` and name it: `body: 'Pet'`."],
    [asking({ body: { 'application/json': 'Pet' } }), "Write { models: { 'application/json': 'Pet' } }."],
    [asking({ parameters: { query: { limit: { type: 'integer' } } } }), 'Write { schema: … }.'],
  ])('%j', (given, fix) => {
    const [fault = '', ...more] = faultsOf(given)
    expect(fault.split(' | ')[1]).toBe(fix)
    expect(more).toEqual([])
  })
})

test('a policy that is deployed later may name the stages and the region that are there', async () => {
  const here = { region: 'eu-central-1', stages: { prod: {}, beta: {} } }
  const gateway = createGateway({ ...here, routes: [route('POST /pets')] })
  const deploy = (Resource: string) => {
    const Statement = { Effect: 'Deny', Principal: '*', Action: 'execute-api:Invoke', Resource } as const
    const next = { routes: [route('POST /pets')], resourcePolicy: { Statement } }
    return gateway.control.deploy({ ...next, region: 'eu-central-1' }, { stages: ['beta'] })
  }
  await deploy('execute-api:/beta/POST/pets')
  await deploy('arn:aws:execute-api:eu-central-1:*:api/prod/POST/pets')
  await expect(deploy('execute-api:/gamma/POST/pets')).rejects.toThrow("there is no stage 'gamma'")
})

test('credentials as a table, in place of a function', () => {
  expect(() =>
    createGateway({ routes: [route('POST /pets')], credentials: { AKIDEXAMPLE: {} } as never }),
  ).toThrow('Give a function: (accessKeyId) => table[accessKeyId].')
})
