/** Where a gate can stand in an Express app, and what the app behind it sees. */
import type { RequestHandler } from 'express'
import { type GatewayContext, PosternError, route } from 'postern'
import { toExpress } from 'postern/express'
import { testClock } from 'postern/testing'
import { describe, expect, it } from 'vitest'
import { EXPRESSES, guard, serve } from './support.js'

/** Answers with what the app was given. */
const echo: RequestHandler = (req, res) => {
  const { url, originalUrl, baseUrl, path, query, params } = req
  res.json({ url, originalUrl, baseUrl, path, query, params, gateway: told(req.gateway) })
}

function told(context: GatewayContext | undefined) {
  if (context === undefined) return undefined
  const {
    requestId,
    client,
    plan,
    stage,
    canary,
    variables,
    route: name,
    params,
    principal,
    sourceIp,
  } = context
  return { requestId, client, plan, stage, canary, variables, route: name, params, principal, sourceIp }
}

const pets = () =>
  guard({
    routes: [route('GET /pets/{petId}'), route('POST /pets', { apiKey: true })],
    stages: { prod: { variables: { table: 'pets' } }, beta: {} },
    plans: { free: { throttle: { rate: 1, burst: 3 } } },
  })

describe.each(EXPRESSES)('a gate in $name', ({ express }) => {
  it('takes the stage off the path, and leaves query and original URL alone', async () => {
    const { gateway } = pets()
    const app = express()
    app.use(toExpress(gateway))
    app.get('/pets/:petId', echo)
    const { url } = await serve(app)
    const answer = await fetch(`${url}/prod/pets/7?a=1&a=2&b=%20/prod`)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      url: '/pets/7?a=1&a=2&b=%20/prod',
      originalUrl: '/prod/pets/7?a=1&a=2&b=%20/prod',
      path: '/pets/7',
      query: { a: ['1', '2'], b: ' /prod' },
      params: { petId: '7' },
    })
  })

  it('gives the app the path that it matched, spelt canonically', async () => {
    const { gateway } = pets()
    const app = express()
    app.use(toExpress(gateway))
    app.get('/pets/:petId', echo)
    const { url } = await serve(app)
    const answer = await fetch(`${url}/%70rod/%70ets/a%2Fb%25`)
    expect(await answer.json()).toMatchObject({
      url: '/pets/a%2Fb%25',
      params: { petId: 'a/b%' },
      gateway: { params: { petId: 'a/b%' } },
    })
  })

  it('tells the app who calls, by which stage and route', async () => {
    const { gateway } = pets()
    const { id, value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    const app = express()
    app.use(toExpress(gateway))
    app.post('/pets', echo)
    const { url } = await serve(app)
    const answer = await fetch(`${url}/prod/pets`, { method: 'POST', headers: { 'x-api-key': value } })
    const { gateway: context } = (await answer.json()) as { gateway: GatewayContext }
    expect(context).toEqual({
      requestId: answer.headers.get('x-amzn-requestid'),
      client: { id, name: 'acme' },
      plan: 'free',
      stage: 'prod',
      canary: false,
      variables: { table: 'pets' },
      route: 'POST /pets',
      params: {},
      sourceIp: '127.0.0.1',
    })
  })

  it('under a path, rewrites only what is below it', async () => {
    const { gateway } = pets()
    const app = express()
    app.use('/api', toExpress(gateway))
    app.get('/api/pets/:petId', echo)
    app.get('/prod/pets/:petId', echo)
    const { url } = await serve(app)
    const answer = await fetch(`${url}/api/prod/pets/7?a=1`)
    expect(await answer.json()).toMatchObject({
      url: '/api/pets/7?a=1',
      originalUrl: '/api/prod/pets/7?a=1',
      gateway: { route: 'GET /pets/{petId}', stage: 'prod' },
    })
    expect((await fetch(`${url}/api/pets/7`)).status).toBe(404)
    const outside = await fetch(`${url}/prod/pets/7`)
    expect(await outside.json()).toMatchObject({ url: '/prod/pets/7' })
  })

  it('in a router, guards the routes of that router', async () => {
    const { gateway } = pets()
    const router = express.Router()
    router.use(toExpress(gateway))
    router.get('/pets/:petId', echo)
    const app = express()
    app.use('/api', router)
    app.use((_req, res) => res.status(404).send('the app knows no such thing'))
    const { url } = await serve(app)
    const answer = await fetch(`${url}/api/beta/pets/7?a=1`)
    expect(await answer.json()).toMatchObject({
      url: '/pets/7?a=1',
      baseUrl: '/api',
      gateway: { stage: 'beta' },
    })
    expect((await fetch(`${url}/api/beta/cats`)).headers.get('x-amzn-errortype')).toBe('NotFoundException')
    expect(await (await fetch(`${url}/other`)).text()).toBe('the app knows no such thing')
  })

  it('under a path, is reached without a slash after it too', async () => {
    const { gateway } = guard({ routes: [route('GET /')] })
    const app = express()
    app.use('/api', toExpress(gateway))
    app.get('/api', echo)
    const { url } = await serve(app)
    expect(await (await fetch(`${url}/api?a=1`)).json()).toMatchObject({
      url: '/api?a=1',
      gateway: { route: 'GET /' },
    })
    expect(await (await fetch(`${url}/api/?a=1`)).json()).toMatchObject({ url: '/api/?a=1' })
  })

  it('passes on what the definition lists as being none of its business', async () => {
    const { gateway, record } = guard({
      routes: [route('GET /pets')],
      pass: ['/health'],
      stages: { prod: {} },
    })
    const app = express()
    app.use(toExpress(gateway))
    app.get('/health', echo)
    const { url } = await serve(app)
    const answer = await fetch(`${url}/health`)
    expect(await answer.json()).toMatchObject({ url: '/health', gateway: { canary: false } })
    expect(await record()).toMatchObject({ status: 200, end: 'answered', stage: undefined, route: undefined })
  })

  it('twice is an error that names the fix, and nothing gets past it', async () => {
    const { gateway, errors } = guard({ routes: [route('GET /pets')] })
    const app = express()
    app.use(toExpress(gateway))
    app.use(toExpress(gateway))
    app.get('/pets', (_req, res) => res.json([]))
    const { url } = await serve(app)
    expect((await fetch(`${url}/pets`)).status).toBe(500)
    expect(String(errors[0])).toContain('mount it once, above all that it guards, and use gate.route() below')
  })

  it('takes a gateway, and nothing else', () => {
    expect(() => toExpress({ routes: [] } as never)).toThrow(
      'toExpress() takes a gateway: toExpress(createGateway({ … }))',
    )
  })

  it('stays a middleware like any other: what comes before it has its say', async () => {
    const { gateway } = pets()
    const app = express()
    app.use((_req, res, next) => {
      res.setHeader('Vary', 'Accept-Encoding')
      res.setHeader('X-Frame-Options', 'DENY')
      next()
    })
    app.use(toExpress(gateway))
    app.get('/pets/:petId', echo)
    const { url } = await serve(app)
    for (const path of ['/prod/pets/7', '/prod/cats']) {
      const { headers } = await fetch(url + path)
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('vary')).toContain('Accept-Encoding')
      expect(headers.get('x-powered-by')).toBe('Express')
    }
  })

  it('adds to the Vary of others instead of replacing it', async () => {
    const { gateway } = guard({
      routes: [route('GET /pets', { apiKey: true }), route('GET /open')],
      plans: {},
      cors: { origins: ['https://acme.com'] },
    })
    const app = express()
    app.use((_req, res, next) => {
      res.setHeader('Vary', 'Accept-Encoding')
      next()
    })
    app.use(toExpress(gateway))
    app.get('/open', echo)
    const { url } = await serve(app)
    for (const path of ['/open', '/pets']) {
      const { headers } = await fetch(url + path, { headers: { origin: 'https://acme.com' } })
      expect(headers.get('vary')?.split(/, ?/).sort()).toEqual(['Accept-Encoding', 'Origin'])
      expect(headers.get('access-control-allow-origin')).toBe('https://acme.com')
    }
  })
})

describe.each(EXPRESSES)('a gate on one route of $name', ({ express }) => {
  it('guards it alone, without any gate mounted', async () => {
    const { gateway, recorded } = guard({ routes: [route('GET /other')], plans: { free: {} } })
    const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    const gate = toExpress(gateway)
    const app = express()
    app.post('/pets/:kind', gate.route({ apiKey: true }), echo)
    app.get('/pets', echo)
    const { url } = await serve(app)
    expect((await fetch(`${url}/pets`)).status).toBe(200)
    expect((await fetch(`${url}/pets/cats`, { method: 'POST' })).status).toBe(403)
    const answer = await fetch(`${url}/pets/cats?a=1`, { method: 'POST', headers: { 'x-api-key': value } })
    expect(await answer.json()).toMatchObject({
      url: '/pets/cats?a=1',
      gateway: { plan: 'free', stage: '$default', params: { kind: 'cats' } },
    })
    expect(await recorded(2)).toMatchObject([
      { status: 403, refusal: 'INVALID_API_KEY', route: undefined },
      { status: 200, end: 'answered', route: undefined, stage: '$default' },
    ])
  })

  it('with its pattern, has a name in records', async () => {
    const { gateway, record } = guard({ routes: [route('GET /other')] })
    const app = express()
    app.get(
      '/pets/:petId',
      toExpress(gateway).route('GET /pets/{petId}', { throttle: { rate: 1, burst: 1 } }),
      echo,
    )
    const { url } = await serve(app)
    const answer = await fetch(`${url}/pets/7`)
    expect(await answer.json()).toMatchObject({
      gateway: { route: 'GET /pets/{petId}', params: { petId: '7' } },
    })
    expect(await record()).toMatchObject({ route: 'GET /pets/{petId}', status: 200 })
  })

  it('with its pattern, refuses the methods that the pattern does not name', async () => {
    const { gateway } = guard({ routes: [route('GET /other')] })
    const app = express()
    app.all('/pets', toExpress(gateway).route('GET /pets', {}), echo)
    const { url } = await serve(app)
    expect((await fetch(`${url}/pets`)).status).toBe(200)
    expect((await fetch(`${url}/pets`, { method: 'HEAD' })).status).toBe(200)
    const refused = await fetch(`${url}/pets`, { method: 'DELETE' })
    expect(refused.status).toBe(405)
    expect(refused.headers.get('allow')).toBe('GET')
  })

  it('throttles that route alone', async () => {
    const { gateway, recorded } = guard({ routes: [route('GET /other')] })
    const gate = toExpress(gateway)
    const app = express()
    app.get('/slow', gate.route('GET /slow', { throttle: { rate: 0.001, burst: 1 } }), echo)
    app.get('/fast', gate.route('GET /fast', { throttle: { rate: 0.001, burst: 2 } }), echo)
    const { url } = await serve(app)
    const statuses = []
    for (const path of ['/slow', '/slow', '/fast', '/fast', '/fast'])
      statuses.push((await fetch(url + path)).status)
    expect(statuses).toEqual([200, 429, 200, 200, 429])
    await recorded(5)
  })

  it('behind a mounted gate, goes on with the same exchange and charges nothing twice', async () => {
    const { gateway, recorded } = guard({
      routes: [route('POST /pets', { apiKey: true })],
      plans: { free: { throttle: { rate: 0.001, burst: 3 }, quota: { limit: 3, period: 'day' } } },
      stages: { prod: {} },
      clock: testClock('2026-01-01T00:00:00Z'),
    })
    const { id, value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    const gate = toExpress(gateway)
    const app = express()
    app.use(gate)
    app.post('/pets', gate.route({ apiKey: true, throttle: { rate: 0.001, burst: 2 } }), echo)
    const { url } = await serve(app)
    const call = () => fetch(`${url}/prod/pets`, { method: 'POST', headers: { 'x-api-key': value } })
    const answers = [await call(), await call(), await call()]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    const contexts = answers.map(({ headers }) => headers.get('x-amzn-requestid'))
    expect(new Set(contexts).size).toBe(3)
    const records = await recorded(3)
    expect(records.map((each) => each.requestId)).toEqual(contexts)
    expect(records).toMatchObject([
      { status: 200, end: 'answered', route: 'POST /pets', plan: 'free' },
      { status: 200, end: 'answered' },
      { status: 429, end: 'refused', refusal: 'THROTTLED' },
    ])
    const usage = await gateway.control.getUsage({ plan: 'free', from: '2026-01-01', to: '2026-01-01' })
    expect(usage.values[id]).toEqual([[3, 0]])
  })

  it('behind a mounted gate, is named there or refused there', async () => {
    const { gateway } = guard({ routes: [route('GET /named')] })
    const gate = toExpress(gateway)
    const app = express()
    app.use(gate)
    app.get('/named', gate.route({}), echo)
    app.get('/unnamed', gate.route({}), echo)
    const { url } = await serve(app)
    expect((await fetch(`${url}/named`)).status).toBe(200)
    expect((await fetch(`${url}/unnamed`)).status).toBe(404)
  })

  it('behind a mounted gate that only passes it on, runs all of its policy', async () => {
    const { gateway, recorded } = guard({
      routes: [route('GET /other')],
      pass: ['/admin'],
      plans: { free: {} },
    })
    const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    const gate = toExpress(gateway)
    const app = express()
    app.use(gate)
    app.get('/admin', gate.route('GET /admin', { apiKey: true }), echo)
    const { url } = await serve(app)
    expect((await fetch(`${url}/admin`)).status).toBe(403)
    const answer = await fetch(`${url}/admin`, { headers: { 'x-api-key': value } })
    expect(await answer.json()).toMatchObject({ gateway: { route: 'GET /admin', stage: '$default' } })
    await recorded(2)
  })

  it('two gates on one route both hold, as one exchange', async () => {
    const { gateway, recorded } = guard({ routes: [route('GET /other')], plans: { free: {} } })
    const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    const gate = toExpress(gateway)
    const app = express()
    app.get('/pets', gate.route({ throttle: { rate: 0.001, burst: 2 } }), gate.route({ apiKey: true }), echo)
    const { url } = await serve(app)
    const statuses = [
      (await fetch(`${url}/pets`)).status,
      (await fetch(`${url}/pets`, { headers: { 'x-api-key': value } })).status,
      (await fetch(`${url}/pets`, { headers: { 'x-api-key': value } })).status,
    ]
    expect(statuses).toEqual([403, 200, 429])
    await recorded(3)
  })

  it('gives parameters as text: a wildcard joined by slashes, an absent one not at all', async () => {
    const { gateway } = guard({ routes: [route('GET /other')] })
    const gate = toExpress(gateway)
    const app = express()
    const five = express === EXPRESSES[0]?.express
    app.get(five ? '/files/*path' : '/files/:path(*)', gate.route({}), echo)
    app.get(five ? '/cats{/:name}' : '/cats/:name?', gate.route({}), echo)
    const { url } = await serve(app)
    expect(await (await fetch(`${url}/files/a/b%20c`)).json()).toMatchObject({
      gateway: { params: { path: 'a/b c' } },
    })
    const { gateway: context } = (await (await fetch(`${url}/cats`)).json()) as { gateway: GatewayContext }
    expect(context.params).toEqual({})
  })

  it('is told its stage where there are several', async () => {
    const { gateway } = pets()
    let thrown: unknown
    try {
      toExpress(gateway).route({ apiKey: true })
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(PosternError)
    expect(thrown).toMatchObject({ code: 'STAGE_REQUIRED' })
    expect(String(thrown)).toContain("toExpress(gateway, { stage: 'prod' })")
    expect(() => toExpress(gateway, { stage: 'gone' }).route({})).toThrow(
      "there is no stage 'gone'; there is: prod, beta",
    )
    const app = express()
    app.get('/pets', toExpress(gateway, { stage: 'beta' }).route({}), echo)
    const { url } = await serve(app)
    expect(await (await fetch(`${url}/pets`)).json()).toMatchObject({ gateway: { stage: 'beta' } })
  })

  it('counts by the time when its turn comes, whatever the app has waited for behind a mounted gate', async () => {
    const clock = testClock('2026-01-01T00:00:00Z')
    const { gateway } = guard({ routes: [route('GET /pets')], clock })
    const gate = toExpress(gateway)
    const app = express()
    app.use(gate)
    app.use((req, _res, next) => {
      setImmediate(() => {
        clock.advance(req.query.waits === 'yes' ? '1s' : 0)
        next()
      })
    })
    app.get('/pets', gate.route({ throttle: { rate: 1, burst: 1 } }), echo)
    const { url } = await serve(app)
    for (const [query, status] of [
      ['no', 200],
      ['no', 429],
      ['yes', 200],
    ]) {
      expect((await fetch(`${url}/pets?waits=${query}`)).status).toBe(status)
    }
  })

  it('refuses a pattern that is none, where it is written', () => {
    const { gateway } = guard({ routes: [route('GET /other')] })
    expect(() => toExpress(gateway).route('pets', {})).toThrow(/pattern/)
  })
})
