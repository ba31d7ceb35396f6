/** Answers that processes share: what one has fetched, another one need not fetch. */
import { Answer, PosternError } from 'postern'
import { testClock } from 'postern/testing'
import { describe, expect, it } from 'vitest'
import type { Answers } from '../../src/store/contract.js'
import { answersContract } from '../contract/answers.js'
import { answersInMemory, asyncAnswers } from '../store/answers-in-memory.js'
import { bench, field, textOf } from './support.js'

answersContract('a store in memory', () => answersInMemory())
answersContract('a store far away', () => asyncAnswers(answersInMemory()))

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe.each([
  ['near', (answers: Answers) => answers],
  ['far', asyncAnswers],
])('two processes with one store that is %s', (_, placed) => {
  function two(policy = {}) {
    const clock = testClock()
    const answers = placed(answersInMemory())
    const process = () => bench({ policy: { ttl: 60, ...policy }, clock, answers })
    return { clock, one: process(), other: process() }
  }

  it('share what one of them has fetched, until its time is up', async () => {
    const { clock, one, other } = two()
    await one.call({}, () => new Answer(200, ['x-a', '1'], Buffer.from([1, 200])))
    clock.advance('10s')
    const got = await other.call()
    expect([field(got, 'x-a'), field(got, 'age')]).toEqual(['1', '10'])
    expect(got).toMatchObject({ status: 200, body: new Uint8Array([1, 200]) })
    expect(other.calls()).toBe(0)
    clock.advance('50s')
    expect(textOf(await other.call())).toBe('answer 1')
  })

  it('tell apart what varies', async () => {
    const { one, other } = two()
    for (const a of ['1', '2']) await one.call({ headers: { a } }, () => new Answer(200, ['vary', 'a'], a))
    for (const a of ['1', '2']) expect(textOf(await other.call({ headers: { a } }))).toBe(a)
    expect(other.calls()).toBe(0)
    expect(textOf(await other.call({ headers: { a: '3' } }))).toBe('answer 1')
  })

  it('tell callers apart', async () => {
    const clock = testClock()
    const answers = placed(answersInMemory())
    const process = () => bench({ clock, answers })
    const [one, other] = [process(), process()]
    await one.call({ principal: 'a' })
    expect(textOf(await other.call({ principal: 'b' }, () => new Answer(200, [], 'for b')))).toBe('for b')
    expect(textOf(await other.call({ principal: 'a' }))).toBe('answer 1')
    expect(other.calls()).toBe(1)
  })

  it('ask it once for all who miss at the same time', async () => {
    const { one, other } = two()
    await one.call()
    const got = await Promise.all(Array.from({ length: 50 }, () => other.call()))
    expect(new Set(got.map(textOf))).toEqual(new Set(['answer 1']))
    expect(other.calls()).toBe(0)
  })

  it('flush it together with their own', async () => {
    const { one, other } = two({ tags: ['pets'] })
    await one.call()
    one.caches.flush('prod', { tags: ['pets'], target: '/pets?x' })
    await settled()
    expect(textOf(await other.call())).toBe('answer 1')
    expect(other.calls()).toBe(1)
  })
})

it('what is flushed while the store is asked for it is not given', async () => {
  const clock = testClock()
  const held = answersInMemory()
  await bench({ clock, answers: held }).call()
  let go = () => {}
  const asked = new Promise<void>((resolve) => {
    go = resolve
  })
  const slow: Answers = {
    ...held,
    get: async (space, key) => {
      const found = held.get(space, key)
      await asked
      return found
    },
  }
  const { call, caches, calls } = bench({ clock, answers: slow })
  const waiting = call()
  caches.flush('prod')
  go()
  expect([textOf(await waiting), textOf(await call()), calls()]).toEqual(['answer 1', 'answer 1', 1])
})

describe('a store that is away', () => {
  const away = () => Promise.reject(new Error('away'))
  const never = () => new Promise<never>(() => {})

  it.each([
    ['fails', away],
    ['hangs', never],
    [
      'throws',
      () => {
        throw new Error('away')
      },
    ],
  ])('and %s counts as empty, and is told of once', async (_, fail) => {
    const answers: Answers = { get: fail, set: fail, delete: fail, flush: fail }
    const { call, errors, caches } = bench({ answers, timeout: 20 })
    expect(textOf(await call())).toBe('answer 1')
    expect(textOf(await call())).toBe('answer 1')
    expect(textOf(await call({ request: 'GET /other' }))).toBe('answer 2')
    caches.flush('prod')
    expect(errors).toHaveLength(1)
    expect(errors[0]).toBeInstanceOf(PosternError)
  })

  it.each([null, 'text', {}, { varying: 1 }])(
    'or holds %o, which is none of ours, is not believed',
    async (about) => {
      const stored = { status: 200, headers: [], body: Buffer.from('strange'), about }
      const { call } = bench({ answers: { ...answersInMemory(), get: () => stored } })
      expect(textOf(await call())).toBe('answer 1')
    },
  )
})
