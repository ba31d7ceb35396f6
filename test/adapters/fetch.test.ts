/** What is the web's own: `Request` in, `Response` out; what all frameworks have in common is in the contract. */
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import aws4 from 'aws4'
import { Hono } from 'hono'
import { answer, createGateway, type GatewayDefinition, route } from 'postern'
import { callers, gatewayOf, toFetch } from 'postern/fetch'
import { describe, expect, test, vi } from 'vitest'
import { guard, open, pause, serve, tell, wire } from './support.js'

const KEYED = { plans: { free: {} }, keys: { find: () => ({ id: 'k', name: 'acme', plans: ['free'] }) } }
const KEY = { 'x-api-key': 'k' }
const ALL = [{ Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' } }] as const
const PET = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } }

const petShop = () => {
  const app = new Hono()
  app.get('/pets/:petId', (c) => {
    const gateway = gatewayOf(c.req.raw)
    return c.json({ id: c.req.param('petId'), stage: gateway?.stage, from: gateway?.sourceIp })
  })
  app.post('/pets', async (c) => c.json({ got: await c.req.json(), checked: gatewayOf(c.req.raw)?.body }))
  app.post('/echo', async (c) => c.body(await c.req.arrayBuffer()))
  return app
}

const behind = async (definition: Parameters<typeof guard>[0], app: Hono = petShop()) => {
  const kept = guard(definition)
  const fetch = toFetch(kept.gateway, app.fetch, { caller: callers.node })
  return { ...kept, ...(await serve(createAdaptorServer({ fetch }) as Parameters<typeof serve>[0])) }
}

describe('toFetch, in front of Hono', () => {
  test('hands on the word that the caller has left, whichever way the app asks for it', async () => {
    const app = new Hono()
    const told: string[] = []
    let asked = () => {}
    const waits = new Promise<void>((resolve) => {
      asked = resolve
    })
    app.post('/pets', async (c) => {
      const { raw } = c.req
      const signals = {
        own: raw.signal,
        copy: raw.clone().signal,
        passed: new Request('http://x.test/', raw).signal,
      }
      expect(raw.signal).toBe(signals.own)
      const all = Object.entries(signals).map(
        ([name, signal]) =>
          new Promise<void>((resolve) =>
            signal.addEventListener('abort', () => {
              told.push(name)
              resolve()
            }),
          ),
      )
      asked()
      await Promise.all(all)
      return c.json({})
    })
    const { port, record } = await behind({ routes: [route('POST /pets')], stages: { prod: {} } }, app)
    const socket = await open(port)
    socket.write(wire('POST /prod/pets', ['Content-Length: 2'], '{}'))
    await waits
    socket.destroy()
    await vi.waitFor(() => expect(told.sort()).toEqual(['copy', 'own', 'passed']))
    expect(await record()).toMatchObject({ end: 'aborted' })
  })

  test('knows what it has handed on, though nothing can be put on it', async () => {
    const { gateway } = guard({ routes: [route('GET /pets')], httpsOnly: false })
    const fetch = toFetch(gateway, (request) => Response.json({ route: gatewayOf(request)?.route }))
    const response = await fetch(Object.freeze(new Request('http://127.0.0.1/pets')))
    expect(await response.json()).toEqual({ route: 'GET /pets' })
  })

  test('hands what is admitted on without its stage, and the context beside the request', async () => {
    const { url, record } = await behind({ routes: [route('GET /pets/{petId}')], stages: { prod: {} } })
    const response = await fetch(`${url}/prod/pets/7`)
    expect(await response.json()).toEqual({ id: '7', stage: 'prod', from: '127.0.0.1' })
    const { requestId, bytesOut, end } = await record()
    expect([response.headers.get('x-amzn-requestid'), bytesOut, end]).toEqual([requestId, 44, 'answered'])
  })

  test('has the target as it was received, which a URL would have normalised', async () => {
    const { port } = await behind({ routes: [route('GET /pets/{petId}')] })
    expect((await tell(port, wire('GET /pets/x/../7'))).status).toBe(400)
    expect((await tell(port, wire('GET /pets/7'))).status).toBe(200)
  })

  test('one response that the app gives to all has each caller’s own headers, once', async () => {
    const moved = Response.redirect('https://pets.acme.com/', 302)
    const none = new Response(null, { status: 204, headers: { vary: 'Accept', 'x-kind': 'none' } })
    const app = new Hono()
    app.get('/none', () => none)
    app.get('/moved', () => moved)
    const { url, recorded } = await behind(
      {
        ...KEYED,
        plans: { free: { throttle: { rate: 1e-3, burst: 9 } } },
        routes: [route('GET /{what}', { apiKey: true })],
      },
      app,
    )
    const answers = []
    for (const what of ['none', 'none', 'none', 'moved', 'moved'])
      answers.push(await fetch(`${url}/${what}`, { headers: KEY, redirect: 'manual' }))
    const records = await recorded(5)
    for (const [index, { headers, status }] of answers.entries()) {
      const record = records.find(({ requestId }) => requestId === headers.get('x-amzn-requestid'))
      expect(headers.get('ratelimit')).toContain(`;r=${8 - index};`)
      expect(record).toMatchObject({ status, end: 'answered' })
    }
    expect(answers[2]?.headers.get('x-kind')).toBe('none')
    expect(answers[4]?.headers.get('location')).toBe('https://pets.acme.com/')
  })

  test('a body is read by the gateway, and by the app once more', async () => {
    const { url } = await behind({ routes: [route('POST /pets', { body: 'Pet' })], models: { Pet: PET } })
    const post = (body: string) =>
      fetch(`${url}/pets`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect(await (await post('{"name":"Rex"}')).json()).toEqual({
      got: { name: 'Rex' },
      checked: { name: 'Rex' },
    })
    expect((await post('{}')).status).toBe(400)
  })

  test('a body of unknown length is bounded while the app reads it', async () => {
    const { url, recorded } = await behind({ routes: [route('POST /echo')], limits: { body: 1000 } })
    const post = (size: number) => {
      const body = new Blob(['x'.repeat(size)]).stream()
      return fetch(`${url}/echo`, { method: 'POST', body, duplex: 'half' } as RequestInit)
    }
    expect((await (await post(900)).text()).length).toBe(900)
    expect((await post(5000)).status).toBe(413)
    expect((await recorded(2)).map(({ status, end }) => `${status} ${end}`)).toEqual([
      '200 answered',
      '413 refused',
    ])
  })

  test('an answer is kept, a stream when all of it has come', async () => {
    const calls = vi.fn()
    const app = new Hono()
    app.get('/pets', (c) => {
      calls()
      return c.json(['Rex'])
    })
    app.get('/stream', () => {
      calls()
      const pieces = async function* () {
        yield Buffer.from('Rex, ')
        await pause(20)
        yield Buffer.from('Tom')
      }
      return new Response(pieces() as unknown as ReadableStream)
    })
    const { url } = await behind({ routes: [route('GET /{proxy+}', { cache: true })] }, app)
    const ask = async (path: string) => (await fetch(url + path)).text()
    expect([await ask('/pets'), await ask('/pets'), calls.mock.calls.length]).toEqual([
      '["Rex"]',
      '["Rex"]',
      1,
    ])
    expect([await ask('/stream'), await ask('/stream'), calls.mock.calls.length]).toEqual([
      'Rex, Tom',
      'Rex, Tom',
      2,
    ])
  })

  test('several cookies, trailing statuses and headers of the app come through', async () => {
    const app = new Hono()
    app.get('/pets', (c) => {
      c.header('set-cookie', 'a=1', { append: true })
      c.header('set-cookie', 'b=2', { append: true })
      c.header('x-own', '1')
      return c.body(null, 204)
    })
    const { url } = await behind({ routes: [route('GET /pets')] }, app)
    const response = await fetch(`${url}/pets`)
    expect([response.status, response.headers.getSetCookie(), response.headers.get('x-own')]).toEqual([
      204,
      ['a=1', 'b=2'],
      '1',
    ])
  })

  test('an app that is too slow is answered for, and one that throws', async () => {
    const app = new Hono()
    app.get('/slow', () => new Promise(() => {}))
    const failing = () => {
      throw new Error('no pets')
    }
    const { url, recorded } = await behind({ routes: [route('GET /slow', { timeout: 50 })] }, app)
    expect((await fetch(`${url}/slow`)).status).toBe(504)
    expect(await recorded(1)).toMatchObject([{ status: 504, end: 'refused' }])
    const { gateway, errors, record } = guard({ routes: [route('GET /pets')], httpsOnly: false })
    const response = await toFetch(gateway, failing)(new Request('http://localhost/pets'))
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal server error' }])
    expect([errors, (await record()).end]).toEqual([[new Error('no pets')], 'crashed'])
  })

  test('a caller who leaves in the middle of an answer is recorded as gone', async () => {
    const stopped = vi.fn()
    const app = new Hono()
    const pieces = async function* () {
      try {
        for (;;) {
          yield Buffer.alloc(65_536, 'x')
          await pause(1)
        }
      } finally {
        stopped()
      }
    }
    app.get('/pets', () => new Response(pieces() as unknown as ReadableStream))
    const { port, record } = await behind({ routes: [route('GET /pets')] }, app)
    const socket = await open(port)
    socket.write(wire('GET /pets'))
    await new Promise((resolve) => socket.once('data', resolve))
    socket.destroy()
    expect(await record()).toMatchObject({ status: 200, end: 'aborted' })
    await vi.waitFor(() => expect(stopped).toHaveBeenCalledOnce())
  })

  test('a caller who leaves while the gateway waits for its body is gone, though no server breaks that off', async () => {
    const leaving = new AbortController()
    const app = vi.fn(() => new Response())
    const { gateway, record } = guard({
      routes: [route('POST /pets', { body: 'Pet' })],
      ...{ models: { Pet: PET }, httpsOnly: false },
    })
    const body = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('{"name":')) })
    const init = { method: 'POST', body, duplex: 'half', signal: leaving.signal } as RequestInit
    const headers = { 'content-type': 'application/json' }
    const answered = toFetch(gateway, app)(new Request('http://localhost/pets', { ...init, headers }))
    await pause(10)
    leaving.abort()
    await answered
    expect(await record()).toMatchObject({ status: 0, end: 'aborted', route: 'POST /pets' })
    expect(app).not.toHaveBeenCalled()
  })

  test('a body that no field speaks of is one, for signatures and for caches', async () => {
    const { gateway } = guard({
      routes: [
        route('POST /search', { cache: { ttl: 60, methods: ['POST'] } }),
        route('POST /pay', { authorize: 'iam' }),
      ],
      stages: { prod: { cache: {} } },
      credentials: () => ({ secretAccessKey: 'secret', principal: 'alice', policies: ALL }),
    })
    const echo = async (request: Request) => new Response(`found ${await request.text()}`)
    const gate = toFetch(gateway, echo, {
      caller: { address: () => '127.0.0.1', secure: () => true, target: ({ url }) => url.slice(17) },
    })
    const post = async (path: string, body: string, headers = {}) =>
      gate(new Request(`https://localhost/prod${path}`, { method: 'POST', body, headers }))
    const found = [await post('/search', 'alice'), await post('/search', 'bob')]
    expect(await Promise.all(found.map((response) => response.text()))).toEqual(['found alice', 'found bob'])
    const signed = { method: 'POST', path: '/prod/pay', host: 'localhost', service: 'execute-api' }
    const { headers } = aws4.sign(
      { ...signed, region: 'us-east-1' },
      { accessKeyId: 'AKIDALICE', secretAccessKey: 'secret' },
    )
    expect((await post('/pay', '', headers as Record<string, string>)).status).toBe(200)
    expect((await post('/pay', 'amount=1000000', headers as Record<string, string>)).status).toBe(403)
  })

  test('gate.route guards a handler, alone or behind the mounted gateway', async () => {
    for (const mounted of [false, true]) {
      const { gateway, recorded } = guard({
        ...KEYED,
        routes: [route('POST /pets/{petId}', { throttle: { rate: 1, burst: 100 } })],
        models: { Pet: PET },
      })
      const gate = toFetch(gateway, () => new Response('none'), { caller: callers.node })
      const create = gate.route('POST /pets/{petId}', { apiKey: true, body: 'Pet' }, async (request) =>
        Response.json({ got: await request.json(), params: gatewayOf(request)?.params }),
      )
      const app = new Hono<{ Bindings: HttpBindings }>()
      app.post('/pets/:petId', (c) => create(c.req.raw, c.env))
      const served = mounted ? toFetch(gateway, app.fetch, { caller: callers.node }) : app.fetch
      const { url } = await serve(createAdaptorServer({ fetch: served }) as Parameters<typeof serve>[0])
      const post = (headers: Record<string, string>) =>
        fetch(`${url}/pets/7`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: '{"name":"Rex"}',
        })
      expect((await post({})).status).toBe(403)
      expect(await (await post(KEY)).json()).toEqual({ got: { name: 'Rex' }, params: { petId: '7' } })
      expect((await recorded(2)).map(({ status, keyId }) => `${status} ${keyId}`)).toEqual([
        '403 undefined',
        '200 k',
      ])
    }
  })

  test('a gateway mounted twice says so', async () => {
    const { gateway, errors } = guard({ routes: [route('GET /pets')], httpsOnly: false })
    const inner = toFetch(gateway, () => new Response('Rex'))
    const response = await toFetch(gateway, inner)(new Request('http://localhost/pets'))
    expect(response.status).toBe(500)
    expect(errors).toMatchObject([{ code: 'MOUNTED_TWICE' }])
  })
})

describe('what a Request does not tell', () => {
  const faultOf = (definition: Partial<GatewayDefinition>, caller = {}) => {
    try {
      toFetch(createGateway<string, string, string>({ routes: [], ...definition }), () => new Response(), {
        caller,
      })
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  }
  const address = () => '192.0.2.7'
  const secure = () => true

  test.each([
    [{}, {}, 'whether the caller came over TLS, which `httpsOnly` (the default) needs: give `caller.secure`'],
    [
      { routes: [route('POST /login', { throttle: { rate: 1, burst: 1, per: 'address' } })] },
      { secure },
      "the caller's address, which the throttle of 'POST /login' needs: give `caller.address`",
    ],
    [
      { trustProxy: ['loopback'] },
      { secure },
      "the caller's address, which `trustProxy` needs: give `caller.address`",
    ],
    [
      { routes: [route('GET /pets', { authorize: 'iam' })], credentials: () => undefined },
      { secure, address },
      "the path as it was received, over which signatures are made, which IAM on 'GET /pets' needs: give `caller.target`",
    ],
  ])('is an error where it is needed: %#', (definition, caller, words) => {
    expect(faultOf(definition as Partial<GatewayDefinition>, caller)).toContain(
      `a Request does not tell ${words}`,
    )
  })

  test('is none where nothing needs it', () => {
    expect(faultOf({ httpsOnly: false })).toBeUndefined()
    expect(faultOf({}, { secure })).toBeUndefined()
  })

  test('is an error of the deployment that comes to need it, which is not published', async () => {
    const gateway = createGateway({ routes: [route('GET /pets')] })
    toFetch(gateway, () => new Response(), { caller: { secure } })
    const next = { routes: [route('GET /pets', { throttle: { rate: 1, burst: 1, per: 'address' } })] }
    await expect(gateway.control.deploy(next)).rejects.toMatchObject({ code: 'CALLER_UNKNOWN' })
    expect(gateway.routes.map(({ policy }) => policy)).toEqual([{}])
  })

  test('is told by the usual servers in their own way', () => {
    const request = new Request('https://api.acme.com/pets', {
      headers: {
        'cf-connecting-ip': '192.0.2.1',
        'x-real-ip': '192.0.2.2',
        'x-forwarded-proto': 'https',
      },
    })
    const { deno, bun, cloudflare, vercel } = callers
    expect(deno.address?.(request, { remoteAddr: { hostname: '192.0.2.3' } })).toBe('192.0.2.3')
    expect(bun.address?.(request, { requestIP: () => ({ address: '192.0.2.4' }) })).toBe('192.0.2.4')
    expect([cloudflare.address?.(request), vercel.address?.(request)]).toEqual(['192.0.2.1', '192.0.2.2'])
    expect([cloudflare, vercel].map(({ secure }) => secure?.(request))).toEqual([true, true])
  })
})

describe('gateway.fetch', () => {
  test('serves requests by the handlers of the routes', async () => {
    const { gateway, record } = guard({
      routes: [
        route('GET /pets/{petId}', {}, ({ params }) => answer(200, { id: params.petId })),
        route('GET /app'),
      ],
      stages: { prod: {} },
    })
    const response = await gateway.fetch(new Request('https://api.acme.com/prod/pets/7'))
    expect([response.status, await response.json()]).toEqual([200, { id: '7' }])
    expect((await record()).end).toBe('answered')
    expect((await gateway.fetch(new Request('https://api.acme.com/prod/app'))).status).toBe(500)
    expect((await gateway.fetch(new Request('http://api.acme.com/prod/pets/7'))).status).toBe(403)
  })

  test('streams', async () => {
    const { gateway } = guard({ routes: [route('GET /pets', {}, () => new Blob(['Rex']).stream())] })
    const response = await gateway.fetch(new Request('https://api.acme.com/pets'))
    expect(await response.text()).toBe('Rex')
  })

  test('says what it would have to be told of the caller', async () => {
    const policy = { throttle: { rate: 1, burst: 1, per: 'address' } } as const
    const gateway = createGateway({ routes: [route('GET /pets', policy, () => [])] })
    const request = () => new Request('https://api.acme.com/pets')
    await expect(gateway.fetch(request())).rejects.toThrow(
      "a Request does not tell the caller's address, which the throttle of 'GET /pets' needs: " +
        'give `caller.address`, gateway.fetch(request, caller)',
    )
    expect((await gateway.fetch(request(), { address: '192.0.2.7' })).status).toBe(200)
    expect((await gateway.fetch(request(), { address: '192.0.2.7' })).status).toBe(429)
  })
})

test('toFetch needs an app where a route has no handler', () => {
  const gateway = createGateway({ routes: [route('GET /pets')], httpsOnly: false })
  expect(() => toFetch(gateway)).toThrow(
    "'GET /pets' has no handler, and there is no app to answer it: toFetch(gateway, app)",
  )
})

describe('whatever an app of the web gives', () => {
  const TOLD = { caller: { address: () => '127.0.0.1', secure: () => true } }
  const KEPT = { cache: { ttl: 60 } }

  const before = (app: (request: Request) => unknown, policy: Partial<Parameters<typeof route>[1]> = {}) => {
    const kept = guard({ routes: [route('GET /pets', policy)] })
    const gate = toFetch(kept.gateway, app as (request: Request) => Response, TOLD)
    return { ...kept, ask: (init?: RequestInit) => gate(new Request('https://api.acme.com/pets', init)) }
  }

  /** A body without an end, and whether whoever makes it was told to stop. */
  const endless = () => {
    const stopped = vi.fn()
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) =>
      pause(5).then(() => controller.enqueue(Buffer.from('x')))
    return { stopped, make: () => new Response(new ReadableStream({ pull, cancel: stopped })) }
  }

  test.each([
    ['nothing', () => undefined, 'the app gave no Response, but undefined'],
    ['a text', async () => 'late', 'the app gave no Response, but string'],
    ['an error', () => Response.error(), 'the app gave a Response with status 0, which cannot be sent'],
  ])('%s is a 500, recorded and reported', async (_, app, message) => {
    for (const policy of [{}, KEPT]) {
      const { ask, record, errors } = before(app, policy)
      expect((await ask()).status).toBe(500)
      expect(await record()).toMatchObject({ status: 500, end: 'crashed' })
      expect(errors).toEqual([new TypeError(message)])
    }
  })

  test('a body that is read already is a 500, and nobody waits for it to be kept', async () => {
    let calls = 0
    const app = async () => {
      const response = new Response('Rex')
      if (calls++ === 0) await response.text()
      return response
    }
    const { ask } = before(app, KEPT)
    expect((await ask()).status).toBe(500)
    expect((await ask()).status).toBe(200)
  })

  test('an answer that comes too late is stopped, and nobody waits for it to be kept', async () => {
    const { make, stopped } = endless()
    let calls = 0
    const app = async () => (calls++ === 0 ? pause(60).then(make) : new Response('Rex'))
    const { ask } = before(app, { ...KEPT, timeout: 30 })
    expect((await ask()).status).toBe(504)
    expect((await ask()).status).toBe(200)
    await vi.waitFor(() => expect(stopped).toHaveBeenCalledOnce())
  })

  test('an answer whose caller has left is stopped', async () => {
    const { make, stopped } = endless()
    const { ask, record } = before(() => pause(60).then(make))
    const leaving = new AbortController()
    const asked = ask({ signal: leaving.signal })
    await pause(20)
    leaving.abort()
    await asked
    await vi.waitFor(() => expect(stopped).toHaveBeenCalledOnce())
    expect((await record()).end).toBe('aborted')
  })

  test('a stream that is to be kept is stopped, too, where nobody begins to read it', async () => {
    const { make, stopped } = endless()
    const { ask, record } = before(make, KEPT)
    await (await ask()).body?.cancel()
    await vi.waitFor(() => expect(stopped).toHaveBeenCalledOnce())
    expect((await record()).end).toBe('aborted')
  })

  test('a body that is all there at once and never ends is not waited for', async () => {
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) =>
      controller.enqueue(new Uint8Array(65_536))
    const { ask, record } = before(() => new Response(new ReadableStream({ pull })), KEPT)
    const { body } = await ask()
    const reader = body?.getReader()
    expect((await reader?.read())?.value?.length).toBe(65_536)
    await reader?.cancel()
    expect((await record()).end).toBe('aborted')
  })

  test('what switches protocols is the very Response that the app has made', async () => {
    const socket = { status: 101, headers: new Headers(), body: null }
    const { ask, record } = before(() => socket, KEPT)
    expect(await ask()).toBe(socket)
    expect(await record()).toMatchObject({ status: 101, end: 'answered' })
  })

  test('what middleware says of whose an answer is holds for that of a gate on the route', async () => {
    const { gateway } = guard({ routes: [route('GET /me', KEPT)] })
    const app = new Hono()
    const gate = toFetch(gateway, (request) => app.fetch(request), TOLD)
    let calls = 0
    const me = gate.route('GET /me', {}, () => new Response(`caller ${++calls}`))
    app.use(async (c, next) => {
      await next()
      c.header('cache-control', 'private')
    })
    app.get('/me', (c) => me(c.req.raw))
    const ask = async () => (await gate(new Request('https://api.acme.com/me'))).text()
    expect([await ask(), await ask()]).toEqual(['caller 1', 'caller 2'])
  })
})
