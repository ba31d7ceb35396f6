/** Concurrent misses of one key are one call, and nobody waits for what will not come. */
import { Answer, createGateway, route } from 'postern'
import { send } from 'postern/testing'
import { describe, expect, it } from 'vitest'
import { type App, bench, type Call, field, textOf } from './support.js'

const CROWD = 1_000

/** All steps that can be taken, taken. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

/** An app whose first answer the test gives, when it likes; the others it gives at once. */
function slow(rest: () => Answer = () => new Answer(200, [], 'another')) {
  let first: ((answer: Answer) => void) | undefined
  let calls = 0
  const app: App = () => {
    calls++
    if (calls > 1) return rest()
    return new Promise((resolve) => {
      first = resolve
    })
  }
  return { app, calls: () => calls, answer: (answer: Answer) => first?.(answer) }
}

describe('a thousand misses of one key', () => {
  it('are one call, in process', async () => {
    const { call, calls } = bench()
    const { app, answer } = slow()
    const crowd = Array.from({ length: CROWD }, () => call({}, app))
    await settled()
    answer(new Answer(200, ['x-a', '1'], 'the one'))
    const got = await Promise.all(crowd)
    expect(new Set(got.map(textOf))).toEqual(new Set(['the one']))
    expect(new Set(got.map((each) => field(each, 'x-a')))).toEqual(new Set(['1']))
    expect(calls()).toBe(1)
  })

  it('are one call through the gateway', async () => {
    const gateway = createGateway({
      routes: [route('GET /pets', { cache: true })],
      account: { throttle: false },
    })
    let calls = 0
    const app = async () => {
      const own = ++calls
      await settled()
      return new Answer(200, [], `${own}`)
    }
    const got = await Promise.all(Array.from({ length: CROWD }, () => send(gateway, 'GET /pets', { app })))
    expect(new Set(got.map((each) => each.text()))).toEqual(new Set(['1']))
    expect(
      got.filter(({ headers }) => headers['cache-status'] === 'postern; fwd=uri-miss; collapsed'),
    ).toHaveLength(999)
  })

  it('are one for each caller, where callers are kept apart', async () => {
    const { call, calls } = bench()
    const app: App = async ({ principal }) => {
      await settled()
      return new Answer(200, [], `for ${principal}`)
    }
    const names = Array.from({ length: 100 }, (_, index) => `p${index % 10}`)
    const got = await Promise.all(names.map((principal) => call({ principal }, app)))
    expect(got.map(textOf)).toEqual(names.map((name) => `for ${name}`))
    expect(calls()).toBe(10)
  })

  it('are one for each kind, where answers turn out to vary', async () => {
    const { call, calls } = bench()
    const app: App = async ({ request }) => {
      await settled()
      return new Answer(200, ['vary', 'accept-language'], `${request.header('accept-language')}`)
    }
    const languages = Array.from({ length: 90 }, (_, index) => ['de', 'en', 'fr'][index % 3] ?? '')
    const got = await Promise.all(
      languages.map((language) => call({ headers: { 'accept-language': language } }, app)),
    )
    expect(got.map(textOf)).toEqual(languages)
    expect(calls()).toBe(3)
  })
})

describe('those who wait go on by themselves', () => {
  const cases: Readonly<Record<string, Answer>> = {
    'when the answer is for its caller alone': new Answer(200, ['cache-control', 'private'], 'mine'),
    'when it sets a cookie': new Answer(200, ['set-cookie', 'a=1'], 'mine'),
    'when its status is not kept': new Answer(404, [], 'mine'),
    'when the app fails': new Answer(500, [], 'mine'),
    'when it is too large': new Answer(200, [], 'x'.repeat(1_048_577)),
  }

  it.each(Object.entries(cases))('%s', async (_, own) => {
    const { call, calls } = bench()
    const { app, answer } = slow()
    const leader = call({}, app)
    const others = Array.from({ length: 20 }, () => call({}, app))
    await settled()
    answer(own)
    expect(textOf(await leader)).toBe(textOf(own))
    expect((await Promise.all(others)).map(textOf)).toEqual(Array.from({ length: 20 }, () => 'another'))
    // All at once, each for itself: none waits for another one again.
    expect(calls()).toBe(21)
  })

  it('when the first is gone before it is answered', async () => {
    const { call } = bench()
    const leader = call({}, ({ tap }) => {
      tap?.end(false)
      return new Answer(200, [], 'too late')
    })
    const other = call()
    await leader
    expect(textOf(await other)).toBe('answer 2')
    expect(textOf(await call())).toBe('answer 2')
  })

  it('when what was asked for is flushed meanwhile: nothing from before is kept', async () => {
    const { call, caches } = bench()
    const { app, answer } = slow()
    const leader = call({}, app)
    const other = call({}, app)
    await settled()
    caches.flush('prod', { target: '/pets' })
    answer(new Answer(200, [], 'of before'))
    expect([textOf(await leader), textOf(await other)]).toEqual(['of before', 'another'])
    expect(textOf(await call())).toBe('another')
  })

  it('when there is no room for the answer', async () => {
    const { call, calls } = bench({ size: 1_000 })
    const { app, answer } = slow(() => new Answer(200, [], 'x'.repeat(2_000)))
    const crowd = [call({}, app), call({}, app), call({}, app)]
    await settled()
    answer(new Answer(200, [], 'x'.repeat(2_000)))
    await Promise.all(crowd)
    expect(calls()).toBe(3)
  })
})

describe('when answers have been found not to be for keeping', () => {
  it('nobody waits for the next one, for ten seconds', async () => {
    const { call, clock } = bench()
    const personal = new Answer(200, ['cache-control', 'private'], 'mine')
    await call({}, () => personal)
    const { app, answer } = slow(() => personal)
    const first = call({}, app)
    expect(textOf(await call({}, app))).toBe('mine')
    answer(personal)
    await first
    clock.advance('10s')
    const again = slow()
    const leader = call({}, again.app)
    const waits = call({}, again.app)
    await settled()
    expect(again.calls()).toBe(1)
    again.answer(new Answer(200, [], 'kept'))
    expect([textOf(await leader), textOf(await waits)]).toEqual(['kept', 'kept'])
  })
})

describe('nobody waits for', () => {
  it('a request that is not answered from the cache at all', async () => {
    const { call } = bench()
    const { app, answer } = slow()
    const leader = call({}, app)
    const personal: Call = { headers: { cookie: 'a=1' } }
    expect(textOf(await call(personal, app))).toBe('another')
    expect(textOf(await call({ headers: { 'cache-control': 'no-store' } }, app))).toBe('another')
    answer(new Answer(200, [], 'one'))
    await leader
  })
})
