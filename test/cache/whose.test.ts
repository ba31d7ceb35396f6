/** Over real sockets: what is one caller's own is nobody else's, whoever has said so, and nobody is held up by another. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Express, RequestHandler } from 'express'
import { createGateway, type Exchange, type GatewayDefinition, refuse, route } from 'postern'
import { type ExpressGate, toExpress } from 'postern/express'
import { send } from 'postern/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { EXPRESSES, guard, open, pause, type Served, serve } from '../adapters/support.js'
import { fc } from '../laws.js'

const folder = mkdtempSync(join(tmpdir(), 'postern-whose-'))
const file = join(folder, 'large.txt')
writeFileSync(file, 'x'.repeat(12_000_000))
afterAll(() => rmSync(folder, { recursive: true }))

const ROUTES = [route('GET /{path+}', { cache: { ttl: 60, maxBytes: 20_000_000 } })]

async function text({ url }: Served, path: string, headers: Record<string, string> = {}): Promise<string> {
  return (await fetch(url + path, { headers })).text()
}

describe.each(EXPRESSES)('in $name', ({ express }) => {
  async function start(
    build: (app: Express, gate: ExpressGate<string>) => void,
    definition: Partial<GatewayDefinition> = {},
    before: RequestHandler = (_req, _res, next) => next(),
  ) {
    const { gateway } = guard({ routes: ROUTES, plans: { free: {} }, ...definition })
    const gate = toExpress(gateway)
    const app = express()
    app.set('env', 'production')
    app.use(before, gate)
    build(app, gate)
    return { gateway, served: await serve(app) }
  }

  /** An app that counts its calls. */
  const counted = (app: Express) => {
    let calls = 0
    app.use((_req, res) => void res.send(`call ${++calls}`))
  }

  const MARKS: Readonly<Record<string, RequestHandler>> = {
    'is private': (_req, res, next) => next(void res.set('Cache-Control', 'private')),
    'is not to be stored': (_req, res, next) => next(void res.set('Cache-Control', 'no-store')),
    'comes with a cookie': (_req, res, next) => next(void res.cookie('session', '1')),
    'comes with a cookie that is set when the head is sent': (_req, res, next) => {
      const { writeHead } = res
      res.writeHead = ((...args: Parameters<typeof writeHead>) => {
        res.setHeader('Set-Cookie', 'session=1')
        return Reflect.apply(writeHead, res, args)
      }) as typeof writeHead
      next()
    },
  }
  it.each(Object.entries(MARKS))(
    'what %s by the word of a middleware before the gateway is not kept',
    async (_, mark) => {
      const { served } = await start(counted, {}, mark)
      expect([await text(served, '/a'), await text(served, '/a')]).toEqual(['call 1', 'call 2'])
    },
  )

  it('what varies by the word of a middleware before the gateway varies', async () => {
    const language: RequestHandler = (_req, res, next) => next(void res.vary('Accept-Language'))
    const answering = (app: Express) =>
      app.use((req, res) => void res.vary('Accept-Language').send(req.headers['accept-language']))
    const { served } = await start(answering, {}, language)
    for (const name of ['de', 'en', 'de']) {
      expect(await text(served, '/a', { 'accept-language': name })).toBe(name)
    }
  })

  it('what a gate on the app’s route has asked a caller for is not given to others by the mounted one', async () => {
    const { gateway, served } = await start((app, gate) => {
      app.get('/key', gate.route({ apiKey: true }), (req, res) => void res.send(req.gateway?.client?.name))
      const authorize = ({ request }: Exchange) => request.header('x-user') ?? ''
      app.get('/user', gate.route({ authorize }), (req, res) => void res.send(req.gateway?.principal))
    })
    const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    expect(await text(served, '/key', { 'x-api-key': value })).toBe('acme')
    expect(await text(served, '/key')).toContain('Forbidden')
    expect(await text(served, '/user', { 'x-user': 'ada' })).toBe('ada')
    expect(await text(served, '/user', { 'x-user': 'bob' })).toBe('bob')
  })

  it('what a gate on the app’s route has asked for is not given away, whoever the mounted one keeps answers for', async () => {
    const otp = ({ request }: Exchange) =>
      request.header('x-otp') === '1' ? { principal: 'ada' } : refuse('UNAUTHORIZED')
    const routes = [
      route('GET /all', { cache: { ttl: 60, per: 'everybody' } }),
      route('GET /own', { authorize: () => ({ principal: 'ada' }), cache: { ttl: 60 } }),
      route('GET /checked', { cache: { ttl: 60 } }),
    ]
    const { served } = await start(
      (app, gate) => {
        const needs = { header: { 'x-need': true } } as const
        app.get('/all', gate.route({ authorize: otp }), (_req, res) => void res.send('secret'))
        app.get('/own', gate.route({ authorize: otp }), (_req, res) => void res.send('secret'))
        app.get('/checked', gate.route({ parameters: needs }), (_req, res) => void res.send('secret'))
      },
      { routes },
    )
    for (const [path, name] of [
      ['/all', 'x-otp'],
      ['/own', 'x-otp'],
      ['/checked', 'x-need'],
    ] as const) {
      expect(await text(served, path, { [name]: '1' }), path).toBe('secret')
      expect((await fetch(served.url + path)).status, path).toBeGreaterThanOrEqual(400)
    }
  })

  it('what the app itself tells a caller whom an authorizer only observes is nobody else’s', async () => {
    const authorize = ({ request }: Exchange) =>
      request.header('x-auth') === 'ada' ? { principal: 'ada' } : refuse('UNAUTHORIZED')
    const routes = [route('GET /me', { authorize, mode: 'observe', cache: { ttl: 60 } })]
    const answering = (app: Express) => app.use((req, res) => void res.send(`for ${req.headers['x-auth']}`))
    const { served } = await start(answering, { routes })
    for (const name of ['bob', 'eve', 'ada', 'bob'])
      expect(await text(served, '/me', { 'x-auth': name })).toBe(`for ${name}`)
    expect(await text(served, '/me')).toBe('for undefined')
  })

  it('what the app makes of a signature that the gateway does not verify is that caller’s', async () => {
    const routes = [route('GET /me', { authorize: () => ({ principal: 'team' }), cache: { ttl: 60 } })]
    const answering = (app: Express) =>
      app.use((req, res) => void res.send(`for ${req.headers.authorization}`))
    const { served } = await start(answering, { routes })
    for (const authorization of ['AWS4-HMAC-SHA256 Credential=ada', 'AWS4-HMAC-SHA256 Credential=bob'])
      expect(await text(served, '/me', { authorization })).toBe(`for ${authorization}`)
  })

  it('what an authorizer says of a caller in no words that JSON has keeps its answers apart', async () => {
    class User {
      readonly #name: string
      constructor(name: string) {
        this.#name = name
      }
      get name() {
        return this.#name
      }
    }
    const hidden = (name: string) => ({ name, toJSON: () => 'a user' })
    const authorize = ({ request }: Exchange) => {
      const name = request.header('x-user') ?? ''
      const user = request.target.startsWith('/class') ? new User(name) : hidden(name)
      return { principal: 'team', context: { user } }
    }
    const cache = { ttl: 60 }
    const routes = [route('GET /class', { authorize, cache }), route('GET /hidden', { authorize, cache })]
    const answering = (app: Express) =>
      app.use(
        (req, res) => void res.send((req.gateway?.authorizer.user as { name: string } | undefined)?.name),
      )
    const { served } = await start(answering, { routes })
    for (const path of ['/class', '/hidden'])
      for (const name of ['ada', 'bob']) expect(await text(served, path, { 'x-user': name })).toBe(name)
  })

  it('what a gate on the app’s route says of one caller’s limits is not told to others', async () => {
    const { served } = await start((app, gate) => {
      const throttle = { rate: 1, burst: 5, per: 'address' } as const
      app.get('/a', gate.route({ throttle }), (_req, res) => void res.send('a'))
    })
    const limits = async () => (await fetch(`${served.url}/a`)).headers.get('ratelimit')
    expect([await limits(), await limits()]).toEqual(['"address";r=4;t=1', null])
  })

  it('a key that the app itself checks keeps callers apart while the gateway only observes', async () => {
    const routes = [route('GET /{path+}', { apiKey: { mode: 'observe' }, cache: true })]
    const answering = (app: Express) =>
      app.use((req, res) => void res.send(`for ${req.headers['x-api-key']}`))
    const { served } = await start(answering, { routes })
    for (const key of ['first', 'second', 'first'])
      expect(await text(served, '/a', { 'x-api-key': key })).toBe(`for ${key}`)
    expect(await text(served, '/a')).toBe('for undefined')
  })

  it('links that are made of what a caller says of proxies are not given to others', async () => {
    const answering = (app: Express) => {
      app.set('trust proxy', true)
      app.use((req, res) => void res.send(req.hostname))
    }
    const { served } = await start(answering, { trustProxy: ['127.0.0.1'] })
    const headers = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' }
    expect(await text(served, '/a', { ...headers, 'x-forwarded-host': 'evil.example' })).toBe('evil.example')
    expect(await text(served, '/a', headers)).toBe('127.0.0.1')
  })

  it('a caller who does not read its answer holds nobody up', async () => {
    const { served } = await start((app) => app.use((_req, res) => res.sendFile(file)))
    const slow = await open(served.port)
    slow.pause()
    slow.write('GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
    await pause(100)
    const started = Date.now()
    const all = await Promise.all([1, 2, 3].map(() => text(served, '/a')))
    expect(all.map(({ length }) => length)).toEqual([12_000_000, 12_000_000, 12_000_000])
    expect(Date.now() - started).toBeLessThan(4_000)
  })

  it.each(['/large', '/silent'])(
    'a caller who leaves while %s stands in line holds nobody up',
    async (path) => {
      let calls = 0
      const { served } = await start((app) => {
        app.get('/never', () => {})
        app.get('/large', (_req, res) => res.sendFile(file))
        app.get('/silent', (_req, res) => void (++calls > 1 && res.send('silent no more')))
      })
      const socket = await open(served.port)
      const head = `HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\n\r\n`
      socket.write(`GET /never ${head}GET ${path} ${head}`)
      await pause(100)
      socket.destroy()
      await pause(50)
      const started = Date.now()
      expect((await text(served, path)).length).toBeGreaterThan(0)
      expect(Date.now() - started).toBeLessThan(4_000)
    },
  )
})

describe('routes that share a namespace, and ask different authorizers', () => {
  const by = (name: string) => (exchange: Exchange) => exchange.request.header(name) ?? refuse('UNAUTHORIZED')
  const cache = { ttl: 60, namespace: 'pets', key: { path: ['id'] } }

  it('never answer one caller with what another one of the same name was told', async () => {
    const gateway = createGateway({
      compat: 'aws',
      routes: [
        route('GET /staff/{id}', { authorize: by('x-staff'), cache }),
        route('GET /shop/{id}', { authorize: by('x-customer'), cache }),
      ],
    })
    const told = async (target: string, name: string, text: string) =>
      (await send(gateway, target, { headers: { [name]: '7' }, app: () => new Response(text) })).text()
    expect(await told('GET /staff/1', 'x-staff', 'staff')).toBe('staff')
    expect(await told('GET /shop/1', 'x-customer', 'customer')).toBe('customer')
    expect(await told('GET /staff/1', 'x-staff', 'again')).toBe('staff')
  })

  it('never do so, whoever asks for what in which order', { timeout: 30_000 }, async () => {
    const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }] as const
    const token = ({ authorizationToken: principalId }: { authorizationToken: string }) => ({
      principalId,
      policyDocument: { Version: '2012-10-17' as const, Statement },
    })
    /** By path: whom its route asks. */
    const asked = { a: 'staff', b: 'staff', c: 'guests', d: 'tokens', e: 'own', f: 'other' } as const
    const call = fc.record({
      path: fc.constantFrom(...(Object.keys(asked) as (keyof typeof asked)[])),
      id: fc.constantFrom('1', '2'),
      name: fc.constantFrom('7', '7 by\tstaff', '7" by "own', '__proto__'),
    })
    let calls = 0
    let made = 0
    const law = fc.asyncProperty(fc.array(call, { minLength: 30, maxLength: 60 }), async (all) => {
      const gateway = createGateway({
        compat: 'aws',
        authorizers: {
          staff: by('x-name'),
          guests: by('x-name'),
          tokens: { token, header: 'x-name' },
        },
        routes: [
          route('GET /a/{id}', { authorize: 'staff', cache }),
          route('GET /b/{id}', { authorize: 'staff', cache }),
          route('GET /c/{id}', { authorize: 'guests', cache }),
          route('GET /d/{id}', { authorize: 'tokens', cache }),
          route('GET /e/{id}', { authorize: by('x-name'), cache }),
          route('GET /f/{id}', { authorize: by('x-name'), cache }),
        ],
      })
      for (const { path, id, name } of all) {
        const own = JSON.stringify([asked[path], id, name])
        const app = () => {
          made++
          return new Response(own)
        }
        const answer = await send(gateway, `GET /${path}/${id}`, { headers: { 'x-name': name }, app })
        expect([answer.status, answer.text()]).toEqual([200, own])
        calls++
      }
    })
    await fc.assert(law, { numRuns: 60 })
    // Or it would prove nothing.
    expect(calls - made).toBeGreaterThan(100)
  })

  it('share what one authorizer has admitted', async () => {
    const gateway = createGateway({
      compat: 'aws',
      authorizers: { staff: by('x-staff') },
      routes: [
        route('GET /staff/{id}', { authorize: 'staff', cache }),
        route('GET /shop/{id}', { authorize: 'staff', cache }),
      ],
    })
    const told = async (target: string, text: string) =>
      (await send(gateway, target, { headers: { 'x-staff': '7' }, app: () => new Response(text) })).text()
    expect([await told('GET /staff/1', 'first'), await told('GET /shop/1', 'second')]).toEqual([
      'first',
      'first',
    ])
  })

  it('know no parameters that their paths have not', () => {
    const misspelt = { ttl: 60, key: { path: ['petid'] } }
    expect(() => createGateway({ routes: [route('GET /pets/{petId}', { cache: misspelt })] })).toThrow(
      "'GET /pets/{petId}' has no parameter 'petid'",
    )
  })
})
