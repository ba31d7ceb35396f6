import { describe, expect, it } from 'vitest'
import {
  createGateway,
  digestApiKey,
  type ExchangeRecord,
  type GatewayDefinition,
  route,
} from '../../src/index.js'
import { send, testClock, testIds } from '../../src/testing.js'

const START = '2026-01-01T00:00:00Z'

function shop(more: Partial<GatewayDefinition<never, 'free' | 'gold', never>> = {}) {
  const clock = testClock(START)
  const records: ExchangeRecord[] = []
  const gateway = createGateway({
    routes: [
      route('GET /pets/{petId}'),
      route('POST /pets', { apiKey: true }),
      route('DELETE /pets/{petId}', { apiKey: { plans: ['gold'] } }),
    ],
    stages: { prod: {}, beta: {} },
    plans: {
      free: { throttle: { rate: 1, burst: 5 }, quota: { limit: 8, period: 'day' } },
      gold: { throttle: { rate: 10, burst: 20 } },
    },
    clock,
    ids: testIds(),
    onRecord: (record) => records.push(record),
    ...more,
  })
  return { clock, gateway, records }
}

describe('API keys', () => {
  it('are asked for only where a route asks for them', async () => {
    const { gateway } = shop()
    expect((await send(gateway, 'GET /prod/pets/7')).status).toBe(200)
    const refused = await send(gateway, 'POST /prod/pets')
    expect(refused.status).toBe(403)
    expect(refused.text()).toBe('{"message":"Forbidden"}')
    expect(refused.headers['x-amzn-errortype']).toBe('ForbiddenException')
    expect(refused.forwarded).toBeUndefined()
  })

  it.each([
    ['missing', undefined, 'no x-api-key header'],
    ['empty', '', 'the API key is unknown, disabled or expired'],
    ['unknown', 'x'.repeat(40), 'the API key is unknown, disabled or expired'],
    ['too long to be one', 'x'.repeat(5000), 'the API key is unknown, disabled or expired'],
  ])('%s: 403, and the record says why', async (_what, apiKey, detail) => {
    const { gateway, records } = shop()
    const answer = await send(gateway, 'POST /prod/pets', apiKey === undefined ? {} : { apiKey })
    expect(answer.status).toBe(403)
    expect(records).toMatchObject([{ refusal: 'INVALID_API_KEY', detail, end: 'refused', status: 403 }])
  })

  it('tell the app who calls, by which plan', async () => {
    const { gateway, records } = shop()
    const { id, value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    const { forwarded } = await send(gateway, 'POST /prod/pets', { apiKey: value })
    expect(forwarded?.gateway.client).toEqual({ id, name: 'acme' })
    expect(forwarded?.gateway).toMatchObject({ plan: 'free', stage: 'prod', route: 'POST /pets' })
    expect(records).toMatchObject([{ keyId: id, plan: 'free', end: 'answered' }])
  })

  it('are ignored where none is required', async () => {
    const { gateway } = shop()
    const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    const { forwarded } = await send(gateway, 'GET /prod/pets/7', { apiKey: value })
    expect(forwarded?.gateway.client).toBeUndefined()
  })

  it('in a plan that the route does not take are refused, and the record names both', async () => {
    const { gateway, records } = shop()
    const { id, value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    expect((await send(gateway, 'DELETE /prod/pets/7', { apiKey: value })).status).toBe(403)
    expect(records[0]?.detail).toBe(
      `the API key '${id}' is not in one of the usage plans gold for stage 'prod'; it is in: free`,
    )
  })

  it('are refused at once when disabled, expired or deleted', async () => {
    const { gateway, clock } = shop()
    const call = async (apiKey: string) => (await send(gateway, 'POST /prod/pets', { apiKey })).status
    const make = () => gateway.control.createApiKey({ name: 'k', plans: ['gold'] })

    const disabled = await make()
    expect(await call(disabled.value)).toBe(200)
    await gateway.control.updateApiKey(disabled.id, { enabled: false })
    expect(await call(disabled.value)).toBe(403)

    const deleted = await make()
    expect(await call(deleted.value)).toBe(200)
    await gateway.control.deleteApiKey(deleted.id)
    expect(await call(deleted.value)).toBe(403)

    const expiring = await make()
    await gateway.control.updateApiKey(expiring.id, { expiresAt: clock.now() + 5000 })
    expect(await call(expiring.value)).toBe(200)
    clock.advance('5s')
    expect(await call(expiring.value)).toBe(403)
  })

  it('hold in both values while a rotation is in its grace, then only in the new one', async () => {
    const { gateway, clock } = shop()
    const old = await gateway.control.createApiKey({ name: 'k', plans: ['gold'] })
    const call = async (apiKey: string) => (await send(gateway, 'POST /prod/pets', { apiKey })).status
    expect(await call(old.value)).toBe(200)
    const fresh = await gateway.control.rotateApiKey(old.id, { grace: '1h' })
    expect([await call(old.value), await call(fresh.value)]).toEqual([200, 200])
    clock.advance('1h')
    expect([await call(old.value), await call(fresh.value)]).toEqual([403, 200])
  })

  it('may be kept in a table of your own, looked up once in ten seconds', async () => {
    const asked: string[] = []
    const value = 'my-own-key-0123456789'
    const { gateway, clock } = shop({
      keys: {
        find: async (digest) => {
          asked.push(digest)
          return digest === digestApiKey(value) ? { id: 'k1', name: 'acme', plans: ['gold'] } : undefined
        },
      },
    })
    const call = async (apiKey: string) => (await send(gateway, 'POST /prod/pets', { apiKey })).status
    expect(await Promise.all([call(value), call(value), call(value)])).toEqual([200, 200, 200])
    expect(asked).toEqual([digestApiKey(value)])
    expect(await call('something-else-0123456789')).toBe(403)
    clock.advance('10s')
    expect(await call(value)).toBe(200)
    expect(asked).toHaveLength(3)
  })

  it('in a table that fails or hangs: 503, never an admission', async () => {
    const errors: unknown[] = []
    const find = () => Promise.reject(new Error('no database'))
    const broken = shop({ keys: { find }, onError: (error) => errors.push(error) })
    expect((await send(broken.gateway, 'POST /prod/pets', { apiKey: 'k'.repeat(20) })).status).toBe(503)
    await send(broken.gateway, 'POST /prod/pets', { apiKey: 'l'.repeat(20) })
    expect(errors.map(String)).toEqual(["PosternError: the store failed at 'keys.find': no database"])
    expect(broken.records[0]).toMatchObject({ refusal: 'STORE_UNAVAILABLE' })
    const hung = shop({ keys: { find: () => new Promise(() => {}) }, storeTimeout: 20, onError: () => {} })
    expect((await send(hung.gateway, 'POST /prod/pets', { apiKey: 'k'.repeat(20) })).status).toBe(503)
  })

  it('in a table that says null for none, or gives rows that are no keys', async () => {
    const absent = shop({ keys: { find: async () => null } })
    expect((await send(absent.gateway, 'POST /prod/pets', { apiKey: 'k'.repeat(20) })).status).toBe(403)
    const errors: unknown[] = []
    const odd = shop({
      keys: { find: () => ({ id: 'k1' }) as never },
      onError: (error) => errors.push(error),
    })
    expect((await send(odd.gateway, 'POST /prod/pets', { apiKey: 'k'.repeat(20) })).status).toBe(500)
    expect(String(errors[0])).toContain(
      "gave a row that is no key (id k1): give { id, name, plans: ['free'] }",
    )
  })

  it('in a table of your own are not changed by the gateway', async () => {
    const { gateway } = shop({ keys: { find: () => undefined } })
    await expect(gateway.control.createApiKey({ name: 'x' })).rejects.toThrow(
      'the API keys are in your own table, given as `keys`: change them there',
    )
  })
})

describe('usage plans', () => {
  it('throttle each of their keys by a bucket of its own, which refills', async () => {
    const { gateway, clock } = shop()
    const keys = await Promise.all(
      ['a', 'b'].map((name) => gateway.control.createApiKey({ name, plans: ['free'] })),
    )
    const [a, b] = keys.map(
      ({ value }) =>
        () =>
          send(gateway, 'POST /prod/pets', { apiKey: value }),
    )
    if (a === undefined || b === undefined) throw new Error('two keys')
    for (let call = 0; call < 5; call++) expect((await a()).status).toBe(200)
    const refused = await a()
    expect(refused.status).toBe(429)
    expect(refused.text()).toBe('{"message":"Too Many Requests"}')
    expect(refused.headers['retry-after']).toBe('1')
    expect((await b()).status).toBe(200)
    clock.advance('1s')
    expect((await a()).status).toBe(200)
    expect((await a()).status).toBe(429)
  })

  it('hold over all their stages together', async () => {
    const { gateway } = shop()
    const { value } = await gateway.control.createApiKey({ name: 'a', plans: ['free'] })
    for (const stage of ['prod', 'beta', 'prod', 'beta', 'prod']) {
      expect((await send(gateway, `POST /${stage}/pets`, { apiKey: value })).status).toBe(200)
    }
    expect((await send(gateway, 'POST /beta/pets', { apiKey: value })).status).toBe(429)
  })

  it('have a quota: past it 429 until the period ends, and a throttled call uses none of it', async () => {
    const { gateway, clock, records } = shop()
    const { id, value } = await gateway.control.createApiKey({ name: 'a', plans: ['free'] })
    const call = () => send(gateway, 'POST /prod/pets', { apiKey: value })
    for (let n = 0; n < 7; n++) await call()
    clock.advance('10s')
    for (let n = 0; n < 3; n++) expect((await call()).status).toBe(200)
    const refused = await call()
    expect([refused.status, refused.text()]).toEqual([429, '{"message":"Limit Exceeded"}'])
    expect(refused.headers['retry-after']).toBe(String(86_400 - 10))
    expect(records.at(-1)).toMatchObject({ refusal: 'QUOTA_EXCEEDED', detail: `api/plan/free/quota ${id}` })
    clock.set('2026-01-02T00:00:00Z')
    expect((await call()).status).toBe(200)
  })

  it('tell the caller of its own limits, by the RateLimit draft', async () => {
    const { gateway } = shop()
    const { value } = await gateway.control.createApiKey({ name: 'a', plans: ['free'] })
    const { headers } = await send(gateway, 'POST /prod/pets', { apiKey: value })
    expect(headers['ratelimit-policy']).toBe('"throttle";q=5;w=5, "quota";q=8;w=86400')
    expect(headers.ratelimit).toBe('"throttle";r=4;t=1, "quota";r=7;t=86400')
  })

  it('throttle single methods beside the whole, in AWS’s spelling too', async () => {
    const { gateway } = shop({
      plans: {
        free: { throttle: { rate: 10, burst: 10 }, methods: { '/pets/POST': { rate: 1, burst: 1 } } },
        gold: {},
      },
    })
    const { value } = await gateway.control.createApiKey({ name: 'a', plans: ['free'] })
    const call = () => send(gateway, 'POST /prod/pets', { apiKey: value })
    expect((await call()).headers['ratelimit-policy']).toContain('"method";q=1;w=1')
    expect((await call()).status).toBe(429)
  })

  it('cover only the stages that they name', async () => {
    const { gateway, records } = shop({ plans: { free: { stages: ['beta'] }, gold: {} } })
    const { value } = await gateway.control.createApiKey({ name: 'a', plans: ['free'] })
    expect((await send(gateway, 'POST /beta/pets', { apiKey: value })).status).toBe(200)
    expect((await send(gateway, 'POST /prod/pets', { apiKey: value })).status).toBe(403)
    expect(records.at(-1)?.detail).toContain("is not in a usage plan for stage 'prod'; it is in: free")
  })

  it('that are not there are told of a key of your own table that names them', async () => {
    const find = () => ({ id: 'k1', name: 'acme', plans: ['fre', 'gold'] })
    const { gateway, records } = shop({ keys: { find }, plans: { free: {}, gold: { stages: ['beta'] } } })
    expect((await send(gateway, 'POST /prod/pets', { apiKey: 'any' })).status).toBe(403)
    expect(records[0]?.detail).toBe(
      "the API key 'k1' is not in a usage plan for stage 'prod'; it is in: fre (there is no such plan), gold",
    )
  })

  it('can be made, changed and taken away while the gateway runs', async () => {
    const { gateway } = shop()
    await gateway.control.createUsagePlan('trial', { throttle: { rate: 1, burst: 1 } })
    const { value } = await gateway.control.createApiKey({ name: 'a', plans: ['trial'] })
    const status = async () => (await send(gateway, 'POST /prod/pets', { apiKey: value })).status
    expect([await status(), await status()]).toEqual([200, 429])
    await gateway.control.updateUsagePlan('trial', { throttle: { rate: 100, burst: 100 } })
    await gateway.control.deleteUsagePlan('trial')
    expect(await status()).toBe(403)
    await expect(gateway.control.createUsagePlan('free', {})).rejects.toThrow(
      "there is a usage plan 'free' already: use updateUsagePlan",
    )
    await expect(gateway.control.deleteUsagePlan('none')).rejects.toThrow(
      "there is no usage plan 'none'; there is: free, gold",
    )
  })

  it('count the usage of each key and day, which can be granted back or extended', async () => {
    const { gateway, clock } = shop()
    const { id, value } = await gateway.control.createApiKey({ name: 'a', plans: ['free'] })
    const call = () => send(gateway, 'POST /prod/pets', { apiKey: value })
    await call()
    await call()
    clock.advance('1d')
    await call()
    const usage = () =>
      gateway.control.getUsage({ plan: 'free', key: id, from: '2026-01-01', to: '2026-01-03' })
    expect((await usage()).values).toEqual({
      [id]: [
        [2, 6],
        [1, 7],
        [0, 8],
      ],
    })
    await gateway.control.updateUsage({ plan: 'free', key: id, remaining: 100 })
    expect((await usage()).values[id]?.[1]).toEqual([1, 100])
    await gateway.control.updateUsage({ plan: 'free', key: id, remaining: 0 })
    expect((await call()).status).toBe(429)
    expect(await gateway.control.getUsage({ plan: 'free', from: '2026-01-01', to: '2026-01-01' })).toEqual({
      usagePlanId: 'free',
      startDate: '2026-01-01',
      endDate: '2026-01-01',
      values: { [id]: [[2, 6]] },
    })
  })
})
