/** The pet store on each framework, over real sockets: whichever serves it, its callers see the same. */
import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { createGateway, type Gateway, type GatewayDefinition } from 'postern'
import { testClock } from 'postern/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

interface Example {
  start(gateway: Gateway, port: number): Server | Promise<Server>
}

/** The examples are compiled by configurations of their own, so this one's compiler does not look into them. */
function load<T>(path: string): Promise<T> {
  return import(/* @vite-ignore */ new URL(`../../examples/${path}`, import.meta.url).href)
}

const EXAMPLES = {
  Express: 'express/app.js',
  Fastify: 'fastify/app.js',
  Koa: 'koa/app.js',
  Hono: 'hono/app.js',
  Node: 'node/app.js',
  'NestJS over Express': 'nestjs/over-express.ts',
  'NestJS over Fastify': 'nestjs/over-fastify.ts',
}

/** Of the headers, those that the gateway says of an answer. */
const TOLD = ['allow', 'cache-status', 'ratelimit', 'retry-after', 'x-amzn-errortype']

describe.each(Object.entries(EXAMPLES))('the pet store on %s', (_, file) => {
  const clock = testClock('2026-01-01T00:00:00Z')
  let server: Server
  let keys: Readonly<Record<'free' | 'gold', string>>

  beforeAll(async () => {
    const { petStore } = await load<{ petStore: GatewayDefinition }>('petstore/gateway.js')
    const gateway: Gateway = createGateway({ ...petStore, clock })
    const keyOf = async (plan: 'free' | 'gold') =>
      (await gateway.control.createApiKey({ name: plan, plans: [plan] })).value
    keys = { free: await keyOf('free'), gold: await keyOf('gold') }
    const { start } = await load<Example>(file)
    server = await start(gateway, 0)
    if (!server.listening) await once(server, 'listening')
  }, 60_000)

  afterAll(() => {
    server.close()
  })

  async function call(request: string, key?: 'free' | 'gold', json?: unknown) {
    const [method = '', path] = request.split(' ')
    const headers = {
      connection: 'close',
      ...(key === undefined ? {} : { 'x-api-key': keys[key] }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const body = json === undefined ? null : JSON.stringify(json)
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body })
    const text = await response.text()
    const told = TOLD.flatMap((name) => {
      const value = response.headers.get(name)
      return value === null ? [] : [`${name}: ${value}`]
    })
    return [response.status, text.startsWith('{') ? JSON.parse(text) : text, ...told]
  }

  it('takes the stage off the path, and tells the app its variables', async () => {
    const rex = { id: '1', name: 'Rex', kind: 'dog' }
    const tom = { id: '2', name: 'Tom', kind: 'cat' }
    const greeting = 'Welcome to the pet store'
    expect(await call('GET /prod/pets')).toEqual([200, { greeting, pets: [rex, tom] }])
    const next = 'Welcome to what comes next'
    expect(await call('GET /beta/pets')).toEqual([200, { greeting: next, pets: [rex, tom] }])
  })

  it('keeps an answer, and not the one that there is none', async () => {
    const rex = { id: '1', name: 'Rex', kind: 'dog' }
    const missed = 'cache-status: postern; fwd=uri-miss; stored'
    expect(await call('GET /prod/pets/1')).toEqual([200, rex, missed])
    expect(await call('GET /prod/pets/1')).toEqual([200, rex, 'cache-status: postern; hit; ttl=10'])
    const none = [404, { message: 'no such pet' }, expect.stringMatching(/^cache-status: postern; fwd=/)]
    expect(await call('GET /prod/pets/9')).toEqual(none)
    expect(await call('GET /prod/pets/9')).toEqual(none)
  })

  it('asks for a key, and holds the body to its model', async () => {
    const kit = { name: 'Kit' }
    expect(await call('POST /prod/pets', undefined, kit)).toEqual([
      403,
      { message: 'Forbidden' },
      'x-amzn-errortype: ForbiddenException',
    ])
    expect(await call('POST /prod/pets', 'gold', { nom: 'Kit' })).toEqual([
      400,
      { message: 'Invalid request body' },
      'ratelimit: "throttle";r=99;t=1',
      'x-amzn-errortype: BadRequestException',
    ])
    const [status, body] = await call('POST /prod/pets', 'gold', kit)
    expect([status, body]).toEqual([201, { id: '3', name: 'Kit', soldBy: 'gold' }])
    expect((await call('GET /prod/pets/3'))[1]).toEqual(body)
    expect((await call('DELETE /prod/pets/3', 'free'))[0]).toBe(403)
    expect((await call('DELETE /prod/pets/3', 'gold')).slice(0, 2)).toEqual([204, ''])
    expect((await call('DELETE /prod/pets/3', 'gold'))[0]).toBe(404)
  })

  it('throttles a key, until the clock has moved on', async () => {
    const post = () => call('POST /prod/pets', 'free', { name: 'Pip' })
    const statuses: unknown[] = []
    for (let index = 0; index < 5; index++) statuses.push((await post())[0])
    expect(statuses).toEqual([201, 201, 201, 201, 201])
    expect(await post()).toEqual([
      429,
      { message: 'Too Many Requests' },
      'ratelimit: "throttle";r=0;t=5, "quota";r=995;t=2678400',
      'retry-after: 1',
      'x-amzn-errortype: TooManyRequestsException',
    ])
    clock.advance('1s')
    expect((await post())[0]).toBe(201)
  })

  it('hides what no route names, and lets pass what is to', async () => {
    expect(await call('GET /health')).toEqual([200, { ok: true }])
    for (const path of ['/admin', '/prod/admin', '/prod/ADMIN', '/PROD/pets', '/prod//pets']) {
      expect([path, (await call(`GET ${path}`))[0]]).toEqual([path, path === '/prod//pets' ? 400 : 404])
    }
    expect((await call('PATCH /prod/pets')).slice(0, 3)).toEqual([
      405,
      { message: 'Method Not Allowed' },
      'allow: GET, HEAD, POST',
    ])
  })
})
