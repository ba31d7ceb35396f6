/** What is Koa's own; what all frameworks have in common is in the contract. */
import { Readable } from 'node:stream'
import Router from '@koa/router'
import Koa from 'koa'
import mount from 'koa-mount'
import Koa2 from 'koa2'
import { Answer, answer, type createGateway, route } from 'postern'
import { toKoa } from 'postern/koa'
import { testClock } from 'postern/testing'
import { describe, expect, test } from 'vitest'
import { guard, serve, tell, wire } from './support.js'

const KEYED = { plans: { free: {} }, keys: { find: () => ({ id: 'k', name: 'acme', plans: ['free'] }) } }

describe.each([
  ['Koa 3', Koa],
  ['Koa 2', Koa2],
])('%s', (_, Framework) => {
  const start = async (app: Koa) => {
    app.silent = true
    return serve(app.callback())
  }

  test('a mounted gateway gates what stands below, and takes the stage off its path', async () => {
    const { gateway, record } = guard({ routes: [route('GET /pets/{petId}')], stages: { prod: {} } })
    const app = new Framework()
    app.use(toKoa(gateway))
    const router = new Router()
    router.get('/pets/:petId', (ctx) => {
      ctx.body = { id: ctx.params.petId, stage: ctx.gateway?.stage, original: ctx.originalUrl }
    })
    app.use(router.routes())
    const { url } = await start(app)
    const response = await fetch(`${url}/prod/pets/7`)
    expect(await response.json()).toEqual({ id: '7', stage: 'prod', original: '/prod/pets/7' })
    expect(response.headers.get('x-amzn-requestid')).toBe((await record()).requestId)
  })

  test('middleware above sees a refusal as it would any answer', async () => {
    const { gateway } = guard({ ...KEYED, routes: [route('GET /pets', { apiKey: true })] })
    const app = new Framework()
    const seen: unknown[] = []
    app.use(async (ctx, next) => {
      await next()
      seen.push(ctx.status, ctx.body, ctx.type)
      ctx.set('x-own', '1')
    })
    app.use(toKoa(gateway))
    const { url } = await start(app)
    const response = await fetch(`${url}/pets`)
    expect([response.status, response.headers.get('x-own')]).toEqual([403, '1'])
    expect(seen).toEqual([403, '{"message":"Forbidden"}', 'application/json'])
  })

  test('an error thrown below is answered by Koa, with the headers of the gateway', async () => {
    const { gateway, record } = guard({ routes: [route('GET /pets', { cors: true })] })
    const app = new Framework()
    app.use(toKoa(gateway))
    app.use(() => {
      throw Object.assign(new Error('no pets'), { status: 418, expose: true })
    })
    const { url } = await start(app)
    const response = await fetch(`${url}/pets`, { headers: { origin: 'https://acme.com' } })
    expect([response.status, await response.text()]).toEqual([418, 'no pets'])
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('x-amzn-requestid')).toBe((await record()).requestId)
  })

  test('an error thrown above, when the app has answered, keeps them as well', async () => {
    const { gateway, record } = guard({ routes: [route('GET /pets', { cors: true })] })
    const app = new Framework()
    app.use(async (_, next) => {
      await next()
      throw new Error('no pets')
    })
    app.use(toKoa(gateway))
    app.use((ctx) => {
      ctx.body = 'pets'
    })
    const { url } = await start(app)
    const response = await fetch(`${url}/pets`, { headers: { origin: 'https://acme.com' } })
    expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error'])
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('x-amzn-requestid')).toBe((await record()).requestId)
  })

  test('a single route is gated by gate.route, alone or behind a mounted gateway', async () => {
    const { gateway, recorded } = guard({ ...KEYED, routes: [route('POST /pets/{petId}')] })
    const gate = toKoa(gateway)
    for (const mounted of [false, true]) {
      const app = new Framework()
      if (mounted) app.use(gate)
      const router = new Router()
      router.post('/pets/:petId', gate.route('POST /pets/{petId}', { apiKey: true }), (ctx) => {
        ctx.body = { params: ctx.gateway?.params, client: ctx.gateway?.client?.name }
      })
      app.use(router.routes())
      const { url } = await start(app)
      const post = (headers: Record<string, string>) => fetch(`${url}/pets/7`, { method: 'POST', headers })
      expect((await post({})).status).toBe(403)
      expect(await (await post({ 'x-api-key': 'k' })).json()).toEqual({
        params: { petId: '7' },
        client: 'acme',
      })
    }
    expect((await recorded(4)).map(({ route: name, keyId }) => `${name} ${keyId}`)).toEqual([
      'POST /pets/{petId} undefined',
      'POST /pets/{petId} k',
      'POST /pets/{petId} undefined',
      'POST /pets/{petId} k',
    ])
  })

  test('under a mount path only what is below it is the gateway’s', async () => {
    const { gateway } = guard({ routes: [route('GET /pets')], stages: { prod: {} } })
    const app = new Framework()
    const inner = new Framework()
    inner.use(toKoa(gateway))
    inner.use((ctx) => {
      ctx.body = `${ctx.path} of ${ctx.originalUrl}`
    })
    app.use(mount('/api', inner))
    const { url } = await start(app)
    expect(await (await fetch(`${url}/api/prod/pets`)).text()).toBe('/pets of /api/prod/pets')
    expect((await fetch(`${url}/api/prod/cats`)).status).toBe(404)
  })

  test('what the gateway answers is the same, whether middleware stands above it or not', async () => {
    const tagged = answer(200, [{ name: 'Rex' }], { etag: '"7"' })
    const definition = {
      ...KEYED,
      ids: () => 'an-id',
      routes: [
        route('GET /pets', { cache: { ttl: 60 } }, () => tagged),
        route('GET /none', {}, () => undefined),
        route('GET /text', {}, () => new Answer(200, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'], 'a text')),
        route('GET /stream', {}, () => Readable.from(['a', 'b'])),
        route('GET /closed', { apiKey: true }, () => 'never'),
        route('POST /pets', { apiKey: true }, () => 'never'),
      ],
    }
    const asked = [
      ...['GET /pets', 'GET /pets', 'HEAD /pets', 'GET /none', 'GET /text', 'HEAD /text', 'GET /stream'],
      ...['GET /closed', 'HEAD /closed', 'GET /no/such', 'DELETE /pets', 'GET /%zz'],
    ].map((line) => wire(line))
    asked.push(wire('GET /pets', ['If-None-Match: "7"']), wire('POST /pets', ['Content-Length: 1'], 'x'))
    const answers: string[][] = []
    for (const above of [false, true]) {
      const { gateway } = guard({ ...definition, clock: testClock() })
      const app = new Framework()
      if (above) app.use((_context, next) => next())
      app.use(toKoa(gateway))
      const { port } = await start(app)
      const told: string[] = []
      for (const request of asked) told.push(comparable((await tell(port, request)).text))
      answers.push(told)
    }
    expect(answers[0]).toEqual(answers[1])
  })

  test('an answer without a body has no type of Koa’s', async () => {
    const { gateway } = guard({ routes: [route('GET /pets', {}, () => undefined)] })
    const app = new Framework()
    app.use(toKoa(gateway))
    const { url } = await start(app)
    const response = await fetch(`${url}/pets`)
    expect([response.status, response.headers.get('content-type')]).toEqual([204, null])
  })

  test('a stream that breaks breaks the connection', async () => {
    const broken = () =>
      Readable.from(
        (function* () {
          yield 'half of '
          throw new Error('no more')
        })(),
      )
    const { gateway, record } = guard({ routes: [route('GET /pets', {}, broken)] })
    const app = new Framework()
    app.use(toKoa(gateway))
    const { port } = await start(app)
    const { body, closed } = await tell(port, wire('GET /pets').replace('close', 'keep-alive'))
    expect([body.includes('0\r\n\r\n'), closed]).toEqual([false, true])
    expect(await record()).toMatchObject({ status: 200, end: 'aborted' })
  })
})

/** An answer on the wire, whose fields may come in any order and in letters of either case. */
function comparable(text: string): string {
  const [head = '', ...body] = text.split('\r\n\r\n')
  const [first = '', ...fields] = head.split('\r\n')
  const told = fields.map((field) => field.replace(/^[^:]+/, (name) => name.toLowerCase()))
  return [first, ...told.filter((field) => !field.startsWith('date:')).sort(), ...body].join('\n')
}

test('toKoa takes a gateway', () => {
  expect(() => toKoa({} as ReturnType<typeof createGateway>)).toThrow(
    'toKoa() takes a gateway: toKoa(createGateway({ … }))',
  )
})
