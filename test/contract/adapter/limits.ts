/** Throttles and quotas, by a clock that the suite moves. */
import { expect, it } from 'vitest'
import type { Topic } from '../adapter.js'
import { KEYS } from '../scenario/gateway.js'

export const limits: Topic = ({ caller }) => {
  it('a key over its burst is refused, told when to come back, and admitted then', async () => {
    const call = () => caller().ask('GET /locked', { key: KEYS.slow })
    const admitted = [await call(), await call()]
    expect(admitted.map(({ status }) => status)).toEqual([200, 200])
    expect(admitted[0]?.headers).toMatchObject({
      'ratelimit-policy': '"throttle";q=2;w=2',
      ratelimit: '"throttle";r=1;t=1',
    })
    const refused = await call()
    expect(refused.status).toBe(429)
    expect(refused.json).toEqual({ message: 'Too Many Requests' })
    expect(refused.headers).toMatchObject({ 'retry-after': '1', ratelimit: '"throttle";r=0;t=2' })
    expect(await caller().record(refused.id)).toMatchObject({
      ...{ status: 429, end: 'refused', refusal: 'THROTTLED', keyId: 'k-slow', plan: 'slow' },
    })
    await caller().clock(1000)
    expect((await call()).status).toBe(200)
  })

  it('addresses have a bucket each', async () => {
    const call = async (address: string) => {
      const headers = { 'x-forwarded-for': address, 'x-forwarded-proto': 'https' }
      return (await caller().ask('GET /limited', { headers })).status
    }
    const [first, second] = ['198.51.100.1', '2001:db8::1']
    expect([await call(first), await call(first), await call(first)]).toEqual([200, 200, 429])
    expect([await call(second), await call('2001:db8::2'), await call('2001:db8::3')]).toEqual([
      200, 200, 429,
    ])
  })

  it('a key over its quota is refused until the next day', async () => {
    const call = () => caller().ask('GET /locked', { key: KEYS.metered })
    expect([(await call()).status, (await call()).status]).toEqual([200, 200])
    const refused = await call()
    expect(refused.status).toBe(429)
    expect(refused.json).toEqual({ message: 'Limit Exceeded' })
    const day = 86_400_000
    const left = day - ((await caller().clock()) % day)
    expect(refused.headers).toMatchObject({
      'ratelimit-policy': '"quota";q=2;w=86400',
      'retry-after': String(Math.ceil(left / 1000)),
    })
    expect(await caller().record(refused.id)).toMatchObject({ refusal: 'QUOTA_EXCEEDED', plan: 'metered' })
    await caller().clock(left)
    expect((await call()).status).toBe(200)
  })

  it('what is only observed refuses nobody', async () => {
    await caller().clock(2000)
    const calls = [await caller().ask('GET /observed'), await caller().ask('GET /observed')]
    expect(calls.map(({ status }) => status)).toEqual([200, 200])
    expect(await caller().record(calls[1]!.id)).toMatchObject({
      ...{ end: 'answered', refusal: null, observed: ['INVALID_API_KEY', 'THROTTLED'] },
    })
  })
}
