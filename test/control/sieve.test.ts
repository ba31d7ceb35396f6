import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Sieve } from '../../src/control/keys/sieve.js'
import { createGateway, digestApiKey, route } from '../../src/index.js'
import { send } from '../../src/testing.js'

const value = fc.string({ unit: 'binary', maxLength: 128 })

describe('what tells guesses from keys', () => {
  it('lets every value pass that it was told of', () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const sieve = new Sieve()
        for (const each of values) sieve.add(each)
        expect(values.filter((each) => !sieve.passes(each))).toEqual([])
      }),
    )
  })

  it('keeps back what begins, ends or goes on otherwise', () => {
    const sieve = new Sieve()
    const key = 'k'.repeat(40)
    sieve.add(key)
    const guesses = Array.from(key, (_, index) => `${key.slice(0, index)}K${key.slice(index + 1)}`)
    const others = [
      '',
      key.slice(1),
      `${key}k`,
      ...guesses,
      ...guesses.map((each) => [...each].reverse().join('')),
    ]
    // Each passes by chance once in four billion times.
    expect(others.filter((each) => sieve.passes(each))).toEqual([])
  })

  it('keeps nothing back once it would hold too much', () => {
    const sieve = new Sieve(2)
    for (const each of ['one', 'two']) sieve.add(each)
    expect(sieve.passes('three')).toBe(false)
    sieve.add('four')
    expect(['one', 'two', 'three', 'four'].every((each) => sieve.passes(each))).toBe(true)
  })

  it('keeps back nearly all of many guesses at many keys', () => {
    const sieve = new Sieve()
    for (let index = 0; index < 10_000; index++) sieve.add(`key-${index}`.padEnd(40, 'x'))
    const passed = Array.from({ length: 100_000 }, (_, index) => `guess-${index}`.padEnd(40, 'x')).filter(
      (each) => sieve.passes(each),
    )
    // 10,000 marks among 2^32: 0.23 of these are to be expected.
    expect(passed.length).toBeLessThan(10)
  })

  it('marks the same value otherwise in another gateway', () => {
    const marks = Array.from({ length: 8 }, () => new Sieve())
    marks[0]?.add('the value of a key')
    expect(marks.map((each) => each.passes('the value of a key'))).toEqual([true, ...Array(7).fill(false)])
  })

  it('keeps back nothing once there is a key of which the digest alone is known', () => {
    const sieve = new Sieve()
    expect(sieve.passes('a guess')).toBe(false)
    sieve.open()
    expect(sieve.passes('a guess')).toBe(true)
  })
})

describe('keys are admitted, however they came', () => {
  const [made, first, second, listed, digested] = ['made', 'first', 'second', 'listed', 'digested'].map(
    (name) => name.padEnd(40, '0'),
  ) as [string, string, string, string, string]

  async function statuses(gateway: ReturnType<typeof shop>, values: readonly string[]): Promise<number[]> {
    const answers = values.map((apiKey) => send(gateway, 'GET /pets', { apiKey }))
    return (await Promise.all(answers)).map(({ status }) => status)
  }

  function shop() {
    return createGateway({ routes: [route('GET /pets', { apiKey: true })], plans: { free: {} } })
  }

  it('although they were guessed before', async () => {
    const gateway = shop()
    const values = [made, first, second, listed, digested]
    expect(await statuses(gateway, values)).toEqual([403, 403, 403, 403, 403])
    await gateway.control.createApiKey({ name: 'made', value: made, plans: ['free'] })
    expect(await statuses(gateway, values)).toEqual([200, 403, 403, 403, 403])
    const { id } = await gateway.control.createApiKey({ name: 'rotated', value: first, plans: ['free'] })
    await gateway.control.rotateApiKey(id, { value: second })
    expect(await statuses(gateway, values)).toEqual([200, 200, 200, 403, 403])
    await gateway.control.importApiKeys(`Name,Key,UsagePlanIds\nlisted, ${listed} ,free`)
    expect(await statuses(gateway, values)).toEqual([200, 200, 200, 200, 403])
    await gateway.control.importApiKeys(
      `Name,Key,UsagePlanIds\ndigested,sha256:${digestApiKey(digested)},free`,
    )
    expect(await statuses(gateway, [...values, 'a guess'])).toEqual([200, 200, 200, 200, 200, 403])
  })
})
