/** Who may have the cache forget, and what is still given when its time is over. */
import { randomUUID } from 'node:crypto'
import { expect, vi } from 'vitest'
import type { Topic } from '../adapter.js'

const REFRESH = { 'cache-control': 'max-age=0' }
const WARNING = '199 Cache-Control headers were ignored because the caller was unauthorized.'

export const freshness: Topic = ({ caller, needs }) => {
  const get = (at: string, headers: Record<string, string> = {}) => caller().ask(`GET ${at}`, { headers })

  for (const [route, how, warning] of [
    ['/kept', 'as it is, with a warning', WARNING],
    ['/kept-silent', 'as it is, without a word', undefined],
  ] as const) {
    needs('seen-answers', `who may not refresh an answer gets it ${how}`, async () => {
      const at = `${route}/json/${randomUUID()}`
      await get(at)
      const got = await get(at, REFRESH)
      expect([got.status, got.json, got.headers.warning]).toEqual([200, { own: 1 }, warning])
      expect(await caller().record(got.id)).toMatchObject({ cache: 'postern; hit; ttl=60' })
    })
  }

  needs('seen-answers', 'who may not refresh an answer is refused, where the route says so', async () => {
    const at = `/kept-strict/json/${randomUUID()}`
    await get(at)
    const refused = await get(at, REFRESH)
    expect([refused.status, refused.text]).toEqual([403, '{"message":"Forbidden"}'])
    const detail = 'the caller may not execute-api:InvalidateCache'
    expect(await caller().record(refused.id)).toMatchObject({ refusal: 'ACCESS_DENIED', detail })
    expect((await get(at)).json).toEqual({ own: 1 })
  })

  needs('seen-answers', 'whom an authorizer allows it refreshes an answer', async () => {
    const at = `/kept-mine/json/${randomUUID()}`
    await get(at, { 'x-token': 'allow ada' })
    const ignored = await get(at, { 'x-token': 'allow ada', ...REFRESH })
    expect([ignored.json, ignored.headers.warning]).toEqual([{ own: 1 }, WARNING])
    const refreshed = await get(at, { 'x-token': 'refresh ada', ...REFRESH })
    expect([refreshed.json, refreshed.headers.warning]).toEqual([{ own: 2 }, undefined])
    expect((await get(at, { 'x-token': 'allow ada' })).json).toEqual({ own: 2 })
  })

  needs('seen-answers', 'one fetches what is out of date anew, the others still have it', async () => {
    const gate = randomUUID()
    const path = `/kept-stale/slow-again/${randomUUID()}`
    const at = `${path}?gate=${gate}`
    await get(at)
    await caller().clock(61_000)
    const meanwhile = async () => {
      await vi.waitFor(async () => expect(await caller().calls(path)).toBe(2))
      const { json, headers } = await get(at)
      expect([json, headers['cache-status']]).toEqual([{ own: 1 }, 'postern; hit; ttl=-1'])
      await caller().open(gate)
    }
    const [fetched] = await Promise.all([get(at), meanwhile()])
    expect(fetched.json).toEqual({ own: 2 })
    expect((await get(at)).json).toEqual({ own: 2 })
    expect(await caller().calls(path)).toBe(2)
  })

  for (const way of ['failing', 'throwing']) {
    needs(
      'seen-answers',
      `what is out of date stands in for an app that is ${way}, for a while`,
      async () => {
        const at = `/kept-stale/${way}-again/${randomUUID()}`
        await get(at)
        await caller().clock(179_000)
        const stale = await get(at)
        expect([stale.status, stale.json, stale.headers.age]).toEqual([200, { own: 1 }, '179'])
        await caller().clock(1000)
        expect((await get(at)).status).toBe(way === 'failing' ? 503 : 500)
        expect(await caller().calls(at)).toBe(3)
      },
    )
  }
}
