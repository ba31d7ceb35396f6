/** Next's gate without Next: handlers are functions. What a build makes of them is in `test/next/`. */
import { createServer } from 'node:http'
import { answer, createGateway, type GatewayDefinition, route } from 'postern'
import { callers, gatewayOf, sharedStore, toNext } from 'postern/next'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { guard, serve, tell, wire } from './support.js'

const KEYED = { plans: { free: {} }, keys: { find: () => ({ id: 'k', name: 'acme', plans: ['free'] }) } }
const PET = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } }

const at = (path: string, init: RequestInit = {}) => new Request(`http://localhost:3000${path}`, init)
const post = (path: string, body: string, headers = {}) =>
  at(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
const context = (params: Record<string, string | string[]> = {}) => ({ params: Promise.resolve(params) })

afterEach(() => vi.unstubAllEnvs())

describe('the handlers of a catch-all', () => {
  const petShop = () =>
    guard({
      routes: [
        route('GET /pets/{petId}', {}, ({ params, stage }) => ({ id: params.petId, stage })),
        route('GET /files/{path+}', {}, ({ params }) => answer(200, params)),
        route('POST /pets', { body: 'Pet' }, ({ body }) => answer(201, body)),
      ],
      models: { Pet: PET },
      stages: { prod: {} },
    })

  test('serve the routes by what stands below their folder', async () => {
    const { gateway, record } = petShop()
    const { GET } = toNext(gateway)
    const response = await GET(at('/api/prod/pets/7'), context({ path: ['prod', 'pets', '7'] }))
    expect([response.status, await response.json()]).toEqual([200, { id: '7', stage: 'prod' }])
    expect(await record()).toMatchObject({ status: 200, end: 'answered', route: 'GET /pets/{petId}' })
  })

  test('take a segment as Next does: decoded once', async () => {
    const { GET } = toNext(petShop().gateway)
    const files = async (...path: string[]) => {
      const response = await GET(at('/api/x'), context({ path: ['prod', 'files', ...path] }))
      return response.status === 200 ? ((await response.json()) as { path: string }).path : response.status
    }
    expect(await files('a b', 'c%20d', 'e')).toBe('a b/c%20d/e')
    expect([await files('..'), await files('a/../b'), await files('a\\b')]).toEqual([400, 400, 400])
  })

  test('have the body, the query and every method', async () => {
    const { gateway } = petShop()
    const { POST, PUT, OPTIONS } = toNext(gateway)
    const path = context({ path: ['prod', 'pets'] })
    expect((await POST(post('/api/prod/pets', '{"name":"Rex"}'), path)).status).toBe(201)
    expect((await POST(post('/api/prod/pets', '{}'), path)).status).toBe(400)
    expect((await PUT(at('/api/prod/pets', { method: 'PUT' }), path)).status).toBe(405)
    expect((await OPTIONS(at('/api/prod/pets', { method: 'OPTIONS' }), path)).status).toBe(405)
  })

  test('need a handler for each route, which is said when they are taken', () => {
    const gate = toNext(createGateway({ routes: [route('GET /pets')] }))
    expect(() => gate.GET).toThrow(
      "'GET /pets' has no handler, and there is no app to answer it: export const POST = gate.route(policy, handler), " +
        "or route('GET /pets', policy, handler)",
    )
    expect(typeof gate.route).toBe('function')
  })
})

describe('gate.route', () => {
  test('guards a handler, which is called as Next calls it', async () => {
    const { gateway } = guard({ ...KEYED, routes: [], models: { Pet: PET } })
    const gate = toNext(gateway)
    const create = gate.route(
      { apiKey: true, body: 'Pet' },
      async (request, { params }: { params: Promise<{ kind: string }> }) =>
        Response.json({
          got: await request.json(),
          by: gatewayOf(request)?.client?.name,
          params: [await params, gatewayOf(request)?.params],
        }),
    )
    const given = context({ kind: 'dogs' }) as { params: Promise<{ kind: string }> }
    expect((await create(post('/api/dogs', '{"name":"Rex"}'), given)).status).toBe(403)
    const response = await create(post('/api/dogs', '{"name":"Rex"}', { 'x-api-key': 'k' }), given)
    expect(await response.json()).toEqual({
      got: { name: 'Rex' },
      by: 'acme',
      params: [{ kind: 'dogs' }, { kind: 'dogs' }],
    })
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[\da-f-]{36}$/)
  })

  test('knows the parameters of the folders: those of a catch-all joined', async () => {
    const gate = toNext(createGateway({ routes: [] }))
    const show = gate.route('GET /files/{path+}', {}, (request) => Response.json(gatewayOf(request)?.params))
    const response = await show(at('/v2/files/a/b'), context({ path: ['a', 'b'] }))
    expect(await response.json()).toEqual({ path: 'a/b' })
    expect(await (await show(at('/files/c/d'), undefined as never)).json()).toEqual({ path: 'c/d' })
  })

  test('hands on the very request where nothing of it changes, and one of its class where it has a body', async () => {
    class NextRequest extends Request {
      readonly nextUrl: URL & { basePath: string }
      readonly config: unknown
      constructor(url: string, init: RequestInit & { nextConfig?: unknown }) {
        super(url, init)
        this.nextUrl = Object.assign(new URL(url), { basePath: '/shop' })
        this.config = init.nextConfig
      }
    }
    const gate = toNext(createGateway({ routes: [] }))
    const seen: NextRequest[] = []
    const see = gate.route({}, async (request: NextRequest) => {
      seen.push(request)
      return new Response(await request.text())
    })
    const get = new NextRequest('http://localhost/shop/pets', {})
    await see(get, context())
    const body = new NextRequest('http://localhost/shop/pets', { method: 'POST', body: 'Rex' })
    expect(await (await see(body, context())).text()).toBe('Rex')
    expect(seen[0]).toBe(get)
    expect([seen[1] instanceof NextRequest, seen[1]?.config]).toEqual([true, { basePath: '/shop' }])
  })

  test('streams', async () => {
    const gate = toNext(createGateway({ routes: [] }))
    const events = gate.route({}, () => {
      const pieces = async function* () {
        yield Buffer.from('data: 1\n\n')
        yield Buffer.from('data: 2\n\n')
      }
      return new Response(ReadableStream.from(pieces()) as unknown as ReadableStream, {
        headers: { 'content-type': 'text/event-stream' },
      })
    })
    const response = await events(at('/events'), context())
    expect([response.headers.get('content-type'), await response.text()]).toEqual([
      'text/event-stream',
      'data: 1\n\ndata: 2\n\n',
    ])
  })

  test('needs its pattern for a throttle, as Next loads routes in no fixed order', () => {
    const gate = toNext(createGateway({ routes: [] }))
    const policy = { throttle: { rate: 1, burst: 1 } }
    expect(() => gate.route(policy, () => new Response())).toThrow(
      expect.objectContaining({
        code: 'PATTERN_REQUIRED',
        message:
          'Next loads its routes in no fixed order, so a throttle has to know by what name to count: ' +
          "gate.route('POST /pets', policy, handler)",
      }),
    )
  })

  test('in development goes by the policy as it was changed last', async () => {
    const gateway = createGateway({ ...KEYED, routes: [] })
    const gate = toNext(gateway)
    const ok = () => new Response('Rex')
    gate.route('GET /pets', {}, ok)
    expect(() => gate.route('GET /pets', { apiKey: true }, ok)).toThrow('gated twice')
    vi.stubEnv('NODE_ENV', 'development')
    const changed = gate.route('GET /pets', { apiKey: true }, ok)
    expect((await changed(at('/pets'), context())).status).toBe(403)
    expect(gateway.routes.map(({ name, policy }) => [name, policy])).toEqual([
      ['GET /pets', { apiKey: true }],
    ])
  })
})

describe('gate.proxy', () => {
  const headersOf = ({ headers }: Response, like: RegExp) =>
    Object.fromEntries([...headers].filter(([name]) => like.test(name)))

  test('has Next go on, without the stage', async () => {
    const { gateway, record } = guard({ routes: [route('GET /pets/{petId}')], stages: { prod: {} } })
    const response = await toNext(gateway).proxy(at('/prod/pets/7?full=1'))
    expect(headersOf(response, /^(?:x-middleware|content-type)/)).toEqual({
      'x-middleware-rewrite': 'http://localhost:3000/pets/7?full=1',
    })
    expect(response.headers.get('x-amzn-requestid')).not.toBeNull()
    expect(await record()).toMatchObject({
      status: 0,
      end: 'passed',
      route: 'GET /pets/{petId}',
      bytesOut: 0,
    })
  })

  test('has nothing to rewrite where there are no stages', async () => {
    const { proxy } = toNext(createGateway({ routes: [route('GET /pets')] }))
    expect(headersOf(await proxy(at('/pets')), /^x-middleware/)).toEqual({ 'x-middleware-next': '1' })
  })

  test('leaves the base path of the app alone', async () => {
    const { proxy } = toNext(createGateway({ routes: [route('GET /pets')], stages: { prod: {} } }))
    const request = Object.assign(at('/shop/prod/pets'), { nextUrl: { basePath: '/shop' } })
    const { headers } = await proxy(request)
    expect(headers.get('x-middleware-rewrite')).toBe('http://localhost:3000/shop/pets')
  })

  test('refuses by itself, and answers by the handlers of routes', async () => {
    const { gateway } = guard({
      ...KEYED,
      routes: [route('GET /pets', { apiKey: true }), route('GET /time', {}, () => ({ now: 0 }))],
    })
    const { proxy } = toNext(gateway)
    const refused = await proxy(at('/pets'))
    expect([refused.status, await refused.json()]).toEqual([403, { message: 'Forbidden' }])
    expect(await (await proxy(at('/time'))).json()).toEqual({ now: 0 })
    expect((await proxy(at('/nowhere'))).status).toBe(404)
  })

  test('says that it keeps and checks no answers, and holds nobody up who waits for one', async () => {
    const { gateway, errors } = guard({ routes: [route('GET /pets', { cache: true })] })
    const { proxy } = toNext(gateway)
    expect(String(errors[0])).toBe(
      "Error: proxy.ts sees no answers: those of 'GET /pets' are neither kept nor checked there. Guard the handler " +
        'instead, gate.route(pattern, policy, handler)',
    )
    const both = await Promise.all([proxy(at('/pets')), proxy(at('/pets'))])
    expect(both.map(({ headers }) => headers.get('x-middleware-next'))).toEqual(['1', '1'])
  })
})

describe('who called', () => {
  /** A server of Node's that hands requests on as Next does: with headers filled in, and without its socket. */
  const behind = async (handle: (request: Request) => Promise<Response>) => {
    const server = createServer(async (req, res) => {
      const { host } = req.headers
      req.headers['x-forwarded-for'] ??= req.socket.remoteAddress ?? ''
      req.headers['x-forwarded-host'] ??= host ?? ''
      req.headers['x-forwarded-port'] ??= '80'
      req.headers['x-forwarded-proto'] ??= 'http'
      const headers = Object.entries(req.headers).map(
        ([name, value]) => [name, String(value)] as [string, string],
      )
      const response = await handle(new Request(`http://localhost${req.url}`, { headers }))
      for (const [name, value] of response.headers) if (!res.hasHeader(name)) res.appendHeader(name, value)
      res.writeHead(response.status).end(await response.text())
    })
    return serve(server)
  }

  const see = { httpsOnly: true, routes: [] } as const
  const seen = (request: Request) => Response.json(gatewayOf(request)?.sourceIp)

  test('is told by the connection, without a word of the caller or of Next', async () => {
    const { gateway, records } = guard(see)
    const gate = toNext(gateway)
    const handler = gate.route('GET /pets/{petId}', {}, seen)
    const { port, url } = await behind((request) => handler(request, undefined as never))
    expect(await (await fetch(`${url}/pets/7`)).json()).toBe('127.0.0.1')
    const forged = wire('GET /pets/7', ['X-Forwarded-For: 192.0.2.1', 'X-Forwarded-Proto: https'])
    expect((await tell(port, forged)).status).toBe(500)
    expect(records.at(-1)?.detail).toContain('a proxy on this machine forwards requests, but is not trusted')
    const elsewhere = wire('GET /pets/7').replace('127.0.0.1', 'api.acme.com')
    expect((await tell(port, elsewhere)).status).toBe(403)
    expect(records.at(-1)?.refusal).toBe('INSECURE_TRANSPORT')
    expect((await tell(port, wire('GET /pets/x/../7'))).status).toBe(400)
  })

  test('is told by a proxy that is trusted, and by no header that it did not send', async () => {
    const { gateway } = guard({ ...see, trustProxy: ['loopback'] })
    const handler = toNext(gateway).route({}, seen)
    const { port } = await behind((request) => handler(request, undefined as never))
    const proxied = ['X-Forwarded-For: 192.0.2.1', 'X-Forwarded-Proto: https']
    expect((await tell(port, wire('GET /pets', proxied))).text).toContain('"192.0.2.1"')
    const standard = ['Forwarded: for=192.0.2.2;proto=https']
    expect((await tell(port, wire('GET /pets', standard))).text).toContain('"192.0.2.2"')
  })

  test('in production nobody is believed of whom no connection tells', async () => {
    const { gateway, errors } = guard(see)
    const handler = toNext(gateway).route({}, seen)
    vi.stubEnv('NODE_ENV', 'production')
    const response = await handler(at('/pets', { headers: { 'x-forwarded-for': '192.0.2.1' } }), context())
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    expect(errors).toMatchObject([{ code: 'CALLER_UNKNOWN' }])
    expect(String(errors[0])).toContain(
      'nobody can say who sent this request: it came before the gateway was loaded, or by a host without a Node ' +
        'server. Load the gateway when the server starts, `await import()` it in `register` of instrumentation.ts, ' +
        'or give `caller`, toNext(gateway, { caller: callers.vercel })',
    )
  })

  test('is told by a host of its own', async () => {
    const handler = toNext(createGateway(see), { caller: callers.vercel }).route({}, seen)
    vi.stubEnv('NODE_ENV', 'production')
    const headers = { 'x-real-ip': '192.0.2.9', 'x-forwarded-proto': 'https' }
    expect(await (await handler(at('/pets', { headers }), context())).json()).toBe('192.0.2.9')
    const signed: GatewayDefinition = {
      routes: [route('GET /', { authorize: 'iam' })],
      credentials: () => undefined,
    }
    expect(() => toNext(createGateway<string, string, string>(signed), { caller: callers.vercel })).toThrow(
      "which IAM on 'GET /' needs: give `caller.target`, toNext(gateway, { caller: { … } })",
    )
  })

  test('what proxy.ts has passed on goes on in a handler, of another copy of the gateway too', async () => {
    const records: unknown[] = []
    const copy = () =>
      toNext(
        createGateway({
          api: 'copies',
          routes: [route('GET /pets', { throttle: { rate: 1, burst: 3 } })],
          stages: { prod: {} },
          store: sharedStore('copies'),
          onRecord: ({ status, end, route, stage }) => records.push({ status, end, route, stage }),
        }),
      )
    const front = copy()
    const handler = copy().route('GET /pets', { throttle: { rate: 1, burst: 2 } }, (request) =>
      Response.json(gatewayOf(request)?.stage),
    )
    const { url } = await behind(async (request) => {
      const onward = await front.proxy(request)
      return onward.headers.has('x-middleware-rewrite') ? handler(request, context()) : onward
    })
    const asked = async () => {
      const response = await fetch(`${url}/prod/pets`)
      return [response.status, await response.json()]
    }
    expect([await asked(), await asked(), (await asked())[0]]).toEqual([[200, 'prod'], [200, 'prod'], 429])
    const one = { end: 'answered', route: 'GET /pets', stage: 'prod' }
    await vi.waitFor(() => expect(records).toHaveLength(3))
    expect(records).toEqual([
      { ...one, status: 200 },
      { ...one, status: 200 },
      { ...one, status: 429, end: 'refused' },
    ])
  })

  test('behind another gateway nothing counts for granted', async () => {
    const front = toNext(createGateway({ routes: [route('GET /pets')] }))
    const inner = guard({ ...KEYED, routes: [] })
    const handler = toNext(inner.gateway).route({ apiKey: true }, () => new Response('Rex'))
    const { url } = await behind(async (request) => {
      await front.proxy(request)
      return handler(request, context())
    })
    expect((await fetch(`${url}/pets`)).status).toBe(403)
    expect((await fetch(`${url}/pets`, { headers: { 'x-api-key': 'k' } })).status).toBe(200)
    expect(await inner.recorded(2)).toMatchObject([{ status: 403 }, { status: 200 }])
  })

  test('what proxy.ts has passed on to others is recorded as the connection saw it', async () => {
    const { gateway, record } = guard({ routes: [route('GET /pets')] })
    const { proxy } = toNext(gateway)
    const { url } = await behind(async (request) => {
      await proxy(request)
      return new Response(gatewayOf(new Headers())?.route, { status: 207 })
    })
    expect(await (await fetch(`${url}/pets`)).text()).toBe('GET /pets')
    expect(await record()).toMatchObject({
      status: 207,
      end: 'answered',
      bytesOut: '9\r\nGET /pets\r\n0\r\n\r\n'.length,
    })
  })
})

describe('gate.api', () => {
  const behind = async (handler: (req: never, res: never) => unknown, parsed = false) => {
    const server = createServer(async (req, res) => {
      if (parsed) for await (const _ of req);
      await handler(req as never, res as never)
    })
    return serve(server)
  }

  test('guards an API route of the Pages Router, whose body it gives back', async () => {
    const { gateway, recorded } = guard({ ...KEYED, routes: [], models: { Pet: PET } })
    const create = toNext(gateway).api(
      'POST /pets/{kind}',
      { apiKey: true, body: 'Pet' },
      async (req, res) => {
        const chunks: Buffer[] = []
        for await (const chunk of req) chunks.push(chunk)
        res.end(JSON.stringify([req.gateway?.params, String(Buffer.concat(chunks))]))
      },
    )
    const { url } = await behind(create as never)
    const headers = { 'content-type': 'application/json', 'x-api-key': 'k' }
    const ask = (given: object) =>
      fetch(`${url}/pets/dogs`, { method: 'POST', body: '{"name":"Rex"}', ...given })
    expect((await ask({})).status).toBe(403)
    expect(await (await ask({ headers })).json()).toEqual([{ kind: 'dogs' }, '{"name":"Rex"}'])
    expect(await recorded(2)).toMatchObject([{ status: 403 }, { status: 200, bytesIn: 14 }])
  })

  test('says what to do where Next has read the body first', async () => {
    const { gateway, errors } = guard({ routes: [], models: { Pet: PET } })
    const { url } = await behind(toNext(gateway).api({ body: 'Pet' }, () => undefined) as never, true)
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(url, { method: 'POST', body: '{"name":"Rex"}', headers })).status).toBe(500)
    expect(errors).toMatchObject([
      {
        code: 'BODY_CONSUMED',
        message:
          'the body was read before the gateway could: `export const config = { api: { bodyParser: false } }` in the ' +
          'file of the API route. It puts back every byte that it reads',
      },
    ])
  })

  test('what it throws is answered with 500', async () => {
    const { gateway, record } = guard({ routes: [] })
    const failing = () => Promise.reject(new Error('no pets'))
    const { url } = await behind(toNext(gateway).api({}, failing) as never)
    expect((await fetch(url)).status).toBe(500)
    expect(await record()).toMatchObject({ status: 500, end: 'crashed' })
  })
})

test('a shared store is one in all of the process, by its name', async () => {
  const pets = () => createGateway({ routes: [], store: sharedStore('one') })
  const { id } = await pets().control.createApiKey({ name: 'acme' })
  expect((await pets().control.getApiKey(id))?.name).toBe('acme')
  expect(sharedStore('two')).not.toBe(sharedStore('one'))
})

test('toNext needs a gateway', () => {
  expect(() => toNext({} as never)).toThrow('toNext() takes a gateway: toNext(createGateway({ … }))')
})
