import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  answer,
  before,
  createGateway,
  type ExchangeRecord,
  formatRecord,
  type GatewayDefinition,
  refuse,
  route,
} from '../../src/index.js'
import { send, testClock, testIds } from '../../src/testing.js'

function make(definition: Partial<GatewayDefinition<never, 'basic', never>> = {}) {
  const records: ExchangeRecord[] = []
  const errors: unknown[] = []
  const gateway = createGateway({
    routes: [route('GET /pets/{petId}'), route('POST /pets', { apiKey: true }), route('PUT /pets/{petId}')],
    plans: { basic: {} },
    clock: testClock(),
    ids: testIds(),
    onRecord: (record) => records.push(record),
    onError: (error) => errors.push(error),
    ...definition,
  })
  return { gateway, records, errors }
}

describe('refusals', () => {
  it('have AWS’s headers and default body', async () => {
    const { gateway } = make()
    const { status, headers, text } = await send(gateway, 'POST /pets')
    expect(status).toBe(403)
    expect(text()).toBe('{"message":"Forbidden"}')
    expect(headers).toEqual({
      'x-amzn-requestid': '00000000-0000-4000-8000-000000000001',
      'content-type': 'application/json',
      'x-amzn-errortype': 'ForbiddenException',
      'content-length': '23',
    })
  })

  it.each([
    ['GET /none', 404, 'RESOURCE_NOT_FOUND', 'Not Found'],
    ['DELETE /pets/7', 405, 'METHOD_NOT_ALLOWED', 'Method Not Allowed'],
    ['GET /pets/%zz', 400, 'MALFORMED_TARGET', 'Bad Request'],
    ['GET /pets//7', 400, 'MALFORMED_TARGET', 'Bad Request'],
    ['GET /pets/..', 400, 'MALFORMED_TARGET', 'Bad Request'],
    ['GET http://localhost/pets/7', 400, 'MALFORMED_TARGET', 'Bad Request'],
    [`GET /pets/${'7'.repeat(9000)}`, 414, 'TARGET_TOO_LONG', 'URI Too Long'],
    [`GET /pets/7?${'a&'.repeat(1001)}`, 400, 'MALFORMED_TARGET', 'Bad Request'],
    ['BREW /pets/7', 405, 'METHOD_NOT_ALLOWED', 'Method Not Allowed'],
    ['get /pets/7', 405, 'METHOD_NOT_ALLOWED', 'Method Not Allowed'],
  ])('%.40s: %i', async (request, status, refusal, message) => {
    const { gateway, records } = make()
    const refused = await send(gateway, request)
    expect([refused.status, refused.json()]).toEqual([status, { message }])
    expect(records).toMatchObject([{ refusal, status, end: 'refused' }])
  })

  it('of a method say which there are, with HEAD where GET is', async () => {
    const { gateway } = make()
    expect((await send(gateway, 'DELETE /pets/7')).headers.allow).toBe('GET, HEAD, PUT')
    expect((await send(gateway, 'HEAD /pets/7')).status).toBe(200)
  })

  it('of headers and bodies that are too large', async () => {
    const { gateway } = make()
    expect((await send(gateway, 'GET /pets/7', { headers: { 'x-big': 'x'.repeat(10_240) } })).status).toBe(
      431,
    )
    const large = await send(gateway, 'PUT /pets/7', { headers: { 'content-length': '10485761' } })
    expect([large.status, large.headers['x-amzn-errortype']]).toEqual([413, 'RequestTooLargeException'])
  })

  it('go AWS’s way in all deviations under compat', async () => {
    const { gateway } = make({ compat: 'aws' })
    for (const request of ['GET /none', 'DELETE /pets/7', 'HEAD /pets/7']) {
      const refused = await send(gateway, request)
      expect([refused.status, refused.text()]).toEqual(
        request.startsWith('HEAD') ? [403, ''] : [403, '{"message":"Missing Authentication Token"}'],
      )
    }
    expect((await send(gateway, 'GET /pets/7')).headers['x-amz-apigw-id']).toMatch(/^[\w-]{15}=$/)

    const cors = make({ compat: 'aws', routes: [route('POST /pets', { apiKey: true, cors: true })] })
    const refused = await send(cors.gateway, 'POST /pets', { headers: { origin: 'https://acme.com' } })
    expect(refused.headers['access-control-allow-origin']).toBeUndefined()
    const { value } = await cors.gateway.control.createApiKey({ name: 'a', plans: ['basic'] })
    const admitted = await send(cors.gateway, 'POST /pets', {
      apiKey: value,
      headers: { origin: 'https://acme.com' },
    })
    expect(admitted.headers['access-control-allow-origin']).toBe('*')
    expect(admitted.headers.ratelimit).toBeUndefined()
  })

  it('can be overridden by type and by family, with templates that callers cannot break out of', async () => {
    const { gateway } = make({
      refusals: {
        RESOURCE_NOT_FOUND: {
          status: 410,
          headers: { 'x-why': '$context.error.responseType at $context.path' },
          templates: {
            'application/json':
              '{"error":$context.error.messageString,"path":"$context.path","id":"$context.requestId"}',
            'text/html': '<h1>$context.path</h1>',
          },
        },
        DEFAULT_4XX: {
          status: 418,
          templates: {
            'application/json': '{"family":"$context.error.responseType","at":"$context.requestTime"}',
          },
        },
      },
    })
    const json = await send(
      gateway,
      'GET /no"ne%22%0d%0aSet-Cookie: x'.replace(' x', 'x').replaceAll('"', '%22'),
    )
    expect(json.status).toBe(410)
    expect(json.json()).toMatchObject({ error: 'Not Found', path: '/no"ne"\r\nSet-Cookie:x' })
    expect(json.headers['x-why']).toBe('RESOURCE_NOT_FOUND at /no"ne"Set-Cookie:x')
    const html = await send(gateway, 'GET /%3Cscript%3E', { headers: { accept: 'text/html, */*;q=0.1' } })
    expect(html.headers['content-type']).toBe('text/html')
    expect(html.text()).toBe('<h1>/&lt;script&gt;</h1>')
    const family = await send(gateway, 'POST /pets')
    expect([family.status, family.json()]).toEqual([
      418,
      { family: 'INVALID_API_KEY', at: '01/Jan/2026:00:00:00 +0000' },
    ])
  })

  it('can be replaced by code; a hook that throws is reported, and refuses all the same', async () => {
    const own = make({
      onRefusal: ({ type }) => (type === 'INVALID_API_KEY' ? answer(402, { pay: 'first' }) : undefined),
    })
    expect((await send(own.gateway, 'POST /pets')).json()).toEqual({ pay: 'first' })
    expect(own.records).toMatchObject([{ status: 402, refusal: 'INVALID_API_KEY' }])
    expect((await send(own.gateway, 'GET /none')).status).toBe(404)
    const broken = make({
      onRefusal: () => {
        throw new Error('hook')
      },
    })
    expect((await send(broken.gateway, 'POST /pets')).status).toBe(500)
    expect(broken.errors).toEqual([new Error('hook')])
    expect(broken.records).toHaveLength(1)
  })

  it.each<[string, () => unknown]>([
    ['no answer', () => ({ status: 418 })],
    ['null', () => null],
    ['a promise', async () => answer(402)],
    ['a promise that fails', () => Promise.reject(new Error('hook'))],
  ])('are not replaced by %s: the hook is told what it returns', async (_what, onRefusal) => {
    const { gateway, errors } = make({ onRefusal: onRefusal as () => undefined })
    expect((await send(gateway, 'POST /pets')).status).toBe(500)
    expect(errors).toEqual([new TypeError('onRefusal returns an answer() or nothing, and is not async')])
  })

  it('carry the route’s CORS headers, so that browsers can read them', async () => {
    const { gateway } = make({
      routes: [
        route('POST /pets', { apiKey: true, cors: { origins: ['https://acme.com'], credentials: true } }),
      ],
    })
    const from = async (origin: string) =>
      (await send(gateway, 'POST /pets', { headers: { origin } })).headers
    expect(await from('https://acme.com')).toMatchObject({
      'access-control-allow-origin': 'https://acme.com',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'RateLimit, RateLimit-Policy, Retry-After, x-amzn-RequestId',
      vary: 'Origin',
    })
    const nowhere = await send(gateway, 'GET /nowhere', { headers: { origin: 'https://acme.com' } })
    expect(nowhere.headers['access-control-allow-origin']).toBeUndefined()
    const other = await from('https://evil.com')
    expect(other['access-control-allow-origin']).toBeUndefined()
    expect(other.vary).toBe('Origin')
  })
})

describe('preflight', () => {
  const headers = {
    origin: 'https://acme.com',
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'content-type, x-api-key',
  }

  it('is answered from the policy of the method that it asks for, and charges nothing', async () => {
    const { gateway, records } = make({
      routes: [
        route('GET /pets'),
        route('PUT /pets', { cors: { maxAge: '10m' }, apiKey: true, throttle: { rate: 0, burst: 0 } }),
      ],
    })
    for (let n = 0; n < 3; n++) {
      const preflight = await send(gateway, 'OPTIONS /pets', { headers })
      expect(preflight.status).toBe(204)
      expect(preflight.headers).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, HEAD, PUT',
        'access-control-allow-headers': 'content-type, x-api-key',
        'access-control-max-age': '600',
      })
    }
    expect(records.map(({ end }) => end)).toEqual(['answered', 'answered', 'answered'])
  })

  it('says each thing once, where the rules are those of all routes', async () => {
    const { gateway } = make({ routes: [route('PUT /pets')], cors: { origins: ['https://acme.com'] } })
    const preflight = await send(gateway, 'OPTIONS /pets', { headers })
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': 'https://acme.com',
      vary: 'Origin, Access-Control-Request-Headers',
    })
  })

  it('goes to the app where the path has an OPTIONS of its own, and is refused where no rule is', async () => {
    const { gateway } = make({
      routes: [route('PUT /a', { cors: true }), route('OPTIONS /a'), route('PUT /b')],
    })
    expect((await send(gateway, 'OPTIONS /a', { headers })).forwarded).toBeDefined()
    expect((await send(gateway, 'OPTIONS /b', { headers })).status).toBe(405)
  })
})

describe('steps of one’s own', () => {
  it('stand at their place, may answer, refuse, or wait', async () => {
    const order: string[] = []
    const note = (place: Parameters<typeof before>[0]) =>
      before(place, async () => {
        order.push(place)
        return undefined
      })
    const { gateway, records } = make({
      steps: [
        note('integrate'),
        note('screen'),
        note('identify'),
        before('validate', (exchange) =>
          exchange.params.petId === '13' ? refuse('ACCESS_DENIED', 'unlucky') : undefined,
        ),
        before('validate', (exchange) => (exchange.params.petId === '14' ? answer(200, 'hello') : undefined)),
      ],
    })
    expect((await send(gateway, 'GET /pets/7')).status).toBe(200)
    expect(order).toEqual(['screen', 'identify', 'integrate'])
    expect((await send(gateway, 'GET /pets/13')).status).toBe(403)
    expect(records[1]).toMatchObject({ refusal: 'ACCESS_DENIED', detail: 'unlucky' })
    expect((await send(gateway, 'GET /pets/14')).text()).toBe('hello')
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('bug')
      },
    ],
    ['rejects', () => Promise.reject(new Error('bug'))],
    ['returns nonsense', () => ({ nonsense: true }) as never],
  ])('that %s crashes its exchange: 500, never the app', async (_what, step) => {
    const { gateway, records, errors } = make({ steps: [before('throttle', step)] })
    const crashed = await send(gateway, 'GET /pets/7')
    expect([crashed.status, crashed.text(), crashed.forwarded]).toEqual([
      500,
      '{"message":"Internal server error"}',
      undefined,
    ])
    expect(records).toMatchObject([{ end: 'crashed', status: 500, error: expect.any(Error) }])
    expect(errors).toHaveLength(1)
  })
})

describe('transport', () => {
  const plain = { secure: false, sourceIp: '192.0.2.1' }

  it('is HTTPS only, save on loopback as in browsers', async () => {
    const { gateway } = make()
    expect((await send(gateway, 'GET /pets/7', plain)).json()).toEqual({ message: 'HTTPS is required' })
    expect((await send(gateway, 'GET /pets/7', { secure: false })).status).toBe(200)
    expect(
      (await send(gateway, 'GET /pets/7', { secure: false, headers: { host: 'acme.com' } })).status,
    ).toBe(403)
    expect((await send(make({ httpsOnly: false }).gateway, 'GET /pets/7', plain)).status).toBe(200)
  })

  it('goes by the host of this request, whoever was there before', async () => {
    const { gateway } = make()
    const from = async (host: string) =>
      (await send(gateway, 'GET /pets/7', { secure: false, headers: { host } })).status
    expect(await from('localhost:80')).toBe(200)
    expect(await from('acme.com')).toBe(403)
    expect(await from('localhost:80')).toBe(200)
    expect(await from('')).toBe(403)
    expect(await from('127.0.0.1')).toBe(200)
  })

  it('does not believe a caller’s forwarding headers', async () => {
    const { gateway } = make()
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '198.51.100.9' }
    expect((await send(gateway, 'GET /pets/7', { ...plain, headers })).status).toBe(403)
    const secure = await send(gateway, 'GET /pets/7', { sourceIp: '192.0.2.1', headers })
    expect(secure.forwarded?.gateway.sourceIp).toBe('192.0.2.1')
  })

  it('believes proxies that are trusted', async () => {
    const { gateway } = make({ trustProxy: ['192.0.2.0/24'] })
    const headers = {
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.5, 198.51.100.9, 192.0.2.7',
    }
    const { forwarded } = await send(gateway, 'GET /pets/7', { ...plain, headers })
    expect(forwarded?.gateway.sourceIp).toBe('198.51.100.9')
    expect(
      (await send(gateway, 'GET /pets/7', { ...plain, headers: { ...headers, 'x-forwarded-proto': 'http' } }))
        .status,
    ).toBe(403)
  })

  it('do not have callers pass for the proxy by a header that it passes on', async () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '198.51.100.9' }
    const spoofed = { ...plain, headers: { ...headers, forwarded: 'for=192.0.2.7;proto=https' } }
    const { gateway, errors, records } = make({ trustProxy: ['192.0.2.0/24'] })
    for (let n = 0; n < 2; n++) expect((await send(gateway, 'GET /pets/7', spoofed)).status).toBe(400)
    expect(records[0]).toMatchObject({
      refusal: 'MALFORMED_TARGET',
      detail: expect.stringContaining("`proxyHeader: 'X-Forwarded-For'`"),
    })
    expect(errors).toHaveLength(1)
    const named = make({ trustProxy: ['192.0.2.0/24'], proxyHeader: 'X-Forwarded-For' })
    const { forwarded } = await send(named.gateway, 'GET /pets/7', spoofed)
    expect(forwarded?.gateway.sourceIp).toBe('198.51.100.9')
  })

  it('from a proxy on this machine that is not trusted: an error that names the fix, reported once', async () => {
    const { gateway, errors, records } = make()
    for (let n = 0; n < 2; n++) {
      const refused = await send(gateway, 'GET /pets/7', {
        secure: false,
        headers: { 'x-forwarded-for': '198.51.100.9' },
      })
      expect(refused.status).toBe(500)
    }
    expect(errors).toHaveLength(1)
    expect(String(errors[0])).toContain("give `trustProxy: ['loopback']` to createGateway")
    expect(records[0]?.refusal).toBe('API_CONFIGURATION_ERROR')
  })
})

describe('paths outside the API', () => {
  it('are refused, unless they are listed', async () => {
    const { gateway, records } = make({ pass: ['/health', '/assets/{file+}'] })
    expect((await send(gateway, 'GET /health')).forwarded?.target).toBe('/health')
    expect((await send(gateway, 'POST /assets/a/b.css?x')).forwarded?.target).toBe('/assets/a/b.css?x')
    expect((await send(gateway, 'GET /Health')).status).toBe(404)
    expect(records[0]).toMatchObject({ end: 'answered', route: undefined, stage: undefined })
  })

  it('listed ones need no HTTPS: load balancers ask for health over plain HTTP', async () => {
    const { gateway } = make({ pass: ['/health'] })
    expect((await send(gateway, 'GET /health', { secure: false, sourceIp: '10.0.0.1' })).status).toBe(200)
  })

  it('listed ones are meant, beside a stage that has a route for anything; more than they say is not', async () => {
    const routes = [route('ANY /{proxy+}', { apiKey: true }), route('GET /admin/{id}', { apiKey: true })]
    const plans = { free: {} }
    const gateway = createGateway({
      routes,
      plans,
      stages: { prod: {} },
      pass: ['/health', '/{name}', '/admin/7'],
    })
    const status = async (path: string) => (await send(gateway, `GET ${path}`)).status
    expect([await status('/health'), await status('/prod/health')]).toEqual([200, 403])
    // The list says nothing of what a route does not say more exactly.
    expect([await status('/other'), await status('/HEALTH'), await status('/admin/8')]).toEqual([
      404, 404, 404,
    ])
    expect(await status('/admin/7')).toBe(200)
  })

  it('are passed on where the user says so, but never what is a route in disguise', async () => {
    const { gateway } = make({ unmatched: 'pass', stages: { prod: {} } })
    expect((await send(gateway, 'GET /anything')).forwarded?.target).toBe('/anything')
    for (const path of ['/pets/7', '/PETS/7', '/pets/7/', '/Prod/pets/7', '/prod/PETS/7', '/p%65ts/7']) {
      expect((await send(gateway, `GET ${path}`)).status).toBe(404)
    }
  })
})

describe('handlers', () => {
  it('answer instead of the app', async () => {
    const { gateway } = make({
      routes: [
        route('GET /json/{id}', {}, ({ params }) => ({ id: params.id })),
        route('GET /text', {}, () => 'hello'),
        route('GET /nothing', {}, async () => undefined),
        route('GET /teapot', {}, () => answer(418, 'short and stout', { 'x-spout': 'yes' })),
        route('GET /slow', { timeout: 20 }, () => new Promise(() => {})),
        route('GET /bug', {}, () => {
          throw new Error('bug')
        }),
      ],
    })
    expect((await send(gateway, 'GET /json/7')).json()).toEqual({ id: '7' })
    expect((await send(gateway, 'GET /text')).headers['content-type']).toBe('text/plain; charset=utf-8')
    expect((await send(gateway, 'GET /nothing')).status).toBe(204)
    expect((await send(gateway, 'GET /teapot')).headers['x-spout']).toBe('yes')
    expect((await send(gateway, 'GET /slow')).json()).toEqual({ message: 'Endpoint request timed out' })
    expect((await send(gateway, 'GET /bug')).status).toBe(500)
  })
})

describe('the reason of a refusal, for the operator,', () => {
  it.each([
    ['GET /pets/7', "no stage is called 'pets': the path begins with one of prod, beta"],
    ['GET /prod/cats', "no route of stage 'prod' has this path"],
    ['DELETE /prod/pets/7', 'the path has GET, HEAD, PUT'],
    ['BREW /prod/pets/7', 'no method of HTTP'],
  ])('of %s: %s', async (request, detail) => {
    const { gateway, records } = make({ stages: { prod: {}, beta: {} } })
    await send(gateway, request)
    expect(records[0]?.detail).toBe(detail)
    expect(formatRecord(records[0] as ExchangeRecord)).toContain(detail)
  })

  it('names what is not valid', async () => {
    const records: ExchangeRecord[] = []
    const query = { limit: { schema: { type: 'integer' } }, page: { required: true } } as const
    const gateway = createGateway({
      routes: [route('GET /pets', { parameters: { query } })],
      onRecord: (record) => records.push(record),
    })
    await send(gateway, 'GET /pets?limit=x&page=1')
    await send(gateway, 'GET /pets?limit=1')
    expect(records.map((record) => formatRecord(record).replace(/ +\d+ ms/, ''))).toEqual([
      '400 GET /pets  stage $default  BAD_REQUEST_PARAMETERS: query.limit instance type (string) does not match any allowed primitive type (allowed: ["integer"])',
      '400 GET /pets  stage $default  BAD_REQUEST_PARAMETERS: query.page is missing',
    ])
  })

  it('fits on one line, whatever the path holds', () => {
    const record = {
      status: 404,
      method: 'GET',
      path: '/a\r\n200 GET /b\u001b[2J',
      latency: 1,
      end: 'refused',
    }
    expect(formatRecord(record as ExchangeRecord)).toBe('404 GET /a%0D%0A200%20GET%20/b%1B[2J  1 ms  refused')
    const spaced = { ...record, path: '/a  stage prod  key k1' } as ExchangeRecord
    expect(formatRecord(spaced)).toBe('404 GET /a%20%20stage%20prod%20%20key%20k1  1 ms  refused')
  })
})

describe('what the app is told', () => {
  it('prints as what it says, not as how the gateway works', async () => {
    const { gateway } = make()
    const { forwarded } = await send(gateway, 'GET /pets/7')
    expect(JSON.parse(JSON.stringify(forwarded?.gateway))).toEqual({
      requestId: '00000000-0000-4000-8000-000000000001',
      stage: '$default',
      canary: false,
      variables: {},
      route: 'GET /pets/{petId}',
      params: { petId: '7' },
      sourceIp: '127.0.0.1',
    })
    expect(inspect(forwarded?.gateway).split('\n').length).toBeLessThan(20)
  })
})

describe('mistakes in code of one’s own', () => {
  it('are told where they are made', () => {
    expect(() => answer('hi' as never)).toThrow('an answer begins with its status, 200 to 599, not hi')
    expect(() => refuse('NOPE' as never)).toThrow("'NOPE' is no type of refusal; there are BAD_REQUEST_BODY")
  })
})

describe('records', () => {
  it('say all that is known of an exchange, once', async () => {
    const { gateway, records } = make({ stages: { prod: {} }, api: 'shop' })
    const { id, value } = await gateway.control.createApiKey({ name: 'a', plans: ['basic'] })
    const requestId = 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef'
    await send(gateway, 'POST /prod/pets?x=1', {
      apiKey: value,
      json: { a: 1 },
      headers: { 'x-amzn-requestid': requestId },
    })
    const { deployment } = await gateway.control.getStage('prod')
    expect(records).toEqual([
      {
        requestId,
        api: 'shop',
        stage: 'prod',
        canary: false,
        deployment,
        method: 'POST',
        route: 'POST /pets',
        path: '/pets',
        sourceIp: '127.0.0.1',
        keyId: id,
        plan: 'basic',
        principal: undefined,
        status: 200,
        end: 'answered',
        refusal: undefined,
        detail: undefined,
        faults: [],
        cache: undefined,
        error: undefined,
        observed: [],
        startedAt: Date.UTC(2026, 0, 1),
        latency: 0,
        integrationLatency: 0,
        bytesIn: 7,
        bytesOut: 0,
      },
    ])
  })

  it('that cannot be taken in are reported, and hurt no caller', async () => {
    const { gateway, errors } = make({
      onRecord: () => {
        throw new Error('log is full')
      },
    })
    expect((await send(gateway, 'GET /pets/7')).status).toBe(200)
    expect(errors).toEqual([new Error('log is full')])
  })
})
