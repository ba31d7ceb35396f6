/** RFC 9111 mode: freshness, use and validation as the app's and the caller's `Cache-Control` have it. */
import { Answer } from 'postern'
import { describe, expect, it } from 'vitest'
import { directivesOf, millisecondsOf } from '../../src/cache/directives.js'
import { httpDate } from '../../src/cache/fields.js'
import type { CachePolicy } from '../../src/definition.js'
import { bench, type Call, field, textOf } from './support.js'

const rfc = (policy: CachePolicy = {}) => bench({ policy: { mode: 'rfc9111', ttl: 0, ...policy } })
const saying =
  (...headers: string[]) =>
  () =>
    new Answer(200, headers, 'kept')
const wanting = (value: string): Call => ({ headers: { 'cache-control': value } })
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toUTCString()

describe('an answer is fresh', () => {
  it.each([
    ['for its max-age', ['cache-control', 'max-age=60'], 60],
    ['for its s-maxage first', ['cache-control', 'max-age=10, s-maxage=60'], 60],
    ['until it expires', ['expires', at(60)], 60],
    ['until it expires, by its own date', ['expires', at(160), 'date', at(100)], 60],
    ['less its age', ['cache-control', 'max-age=60', 'age', '20'], 40],
    ['less the time since its date', ['cache-control', 'max-age=60', 'date', at(-20)], 40],
    ['for a tenth of the time since its last change', ['last-modified', at(-600)], 60],
    ['for an hour of that at most', ['last-modified', at(-86_400_000)], 3_600],
  ])('%s', async (_, headers, seconds) => {
    const { call, clock } = rfc()
    await call({}, saying(...headers))
    clock.advance(seconds * 1000 - 1)
    expect(textOf(await call())).toBe('kept')
    clock.advance(1)
    expect(textOf(await call())).toBe('answer 2')
  })

  it.each([
    ['nothing is said of it', []],
    ['max-age is no number', ['cache-control', 'max-age="a"']],
    ['it has expired', ['expires', '0']],
    ['it is older than that', ['cache-control', 'max-age=60', 'age', '61']],
    ['its age cannot be read', ['cache-control', 'max-age=60', 'age', 'old']],
  ])('for no time where %s', async (_, headers) => {
    const { call } = rfc()
    await call({}, saying(...headers))
    expect(textOf(await call())).toBe('answer 2')
  })

  it('for the route’s own time where the app says nothing', async () => {
    const { call, clock } = rfc({ ttl: 60 })
    await call({}, saying())
    clock.advance('59s')
    expect(textOf(await call())).toBe('kept')
    clock.advance('1s')
    expect(textOf(await call())).toBe('answer 2')
  })

  it('with other statuses, too, if the app says for how long', async () => {
    const { call } = rfc({ ttl: 60 })
    const gone =
      (...headers: string[]) =>
      () =>
        new Answer(404, headers, 'gone')
    await call({ request: 'GET /a' }, gone('cache-control', 'max-age=60'))
    await call({ request: 'GET /b' }, gone())
    expect(textOf(await call({ request: 'GET /a' }))).toBe('gone')
    expect(textOf(await call({ request: 'GET /b' }))).toBe('answer 3')
  })
})

describe('a caller may ask', () => {
  async function aged(control: string, more = 'max-age=60') {
    const { call, clock } = rfc()
    await call({}, saying('cache-control', more))
    clock.advance('30s')
    return textOf(await call(wanting(control)))
  }

  it.each([
    ['max-age=30', 'kept'],
    ['max-age=29', 'answer 2'],
    ['min-fresh=30', 'kept'],
    ['min-fresh=31', 'answer 2'],
    ['no-cache', 'answer 2'],
    ['no-store', 'answer 2'],
    ['only-if-cached', 'kept'],
  ])('with %s, of a fresh answer', async (control, text) => {
    expect(await aged(control)).toBe(text)
  })

  it.each([
    ['max-stale', 'max-age=10', 'kept'],
    ['max-stale=20', 'max-age=10', 'kept'],
    ['max-stale=19', 'max-age=10, stale-if-error=60', 'answer 2'],
    ['max-stale', 'max-age=10, must-revalidate', 'answer 2'],
    ['max-stale', 'max-age=10, s-maxage=10', 'answer 2'],
  ])('with %s, of one with %s', async (control, more, text) => {
    const { call, clock } = rfc()
    await call({}, saying('cache-control', `${more}`, 'etag', '"1"'))
    clock.advance('30s')
    expect(textOf(await call(wanting(control)))).toBe(text)
  })

  it('for nothing but what is kept, and gets 504', async () => {
    const got = await rfc().call(wanting('only-if-cached'))
    expect(got).toMatchObject({ status: 504 })
  })
})

describe('a stale answer with a validator', () => {
  const pet = saying(
    'cache-control',
    'max-age=10',
    'etag',
    '"1"',
    'last-modified',
    at(-9),
    'x-a',
    'old',
    'vary',
    'b',
  )

  it('is asked for by it, and goes on when it still holds, with the new header fields', async () => {
    const { call, clock, calls } = rfc()
    await call({}, pet)
    clock.advance('20s')
    const got = await call({}, ({ forwardHeaders }) => {
      expect(forwardHeaders?.get('if-none-match')).toBe('"1"')
      expect(forwardHeaders?.get('if-modified-since')).toBe(at(-9))
      return new Answer(304, [
        'x-a',
        'new',
        'cache-control',
        'max-age=100',
        'etag',
        '"1"',
        'content-encoding',
        'no',
      ])
    })
    expect([textOf(got), field(got, 'x-a'), field(got, 'content-encoding')]).toEqual([
      'kept',
      'new',
      undefined,
    ])
    clock.advance('99s')
    const later = await call()
    expect([textOf(later), field(later, 'x-a'), field(later, 'age')]).toEqual(['kept', 'new', '99'])
    expect(calls()).toBe(2)
  })

  it('goes to the caller as 304 where that one has it', async () => {
    const { call, clock } = rfc()
    await call({}, pet)
    clock.advance('20s')
    const held: Call = { headers: { 'if-none-match': '"1"' } }
    expect(await call(held, () => new Answer(304, ['etag', '"1"']))).toMatchObject({ status: 304 })
    clock.advance('20s')
    const other: Call = { headers: { 'if-none-match': '"0"' } }
    expect(textOf(await call(other, () => new Answer(304, ['etag', '"1"'])))).toBe('kept')
  })

  it('gives way to a new one', async () => {
    const { call, clock } = rfc()
    await call({}, pet)
    clock.advance('20s')
    const next = () => new Answer(200, ['cache-control', 'max-age=10', 'etag', '"2"'], 'next')
    expect(textOf(await call({}, next))).toBe('next')
    expect(textOf(await call())).toBe('next')
  })

  it('is kept no longer when the app then says that it is private', async () => {
    const { call, clock } = rfc()
    await call({}, pet)
    clock.advance('20s')
    expect(
      textOf(await call({}, () => new Answer(304, ['cache-control', 'private', 'set-cookie', 'a=1']))),
    ).toBe('kept')
    expect(textOf(await call())).toBe('answer 3')
  })

  it('is asked of the app each time where it says no-cache, by all who ask at once in one call or more', async () => {
    const { call, calls } = rfc()
    await call({}, saying('cache-control', 'no-cache, max-age=60', 'etag', '"1"'))
    for (let n = 0; n < 3; n++) expect(textOf(await call({}, () => new Answer(304, [])))).toBe('kept')
    expect(calls()).toBe(4)
  })

  it('made up by the gateway is no validator for the app', async () => {
    const { call, clock } = rfc()
    await call({}, saying('cache-control', 'max-age=10'))
    clock.advance('20s')
    await call({}, ({ forwardHeaders }) => {
      expect(forwardHeaders?.get('if-none-match')).toBeUndefined()
      return new Answer(200, [])
    })
  })
})

describe('where the app fails or is asked anew', () => {
  const failing = () => new Answer(503, [], 'away')

  it.each([
    ['max-age=10, stale-if-error=20', 'kept'],
    ['max-age=10', 'away'],
    ['max-age=10, stale-if-error=20, must-revalidate', 'away'],
    ['max-age=10, stale-if-error=4', 'away'],
  ])('an answer with %s, five seconds stale: %s', async (control, text) => {
    const { call, clock } = rfc()
    await call({}, saying('cache-control', control, 'etag', '"1"'))
    clock.advance('15s')
    expect(textOf(await call({}, failing))).toBe(text)
  })

  it('a stale answer is given to others as long as it says', async () => {
    const { call, clock } = rfc()
    await call({}, saying('cache-control', 'max-age=10, stale-while-revalidate=20'))
    clock.advance('15s')
    let finish: (answer: Answer) => void = () => {}
    const first = call({}, () => new Promise((resolve) => (finish = resolve)))
    expect(textOf(await call())).toBe('kept')
    await new Promise(setImmediate)
    finish(new Answer(200, [], 'new'))
    await first
  })
})

describe('credentials', () => {
  const authorized: Call = { headers: { authorization: 'Bearer 1' } }
  const cookie: Call = { headers: { cookie: 'a=1' } }

  it.each([
    ['max-age=60', authorized, false],
    ['max-age=60, public', authorized, true],
    ['max-age=60, must-revalidate', authorized, true],
    ['s-maxage=60', authorized, true],
    ['max-age=60', cookie, false],
    ['max-age=60, must-revalidate', cookie, false],
    ['max-age=60, public', cookie, true],
  ])('an answer with %s to %o is given to others: %s', async (control, call, shared) => {
    const made = rfc()
    await made.call(call, saying('cache-control', control))
    expect(textOf(await made.call())).toBe(shared ? 'kept' : 'answer 2')
    const other = rfc()
    await other.call({}, saying('cache-control', control))
    expect(textOf(await other.call(call))).toBe(shared ? 'kept' : 'answer 2')
  })
})

describe('a request that changes something', () => {
  async function after(request: string, answer: Answer) {
    const { call } = rfc()
    for (const target of ['/pets', '/pets/7', '/pets/7?a']) {
      await call({ request: `GET ${target}` }, saying('cache-control', 'max-age=60'))
    }
    await call({ request }, () => answer)
    const left: string[] = []
    for (const target of ['/pets', '/pets/7', '/pets/7?a']) {
      if (textOf(await call({ request: `GET ${target}` })) === 'kept') left.push(target)
    }
    return left
  }

  it('has what is kept of its target dropped, if it succeeds', async () => {
    expect(await after('POST /pets', new Answer(201, []))).toEqual(['/pets/7', '/pets/7?a'])
    expect(await after('DELETE /pets/7', new Answer(204, []))).toEqual(['/pets'])
    expect(await after('POST /pets', new Answer(400, []))).toEqual(['/pets', '/pets/7', '/pets/7?a'])
    expect(await after('OPTIONS /pets', new Answer(200, []))).toEqual(['/pets', '/pets/7', '/pets/7?a'])
  })

  it('and of the targets of the same origin that its answer names', async () => {
    expect(await after('POST /pets', new Answer(201, ['location', '/pets/7?a']))).toEqual(['/pets/7'])
    expect(
      await after('POST /pets', new Answer(201, ['content-location', 'http://localhost/pets/7'])),
    ).toEqual([])
    expect(await after('POST /pets', new Answer(201, ['location', 'http://elsewhere/pets/7']))).toEqual([
      '/pets/7',
      '/pets/7?a',
    ])
    expect(await after('POST /pets', new Answer(201, ['location', 'http://[']))).toEqual([
      '/pets/7',
      '/pets/7?a',
    ])
  })

  it('also for a caller that names no host', async () => {
    const { call, calls } = rfc()
    await call({}, saying('cache-control', 'max-age=60'))
    const created = () => new Answer(201, ['location', '/pets/7'])
    await call({ request: 'POST /pets', headers: { host: '' } }, created)
    await call()
    expect(calls()).toBe(3)
  })
})

describe('directives', () => {
  it.each([
    ['max-age=60', { 'max-age': '60' }],
    ['Max-Age=60,NO-STORE', { 'max-age': '60', 'no-store': '' }],
    ['ext="max-age=1, no-store", max-age="60"', { ext: 'max-age=1, no-store', 'max-age': '60' }],
    ['max-age=1, max-age=2', { 'max-age': '1' }],
    ['private="set-cookie, x"', { private: 'set-cookie, x' }],
    [', ,public,', { public: '' }],
    ['a="unended, max-age=5', { a: '"unended', 'max-age': '5' }],
    ['', {}],
  ])('of %s', (text, expected) => {
    expect(Object.fromEntries(directivesOf(text))).toEqual(expected)
  })

  it.each([
    ['max-age=60', 60_000],
    ['max-age=060', 60_000],
    ['max-age=99999999999', 2 ** 31 * 1000],
    ['max-age=-1', 0],
    ['max-age=1.5', 0],
    ["max-age='60'", 0],
    ['max-age =60', 0],
    ['max-age="60" x', 0],
    ['max-age', 0],
    ['other', undefined],
  ])('%s is %s ms', (text, expected) => {
    expect(millisecondsOf(directivesOf(text), 'max-age')).toBe(expected)
  })
})

describe('dates', () => {
  const now = Date.UTC(2026, 0, 1)

  it.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', Date.UTC(1994, 10, 6, 8, 49, 37)],
    ['Sunday, 06-Nov-94 08:49:37 GMT', Date.UTC(1994, 10, 6, 8, 49, 37)],
    ['Wednesday, 06-Nov-30 08:49:37 GMT', Date.UTC(2030, 10, 6, 8, 49, 37)],
    ['Sun Nov  6 08:49:37 1994', Date.UTC(1994, 10, 6, 8, 49, 37)],
    ['Sun, 06 Nov 1994 08:49:37 UTC', undefined],
    ['Sun, 06 Nov 1994 8:49:37 GMT', undefined],
    ['sun, 06 Nov 1994 08:49:37 GMT', undefined],
    ['Sun, 99 Nov 1994 08:49:37 GMT', undefined],
    ['0', undefined],
  ])('%s is %s', (text, expected) => {
    expect(httpDate(text, now)).toBe(expected)
  })
})
