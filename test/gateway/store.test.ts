import { describe, expect, it } from 'vitest'
import {
  type Counters,
  createGateway,
  type ExchangeRecord,
  memoryStore,
  type Runtime,
  route,
  type Store,
} from '../../src/index.js'
import { send, testClock } from '../../src/testing.js'

/** A store that answers late, or never, or with an error. */
function remote(answer: <T>(value: () => T) => Promise<T>): Store {
  const { counters, records } = memoryStore()
  const late: Counters = {
    counter: (name, subject, limit) => counters.counter(name, subject, limit),
    take: (asked, now) => answer(() => counters.take(asked, now)),
    usage: (counter, from, to) => answer(() => counters.usage(counter, from, to)),
    setRemaining: (counter, remaining, now) => answer(() => counters.setRemaining(counter, remaining, now)),
    forget: (counter) => answer(() => counters.forget(counter)),
  }
  return { counters: late, records }
}

const slow = remote(async (value) => value())
const dead = remote(() => Promise.reject(new Error('connection refused')))
const hung = remote(() => new Promise(() => {}))

function make(store: Store, more: Partial<Runtime> = {}) {
  const errors: unknown[] = []
  const records: ExchangeRecord[] = []
  const gateway = createGateway({
    routes: [route('GET /pets', { throttle: { rate: 1, burst: 2 } })],
    clock: testClock(),
    store,
    storeTimeout: 20,
    onError: (error) => errors.push(error),
    onRecord: (record) => records.push(record),
    ...more,
  })
  const statuses = async (count: number) => {
    const all: number[] = []
    for (let call = 0; call < count; call++) all.push((await send(gateway, 'GET /pets')).status)
    return all
  }
  return { statuses, errors, records }
}

describe('a store that is elsewhere', () => {
  it('counts as the one in memory does', async () => {
    const { statuses, errors } = make(slow)
    expect(await statuses(3)).toEqual([200, 200, 429])
    expect(errors).toEqual([])
  })

  it.each([
    ['fails', dead],
    ['hangs', hung],
  ])('and %s: limits by this process’s own counters, and says so once', async (_what, store) => {
    const { statuses, errors } = make(store)
    expect(await statuses(4)).toEqual([200, 200, 429, 429])
    expect(errors).toHaveLength(1)
    expect(String(errors[0])).toContain("the store failed at 'take'")
  })

  it('and fails refuses with 503, or admits all, where that is said', async () => {
    const refusing = make(dead, { whenStoreFails: 'refuse' })
    expect(await refusing.statuses(2)).toEqual([503, 503])
    expect(refusing.records[0]).toMatchObject({ refusal: 'STORE_UNAVAILABLE', end: 'refused' })
    expect(await make(dead, { whenStoreFails: 'admit' }).statuses(4)).toEqual([200, 200, 200, 200])
  })
})

describe('a key in several plans', () => {
  it('is charged to the one that covers the stage', async () => {
    const gateway = createGateway({
      routes: [route('GET /pets', { apiKey: true })],
      stages: { prod: {}, beta: {} },
      plans: {
        live: { stages: ['prod'], throttle: { rate: 1, burst: 1 } },
        trial: { stages: ['beta'], throttle: { rate: 1, burst: 2 } },
        all: {},
      },
      clock: testClock(),
    })
    const { value } = await gateway.control.createApiKey({ name: 'a', plans: ['live', 'trial'] })
    const plan = async (stage: string) =>
      (await send(gateway, `GET /${stage}/pets`, { apiKey: value })).forwarded?.gateway.plan
    expect([await plan('prod'), await plan('beta'), await plan('beta'), await plan('prod')]).toEqual([
      'live',
      'trial',
      'trial',
      undefined,
    ])
    await expect(gateway.control.createApiKey({ name: 'b', plans: ['all', 'live'] })).rejects.toThrow(
      "usage plans 'all' and 'live' both cover stage 'prod': an API key is in one plan for each stage",
    )
  })
})
