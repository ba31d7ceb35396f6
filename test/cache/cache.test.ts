/** What is kept, for whom, and how long. */
import { Answer, before, createGateway, type GatewayDefinition, PosternError, route } from 'postern'
import { type SendOptions, send, testClock } from 'postern/testing'
import { describe, expect, it, vi } from 'vitest'
import type { CachePolicy, Policy } from '../../src/definition.js'
import { bench, field, textOf } from './support.js'

/** A gateway over one route of which answers are kept, and an app that counts its calls. */
function shop(cache: true | CachePolicy = true, more: Partial<GatewayDefinition> & { policy?: Policy } = {}) {
  const clock = testClock()
  const { policy, ...definition } = more
  const gateway = createGateway<string, string, string>({
    routes: [route('ANY /{path+}', { cache, ...policy })],
    clock,
    ...definition,
  })
  let calls = 0
  const ask = (request: string, options: SendOptions = {}) =>
    send(gateway, request, {
      app: () => new Answer(200, ['content-type', 'text/plain'], `${++calls}`),
      ...options,
    })
  const texts = async (...requests: (string | [string, SendOptions])[]) => {
    const got: string[] = []
    for (const request of requests) {
      const [target, options] = typeof request === 'string' ? [request, {}] : request
      got.push((await ask(target, options)).text())
    }
    return got.join(' ')
  }
  return { clock, gateway, ask, texts, calls: () => calls }
}

const via = (headers: Record<string, string>): SendOptions => ({ headers })

describe('an answer', () => {
  it('is given again until its time is up, and no longer', async () => {
    const { texts, clock } = shop({ ttl: 60 })
    expect(await texts('GET /a', 'GET /a')).toBe('1 1')
    clock.advance('59999ms')
    expect(await texts('GET /a')).toBe('1')
    clock.advance('1ms')
    expect(await texts('GET /a')).toBe('2')
  })

  it('is kept for 300 seconds unless the route says otherwise; 0 keeps nothing', async () => {
    const { texts, clock } = shop(true)
    await texts('GET /a')
    clock.advance('299s')
    expect(await texts('GET /a')).toBe('1')
    clock.advance('1s')
    expect(await texts('GET /a')).toBe('2')
    expect(await shop({ ttl: 0 }).texts('GET /a', 'GET /a')).toBe('1 2')
  })

  it('does not live on when the clock is set back', async () => {
    const { texts, clock } = shop({ ttl: 60 })
    await texts('GET /a')
    clock.advance('-1h')
    expect(await texts('GET /a', 'GET /a')).toBe('2 2')
    clock.advance('61s')
    expect(await texts('GET /a')).toBe('3')
  })

  it('ends as well where the clock begins at nought', async () => {
    const clock = testClock(0)
    const { texts } = shop({ ttl: 60 }, { clock })
    await texts('GET /a')
    clock.advance('60s')
    expect(await texts('GET /a')).toBe('2')
  })

  it('tells its age, how the cache came to it, and a tag', async () => {
    const { ask, clock } = shop({ ttl: 60 })
    const first = await ask('GET /a')
    clock.advance('6500ms')
    const second = await ask('GET /a')
    expect(first.headers['cache-status']).toBe('postern; fwd=uri-miss; stored')
    expect(first.headers.age).toBeUndefined()
    expect(second.headers['cache-status']).toBe('postern; hit; ttl=53')
    expect(second.headers.age).toBe('6')
    expect(second.headers.etag).toMatch(/^"[\w-]{27}"$/)
  })

  it('has another request id each time, and the rate that is left', async () => {
    const { ask } = shop({ ttl: 60 }, { policy: { throttle: { rate: 1, burst: 2 } } })
    const [one, two, three] = [await ask('GET /a'), await ask('GET /a'), await ask('GET /a')]
    expect(one.headers['x-amzn-requestid']).not.toBe(two.headers['x-amzn-requestid'])
    // Hits count as calls.
    expect(three.status).toBe(429)
  })

  it.each([
    ['GET /a?x=1', 'GET /a?x=2'],
    ['GET /a', 'GET /a?'],
    ['GET /a', 'GET /b'],
    ['GET /a', 'GET /a/'],
    ['GET /a%2Fb', 'GET /a/b'],
  ])('to %s is none to %s', async (one, two) => {
    expect(await shop().texts(one, two, one, two)).toBe('1 2 1 2')
  })

  it('to one host is none to another, nor to another port of it', async () => {
    const at = (host: string): [string, SendOptions] => ['GET /a', via({ host })]
    expect(await shop().texts(at('a.test'), at('b.test'), at('a.test:8080'), at('A.test'))).toBe('1 2 3 1')
  })

  it('of one stage is none of another', async () => {
    const { texts } = shop(true, { stages: { prod: {}, beta: {} } })
    expect(await texts('GET /prod/a', 'GET /beta/a', 'GET /prod/a')).toBe('1 2 1')
  })

  it('of one deployment is none of another', async () => {
    const { texts, gateway } = shop(true)
    await texts('GET /a')
    await gateway.control.deploy({ version: '2', routes: [route('GET /{path+}', { cache: true })] })
    expect(await texts('GET /a')).toBe('2')
  })

  it('of a canary, which has variables of its own, is none of its stage', async () => {
    let at = 0
    const random = () => at
    const { texts } = shop(true, {
      stages: { prod: { canary: { percent: 50, variables: { v: '2' } } } },
      random,
    })
    await texts('GET /prod/a')
    at = 0.9
    expect(await texts('GET /prod/a', 'GET /prod/a')).toBe('2 2')
    at = 0
    expect(await texts('GET /prod/a')).toBe('1')
  })

  it('is not kept where the stage keeps none, and for as long as the stage says', async () => {
    expect(await shop(true, { stages: { prod: { cache: false } } }).texts('GET /prod/a', 'GET /prod/a')).toBe(
      '1 2',
    )
    const { texts, clock } = shop(true, { stages: { prod: { methods: { '*': { cache: { ttl: 10 } } } } } })
    await texts('GET /prod/a')
    clock.advance('10s')
    expect(await texts('GET /prod/a')).toBe('2')
  })

  it('of one route is none of another, unless they share a namespace', async () => {
    const two = (namespace?: string) => [
      route('GET /a', { cache: namespace === undefined ? true : { namespace } }),
      route('GET /{path+}', { cache: namespace === undefined ? true : { namespace } }),
    ]
    expect(await shop(true, { routes: two() }).texts('GET /a', 'GET /b')).toBe('1 2')
    expect(await shop(true, { routes: two('n') }).texts('GET /a', 'GET /b', 'GET /a')).toBe('1 2 1')
  })
})

describe('the key has', () => {
  const key = { query: ['page', 'q'], headers: ['X-Tenant'], path: [] }

  it('the declared parameters, and no others', async () => {
    const { texts } = shop({ key })
    expect(await texts('GET /a?page=1&utm=x', 'GET /a?utm=y&page=1', 'GET /a?page=2', 'GET /a')).toBe(
      '1 1 2 3',
    )
    const tenant = (name: string): [string, SendOptions] => ['GET /a', via({ 'x-tenant': name })]
    expect(await texts(tenant('a'), tenant('b'), tenant('a'), 'GET /a')).toBe('4 5 4 3')
  })

  it('each value of a parameter, in its order, and whatever a parser might make of its name', async () => {
    const { texts } = shop({ key })
    expect(
      await texts(
        'GET /a?q=1&q=2',
        'GET /a?q=2&q=1',
        'GET /a?q[]=1',
        'GET /a?q%5B%5D=2',
        'GET /a?q.x=1',
        'GET /a?%71=1&q=2',
        'GET /a?[q]=1',
        'GET /a?q=1&[q][x]=1',
      ),
    ).toBe('1 2 3 4 5 1 6 7')
  })

  it('no way to look like another: what is declared is quoted', async () => {
    const { texts } = shop({ key })
    expect(await texts('GET /a?q=1%26page%3D2', 'GET /a?q=1&page=2')).toBe('1 2')
  })

  it('the body, where the method has one', async () => {
    const { texts } = shop({ methods: ['POST'] })
    const post = (body: string): [string, SendOptions] => ['POST /a', { body }]
    expect(await texts(post('a'), post('b'), post('a'), 'POST /a')).toBe('1 2 1 3')
  })

  it('the path, but on AWS only what is declared of it', async () => {
    expect(await shop({ key: { path: [] } }).texts('GET /a', 'GET /b')).toBe('1 2')
    const aws = (cache: true | CachePolicy) => shop(cache, { compat: 'aws' })
    expect(await aws({ key: {} }).texts('GET /a', 'GET /b?x')).toBe('1 1')
    expect(await aws(true).texts('GET /a?x=1', 'GET /a?x=2')).toBe('1 1')
    expect(await aws({ key: { path: ['path'] } }).texts('GET /a', 'GET /b', 'GET /a')).toBe('1 2 1')
  })
})

describe('never kept is', () => {
  const answers: Readonly<Record<string, Answer>> = {
    'what sets a cookie': new Answer(200, ['Set-Cookie', 'a=1']),
    'what is private': new Answer(200, ['Cache-Control', 'public, Private']),
    'what is private in a part': new Answer(200, ['cache-control', 'private="x-a"']),
    'what is not to be stored': new Answer(200, ['Cache-Control', 'NO-STORE']),
    'what varies by everything': new Answer(200, ['Vary', 'accept, *']),
    'a part of something': new Answer(206, []),
    'a redirect': new Answer(302, ['location', '/']),
    'an error of the caller': new Answer(404, []),
    'an error of the app': new Answer(500, []),
    'a stream of events': new Answer(200, ['content-type', 'text/event-stream; charset=utf-8']),
    'what has a trailer': new Answer(200, ['trailer', 'x-sum']),
    'what is too large': new Answer(200, [], 'x'.repeat(1_048_577)),
  }

  it.each(Object.entries(answers))('%s', async (_, app) => {
    const { ask } = shop()
    let calls = 0
    const counting = () => {
      calls++
      return app
    }
    const options = { app: counting }
    const first = await ask('GET /a', options)
    await ask('GET /a', options)
    expect(first.headers['cache-status']).toBe('postern; fwd=uri-miss')
    expect(calls).toBe(2)
  })

  it('a refusal, a handler’s or a step’s', async () => {
    let calls = 0
    const { ask } = shop(true, {
      routes: [
        route('GET /a', { cache: { statuses: [403, 500] } }, () => {
          calls++
          throw new PosternError('HANDLER_TIMEOUT', 'made up')
        }),
      ],
      steps: [before('integrate', () => undefined)],
    })
    expect((await ask('GET /a')).status).toBe(504)
    expect((await ask('GET /a')).status).toBe(504)
    expect(calls).toBe(2)
  })

  it('an answer that could not be sent', async () => {
    let calls = 0
    const bad = () => {
      calls++
      return new Answer(200, ['x-a', 'line\nbreak'], 'bad')
    }
    const { ask } = shop(true, { routes: [route('GET /a', { cache: true }, bad)], onError: () => {} })
    expect((await ask('GET /a')).status).toBe(500)
    expect((await ask('GET /a')).status).toBe(500)
    expect(calls).toBe(2)
  })

  it('the largest answer that may be is, and so are other statuses where the route names them', async () => {
    const { texts, ask } = shop({ maxBytes: 10, statuses: [404] })
    const app = (size: number) => () => new Answer(404, [], 'x'.repeat(size))
    await ask('GET /small', { app: app(10) })
    await ask('GET /large', { app: app(11) })
    expect(await texts('GET /small', 'GET /large')).toBe('xxxxxxxxxx 1')
  })
})

describe('a request by-passes the cache', () => {
  it.each([
    ['cookie', 'a=1'],
    ['authorization', 'Basic YTpi'],
    ['cache-control', 'no-store'],
    ['range', 'bytes=0-1'],
    ['if-match', '"a"'],
    ['if-unmodified-since', 'Thu, 01 Jan 2026 00:00:00 GMT'],
    ['upgrade', 'websocket'],
  ])('with %s: it is neither answered from it nor kept', async (name, value) => {
    const { texts, ask } = shop()
    const bypassing: [string, SendOptions] = ['GET /a', via({ [name]: value })]
    expect(await texts(bypassing, 'GET /a', bypassing, 'GET /a')).toBe('1 2 3 2')
    expect((await ask(...bypassing)).headers['cache-status']).toBe('postern; fwd=bypass')
  })

  it('with a body: it is neither answered from it nor kept', async () => {
    const { texts } = shop()
    const bypassing: [string, SendOptions] = ['GET /a', { ...via({}), body: 'x' }]
    expect(await texts(bypassing, 'GET /a', bypassing, 'GET /a')).toBe('1 2 3 2')
  })

  it('but not where the route is shared, or has the header in its key', async () => {
    const cookie: [string, SendOptions] = ['GET /a', via({ cookie: 'a=1', authorization: 'Basic YTpi' })]
    expect(await shop({ shared: true }).texts(cookie, 'GET /a')).toBe('1 1')
    const { texts } = shop({ key: { headers: ['Cookie', 'Authorization'] } })
    const other: [string, SendOptions] = ['GET /a', via({ cookie: 'a=2', authorization: 'Basic YTpi' })]
    expect(await texts(cookie, other, cookie, 'GET /a')).toBe('1 2 1 3')
  })

  it('by another method than those of the route', async () => {
    const { texts, ask } = shop()
    expect(await texts('POST /a', 'POST /a', 'GET /a')).toBe('1 2 3')
    expect((await ask('POST /a')).headers['cache-status']).toBe('postern; fwd=method')
  })
})

describe('answers that are held to a model', () => {
  it('are kept as well, and told of when they break it', async () => {
    const errors: unknown[] = []
    const { ask, calls } = shop(
      {},
      {
        policy: { responses: { 200: { type: 'object' } } },
        onError: (error) => errors.push(error),
      },
    )
    const text = (body: string) => ({
      app: () => new Answer(200, ['content-type', 'application/json'], body),
    })
    expect((await ask('GET /bad', text('1'))).text()).toBe('1')
    await vi.waitFor(() => expect(errors).toMatchObject([{ code: 'ANSWER_INVALID' }]))
    expect((await ask('GET /bad')).text()).toBe('1')
    expect((await ask('GET /good', text('{}'))).text()).toBe('{}')
    expect((await ask('GET /good')).text()).toBe('{}')
    expect([calls(), errors.length]).toEqual([0, 1])
  })
})

describe('HEAD', () => {
  it('is answered from what is kept for GET, and fills nothing', async () => {
    const { ask, texts, calls } = shop()
    await ask('HEAD /a')
    expect(await texts('GET /a')).toBe('2')
    const head = await ask('HEAD /a')
    expect([head.status, head.headers['content-length'], head.text()]).toEqual([200, '1', ''])
    expect(calls()).toBe(2)
  })
})

describe('Vary', () => {
  const varying =
    (vary: string) =>
    (counter: { n: number }): SendOptions => ({
      app: (request) =>
        new Answer(200, ['Vary', vary], `${++counter.n} ${request.header('accept-language')}`),
    })

  it('keeps what is alike for those who ask alike', async () => {
    const { ask } = shop()
    const counter = { n: 0 }
    const options = varying('Accept-Language')(counter)
    const speak = async (language: string) =>
      (await ask('GET /a', { ...options, headers: { 'accept-language': language } })).text()
    expect([await speak('de'), await speak('en'), await speak('de'), await speak('en')]).toEqual([
      '1 de',
      '2 en',
      '1 de',
      '2 en',
    ])
    expect(await speak('de, en')).toBe('3 de, en')
    expect(await speak('de,en')).toBe('3 de, en')
  })

  it('of any answer counts for all of the same key', async () => {
    const { call, calls } = bench()
    const app = (vary: string) => () => new Answer(200, ['vary', vary], vary)
    await call({ headers: { a: '1', b: '1' } }, app('a'))
    await call({ headers: { a: '2', b: '1' } }, app('b'))
    expect(textOf(await call({ headers: { a: '2', b: '1' } }))).toBe('b')
    expect(textOf(await call({ headers: { a: '2', b: '2' } }))).toBe('answer 3')
    expect(calls()).toBe(3)
  })

  it('goes by what the caller sent, not by what the app made of it', async () => {
    const { call, calls } = bench()
    const headers: Record<string, string> = { 'accept-language': 'de' }
    await call({ headers }, ({ request }) => {
      Reflect.set(request, 'header', () => 'rewritten')
      return new Answer(200, ['vary', 'accept-language'], 'deutsch')
    })
    expect(textOf(await call({ headers: { 'accept-language': 'rewritten' } }))).toBe('answer 2')
    expect(textOf(await call({ headers }))).toBe('deutsch')
    expect(calls()).toBe(2)
  })
})

describe('a conditional request', () => {
  const pet: SendOptions = {
    app: () => new Answer(200, ['ETag', 'W/"1"', 'Last-Modified', 'Thu, 01 Jan 2026 00:00:00 GMT'], 'pet'),
  }

  it.each([
    [{ 'if-none-match': '"0", W/"1"' }, 304],
    [{ 'if-none-match': '"1"' }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"2"' }, 200],
    [{ 'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' }, 304],
    [{ 'if-modified-since': 'Wed, 31 Dec 2025 23:59:59 GMT' }, 200],
    [{ 'if-modified-since': 'yesterday' }, 200],
    [{ 'if-none-match': '"2"', 'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' }, 200],
  ])('with %o is answered %i, of a miss as of a hit', async (headers, status) => {
    const { ask } = shop()
    const miss = await ask('GET /a', { ...pet, headers })
    const hit = await ask('GET /a', { ...pet, headers })
    expect([miss.status, hit.status]).toEqual([status, status])
    expect(hit.headers.etag).toBe('W/"1"')
    expect(miss.forwarded?.header('if-none-match')).toBeUndefined()
    expect(miss.forwarded?.header('if-modified-since')).toBeUndefined()
  })

  it('is answered 304 by the tag that the gateway has made', async () => {
    const { ask } = shop()
    await ask('GET /a')
    const { etag = '' } = (await ask('GET /a')).headers
    const held = await ask('GET /a', via({ 'if-none-match': etag }))
    expect([held.status, held.text(), held.headers.etag, held.headers.age]).toEqual([304, '', etag, '0'])
    expect(held.headers['content-type']).toBeUndefined()
  })
})

describe('Cache-Control: max-age=0', () => {
  const now = { headers: { 'cache-control': 'max-age=0' } }

  it('replaces what is kept, where the caller may', async () => {
    const { call } = bench()
    await call({ principal: 'a' })
    expect(textOf(await call({ principal: 'a', may: true, ...now }))).toBe('answer 2')
    expect(textOf(await call({ principal: 'a' }))).toBe('answer 2')
    expect((await call({ principal: 'a', may: true, ...now })).exchange.toJSON()).toBeDefined()
  })

  it('is ignored with a warning where it may not, on hits and on misses', async () => {
    const { call } = bench()
    for (const may of [false, undefined]) {
      const got = await call({ ...now, ...(may === undefined ? {} : { may }) })
      expect(textOf(got)).toBe('answer 1')
      expect(field(got, 'warning')).toMatch(/^199 /)
    }
    expect(field(await call(), 'warning')).toBeUndefined()
  })

  it('is ignored without one, or refused, as the route says', async () => {
    const silent = bench({ policy: { invalidation: { unauthorized: 'SUCCEED_WITHOUT_RESPONSE_HEADER' } } })
    await silent.call()
    const got = await silent.call(now)
    expect([textOf(got), field(got, 'warning')]).toEqual(['answer 1', undefined])
    const strict = bench({ policy: { invalidation: { unauthorized: 'FAIL_WITH_403' } } })
    expect(textOf(await strict.call(now))).toBe('refused: ACCESS_DENIED')
    expect(strict.calls()).toBe(0)
  })

  it('is anybody’s to say where no authorization is asked for; no-cache means the same, but on AWS', async () => {
    const policy = { invalidation: { requireAuthorization: false } }
    const { call } = bench({ policy })
    await call()
    expect(textOf(await call(now))).toBe('answer 2')
    expect(textOf(await call({ headers: { 'cache-control': 'no-cache' } }))).toBe('answer 3')
    const aws = bench({ policy, compat: 'aws' })
    await aws.call()
    expect(textOf(await aws.call({ headers: { 'cache-control': 'no-cache' } }))).toBe('answer 1')
    expect(textOf(await aws.call(now))).toBe('answer 2')
  })

  it('drops what was kept, if what comes instead is not for keeping', async () => {
    const { call } = bench({ policy: { invalidation: { requireAuthorization: false } } })
    await call()
    await call(now, () => new Answer(404, [], 'gone'))
    expect(textOf(await call())).toBe('answer 3')
  })
})

describe('a stale answer', () => {
  const failing = () => new Answer(503, [], 'away')

  it('is given where the app fails, as long as the route allows', async () => {
    const { call, clock } = bench({ policy: { ttl: 10, staleIfError: 20 } })
    await call()
    clock.advance('29s')
    const got = await call({}, failing)
    expect([textOf(got), field(got, 'age')]).toEqual(['answer 1', '29'])
    clock.advance('1s')
    expect(textOf(await call({}, failing))).toBe('away')
  })

  it('is given to others while one fetches it anew', async () => {
    const { call, clock, calls } = bench({ policy: { ttl: 10, staleWhileRevalidate: 20 } })
    await call()
    clock.advance('15s')
    let finish: (answer: Answer) => void = () => {}
    const first = call({}, () => new Promise((resolve) => (finish = resolve)))
    const others = await Promise.all([call(), call()])
    expect(others.map(textOf)).toEqual(['answer 1', 'answer 1'])
    finish(new Answer(200, [], 'new'))
    expect(textOf(await first)).toBe('new')
    expect(textOf(await call())).toBe('new')
    expect(calls()).toBe(2)
  })

  it('is given to nobody when its time is past that, too', async () => {
    const { call, clock } = bench({ policy: { ttl: 10, staleWhileRevalidate: 20 } })
    await call()
    clock.advance('30s')
    let finish: (answer: Answer) => void = () => {}
    const first = call({}, () => new Promise((resolve) => (finish = resolve)))
    const other = call()
    await new Promise(setImmediate)
    finish(new Answer(200, [], 'new'))
    expect([textOf(await first), textOf(await other)]).toEqual(['new', 'new'])
  })
})

describe('what AWS does not have is left out for those who want AWS: ', () => {
  it('no Age, no Cache-Status', async () => {
    const { ask } = shop({ key: {} }, { compat: 'aws' })
    await ask('GET /a')
    const { headers } = await ask('GET /a')
    expect([headers.age, headers['cache-status']]).toEqual([undefined, undefined])
  })

  it('but a cookie or what is private is nobody else’s there either', async () => {
    const { ask, texts } = shop({ key: {} }, { compat: 'aws' })
    await ask('GET /a', { app: () => new Answer(200, ['set-cookie', 'a=1'], 'cookie') })
    await ask('GET /a', { app: () => new Answer(200, ['cache-control', 'private'], 'mine') })
    expect(await texts('GET /a')).toBe('1')
  })
})
