/** What is Fastify's own; what all frameworks have in common is in the contract. */
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import Fastify4 from 'fastify4'
import { createGateway, type RouteDefinition, route } from 'postern'
import { rewriteUrl, toFastify } from 'postern/fastify'
import { testClock } from 'postern/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { guard, pause, tell } from './support.js'

const KEYED = { plans: { free: {} }, keys: { find: () => ({ id: 'k', name: 'acme', plans: ['free'] }) } }
const KEY = { 'x-api-key': 'k' }
const PET = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } }

describe.each([
  ['Fastify 5', Fastify],
  ['Fastify 4', Fastify4 as unknown as typeof Fastify],
])('%s', (_, make) => {
  const fresh = (options: FastifyServerOptions = {}): FastifyInstance => {
    const app = make(options) as unknown as FastifyInstance
    onTestFinished(() => app.close())
    return app
  }
  const listen = async (app: FastifyInstance) => {
    await app.listen({ port: 0, host: '127.0.0.1' })
    return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  }

  test('a registered gateway gates all routes, and takes the stage off their paths before they are found', async () => {
    const { gateway, record } = guard({ routes: [route('GET /pets/{petId}')], stages: { prod: {} } })
    const app = fresh({ rewriteUrl: rewriteUrl(gateway) })
    app.register(toFastify(gateway))
    app.get('/pets/:petId', async (request) => ({
      params: request.params,
      stage: request.gateway?.stage,
      original: request.originalUrl,
    }))
    const response = await fetch(`${await listen(app)}/prod/pets/7`)
    expect(await response.json()).toEqual({ params: { petId: '7' }, stage: 'prod', original: '/prod/pets/7' })
    expect(response.headers.get('x-amzn-requestid')).toBe((await record()).requestId)
  })

  test('throttles count by the time when the gate has its turn, whatever hooks before it have waited for', async () => {
    const clock = testClock('2026-01-01T00:00:00Z')
    const { gateway } = guard({ routes: [route('GET /pets', { throttle: { rate: 1, burst: 1 } })], clock })
    const app = fresh({ rewriteUrl: rewriteUrl(gateway) })
    app.addHook('onRequest', async ({ url }) => {
      await pause(1)
      clock.advance(url.endsWith('yes') ? '1s' : 0)
    })
    app.register(toFastify(gateway))
    app.get('/pets', async () => 'pets')
    for (const [query, status] of [
      ['no', 200],
      ['no', 429],
      ['yes', 200],
    ]) {
      expect((await app.inject(`/pets?waits=${query}`)).statusCode).toBe(status)
    }
  })

  describe('a slash at the end, which Fastify takes for an empty parameter,', () => {
    const statuses = async (app: FastifyInstance, ...paths: string[]) => {
      const answers = await Promise.all(paths.map((path) => app.inject(path)))
      return answers.map(({ statusCode }) => statusCode)
    }
    const serving = (routes: RouteDefinition[], options: FastifyServerOptions = {}, more: object = {}) => {
      const { gateway, records } = guard({ ...KEYED, stages: { prod: {} }, routes, ...more })
      const app = fresh({ rewriteUrl: rewriteUrl(gateway), ...options })
      app.register(toFastify(gateway))
      app.get('/pets/:id', async () => 'a pet')
      app.get('/files/*', async () => 'a file')
      return { app, records }
    }

    test('is none for what another policy is for', async () => {
      const { app, records } = serving([
        ...[route('GET /pets'), route('GET /pets/{id}', { apiKey: true })],
        ...[route('GET /files'), route('GET /files/{path+}', { apiKey: true })],
      ])
      app.get('/pets', async () => 'pets')
      const asked = ['/prod/pets', '/prod/pets/1', '/prod/pets/', '/prod/pets/?a=/', '/prod/files/']
      expect(await statuses(app, ...asked)).toEqual([200, 403, 404, 404, 404])
      expect((await app.inject('/prod/pets/')).json()).toEqual({ message: 'Not Found' })
      expect(records.at(-1)).toMatchObject({
        ...{ route: 'GET /pets', refusal: 'RESOURCE_NOT_FOUND' },
        detail:
          'Fastify took the slash at its end for an empty parameter: `ignoreTrailingSlash` has it find the route',
      })
    })

    test('is none for what no route of the gateway is for', async () => {
      const { app } = serving([route('GET /pets'), route('GET /files')])
      expect(await statuses(app, '/prod/pets/', '/prod/files/')).toEqual([404, 404])
    })

    test('is none where nothing is for it at all, and all else is passed on', async () => {
      const { app } = serving(
        [route('GET /pets/{id}', { apiKey: true }), route('GET /files/{path+}', { apiKey: true })],
        {},
        { unmatched: 'pass' },
      )
      app.get('/open/:id', async () => 'open')
      const asked = ['/pets/', '/files/', '/prod/pets/', '/prod/files/', '/open/']
      expect(await statuses(app, ...asked)).toEqual([404, 404, 404, 404, 200])
    })

    test('is one where the same is asked for both', async () => {
      const open = [route('GET /files'), route('GET /files/{path+}', { timeout: '5s' })]
      const alike = [route('GET /files', { timeout: '5s' }), route('GET /files/{path+}', { timeout: '5s' })]
      expect(await statuses(serving(open).app, '/prod/files/')).toEqual([404])
      expect(await statuses(serving(alike).app, '/prod/files/')).toEqual([200])
    })

    test('is as little one of two that share a segment, nor is nothing at all', async () => {
      const { app, records } = serving([
        ...[route('GET /docs/{name}'), route('GET /docs/{name}.{type}', { apiKey: true })],
        ...[route('GET /docs'), route('GET /v/{any}'), route('GET /v/pre{rest}', { apiKey: true })],
      ])
      app.get('/docs/:name', async () => 'open')
      app.get('/docs/:name.:type', async () => 'keyed')
      app.get('/v/pre:rest', async () => 'keyed')
      const asked = ['/prod/docs/a', '/prod/docs/a.b', '/prod/docs/a.', '/prod/docs/.a']
      expect(await statuses(app, ...asked)).toEqual([200, 403, 404, 404])
      // Fastify 4 takes it for that of two, and says of neither that it is empty.
      expect((await app.inject('/prod/docs/')).body).not.toBe('keyed')
      expect(await statuses(app, '/prod/v/prefix', '/prod/v/pre')).toEqual([403, 404])
      expect(records.at(-1)?.detail).toBe(
        'Fastify took nothing at all for a parameter that shares its segment with others or with text',
      )
    })

    test('is found by the route itself, as the refusal says', async () => {
      const { app } = serving([route('GET /pets'), route('GET /pets/{id}', { apiKey: true })], {
        ignoreTrailingSlash: true,
      })
      app.get('/pets', async () => 'pets')
      expect((await app.inject('/prod/pets/')).body).toBe('pets')
    })
  })

  test('rewriteUrl without the plugin leaves paths as they are, and is reported once', async () => {
    const { gateway, errors } = guard({ routes: [route('GET /pets')], stages: { prod: {} } })
    const app = fresh({ rewriteUrl: rewriteUrl(gateway) })
    app.get('/pets', async () => ['Rex'])
    for (let call = 0; call < 2; call++) expect((await app.inject('/prod/pets')).statusCode).toBe(404)
    expect(errors).toMatchObject([
      { code: 'REGISTER_REQUIRED', message: expect.stringContaining('app.register(toFastify(gateway))') },
    ])
  })

  test('a prefix of its own is an error that names the fix', async () => {
    const { gateway } = guard({ routes: [route('GET /pets')] })
    const app = fresh()
    app.register(toFastify(gateway), { prefix: '/api' })
    await expect(app.ready()).rejects.toMatchObject({
      code: 'PREFIX_UNSUPPORTED',
      message: expect.stringContaining("api.register(toFastify(gateway)) … }, { prefix: '/api' }"),
    })
  })

  test('a policy beside `config` is an error, and no open route', async () => {
    const { gateway } = guard({ ...KEYED, routes: [route('POST /pets')] })
    const app = fresh()
    await app.register(toFastify(gateway))
    expect(() => app.post('/pets', { gateway: { apiKey: true } } as never, async () => 'open')).toThrow(
      "route 'POST /pets' has one fault",
    )
  })

  test('inject goes the same way', async () => {
    const { gateway, recorded } = guard({ ...KEYED, routes: [route('GET /pets', { apiKey: true })] })
    const app = fresh({ rewriteUrl: rewriteUrl(gateway) })
    app.register(toFastify(gateway))
    app.get('/pets', async () => ['Rex'])
    const refused = await app.inject('/pets')
    expect([refused.statusCode, refused.body]).toEqual([403, '{"message":"Forbidden"}'])
    expect((await app.inject({ url: '/pets', headers: KEY })).json()).toEqual(['Rex'])
    expect((await app.inject('/cats')).statusCode).toBe(404)
    const records = await recorded(3)
    expect(records.map(({ status, end }) => `${status} ${end}`)).toEqual([
      '403 refused',
      '200 answered',
      '404 refused',
    ])
  })

  test('a body that the gateway has read reaches the content-type parser as it came', async () => {
    const { gateway } = guard({ routes: [route('POST /pets', { body: 'Pet' })], models: { Pet: PET } })
    const app = fresh({ rewriteUrl: rewriteUrl(gateway) })
    app.register(toFastify(gateway))
    app.post('/pets', async (request) => ({ got: request.body, checked: request.gateway?.body }))
    const post = (payload: object) => app.inject({ method: 'POST', url: '/pets', payload })
    expect((await post({ name: 'Rex' })).json()).toEqual({ got: { name: 'Rex' }, checked: { name: 'Rex' } })
    expect((await post({})).statusCode).toBe(400)
    const url = await listen(app)
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${url}/pets`, { method: 'POST', headers, body: '{"name":"Rex"}' })
    expect(await response.json()).toEqual({ got: { name: 'Rex' }, checked: { name: 'Rex' } })
  })

  test('a route is gated by its config, with the parameters of its path', async () => {
    const { gateway, recorded } = guard({ ...KEYED, routes: [] })
    const app = fresh()
    app.register(toFastify(gateway, { mount: false }))
    app.register(
      async (scope) => {
        scope.get(
          '/pets/:petId',
          { config: { gateway: { apiKey: true } } },
          async (request) => request.gateway?.params,
        )
        scope.get(
          '/files/*',
          { config: { gateway: { apiKey: true } } },
          async (request) => request.gateway?.params,
        )
        scope.get('/open', async () => 'open')
      },
      { prefix: '/api' },
    )
    expect((await app.inject('/api/open')).body).toBe('open')
    expect((await app.inject('/api/pets/7')).statusCode).toBe(403)
    expect((await app.inject({ url: '/api/pets/7', headers: KEY })).json()).toEqual({ petId: '7' })
    expect((await app.inject({ url: '/api/files/a/b', headers: KEY })).json()).toEqual({ proxy: 'a/b' })
    const records = await recorded(3)
    expect(records.map(({ route: name }) => name)).toEqual([
      'GET /api/pets/{petId}',
      'GET /api/pets/{petId}',
      'GET /api/files/{proxy+}',
    ])
  })

  test('a misspelt plan in a route’s config is an error when it is registered', async () => {
    const app = fresh()
    app.register(toFastify(createGateway({ routes: [], ...KEYED }), { mount: false }))
    app.register(async (scope) => {
      scope.get('/pets', { config: { gateway: { apiKey: { plans: ['fre'] } } } }, async () => [])
    })
    await expect(app.ready()).rejects.toThrow(
      "policy.apiKey.plans[0]: plan 'fre' does not exist (PLAN_UNKNOWN)",
    )
  })

  test('HEAD is charged with the GET that Fastify serves it by', async () => {
    const { gateway } = guard({ routes: [] })
    const app = fresh({ exposeHeadRoutes: true })
    app.register(toFastify(gateway, { mount: false }))
    app.register(async (scope) => {
      scope.get('/pets', { config: { gateway: { throttle: { rate: 0.001, burst: 1 } } } }, async () => [
        'Rex',
      ])
    })
    expect((await app.inject('/pets')).statusCode).toBe(200)
    expect((await app.inject({ method: 'HEAD', url: '/pets' })).statusCode).toBe(429)
  })

  test('each of several routes with one URL has its own policy, whatever told them apart', async () => {
    const { gateway } = guard({ ...KEYED, routes: [] })
    const app = fresh()
    app.register(toFastify(gateway, { mount: false }))
    app.register(async (scope) => {
      const keyed = { gateway: { apiKey: true } }
      const open = { gateway: {} }
      scope.get('/v', { constraints: { version: '1.0.0' }, config: open }, async () => 'first')
      scope.get('/v', { constraints: { version: '2.0.0' }, config: keyed }, async () => 'second')
      scope.get('/h', { constraints: { host: /^localhost$/ }, config: open }, async () => 'public')
      scope.get('/h', { constraints: { host: /^admin/ }, config: keyed }, async () => 'admin')
    })
    const asked = async (url: string, headers: Record<string, string>) =>
      (await app.inject({ url, headers: { host: 'localhost', ...headers } })).statusCode
    expect(await asked('/v', { 'accept-version': '1.x' })).toBe(200)
    expect(await asked('/v', { 'accept-version': '2.x' })).toBe(403)
    expect(await asked('/v', { 'accept-version': '2.x', ...KEY })).toBe(200)
    expect(await asked('/h', {})).toBe(200)
    expect(await asked('/h', { host: 'admin.localhost' })).toBe(403)
  })

  test('a HEAD with a policy of its own goes by that, not by its GET’s', async () => {
    const { gateway } = guard({ ...KEYED, routes: [] })
    const app = fresh({ exposeHeadRoutes: false })
    app.register(toFastify(gateway, { mount: false }))
    app.register(async (scope) => {
      scope.get('/pets', { config: { gateway: {} } }, async () => [])
      scope.head('/pets', { config: { gateway: { apiKey: true } } }, async () => [])
    })
    expect((await app.inject('/pets')).statusCode).toBe(200)
    expect((await app.inject({ method: 'HEAD', url: '/pets' })).statusCode).toBe(403)
  })

  test('behind the registered gateway a route’s own policy adds its steps', async () => {
    const { gateway, recorded } = guard({ ...KEYED, routes: [route('GET /pets')], stages: { prod: {} } })
    const app = fresh({ rewriteUrl: rewriteUrl(gateway) })
    app.register(toFastify(gateway, { stage: 'prod' }))
    app.after(() => {
      app.get(
        '/pets',
        { config: { gateway: { apiKey: true } } },
        async (request) => request.gateway?.client?.name,
      )
    })
    expect((await app.inject('/prod/pets')).statusCode).toBe(403)
    expect((await app.inject({ url: '/prod/pets', headers: KEY })).body).toBe('acme')
    await recorded(2)
  })

  test('its hooks hold in the context that registers it, and below', async () => {
    const { gateway } = guard({ ...KEYED, routes: [route('GET /pets', { apiKey: true })] })
    const app = fresh({ rewriteUrl: rewriteUrl(gateway, { prefix: '/api' }) })
    app.get('/open', async () => 'open')
    app.register(
      async (scope) => {
        scope.register(toFastify(gateway))
        scope.get('/pets', async (request) => request.gateway?.client?.name)
      },
      { prefix: '/api' },
    )
    expect((await app.inject('/open')).body).toBe('open')
    expect((await app.inject('/api/pets')).statusCode).toBe(403)
    expect((await app.inject({ url: '/api/pets', headers: KEY })).body).toBe('acme')
    expect((await app.inject('/api/cats')).statusCode).toBe(404)
  })

  test('serialisation, streams and hooks of the app stay as they are', async () => {
    const { gateway } = guard({
      ...KEYED,
      routes: [route('GET /pets'), route('GET /cats', { apiKey: true })],
    })
    const app = fresh({ rewriteUrl: rewriteUrl(gateway) })
    app.register(toFastify(gateway))
    const sent: unknown[] = []
    app.addHook('onSend', async (_request, reply, payload) => {
      sent.push(String(payload))
      reply.header('x-own', '1')
      return payload
    })
    const schema = { response: { 200: { type: 'object', properties: { name: { type: 'string' } } } } }
    app.get('/pets', { schema }, async () => ({ name: 'Rex', secret: 'x' }))
    app.get('/cats', async () => [])
    expect((await app.inject('/pets')).body).toBe('{"name":"Rex"}')
    const refused = await app.inject('/cats')
    expect([refused.headers['x-own'], refused.headers['content-type']]).toEqual(['1', 'application/json'])
    expect(sent).toEqual(['{"name":"Rex"}', '{"message":"Forbidden"}'])
  })

  test('an error of a handler is answered by the app’s error handler, with the headers of the gateway', async () => {
    const { gateway } = guard({ routes: [route('GET /pets')] })
    const app = fresh({ rewriteUrl: rewriteUrl(gateway) })
    app.register(toFastify(gateway))
    app.setErrorHandler((error: Error, _request, reply) => reply.code(418).send({ oh: error.message }))
    app.get('/pets', async () => {
      throw new Error('no pets')
    })
    const { statusCode, headers, body } = await app.inject('/pets')
    expect([statusCode, body, typeof headers['x-amzn-requestid']]).toEqual([
      418,
      '{"oh":"no pets"}',
      'string',
    ])
  })

  describe('says what is wrong when it is registered', () => {
    const failing = async (app: FastifyInstance) => {
      const error = await app.ready().then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      return error as { code: string; message: string }
    }

    test('stages in the path, and nothing that takes them off', async () => {
      const app = fresh()
      app.register(toFastify(createGateway({ routes: [route('GET /pets')], stages: { prod: {}, beta: {} } })))
      expect(await failing(app)).toMatchObject({
        code: 'REWRITE_REQUIRED',
        message:
          'stages stand in the path, /prod/…, and Fastify routes before any hook could take them off: ' +
          'Fastify({ rewriteUrl: rewriteUrl(gateway) }), with rewriteUrl from postern/fastify',
      })
    })

    test('a prefix, and nothing that says on which side of it the definition’s paths begin', async () => {
      const open = { routes: [route('GET /pets', { apiKey: true })], unmatched: 'pass' as const }
      const below = (given: ReturnType<typeof createGateway>, prefix: string | undefined) => {
        const app = fresh({
          rewriteUrl: rewriteUrl(given as never, prefix === undefined ? {} : { prefix }),
        })
        app.register(
          async (scope) => {
            scope.register(toFastify(given as never))
          },
          { prefix: '/api' },
        )
        return app
      }
      const gateway = () => guard({ ...KEYED, ...open }).gateway as never
      for (const prefix of [undefined, '/other']) {
        expect(await failing(below(gateway(), prefix))).toMatchObject({
          code: 'REWRITE_REQUIRED',
          message:
            'the gateway is registered below /api, and nothing says whether the paths of its definition begin with that or ' +
            "behind it: Fastify({ rewriteUrl: rewriteUrl(gateway, { prefix: '/api' }) }) where they begin behind it, else { prefix: '' }",
        })
      }
      for (const prefix of ['/api', '']) expect(await failing(below(gateway(), prefix))).toBeUndefined()
    })

    test('plugins whose routes are there already', async () => {
      const app = fresh()
      app.register(async (scope) => {
        scope.get('/pets', async () => [])
      })
      app.register(toFastify(createGateway({ routes: [route('GET /pets')] })))
      expect(await failing(app)).toMatchObject({
        code: 'MOUNTED_LATE',
        message:
          'there are plugins already, whose routes would not be gated: register the gateway before them',
      })
    })

    test('the same gateway a second time', async () => {
      const gateway = createGateway({ routes: [route('GET /pets')] })
      const app = fresh()
      app.register(toFastify(gateway))
      app.register(async (scope) => {
        scope.register(toFastify(gateway))
      })
      expect(await failing(app)).toMatchObject({
        code: 'MOUNTED_TWICE',
        message: 'the gateway is registered here or in a context above already: register it once',
      })
    })
  })

  test('a path that Fastify would route in another spelling is refused where nothing rewrites it', async () => {
    const { gateway, records } = guard({ routes: [route('GET /{proxy+}')] })
    const app = fresh()
    app.register(toFastify(gateway))
    app.get('/*', async () => 'reached')
    expect((await app.inject('/p%65ts')).statusCode).toBe(400)
    expect((await app.inject('/pets')).body).toBe('reached')
    expect(records[0]?.detail).toBe(
      'Fastify took the path as it was written: give Fastify({ rewriteUrl: rewriteUrl(gateway) }), by which it routes what the gateway has matched',
    )
  })

  test.each([
    ['at the top', { caseSensitive: false }],
    ['in its router’s options', { routerOptions: { caseSensitive: false } }],
  ])('an app that folds case, as is said %s, gets no path in other case', async (_where, options) => {
    if (make !== Fastify && 'routerOptions' in options) return
    const { gateway } = guard({
      ...KEYED,
      routes: [route('GET /admin', { apiKey: true }), route('GET /{proxy+}')],
    })
    const app = fresh(options as FastifyServerOptions)
    app.register(toFastify(gateway))
    app.get('/admin', async () => 'secret')
    app.get('/*', async () => 'open')
    expect((await app.inject('/pets')).body).toBe('open')
    expect((await app.inject('/ADMIN')).statusCode).toBe(404)
    expect((await app.inject({ url: '/ADMIN', headers: KEY })).statusCode).toBe(404)
  })

  test('a prefix in other case is that prefix, where the app folds case', async () => {
    const { gateway } = guard({
      ...KEYED,
      routes: [route('GET /pets', { apiKey: true })],
      unmatched: 'pass',
    })
    const app = fresh({ caseSensitive: false, rewriteUrl: rewriteUrl(gateway, { prefix: '/api' }) })
    app.register(
      async (scope) => {
        scope.register(toFastify(gateway))
        scope.get('/pets', async () => 'reached')
      },
      { prefix: '/api' },
    )
    expect((await app.inject('/API/pets')).statusCode).toBe(403)
    expect((await app.inject('/aPi/PETS')).statusCode).toBe(404)
    expect((await app.inject({ url: '/API/pets', headers: KEY })).body).toBe('reached')
  })

  test('an upgrade is held to the app’s idea of case, though that is told later', async () => {
    const { gateway } = guard({
      ...KEYED,
      routes: [route('GET /admin', { apiKey: true }), route('GET /{proxy+}')],
    })
    const app = fresh({ caseSensitive: false })
    const gate = toFastify(gateway)
    app.register(gate)
    gate.upgrade(app.server)
    const reached: unknown[] = []
    app.server.on('upgrade', ({ url }, socket) => {
      reached.push(url)
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    })
    await listen(app)
    const { port } = app.server.address() as AddressInfo
    const asked = (path: string) =>
      tell(
        port,
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      )
    expect((await asked('/ADMIN')).status).toBe(404)
    expect((await asked('/chat')).status).toBe(101)
    expect(reached).toEqual(['/chat'])
  })

  test('a semicolon is refused where the router cuts a path at it, and nothing rewrites that', async () => {
    if (make !== Fastify) return
    const { gateway } = guard({
      ...KEYED,
      routes: [route('GET /admin', { apiKey: true }), route('GET /{proxy+}')],
    })
    const app = fresh({ routerOptions: { useSemicolonDelimiter: true } } as FastifyServerOptions)
    app.register(toFastify(gateway))
    app.get('/admin', async () => 'secret')
    expect((await app.inject('/admin;x')).statusCode).toBe(400)
  })

  test('a semicolon is part of the path, for Fastify as for the gateway', async () => {
    const { gateway } = guard({
      ...KEYED,
      routes: [route('GET /admin', { apiKey: true }), route('GET /{proxy+}')],
    })
    const app = fresh({ rewriteUrl: rewriteUrl(gateway) })
    app.register(toFastify(gateway))
    app.get('/admin', async () => 'secret')
    app.get('/*', async () => 'open')
    expect((await app.inject('/admin;x=1')).body).toBe('open')
    expect((await app.inject('/admin')).statusCode).toBe(403)
  })
})

test('an older Fastify is told to be so', () => {
  const plugin = toFastify(createGateway({ routes: [] }))
  const seen: (Error | undefined)[] = []
  plugin({ version: '3.29.5' } as FastifyInstance, {}, (error) => seen.push(error))
  expect(seen).toMatchObject([
    { code: 'FRAMEWORK_UNSUPPORTED', message: 'Fastify 3.29.5 is none of 4 and 5: npm install fastify@5' },
  ])
})
