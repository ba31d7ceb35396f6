/** Events, field by field: beside those that AWS has published, and beside one that was recorded from it. */
import { createGateway, route } from 'postern'
import { lambda } from 'postern/lambda'
import { toNode } from 'postern/node'
import { type SendOptions, send, testClock } from 'postern/testing'
import { describe, expect, it } from 'vitest'
import { root } from '../../authorize/certificates.js'
import { START, testKey, token } from '../../authorize/tokens.js'
import { serve, tell, wire } from '../../sockets.js'
import { listening, listeningGateway, sample } from './support.js'

type Event = Record<string, unknown>

/** `a.b`, with its value, for all that is in it. Lists count as one. */
function leaves(value: unknown, path = ''): [path: string, value: unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]]
  return Object.entries(value).flatMap(([name, each]) => leaves(each, path === '' ? name : `${path}.${name}`))
}

/** Whether two values are of one kind. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return `list of ${value.map(kindOf)[0] ?? 'nothing'}`
  return value === null ? 'null' : typeof value
}

/** What a sample has and an event has not, or has as something else. */
function missing(published: Event, event: Event): string[] {
  const had = new Map(leaves(event))
  return leaves(published)
    .filter(([path, value]) => !had.has(path) || kindOf(had.get(path)) !== kindOf(value))
    .map(([path]) => `${path} is ${kindOf(had.get(path))}`)
}

const POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
} as const
const HOST = 'gy415nuibc.execute-api.us-east-1.amazonaws.com'
const SIGNER = { accessKeyId: 'ANEXAMPLEOFACCESSKEY', secretAccessKey: 'secret' }
const ARN = 'arn:aws:iam::123456789012:user/theUser'
const AUTHORITY = root('C=DE, O=Acme, CN=Example issuer')
const CERTIFICATE = AUTHORITY.issue('CN=www.example.com')
const KEY = testKey('key')

const AUTHORIZERS = {
  own: {
    token: () => ({
      principalId: 'admin',
      policyDocument: POLICY,
      context: { clientId: 1, clientName: 'Exata' },
    }),
    ttl: 0,
  },
  lambda: {
    token: () => ({ principalId: 'admin', policyDocument: POLICY, context: { key: 'value' } }),
    ttl: 0,
  },
  tokens: {
    jwt: {
      issuer: 'https://issuer.example',
      audience: 'https://api.example.com',
      jwks: { keys: [KEY.jwk] },
    },
  },
  certificates: { mtls: { trustStore: AUTHORITY.pem } },
}

const credentials = () => ({ secretAccessKey: SIGNER.secretAccessKey, principal: ARN, policies: [POLICY] })

/** What a function behind an authorizer is told. */
async function eventOf(
  authorize: string | undefined,
  {
    payload,
    request,
    stages,
    pattern = 'ANY /{proxy+}',
    ...sent
  }: SendOptions & {
    readonly payload: '1.0' | '2.0'
    readonly request: string
    readonly stages: Parameters<typeof createGateway>[0]['stages']
    readonly pattern?: string
  },
  apiKey = false,
): Promise<Event> {
  const { events, handler } = listening()
  const routes = [
    route(pattern as 'GET /', { ...(authorize && { authorize }), apiKey }, lambda(handler, { payload })),
  ]
  const gateway = createGateway({
    routes: routes as never,
    ...{ stages, credentials, authorizers: AUTHORIZERS, plans: { free: {} } },
    ...{ api: 'gy415nuibc', account: { id: '123456789012' }, clock: testClock(START) },
    domains: { [HOST]: '$default' in (stages ?? {}) ? '$default' : 'testStage' },
  })
  const { value } = await gateway.control.createApiKey({ name: 'theApiKey', plans: ['free'] })
  const answer = await send(gateway, request, { ...(apiKey && { apiKey: value }), ...sent })
  expect([answer.status, answer.text()]).toEqual([200, ''])
  return JSON.parse(JSON.stringify(events[0]))
}

const stages = { testStage: { variables: { stageVariableName: 'stageVariableValue' } } }

describe.each(['apigw-request', 'apigw-restapi-openapi-request'])('the event 1.0 of %s', (name) => {
  const published = sample(name)
  const { 'X-Forwarded-For': before, ...headers } = (published?.headers ?? {}) as Record<string, string>
  const own = { payload: '1.0', request: 'POST /hello/world?name=me', stages } as const
  const body = { ...own, headers, sourceIp: '192.168.196.186', body: '{\r\n\t"a": 1\r\n}' }

  it.skipIf(published === undefined)('is made of the same request, over the wire', async () => {
    const { handler, events } = listening()
    const gateway = createGateway({
      routes: [route('ANY /{proxy+}', { authorize: 'own' }, lambda(handler))],
      ...{ stages, authorizers: AUTHORIZERS, domains: { [HOST]: 'testStage' }, trustProxy: ['loopback'] },
    })
    const { port } = await serve(toNode(gateway))
    const fields = {
      ...headers,
      'X-Forwarded-For': before,
      Authorization: 'x',
      Connection: 'close',
      'Content-Length': 13,
    }
    const lines = Object.entries(fields).map(([field, value]) => `${field}: ${value}\r\n`)
    const told = await tell(
      port,
      `POST /hello/world?name=me HTTP/1.1\r\n${lines.join('')}\r\n{\r\n\t"a": 1\r\n}`,
    )
    expect(told.status).toBe(200)
    const event: Event = JSON.parse(JSON.stringify(events[0]))
    const { Authorization, 'X-Amzn-Trace-Id': trace, ...single } = event.headers as Record<string, string>
    expect([Authorization, trace]).toEqual(['x', expect.stringMatching(/^Root=1-/)])
    expect(single).toEqual({ ...(published?.headers as object), 'X-Forwarded-For': `${before}, 127.0.0.1` })
    const multi = Object.entries(event.multiValueHeaders as object).filter(([name]) => name in single)
    expect(Object.fromEntries(multi)).toEqual({
      ...(published?.multiValueHeaders as object),
      'X-Forwarded-For': [`${before}, 127.0.0.1`],
    })
    const same = [
      ...['resource', 'path', 'httpMethod', 'queryStringParameters', 'multiValueQueryStringParameters'],
      ...['pathParameters', 'stageVariables', 'body'],
    ]
    for (const field of same) expect({ [field]: event[field] }).toEqual({ [field]: published?.[field] })
    // AWS gives an authorizer's values as texts, whatever types the sample was written with.
    expect((event.requestContext as Event).authorizer).toEqual({
      principalId: 'admin',
      clientId: '1',
      clientName: 'Exata',
    })
  })

  it.skipIf(published === undefined)(
    'has each of its fields, by those who call in one way or another',
    async () => {
      const authorized = await eventOf('own', { ...body, headers: { ...headers, authorization: 'x' } }, true)
      const signed = await eventOf('iam', { ...body, as: SIGNER })
      const certified = await eventOf('certificates', { ...body, certificate: CERTIFICATE.pem })
      const fields = { ...published, headers: {}, multiValueHeaders: {} }
      const [first = [], ...others] = [authorized, signed, certified].map((event) => missing(fields, event))
      const paths = others.map((all) => new Set(all.map((each) => each.split(' ')[0])))
      const everywhere = first.filter((each) => paths.every((set) => set.has(each.split(' ')[0])))
      expect(everywhere).toEqual([
        // Definitions have no `operationName`; Cognito's identity pools are AWS's alone.
        ...(name.includes('openapi') ? ['requestContext.operationName is undefined'] : []),
        'requestContext.identity.cognitoIdentityPoolId is null',
        'requestContext.identity.cognitoIdentityId is null',
        'requestContext.identity.cognitoAuthenticationType is null',
        'requestContext.identity.cognitoAuthenticationProvider is null',
        'requestContext.authorizer.clientId is string',
      ])
    },
  )
})

describe('the event 1.0', () => {
  const plain = { payload: '1.0', request: 'GET /testStage/pets', stages: { testStage: {} } } as const

  // Recorded from AWS, see its fields there: of a request without anything in it.
  it('has null for what there is none of', async () => {
    const event = await eventOf(undefined, {
      ...plain,
      headers: { 'user-agent': undefined, host: 'other.example' },
    })
    expect(event).toMatchObject({
      resource: '/{proxy+}',
      path: '/pets',
      body: null,
      isBase64Encoded: false,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      stageVariables: null,
      pathParameters: { proxy: 'pets' },
    })
    expect(Object.keys(event).sort()).toEqual([
      ...['body', 'headers', 'httpMethod', 'isBase64Encoded', 'multiValueHeaders'],
      ...['multiValueQueryStringParameters', 'path', 'pathParameters', 'queryStringParameters'],
      ...['requestContext', 'resource', 'stageVariables'],
    ])
    const { requestId, ...context } = event.requestContext as Event
    expect(requestId).toMatch(/^[\da-f-]{36}$/)
    expect(context).toEqual({
      accountId: '123456789012',
      apiId: 'gy415nuibc',
      deploymentId: expect.stringMatching(/^\w{10}$/),
      domainName: 'other.example',
      domainPrefix: 'other',
      extendedRequestId: expect.stringMatching(/^[\w-]{15}=$/),
      httpMethod: 'GET',
      identity: {
        accessKey: null,
        accountId: null,
        caller: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: '127.0.0.1',
        user: null,
        userAgent: null,
        userArn: null,
      },
      path: '/testStage/pets',
      protocol: 'HTTP/1.1',
      requestTime: '01/Jan/2026:00:00:00 +0000',
      requestTimeEpoch: START,
      resourceId: '/{proxy+}',
      resourcePath: '/{proxy+}',
      stage: 'testStage',
    })
  })

  it('has paths and their parameters encoded, a slash at the end in the path alone, and the query decoded', async () => {
    const { gateway, events } = listeningGateway('GET /{proxy+}')
    await send(
      gateway,
      'GET /user/test%2Balias@gmail.com/a%2Fb%20c/?email=test%2Balias@gmail.com&plus=a+b&w=foo%20bar&e',
    )
    expect(events[0]).toMatchObject({
      path: '/user/test+alias@gmail.com/a%2Fb%20c/',
      pathParameters: { proxy: 'user/test+alias@gmail.com/a%2Fb%20c' },
      queryStringParameters: { email: 'test+alias@gmail.com', plus: 'a b', w: 'foo bar', e: '' },
    })
  })

  it('keeps all values beside the last one, by the first spelling of a name', async () => {
    const { gateway, events } = listeningGateway('GET /pets')
    const { port } = await serve(toNode(gateway))
    const headers = [
      'X-Tag: a',
      'Accept: text/html',
      'x-tag: b',
      'Authorization: first',
      'Authorization: second',
    ]
    await tell(port, wire('GET /pets?category=electronics&category=books&price=10', headers))
    expect(events[0]).toMatchObject({
      multiValueQueryStringParameters: { category: ['electronics', 'books'], price: ['10'] },
      queryStringParameters: { category: 'books', price: '10' },
      headers: { 'X-Tag': 'b', Accept: 'text/html', Authorization: 'first' },
      multiValueHeaders: { 'X-Tag': ['a', 'b'], Accept: ['text/html'], Authorization: ['first'] },
      pathParameters: null,
    })
    expect(events[0]?.headers).not.toHaveProperty('x-tag')
  })

  it('has what callers name like parts of JavaScript', async () => {
    const { gateway, events } = listeningGateway('GET /pets')
    await send(gateway, 'GET /pets?__proto__=1&constructor=2', {
      headers: { __proto__x: '1', ['__proto__']: 'mine' },
    })
    const { queryStringParameters, headers } = events[0] as unknown as Record<string, Record<string, string>>
    expect(Object.entries(queryStringParameters ?? {})).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ])
    expect(Object.getOwnPropertyDescriptor(headers, '__proto__')?.value).toBe('mine')
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype)
  })

  it('has the base path of a domain, and not the name of a stage', async () => {
    const { gateway, events } = listeningGateway('GET /pets', {
      stages: { prod: {} },
      domains: { 'api.acme.example': { v1: 'prod' } },
    })
    await send(gateway, 'GET /v1/pets', { headers: { host: 'api.acme.example' } })
    await send(gateway, 'GET /prod/pets', { headers: { host: 'other.example' } })
    expect(events.map(({ path, requestContext }) => [path, requestContext.path])).toEqual([
      ['/v1/pets', '/v1/pets'],
      ['/pets', '/prod/pets'],
    ])
  })

  it('says where a request comes from in words of its own, but for those of trusted proxies', async () => {
    const headers = {
      'X-Forwarded-For': '203.0.113.9',
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Port': '8080',
    }
    const own = listeningGateway('GET /pets')
    await send(own.gateway, 'GET /pets', {
      headers: { ...headers, host: 'a.example' },
      sourceIp: '198.51.100.7',
    })
    expect(own.events[0]?.multiValueHeaders).toMatchObject({
      'X-Forwarded-For': ['198.51.100.7'],
      'X-Forwarded-Proto': ['https'],
      'X-Forwarded-Port': ['443'],
    })
    const trusting = listeningGateway('GET /pets', { trustProxy: ['10.0.0.0/8'], httpsOnly: false })
    await send(trusting.gateway, 'GET /pets', { headers, sourceIp: '10.0.0.1' })
    expect(trusting.events[0]).toMatchObject({
      headers: {
        'X-Forwarded-For': '203.0.113.9, 10.0.0.1',
        'X-Forwarded-Proto': 'http',
        'X-Forwarded-Port': '8080',
      },
      requestContext: { identity: { sourceIp: '203.0.113.9' } },
    })
  })

  it.each([
    ['a.example:8443', '8443'],
    ['[::1]:8443', '8443'],
    ['[2001:db8::1]', '443'],
    ['a.example:065535', '443'],
    ['a.example:65536', '443'],
    ['a.example:0', '443'],
    ['a.example:', '443'],
    ['a.example:80, 443', '443'],
    ['a.example:<b>', '443'],
  ])('takes from %s the port %s', async (host, port) => {
    const { gateway, events } = listeningGateway('GET /pets')
    await send(gateway, 'GET /pets', { headers: { host } })
    expect(events[0]?.headers['X-Forwarded-Port']).toBe(port)
  })

  it('has a trace id, the caller’s where there is one', async () => {
    const { gateway, events } = listeningGateway('GET /pets', { clock: testClock(START) })
    await send(gateway, 'GET /pets')
    await send(gateway, 'GET /pets', {
      headers: { 'x-amzn-trace-id': 'Root=1-5e9f0c65-1de4d666d4dd26aced652b6c' },
    })
    const traces = events.map(
      ({ headers }) => Object.entries(headers).find(([name]) => /trace/i.test(name))?.[1],
    )
    expect(traces).toEqual([
      expect.stringMatching(/^Root=1-6955b900-[\da-f]{24}$/),
      'Root=1-5e9f0c65-1de4d666d4dd26aced652b6c',
    ])
  })

  it('has the fields of the connection left out', async () => {
    const { gateway, events } = listeningGateway('POST /pets')
    const headers = { Connection: 'keep-alive', 'Keep-Alive': 'timeout=5', TE: 'trailers' }
    await send(gateway, 'POST /pets', { headers, json: { a: 1 } })
    const names = Object.keys(events[0]?.headers ?? {}).map((each) => each.toLowerCase())
    expect(names.filter((each) => /^(?:connection|keep-alive|te|content-length)$/.test(each))).toEqual([])
  })

  it('has a binary body in base64, by the API’s media types, and what is no text', async () => {
    const { gateway, events } = listeningGateway('POST /photos', {
      binaryMediaTypes: ['image/png', 'audio/*'],
    })
    const bytes = Buffer.from([0x89, 0x50, 0xff, 0x00])
    const post = (type: string, body: string | Uint8Array) =>
      send(gateway, 'POST /photos', { headers: { 'content-type': type }, body })
    await post('image/png', bytes)
    await post('Audio/MPEG; rate=1', 'text')
    await post('image/jpeg', 'text')
    await post('image/jpeg', bytes)
    await post('application/x-www-form-urlencoded', 'a=ä')
    expect(events.map(({ body, isBase64Encoded }) => [body, isBase64Encoded])).toEqual([
      ['iVD/AA==', true],
      ['dGV4dA==', true],
      ['text', false],
      ['iVD/AA==', true],
      ['a=ä', false],
    ])
  })

  it('names who signs', async () => {
    const event = await eventOf('iam', { ...plain, request: 'GET /testStage/pets', as: SIGNER })
    const { identity, authorizer } = event.requestContext as Event
    expect(identity).toMatchObject({
      accessKey: SIGNER.accessKeyId,
      accountId: '123456789012',
      caller: ARN,
      user: ARN,
      userArn: ARN,
    })
    expect(authorizer).toBeUndefined()
  })

  it('has a token’s claims as texts', async () => {
    const headers = {
      authorization: token(KEY, { admin: true, groups: ['a', 'b'], scope: 'pets:read pets:write' }),
    }
    const event = await eventOf('tokens', { ...plain, headers })
    expect((event.requestContext as Event).authorizer).toEqual({
      claims: {
        ...{ iss: 'https://issuer.example', aud: 'https://api.example.com', sub: 'alice' },
        ...{ iat: String(START / 1000), exp: String(START / 1000 + 3600) },
        ...{ admin: 'true', groups: '[a b]', scope: 'pets:read pets:write' },
      },
      scopes: ['pets:read', 'pets:write'],
    })
  })

  it('has the certificate that was verified', async () => {
    const event = await eventOf('certificates', { ...plain, certificate: CERTIFICATE.pem })
    const { identity, authorizer } = event.requestContext as { identity: Event; authorizer?: unknown }
    const { clientCertPem, ...clientCert } = identity.clientCert as Event
    expect(clientCertPem).toContain('-----BEGIN CERTIFICATE-----')
    expect(clientCert).toEqual({
      subjectDN: 'CN=www.example.com',
      issuerDN: 'C=DE,O=Acme,CN=Example issuer',
      serialNumber: expect.stringMatching(/^[\da-f]{2}(?::[\da-f]{2})*$/),
      validity: {
        notBefore: CERTIFICATE.certificate.validFrom,
        notAfter: CERTIFICATE.certificate.validTo,
      },
    })
    expect(authorizer).toBeUndefined()
  })

  it('has an API key and its id', async () => {
    const event = await eventOf(undefined, plain, true)
    const { identity } = event.requestContext as { identity: Event }
    expect(identity).toMatchObject({
      apiKey: expect.stringMatching(/^\w{20,}$/),
      apiKeyId: expect.any(String),
    })
  })
})

describe.each([
  ['apigw-v2-request-iam', 'iam', { as: SIGNER }],
  [
    'apigw-v2-request-jwt-authorizer',
    'tokens',
    {
      headers: { authorization: token(KEY, { claim1: 'value1', claim2: 'value2', scope: 'scope1 scope2' }) },
    },
  ],
  ['apigw-v2-request-lambda-authorizer', 'lambda', { headers: { authorization: 'x' } }],
  ['apigw-v2-request-no-authorizer', undefined, {}],
] as const)('the event 2.0 of %s', (name, authorize, sent) => {
  const published = sample(name)
  const bare = name.includes('no-authorizer')
  const request = bare ? 'GET /' : 'GET /my/path?parameter1=value1&parameter1=value2&parameter2=value'
  const variables = { stageVariable1: 'value1', stageVariable2: 'value2' }
  const own = {
    payload: '2.0',
    request,
    stages: { $default: bare ? {} : { variables } },
    pattern: bare ? 'GET /' : 'GET /{proxy+}',
    ...sent,
    headers: {
      ...('headers' in sent ? sent.headers : {}),
      host: HOST,
      ...(bare
        ? { accept: '*/*', 'user-agent': 'curl/7.58.0', 'content-length': '0' }
        : { cookie: 'cookie1; cookie2', Header1: 'value1', Header2: 'value2' }),
    },
    ...(!bare && { body: '{\r\n\t"a": 1\r\n}' }),
  } as const

  it.skipIf(published === undefined)('is made of the same request', async () => {
    const event = await eventOf(authorize, own)
    const same = [
      'version',
      'rawPath',
      'rawQueryString',
      'cookies',
      'queryStringParameters',
      'stageVariables',
    ]
    for (const field of same) expect({ [field]: event[field] }).toEqual({ [field]: published?.[field] })
    const headers = Object.entries((published?.headers ?? {}) as object).map(([field]) => field.toLowerCase())
    expect(Object.keys(event.headers ?? {})).toEqual(expect.arrayContaining(headers))
    // Nothing there has a header in its own spelling, though the sample does.
    const spelt = { ...published, headers: {} }
    expect(missing(spelt, event)).toEqual([
      ...(authorize === 'iam'
        ? [
            // Cognito's identity pools and organizations are AWS's alone.
            'requestContext.authorizer.iam.cognitoIdentity.amr is undefined',
            'requestContext.authorizer.iam.cognitoIdentity.identityId is undefined',
            'requestContext.authorizer.iam.cognitoIdentity.identityPoolId is undefined',
            'requestContext.authorizer.iam.principalOrgId is null',
          ]
        : []),
      // A caller who is known in another way is asked for no certificate, see below.
      ...[
        'clientCertPem',
        'issuerDN',
        'serialNumber',
        'subjectDN',
        'validity.notAfter',
        'validity.notBefore',
      ].map((each) => `requestContext.authentication.clientCert.${each} is undefined`),
    ])
  })
})

describe('the event 2.0', () => {
  const plain = {
    payload: '2.0',
    request: 'GET /testStage/pets/7',
    stages: { testStage: {} },
    pattern: 'GET /pets/{id}',
  } as const

  it('leaves out what there is none of', async () => {
    const event = await eventOf(undefined, {
      ...plain,
      headers: { host: 'other.example', 'user-agent': 'agent' },
    })
    const { requestId, ...context } = event.requestContext as Event
    expect({ ...event, requestContext: context }).toEqual({
      version: '2.0',
      routeKey: 'GET /pets/{id}',
      rawPath: '/testStage/pets/7',
      rawQueryString: '',
      headers: {
        host: 'other.example',
        'user-agent': 'agent',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-/),
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': '443',
        'x-forwarded-proto': 'https',
      },
      pathParameters: { id: '7' },
      requestContext: {
        accountId: '123456789012',
        apiId: 'gy415nuibc',
        domainName: 'other.example',
        domainPrefix: 'other',
        http: {
          method: 'GET',
          path: '/testStage/pets/7',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'agent',
        },
        routeKey: 'GET /pets/{id}',
        stage: 'testStage',
        time: '01/Jan/2026:00:00:00 +0000',
        timeEpoch: START,
      },
      isBase64Encoded: false,
    })
    expect(requestId).toMatch(/^[\da-f-]{36}$/)
  })

  it('joins values by commas, has parameters decoded, and cookies apart', async () => {
    const { gateway, events } = listeningGateway('GET /{proxy+}', { options: { payload: '2.0' } })
    const headers = { 'X-Tag': ['a', 'b'], Cookie: ['a=1; b=2', 'c=3'] }
    await send(gateway, 'GET /a%20b/c%2Fd?x=1&x=2%2C3&y', { headers })
    expect(events[0]).toMatchObject({
      rawPath: '/a%20b/c%2Fd',
      rawQueryString: 'x=1&x=2%2C3&y',
      queryStringParameters: { x: '1,2,3', y: '' },
      pathParameters: { proxy: 'a b/c/d' },
      headers: { 'x-tag': 'a,b' },
      cookies: ['a=1', 'b=2', 'c=3'],
    })
    expect(events[0]?.headers).not.toHaveProperty('cookie')
  })

  // As was found on AWS: text is what is text, JSON, XML and JavaScript, and nothing else, forms neither.
  it.each([
    ['text/html; charset=utf-8', false],
    ['application/json', false],
    ['application/xml', false],
    ['application/javascript', false],
    ['application/vnd.api+json', true],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    [undefined, true],
  ])('has a body of %s in base64: %s', async (type, isBase64Encoded) => {
    const { gateway, events } = listeningGateway('POST /pets', { options: { payload: '2.0' } })
    await send(gateway, 'POST /pets', { headers: { 'content-type': type }, body: 'a=1' })
    expect(events[0]).toMatchObject({ body: isBase64Encoded ? 'YT0x' : 'a=1', isBase64Encoded })
  })

  it('has the certificate that was verified', async () => {
    const event = await eventOf('certificates', { ...plain, certificate: CERTIFICATE.pem })
    expect(event.requestContext).toMatchObject({
      authentication: {
        clientCert: { subjectDN: 'CN=www.example.com', issuerDN: 'C=DE,O=Acme,CN=Example issuer' },
      },
    })
  })

  it('has what a function of the definition’s says of the caller, with its name', async () => {
    const { gateway, events } = listeningGateway('GET /pets', {
      options: { payload: '2.0' },
      policy: { authorize: () => ({ principal: 'alice', context: { tenant: { id: 7 } } }) },
    })
    await send(gateway, 'GET /pets')
    expect(events[0]?.requestContext).toHaveProperty('authorizer', {
      lambda: { principalId: 'alice', tenant: { id: 7 } },
    })
  })
})
