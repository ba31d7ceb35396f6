/** Gates that stand where they should not: the error says so, and where to. */
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { createGateway, route } from 'postern'
import { toExpress } from 'postern/express'
import { rewriteUrl, toFastify } from 'postern/fastify'
import { callers, toFetch } from 'postern/fetch'
import { toKoa } from 'postern/koa'
import { toNext } from 'postern/next'
import { toNode } from 'postern/node'
import { describe, expect, test } from 'vitest'
import { EXPRESSES, guard, serve } from './support.js'

const gateway = () => createGateway({ routes: [route('GET /pets', {}, () => [])], httpsOnly: false })
const others =
  'which does not call it like this. There are toExpress, toKoa, toFastify, toNext, toFetch and toNode, each from the ' +
  'subpath of its name: postern/express …'

describe('a gate of another framework', () => {
  test('in Express', async () => {
    for (const gate of [toKoa(gateway()), toNode(gateway())]) {
      const app = express()
      let error: unknown
      app.use(gate as never)
      app.use(((thrown, _req, res, _next) => {
        error = thrown
        res.status(500).end()
      }) as express.ErrorRequestHandler)
      const { url } = await serve(app)
      expect((await fetch(`${url}/pets`)).status).toBe(500)
      expect(error).toMatchObject({ code: 'FRAMEWORK_UNSUPPORTED', message: expect.stringContaining(others) })
    }
  })

  test('of Fastify, in Express', () => {
    const asMiddleware = toFastify(gateway()) as unknown as (...args: unknown[]) => unknown
    expect(() => asMiddleware({ headers: {} }, {}, () => {})).toThrow(
      `toFastify() is for Fastify 4 and 5, ${others}`,
    )
  })

  test('in Koa', async () => {
    const app = new Koa()
    app.use(toExpress(gateway()) as never)
    const errors: unknown[] = []
    app.on('error', (error) => errors.push(error))
    const { url } = await serve(app.callback())
    expect((await fetch(`${url}/pets`)).status).toBe(500)
    expect(errors).toMatchObject([
      { code: 'FRAMEWORK_UNSUPPORTED', message: `toExpress() is for Express 4 and 5, ${others}` },
    ])
  })

  test('of the web, on a server of Node', async () => {
    const error = await toFetch(gateway())({ headers: {} } as Request).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'FRAMEWORK_UNSUPPORTED' })
    const { fetch: serve } = gateway()
    await expect(serve({ headers: {} } as Request)).rejects.toThrow(
      'there is toNode(gateway), from postern/node',
    )
  })

  test('on a single route', async () => {
    const foreign = { headers: {}, raw: {} }
    const inExpress = toExpress(gateway()).route({ apiKey: false }) as unknown as (
      ...args: unknown[]
    ) => unknown
    expect(() => inExpress({ req: {} }, async () => {})).toThrow(
      `toExpress() is for Express 4 and 5, ${others}`,
    )
    expect(() => inExpress(foreign, foreign, () => {})).toThrow(others)
    const inKoa = toKoa(gateway()).route({ apiKey: false }) as unknown as (...args: unknown[]) => unknown
    expect(() => inKoa(foreign, foreign)).toThrow(`toKoa() is for Koa 2 and 3, ${others}`)
    const onNode = toNode(gateway()).route('GET /pets', {}, () => {}) as (...args: unknown[]) => unknown
    expect(() => onNode({ req: {} }, async () => {})).toThrow(`toNode() is for servers of Node, ${others}`)
    const ofTheWeb = toFetch(gateway()).route('GET /pets', {}, () => new Response()) as (
      given: unknown,
    ) => Promise<unknown>
    await expect(ofTheWeb(foreign)).rejects.toThrow(others)
  })

  test('as a plugin or a hook of Fastify', async () => {
    const asPlugin = toExpress(gateway()) as unknown as (...args: unknown[]) => unknown
    expect(() => asPlugin(Fastify(), {}, () => {})).toThrow(others)
    const asHook = Fastify()
    asHook.addHook('onRequest', toExpress(gateway()) as never)
    asHook.get('/pets', () => [])
    const { message } = (await asHook.inject('/pets')).json() as { message: string }
    expect(message).toContain(others)
    await asHook.close()
  })

  test('in Hono, which hands its handlers a context', async () => {
    const gate = toFetch(gateway(), () => new Response())
    const app = new Hono()
    app.use('/mounted', gate as never)
    app.get('/pets', gate.route('GET /pets', {}, () => new Response()) as never)
    const errors: Error[] = []
    app.onError((error) => {
      errors.push(error)
      return new Response(null, { status: 500 })
    })
    for (const path of ['/mounted', '/pets']) expect((await app.request(path)).status).toBe(500)
    expect(errors).toMatchObject([HONO, HONO])
  })
})

const HONO = {
  code: 'FRAMEWORK_UNSUPPORTED',
  message: expect.stringContaining('app.post(path, (c) => guarded(c.req.raw, c.env))'),
}

test('an app or a handler that cannot be called is told when the gate is made', () => {
  expect(() => toNode(gateway(), new Koa() as never)).toThrow('of Koa app.callback()')
  expect(() => toFetch(gateway(), new Hono() as never)).toThrow(
    'give its `fetch`, toFetch(gateway, app.fetch)',
  )
  for (const gate of [toNode(gateway()), toFetch(gateway())]) {
    expect(() => gate.route('GET /cats', {}, undefined as never)).toThrow(
      "gate.route('GET /cats', policy, (req",
    )
  }
})

const words =
  'the response was sent before the gateway had looked at the request: something above it answers, and goes on all the ' +
  'same. Return after answering, or mount the gateway above it'

describe.each(EXPRESSES)('in $name, an answer that was sent before the gateway', ({ express: make }) => {
  test.each([
    ['a request that would pass', '/pets'],
    ['a request that would be refused', '/cats'],
  ])('is reported: %s', async (_, path) => {
    const { gateway: guarded, errors } = guard({ routes: [route('GET /pets')] })
    const app = make()
    app.use((_req, res, next) => {
      res.end('hasty')
      next()
    })
    app.use(toExpress(guarded))
    const { url } = await serve(app)
    expect(await (await fetch(url + path)).text()).toBe('hasty')
    expect(errors).toMatchObject([{ code: 'ANSWERED_BEFORE', message: words }])
  })
})

test('in Koa, an answer that was sent before the gateway is reported', async () => {
  for (const path of ['/pets', '/cats']) {
    const { gateway: guarded, errors } = guard({ routes: [route('GET /pets')] })
    const app = new Koa()
    app.use(async (ctx, next) => {
      ctx.res.end('hasty')
      await next()
    })
    app.use(toKoa(guarded))
    const { url } = await serve(app.callback())
    expect(await (await fetch(url + path)).text()).toBe('hasty')
    expect(errors).toMatchObject([{ code: 'ANSWERED_BEFORE', message: words }])
  }
})

test('a caller that reads what its server does not hand over is told, and who it is for', async () => {
  const caller = { ...callers.node }
  const { gateway: guarded, errors } = guard({ routes: [route('GET /pets')] })
  const { gateway: onDeno } = guard({ routes: [route('GET /pets')], account: { throttle: PER_ADDRESS } })
  const bare = new Request('http://localhost/pets')
  const app = () => new Response()
  const forgotten = toFetch(guarded, app, { caller }).route('GET /cats', {}, app) as (
    request: Request,
  ) => Promise<Response>
  await expect(forgotten(bare)).rejects.toThrow('it is for @hono/node-server, gate(request, c.env)')
  expect(errors).toMatchObject([{ code: 'CALLER_UNKNOWN' }])
  const misnamed = toFetch(onDeno, app, { caller: callers.deno }) as unknown as typeof forgotten
  await expect(misnamed(bare)).rejects.toThrow('callers.deno reads what its server hands over')
})

test.each([
  ['toFetch', 'postern/fetch', (caller: unknown) => toFetch(gateway(), undefined, { caller } as never)],
  ['toNext', 'postern/next', (caller: unknown) => toNext(gateway(), { caller } as never)],
])('%s is told where a caller is named and not given', (_, from, make) => {
  const told = (name: string) =>
    `\`caller\` is an object of functions: { caller: callers.${name} }, with \`callers\` from ${from}; it has node, deno, bun, cloudflare, vercel`
  expect(() => make('vercel')).toThrow(told('vercel'))
  for (const given of ['Node', () => ({}), null]) expect(() => make(given)).toThrow(told('node'))
})

test.each<[string, (options: never) => unknown, string]>([
  ['toExpress', (options) => toExpress(gateway(), options), 'stage, caseSensitive'],
  ['toKoa', (options) => toKoa(gateway(), options), 'stage, caseSensitive'],
  ['toNode', (options) => toNode(gateway(), undefined, options), 'stage, caseSensitive'],
  ['toFetch', (options) => toFetch(gateway(), undefined, options), 'stage, caller, caseSensitive'],
  ['toFastify', (options) => toFastify(gateway(), options), 'stage, mount'],
  ['rewriteUrl', (options) => rewriteUrl(gateway(), options), 'prefix'],
  ['toNext', (options) => toNext(gateway(), options), 'stage, caller'],
])('an option that %s does not have is told, with those that it has', (call, make, names) => {
  expect(() => make({ casesensitive: true } as never)).toThrow(
    new TypeError(`${call}() has no option \`casesensitive\`: there are ${names}`),
  )
  expect(() => make('prod' as never)).toThrow(
    new TypeError(`the options of ${call}() are an object: there are ${names}`),
  )
})

test('an option of another kind is told', () => {
  expect(() => toExpress(gateway(), { caseSensitive: 'yes' } as never)).toThrow(
    new TypeError('the option `caseSensitive` of toExpress() is a boolean, and no string'),
  )
  expect(() => toExpress(gateway(), { caseSensitive: undefined } as never)).not.toThrow()
})

const PER_ADDRESS = { rate: 1, burst: 1, per: 'address' } as const

test('what a gate has to be told is said in the words of its framework', () => {
  const staged = createGateway({ routes: [], stages: { prod: {}, beta: {} }, httpsOnly: false })
  const listener = () => {}
  expect(() => toKoa(staged).route({})).toThrow("say which, toKoa(gateway, { stage: 'prod' })")
  expect(() => toExpress(staged).route({})).toThrow("say which, toExpress(gateway, { stage: 'prod' })")
  expect(() => toNext(staged).route({}, () => new Response())).toThrow("toNext(gateway, { stage: 'prod' })")
  expect(() => toNode(staged, listener).route('GET /', {}, listener)).toThrow(
    "toNode(gateway, app, { stage: 'prod' })",
  )
  expect(() => toFetch(staged).route('GET /', {}, () => new Response())).toThrow(
    "toFetch(gateway, app, { stage: 'prod' })",
  )
})

test('in Koa, a parser before the gateway is told as one of Koa', async () => {
  const { gateway: guarded, errors } = guard({
    routes: [route('POST /pets', { body: 'Pet' })],
    models: { Pet: {} },
  })
  const app = new Koa()
  app.use(async (ctx, next) => {
    for await (const _ of ctx.req);
    await next()
  })
  app.use(toKoa(guarded))
  const { url } = await serve(app.callback())
  const headers = { 'content-type': 'application/json' }
  expect((await fetch(`${url}/pets`, { method: 'POST', body: '{}', headers })).status).toBe(500)
  expect(errors).toMatchObject([
    { code: 'BODY_CONSUMED', message: expect.stringContaining('`app.use(bodyParser())`') },
  ])
})
