/** Answers that are kept: a hit is what the miss was, and never reaches the app. */
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { pause } from '../../sockets.js'
import type { Topic } from '../adapter.js'
import type { Got } from '../caller.js'
import { KEYS } from '../scenario/gateway.js'

/** What the app said: without what each answer has of its own. */
function said({ status, headers, body }: Got): object {
  const names = ['content-type', 'x-own', 'cache-control']
  return {
    status,
    body: body.toString('latin1'),
    headers: Object.fromEntries(names.map((name) => [name, headers[name]])),
  }
}

export const caching: Topic = ({ caller, can, needs }) => {
  const path = (way: string) => `/kept/${way}/${randomUUID()}`
  const get = (at: string, headers: Record<string, string> = {}) => caller().ask(`GET ${at}`, { headers })

  needs('seen-answers', 'an answer is fetched once', async () => {
    const at = path('json')
    expect([(await get(at)).json, (await get(at)).json]).toEqual([{ own: 1 }, { own: 1 }])
  })
  if (!can('seen-answers')) return

  it.each(['json', 'text', 'bytes', 'pieces'])('an answer of %s is kept', async (way) => {
    const at = path(way)
    const miss = await get(at)
    await caller().clock(2000)
    const hit = await get(at)
    // Of what comes in pieces it is not always known, when the head goes out, whether there will be an end.
    expect(miss.headers['cache-status']).toMatch(way === 'pieces' ? /fwd=uri-miss/ : /fwd=uri-miss; stored$/)
    expect(hit.headers['cache-status']).toBe('postern; hit; ttl=58')
    expect(hit.headers.age).toBe('2')
    expect(said(hit)).toEqual(said(miss))
    expect(hit.headers['x-amzn-requestid']).toBe(hit.id)
    expect(await caller().calls(at)).toBe(1)
    expect(await caller().record(hit.id)).toMatchObject({
      ...{ status: 200, end: 'answered', route: 'GET /kept/{way}/{id}', cache: 'postern; hit; ttl=58' },
    })
  })

  it('it is fetched anew when its time is over', async () => {
    const at = path('json')
    expect((await get(at)).json).toEqual({ own: 1 })
    await caller().clock(61_000)
    expect((await get(at)).json).toEqual({ own: 2 })
  })

  it('a HEAD is answered from it', async () => {
    const at = path('json')
    await get(at)
    const head = await caller().ask(`HEAD ${at}`)
    expect([head.status, head.text, head.headers['content-length'], head.headers['x-own']]).toEqual([
      200,
      '',
      '9',
      '1',
    ])
    expect(await caller().calls(at)).toBe(1)
  })

  it('304 answers who has it already', async () => {
    const at = path('text')
    await get(at)
    const etag = String((await get(at)).headers.etag)
    const again = await get(at, { 'if-none-match': etag })
    expect([again.status, again.text, again.headers.etag]).toEqual([304, '', etag])
    expect(etag).toMatch(/^(W\/)?".+"$/)
    expect(await caller().calls(at)).toBe(1)
    expect(await caller().record(again.id)).toMatchObject({ status: 304, end: 'answered' })
  })

  it('twenty who miss at once share one call', async () => {
    const at = path('slow')
    const gate = randomUUID()
    const all = Array.from({ length: 20 }, () => get(`${at}?gate=${gate}`))
    await pause(100)
    await caller().open(gate)
    const got = await Promise.all(all)
    expect(new Set(got.map(({ text }) => text))).toEqual(new Set(['{"own":1}']))
    expect(await caller().calls(at)).toBe(1)
    for (const { id } of got)
      expect(await caller().record(id)).toMatchObject({ status: 200, end: 'answered' })
  })

  it.each([
    ['what sets a cookie', 'cookie'],
    ['what is private', 'private'],
    ['more than may be kept', 'large'],
    ['a failure', 'failing'],
  ])('%s is not kept', async (_what, way) => {
    const at = path(way)
    const [first, second] = [await get(at), await get(at)]
    expect(await caller().calls(at)).toBe(2)
    expect(second.headers['cache-status']).not.toContain('hit')
    if (way === 'large') expect(second.body.equals(first.body)).toBe(true)
  })

  it('what breaks off is not kept', async () => {
    const at = path('broken')
    await expect(get(at)).rejects.toThrow()
    expect((await get(at)).text).toBe('own 2')
  })

  it('events flow at once, and are nobody else’s', async () => {
    const at = path('events')
    const gate = randomUUID()
    const begun = [1, 2].map(() => caller().begin(`GET ${caller().at(at)}?gate=${gate}`))
    const firsts = begun.map(async ({ request, answered }) => {
      request.end()
      const answer = await answered
      return new Promise((resolve) => answer.once('data', (chunk) => resolve(String(chunk))))
    })
    expect((await Promise.all(firsts)).sort()).toEqual(['data: own 1\n\n', 'data: own 2\n\n'])
    await caller().open(`${gate}-1`)
    for (const { id } of begun) expect(await caller().record(id)).toMatchObject({ end: 'answered' })
  })

  it('what is kept for one key is not another’s', async () => {
    const at = `/kept-for/json/${randomUUID()}`
    const call = (key?: string) => caller().ask(`GET ${at}`, key === undefined ? {} : { key })
    expect((await call(KEYS.plain)).json).toEqual({ own: 1 })
    expect((await call(KEYS.plain)).headers['cache-status']).toContain('hit')
    expect((await call()).status).toBe(403)
    await caller().clock(10_000)
    expect((await call(KEYS.slow)).json).toEqual({ own: 2 })
  })

  it('what is kept for one principal is not another’s', async () => {
    const at = `/kept-mine/json/${randomUUID()}`
    const call = async (name: string) => {
      const { json, headers } = await get(at, { 'x-token': `allow ${name}` })
      return [json.own, headers['cache-status']]
    }
    const [miss, hit] = ['postern; fwd=uri-miss; stored', 'postern; hit; ttl=60']
    expect([await call('ada'), await call('ada')]).toEqual([
      [1, miss],
      [1, hit],
    ])
    expect([await call('bob'), await call('bob')]).toEqual([
      [2, miss],
      [2, hit],
    ])
    expect(await call('ada')).toEqual([1, hit])
    expect((await get(at)).status).toBe(401)
  })
}
