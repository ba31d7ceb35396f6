/** The same checks for every module system: they are handed the modules, however those were loaded. */
const assert = require('node:assert/strict')
const { generateKeyPairSync, sign } = require('node:crypto')
const { once } = require('node:events')
const { createServer } = require('node:http')

function petShop({ createGateway, route }, { testClock }) {
  return createGateway({
    routes: [route('GET /pets/{petId}'), route('POST /pets', { apiKey: true })],
    stages: { prod: { throttle: { rate: 100, burst: 200 } }, beta: {} },
    plans: {
      free: { throttle: { rate: 1, burst: 5 }, quota: { limit: 1000, period: 'month' } },
    },
    clock: testClock('2026-01-01T00:00:00Z'),
  })
}

/** Every subpath that the package exports loads and holds something. */
async function checkSubpaths(load) {
  const { exports: subpaths } = await load('postern/package.json')
  for (const subpath of Object.keys(subpaths)) {
    const module = await load(subpath.replace('.', 'postern'))
    assert.notEqual(Object.keys(module).length, 0, `${subpath} exports nothing`)
  }
}

/** Without a server: refused without a key, admitted with one, until the plan's burst is spent. */
async function checkSend(postern, testing) {
  const gateway = petShop(postern, testing)
  const call = (options) => testing.send(gateway, 'POST /prod/pets', { json: { name: 'Rex' }, ...options })
  const refused = await call()
  assert.equal(refused.status, 403)
  assert.deepEqual(await refused.json(), { message: 'Forbidden' })

  const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
  const statuses = []
  for (let i = 0; i < 6; i++) statuses.push((await call({ apiKey: value })).status)
  assert.equal(statuses.indexOf(429), 5, `statuses were ${statuses}`)
}

/** A JWT that this issuer's key has signed. */
function tokenOf(privateKey, claims) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${encode({ alg: 'ES256', kid: 'k' })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

/** What is loaded only where it is asked for: schemas, linear-time patterns, tokens; and answers that are kept. */
async function checkSteps({ createGateway, explain, route }, { send, testClock }) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = 'https://issuer.example'
  const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }] }
  const clock = testClock('2026-01-01T00:00:00Z')
  let calls = 0
  const gateway = createGateway({
    clock,
    models: {
      Pet: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string', pattern: '^(a+)+$' } },
      },
      New: { $schema: 'https://json-schema.org/draft/2020-12/schema', const: { a: 1 } },
    },
    routes: [
      route('POST /pets', { body: 'Pet' }),
      route('POST /new', { body: 'New' }),
      route('GET /staff', { authorize: { jwt: { issuer, audience: 'pets', jwks } } }),
      route('GET /iam', { authorize: 'iam' }),
      route('GET /kept', { cache: true }, () => ({ calls: ++calls })),
    ],
    credentials: () => undefined,
  })
  const post = async (path, json) => (await send(gateway, `POST ${path}`, { json })).status
  assert.deepEqual(
    [await post('/pets', { name: 'aa' }), await post('/pets', { name: `${'a'.repeat(99)}b` })],
    [200, 400],
  )
  assert.deepEqual([await post('/new', { a: 1 }), await post('/new', { a: 2 })], [200, 400])

  const token = tokenOf(privateKey, { iss: issuer, aud: 'pets', sub: 'ada', exp: clock.now() / 1000 + 60 })
  const headers = { authorization: `Bearer ${token}` }
  const { status, forwarded } = await send(gateway, 'GET /staff', { headers })
  assert.deepEqual([status, forwarded?.gateway.principal], [200, 'ada'])
  clock.advance('61s')
  assert.equal((await send(gateway, 'GET /staff', { headers })).status, 401)
  assert.equal((await send(gateway, 'GET /iam')).status, 403)

  await send(gateway, 'GET /kept')
  assert.deepEqual((await send(gateway, 'GET /kept')).json(), { calls: 1 })
  const policy = { Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' } }
  assert.equal(
    explain(policy, { resource: 'arn:aws:execute-api:us-east-1:1:api/prod/GET/' }).decision,
    'Allow',
  )
}

/** What each integration loads with its first request, a signature for AWS among it; and documents, read and written. */
async function checkIntegrations(load) {
  const [{ createGateway, route }, { send }] = [await load('postern'), await load('postern/testing')]
  const [{ aws }, { http }] = [await load('postern/aws'), await load('postern/http')]
  const [{ lambda }, { mock }] = [await load('postern/lambda'), await load('postern/mock')]
  const { fromCloudFormation, fromOpenApi, toOpenApi } = await load('postern/openapi')
  const asked = ({ url, headers }) => JSON.stringify({ asked: url, signed: 'authorization' in headers })
  const upstream = createServer((request, response) => response.end(asked(request))).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const endpoint = `http://127.0.0.1:${upstream.address().port}`
  const signer = { endpoint, credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' } }
  const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:pets'
  const templates = { 'application/json': '{"statusCode": #if(true)204#end}' }
  const gateway = createGateway({
    routes: [
      route('GET /http/{proxy+}', {}, http(`${endpoint}/{proxy}`)),
      route('GET /aws', {}, aws('dynamodb', 'ListTables', signer)),
      route('GET /arn', {}, lambda(arn, { ...signer, payload: '2.0' })),
      route(
        'GET /here',
        {},
        lambda(async () => ({ statusCode: 200, body: '{}' })),
      ),
      route('GET /mock', {}, mock({ request: { templates }, responses: [{ statusCode: 204 }] })),
    ],
  })
  try {
    const got = async (path) => (await send(gateway, `GET ${path}`)).json()
    assert.deepEqual(await got('/http/a/b'), { asked: '/a/b', signed: false })
    assert.deepEqual(await got('/aws'), { asked: '/', signed: true })
    assert.deepEqual(await got('/arn'), {
      asked: `/2015-03-31/functions/${arn.replaceAll(':', '%3A')}/invocations`,
      signed: true,
    })
    assert.deepEqual(await got('/here'), {})
    assert.equal((await send(gateway, 'GET /mock')).status, 204)
  } finally {
    await gateway.close()
    upstream.close()
    await once(upstream, 'close')
  }
  // Nothing but the pause before it is called again keeps a program alive here.
  const down = createGateway({ routes: [route('GET /down', {}, http(endpoint))] })
  assert.equal((await send(down, 'GET /down')).status, 504)
  await down.close()
  const document = 'openapi: 3.0.3\npaths: { /a: { get: { responses: {} } } }'
  assert.equal(createGateway({ openapi: document }).routes[0].name, 'GET /a')
  assert.equal(toOpenApi(fromOpenApi(document).definition, { version: '3.1' }).document.openapi, '3.1.0')
  const api = '{ Type: AWS::ApiGatewayV2::Api, Properties: { Name: a, ProtocolType: HTTP } }'
  assert.deepEqual(fromCloudFormation(`Resources:\n  Api: ${api}`).definition.routes, [])
}

/** In front of an Express app, over a socket. */
async function checkExpress(postern, testing, { toExpress }, express) {
  const gateway = petShop(postern, testing)
  const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
  const app = express()
  app.use(toExpress(gateway))
  app.get('/pets/:petId', (request, response) => response.json({ id: request.params.petId }))
  app.post('/pets', express.json(), (request, response) => response.status(201).json(request.body))

  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const call = async (path, options) => {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}${path}`, options)
    return [answer.status, await answer.json()]
  }
  try {
    const pet = { method: 'POST', body: '{"name":"Rex"}', headers: { 'content-type': 'application/json' } }
    const keyed = { ...pet, headers: { ...pet.headers, 'x-api-key': value } }
    assert.deepEqual(await call('/beta/pets/7'), [200, { id: '7' }])
    assert.deepEqual(await call('/prod/pets', pet), [403, { message: 'Forbidden' }])
    assert.deepEqual(await call('/prod/pets', keyed), [201, { name: 'Rex' }])
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

module.exports = { checkSubpaths, checkSend, checkSteps, checkIntegrations, checkExpress }
