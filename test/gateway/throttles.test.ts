import { describe, expect, it } from 'vitest'
import {
  before,
  createGateway,
  type ExchangeRecord,
  type GatewayDefinition,
  route,
  type Throttle,
} from '../../src/index.js'
import { send, testClock } from '../../src/testing.js'

function make(definition: Partial<GatewayDefinition<never, 'basic', never>>) {
  const clock = testClock()
  const records: ExchangeRecord[] = []
  const gateway = createGateway({
    routes: [route('GET /pets')],
    plans: { basic: {} },
    clock,
    onRecord: (record) => records.push(record),
    ...definition,
  })
  return { gateway, clock, records }
}

describe('throttles', () => {
  it('of a route, a stage and the account all hold', async () => {
    const burst = (size: number) => ({ rate: 1, burst: size })
    const route1 = make({ routes: [route('GET /pets', { throttle: burst(1) })] })
    const stage = make({ stages: { prod: { throttle: burst(2) } } })
    const account = make({ account: { throttle: burst(3) } })
    const admitted = async ({ gateway }: typeof stage, path: string) => {
      let count = 0
      while ((await send(gateway, `GET ${path}`)).status === 200) count++
      return count
    }
    expect(await admitted(route1, '/pets')).toBe(1)
    expect(await admitted(stage, '/prod/pets')).toBe(2)
    expect(await admitted(account, '/pets')).toBe(3)
    expect(account.records.at(-1)?.detail).toBe('api/account')
  })

  it('are none the wider for calls that wait: time goes by once for all', async () => {
    const waiting: ((principal: string) => void)[] = []
    const { gateway, clock } = make({
      routes: [
        route('GET /slow', { authorize: () => new Promise<string>((resolve) => waiting.push(resolve)) }),
        route('POST /login', { throttle: { rate: 0.1, burst: 1, per: 'address' } }),
        route('GET /pets', { throttle: { rate: 1, burst: 1 } }),
      ],
    })
    const slow = Array.from({ length: 20 }, () => send(gateway, 'GET /slow'))
    clock.advance('1s')
    const statuses: number[] = []
    for (const [index, each] of slow.entries()) {
      waiting[index]?.('ada')
      expect((await each).status).toBe(200)
      statuses.push((await send(gateway, 'POST /login')).status, (await send(gateway, 'GET /pets')).status)
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(2)
  })

  it('show hooks what was refused, and nothing of how it is counted', async () => {
    const seen: unknown[] = []
    const { gateway } = make({
      routes: [route('GET /pets', { throttle: { rate: 1, burst: 0 } })],
      onRefusal: (refusal) => {
        seen.push(JSON.parse(JSON.stringify(refusal)))
        return undefined
      },
    })
    await send(gateway, 'GET /pets')
    const told = { detail: expect.any(String), headers: expect.any(Array), errors: [], trusted: true }
    expect(seen).toEqual([{ type: 'THROTTLED', ...told }])
  })

  it('of a stage that is slow to admit again is waited for by a caller whose own limit refuses, too', async () => {
    const waits = async (stage: Throttle, used: number) => {
      const { gateway } = make({
        routes: [route('GET /pets', { apiKey: true })],
        plans: { basic: { throttle: { rate: 0.5, burst: 1 } } },
        stages: { prod: { throttle: stage } },
      })
      const { value: apiKey } = await gateway.control.createApiKey({ name: 'a', plans: ['basic'] })
      for (let n = 0; n < used; n++) await send(gateway, 'GET /prod/pets', { apiKey })
      const { headers } = await send(gateway, 'GET /prod/pets', { apiKey })
      return [headers['retry-after'], headers.ratelimit]
    }
    // The caller's own two seconds; the stage, empty as well, would admit after one.
    expect(await waits({ rate: 1, burst: 1 }, 1)).toEqual(['2', '"throttle";r=0;t=2'])
    expect(await waits({ rate: 1, burst: 5 }, 1)).toEqual(['2', '"throttle";r=0;t=2'])
    expect(await waits({ rate: 0.01, burst: 1 }, 1)).toEqual(['100', '"throttle";r=0;t=2'])
    expect(await waits({ rate: 0.01, burst: 2 }, 1)).toEqual(['2', '"throttle";r=0;t=2'])
    // Nothing ever admits.
    expect(await waits({ rate: 0, burst: 1 }, 1)).toEqual([undefined, '"throttle";r=0;t=2'])
  })

  it('of a stage that only observes is recorded of a caller whose own limit refuses, too', async () => {
    const { gateway, records } = make({
      routes: [route('GET /pets', { apiKey: true })],
      plans: { basic: { throttle: { rate: 0.5, burst: 1 } } },
      stages: { prod: { throttle: { rate: 1, burst: 1, mode: 'observe' } } },
    })
    const { value: apiKey } = await gateway.control.createApiKey({ name: 'a', plans: ['basic'] })
    for (const status of [200, 429])
      expect((await send(gateway, 'GET /prod/pets', { apiKey })).status).toBe(status)
    expect(records.map(({ observed }) => observed)).toEqual([[], ['THROTTLED']])
  })

  it('name the plan’s quota before the stage’s throttle', async () => {
    const { gateway, records } = make({
      routes: [route('GET /pets', { apiKey: true })],
      plans: { basic: { quota: { limit: 1, period: 'day' } } },
      stages: { prod: { throttle: { rate: 1, burst: 1 } } },
    })
    const { value: apiKey } = await gateway.control.createApiKey({ name: 'a', plans: ['basic'] })
    for (const status of [200, 429])
      expect((await send(gateway, 'GET /prod/pets', { apiKey })).status).toBe(status)
    expect(records.at(-1)?.refusal).toBe('QUOTA_EXCEEDED')
  })

  it('are those of the caller’s plan, whichever plan the caller before was in', async () => {
    const gateway = createGateway({
      routes: [route('GET /pets', { apiKey: true })],
      plans: { one: { throttle: { rate: 1, burst: 1 } }, three: { throttle: { rate: 1, burst: 3 } } },
      clock: testClock(),
    })
    for (const plan of ['one', 'three'] as const)
      await gateway.control.createApiKey({ name: plan, value: `key-of-${plan}-0123456789`, plans: [plan] })
    const status = async (plan: string) =>
      (await send(gateway, 'GET /pets', { headers: { 'x-api-key': `key-of-${plan}-0123456789` } })).status
    const seen = []
    for (const plan of ['one', 'three', 'one', 'three', 'three', 'one', 'three'])
      seen.push(await status(plan))
    expect(seen).toEqual([200, 200, 429, 200, 200, 429, 429])
  })

  it('tell each caller of its own wait, by the limit that refuses now', async () => {
    const clock = testClock(Date.UTC(2026, 0, 1, 12))
    const details: unknown[] = []
    const gateway = createGateway({
      routes: [route('GET /pets', { apiKey: true })],
      plans: { basic: { throttle: { rate: 0.1, burst: 1 }, quota: { limit: 2, period: 'day' } } },
      clock,
      onRecord: ({ refusal, detail }) => details.push(refusal && `${refusal} ${detail}`),
    })
    const { control } = gateway
    const ids = new Map<string, string>()
    for (const name of ['a', 'b']) {
      const { id } = await control.createApiKey({
        name,
        value: `key-of-${name}-0123456789abc`,
        plans: ['basic'],
      })
      ids.set(id, name)
    }
    const ask = async (name: string) => {
      const { headers } = await send(gateway, 'GET /pets', {
        headers: { 'x-api-key': `key-of-${name}-0123456789abc` },
      })
      const detail = String(details.at(-1)).replace(/\S+$/, (id) => ids.get(id) ?? id)
      return [detail, headers['retry-after']]
    }
    const throttled = (name: string, wait: string) => [`THROTTLED api/plan/basic ${name}`, wait]
    for (const name of ['a', 'b']) expect(await ask(name)).toEqual(['undefined', undefined])
    for (const name of ['a', 'b', 'b', 'a']) expect(await ask(name)).toEqual(throttled(name, '10'))
    clock.advance(3_500)
    for (const name of ['a', 'b', 'a']) expect(await ask(name)).toEqual(throttled(name, '7'))
    clock.advance(6_500)
    expect(await ask('a')).toEqual(['undefined', undefined])
    const untilMidnight = 12 * 60 * 60 - 10
    expect(await ask('a')).toEqual(throttled('a', String(untilMidnight)))
    clock.advance(10_000)
    expect(await ask('a')).toEqual(['QUOTA_EXCEEDED api/plan/basic/quota a', String(untilMidnight - 10)])
    expect(await ask('b')).toEqual(['undefined', undefined])
  })

  it('give hooks a refusal that they cannot change for the next one', async () => {
    const errors: unknown[] = []
    const { gateway } = make({
      routes: [route('GET /pets', { throttle: { rate: 1, burst: 1 } })],
      onRefusal: (refusal) => {
        Object.assign(refusal, { message: 'for you alone' })
        return undefined
      },
      onError: (error) => errors.push(error),
    })
    const answers = []
    for (let turn = 0; turn < 3; turn++) answers.push((await send(gateway, 'GET /pets')).status)
    expect(answers).toEqual([200, 500, 500])
    expect(errors.map(String)).toEqual(Array(2).fill(expect.stringContaining('read only property')))
  })

  it('name the limit that has refused, though nothing tells callers apart', async () => {
    const throttle = { rate: 1, burst: 1 }
    const routes = [
      route('GET /pets', { throttle }),
      route('GET /orders', { throttle: { ...throttle, rate: 0.5 } }),
    ]
    const { gateway, records } = make({ routes })
    for (const path of ['/pets', '/orders', '/pets', '/orders', '/pets']) await send(gateway, `GET ${path}`)
    expect(records.map(({ detail }) => detail)).toEqual([
      undefined,
      undefined,
      'api/stage/$default/GET /pets',
      'api/stage/$default/GET /orders',
      'api/stage/$default/GET /pets',
    ])
  })

  it('are not told to the caller when they are not its own', async () => {
    const { gateway } = make({ account: { throttle: { rate: 1, burst: 1 } } })
    expect((await send(gateway, 'GET /pets')).headers.ratelimit).toBeUndefined()
  })

  it('of a method on a stage replace those of the route, and `*` is for each method without its own', async () => {
    const { gateway } = make({
      routes: [
        route('GET /pets', { throttle: { rate: 1, burst: 9 } }),
        route('POST /pets'),
        route('PUT /pets'),
      ],
      stages: {
        prod: {
          methods: {
            '~1pets/GET': { throttle: { rate: 1, burst: 1 } },
            '*/*': { throttle: { rate: 1, burst: 2 } },
          },
        },
      },
    })
    const status = async (method: string) => (await send(gateway, `${method} /prod/pets`)).status
    expect([await status('GET'), await status('GET')]).toEqual([200, 429])
    expect([await status('POST'), await status('POST'), await status('POST')]).toEqual([200, 200, 429])
    expect(await status('PUT')).toBe(200)
  })

  it('refused by one are charged by none', async () => {
    const { gateway, clock } = make({
      routes: [route('GET /pets', { throttle: { rate: 1, burst: 1 } }), route('GET /cats')],
      account: { throttle: { rate: 0, burst: 2 } },
    })
    const status = async (path: string) => (await send(gateway, `GET ${path}`)).status
    expect(await status('/pets')).toBe(200)
    for (let n = 0; n < 10; n++) expect(await status('/pets')).toBe(429)
    expect(await status('/cats')).toBe(200)
    clock.advance('1h')
    const never = await send(gateway, 'GET /cats')
    expect(never.status).toBe(429)
    expect(never.headers['retry-after']).toBeUndefined()
  })

  it('per address limit keyless callers, IPv6 ones by their /64', async () => {
    const { gateway } = make({ account: { throttle: { rate: 1, burst: 1, per: 'address' } } })
    const status = async (sourceIp: string) => (await send(gateway, 'GET /pets', { sourceIp })).status
    expect([await status('192.0.2.1'), await status('192.0.2.1'), await status('192.0.2.2')]).toEqual([
      200, 429, 200,
    ])
    expect(await status('::ffff:192.0.2.2')).toBe(429)
    expect([
      await status('2001:db8:1:2::1'),
      await status('2001:db8:1:2:ffff::9'),
      await status('2001:db8:1:3::1'),
    ]).toEqual([200, 429, 200])
    const told = await send(gateway, 'GET /pets', { sourceIp: '192.0.2.3' })
    expect(told.headers).toMatchObject({
      'ratelimit-policy': '"address";q=1;w=1',
      ratelimit: '"address";r=0;t=1',
    })
  })

  it('per address are taken before keys are looked up', async () => {
    let lookups = 0
    const { gateway } = make({
      routes: [route('GET /pets', { apiKey: true, throttle: { rate: 1, burst: 2, per: 'address' } })],
      keys: {
        find: () => {
          lookups++
          return undefined
        },
      },
    })
    for (let n = 0; n < 10; n++) await send(gateway, 'GET /pets', { apiKey: `guess-number-${n}-0123456789` })
    expect(lookups).toBe(2)
  })

  it('per API key, per principal and per function of the exchange', async () => {
    const tenant = before('throttle', (exchange) => {
      exchange.principal = exchange.request.header('x-user')
      return undefined
    })
    const once = { rate: 1, burst: 1 } as const
    const { gateway } = make({
      steps: [tenant],
      routes: [
        route('GET /pets', { apiKey: true, throttle: { ...once, per: 'apiKey' } }),
        route('GET /users', { throttle: { ...once, per: 'principal' } }),
        route('GET /tenants', {
          throttle: { ...once, per: (exchange) => exchange.request.header('x-tenant') },
        }),
      ],
    })
    const keys = await Promise.all(
      ['a', 'b'].map((name) => gateway.control.createApiKey({ name, plans: ['basic'] })),
    )
    for (const { value } of keys) {
      expect((await send(gateway, 'GET /pets', { apiKey: value })).status).toBe(200)
      expect((await send(gateway, 'GET /pets', { apiKey: value })).status).toBe(429)
    }
    for (const [path, header] of [
      ['/users', 'x-user'],
      ['/tenants', 'x-tenant'],
    ] as const) {
      const status = async (headers: Record<string, string>) =>
        (await send(gateway, `GET ${path}`, { headers })).status
      expect([
        await status({ [header]: 'a' }),
        await status({ [header]: 'b' }),
        await status({ [header]: 'a' }),
      ]).toEqual([200, 200, 429])
      expect([await status({}), await status({})]).toEqual([200, 200])
    }
  })

  it('in observe refuse nobody, and the record says what they would have refused', async () => {
    const { gateway, records } = make({
      routes: [
        route('GET /pets', { throttle: { rate: 1, burst: 1, mode: 'observe' } }),
        route('GET /cats', { apiKey: true, throttle: { rate: 1, burst: 1 }, mode: 'observe' }),
      ],
      plans: { basic: { quota: { limit: 1, period: 'day', mode: 'observe' } } },
    })
    await send(gateway, 'GET /pets')
    expect((await send(gateway, 'GET /pets')).status).toBe(200)
    expect(records[1]).toMatchObject({ status: 200, refusal: undefined, observed: ['THROTTLED'] })
    await send(gateway, 'GET /cats')
    await send(gateway, 'GET /cats', { apiKey: 'no-such-key-0123456789' })
    expect(records[3]).toMatchObject({ status: 200, observed: ['INVALID_API_KEY', 'THROTTLED'] })
    const { value } = await gateway.control.createApiKey({ name: 'a', plans: ['basic'] })
    await send(gateway, 'GET /cats', { apiKey: value })
    await send(gateway, 'GET /cats', { apiKey: value })
    expect(records[5]?.observed).toEqual(['QUOTA_EXCEEDED', 'THROTTLED'])
  })
})
