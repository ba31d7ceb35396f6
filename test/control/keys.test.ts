import { describe, expect, test, vi } from 'vitest'
import { unknownPlan } from '../../src/control/keys/plans.js'
import { ApiKeys, type KeyInput, type KeyPatch } from '../../src/control/keys.js'
import { digestApiKey } from '../../src/digest.js'
import type { Records } from '../../src/store/contract.js'
import { memoryStore } from '../../src/store/memory.js'

const START = Date.parse('2026-01-01T00:00:00Z')
const HOUR = 3_600_000
const PLANS: Record<string, readonly string[]> = { free: ['prod'], gold: ['prod', 'beta'], lab: ['beta'] }
const VALUE = 'a-value-of-my-own-choosing'

function stagesOf(plan: string): readonly string[] {
  const stages = PLANS[plan]
  if (stages === undefined) throw unknownPlan(plan, Object.keys(PLANS))
  return stages
}

function setUp(options: { most?: number; ids?: () => string; records?: Records } = {}) {
  const time = { now: START }
  const onChange = vi.fn<(id: string) => void>()
  const records = options.records ?? memoryStore().records
  const keys = new ApiKeys(records, {
    clock: { now: () => time.now },
    most: options.most ?? 100,
    stagesOf,
    onChange,
    ...(options.ids && { ids: options.ids }),
  })
  const found = (value: string) => keys.find(digestApiKey(value))
  return { keys, records, time, onChange, found }
}

const refused = (code: string, message: string | RegExp) =>
  expect.objectContaining({ name: 'PosternError', code, message: expect.stringMatching(message) as string })

describe('making a key', () => {
  test('a new key has 40 random letters and digits, an id of ten, and the times of its making', async () => {
    const { keys } = setUp()
    const { value, ...key } = await keys.create({ name: 'acme', plans: ['free'] })
    expect(value).toMatch(/^[A-Za-z0-9]{40}$/)
    expect(key).toEqual({
      id: expect.stringMatching(/^[a-z0-9]{10}$/) as string,
      name: 'acme',
      description: undefined,
      enabled: true,
      createdAt: START,
      updatedAt: START,
      expiresAt: undefined,
      plans: ['free'],
      tags: {},
    })
  })

  test('its value is shown once: neither value nor digest is in what is kept or told', async () => {
    const { keys, records } = setUp()
    const { id, value } = await keys.create({ name: 'acme' })
    expect(JSON.stringify(await records.list('apiKey', '', 10))).not.toContain(value)
    const told = JSON.stringify([await keys.get(id), await keys.list(), await keys.update(id, { name: 'b' })])
    expect(told).not.toContain(value)
    expect(told).not.toContain(digestApiKey(value))
  })

  test('every character of a value is as likely as any other', async () => {
    const counting = (size: number) => Uint8Array.from({ length: size }, () => next++ % 256)
    let next = 0
    const seen = new Map<string, number>()
    const { randomValue } = await import('../../src/control/keys/random.js')
    for (let round = 0; round < 248; round++) {
      for (const character of randomValue(counting)) seen.set(character, (seen.get(character) ?? 0) + 1)
    }
    expect(seen.size).toBe(62)
    const counts = [...seen.values()]
    expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.35)
  })

  test('a value of your own, and everything else that a key has', async () => {
    const { keys, found } = setUp()
    const expiresAt = START + HOUR
    const made = await keys.create({
      name: 'acme',
      description: 'the shop',
      value: VALUE,
      enabled: false,
      plans: ['free', 'lab', 'free'],
      expiresAt,
      tags: { team: 'a' },
    })
    expect(made).toMatchObject({
      value: VALUE,
      description: 'the shop',
      enabled: false,
      plans: ['free', 'lab'],
      tags: { team: 'a' },
    })
    expect(found(VALUE)).toEqual({
      id: made.id,
      name: 'acme',
      enabled: false,
      plans: ['free', 'lab'],
      expiresAt,
    })
  })

  test.each([
    [START, START],
    [new Date(START), START],
    ['2026-01-01', START],
    ['2026-01-01T01:00:00+01:00', START],
    [null, undefined],
  ])('%s is a time at which a key expires', async (given, expiresAt) => {
    expect(await setUp().keys.create({ name: 'a', expiresAt: given })).toMatchObject({ expiresAt })
  })

  const TIME =
    /^`expiresAt` is milliseconds since the epoch, a Date, or ISO 8601: '2027-01-31' or '2027-01-31T12:00:00Z'$/
  test.each<[string, unknown, RegExp]>([
    [
      'null',
      null,
      /^an API key is an object: \{ name, description, enabled, plans, expiresAt, tags, value \}$/,
    ],
    ['a number', 7, /^an API key is an object/],
    ['a list', [], /^an API key is an object/],
    ['no name', {}, /^an API key's name is a string of 1 to 1,024 characters$/],
    ['an empty name', { name: '' }, /^an API key's name is/],
    ['a long name', { name: 'x'.repeat(1025) }, /^an API key's name is/],
    ['a number as its name', { name: 5 }, /^an API key's name is/],
    [
      'a long description',
      { name: 'a', description: 'x'.repeat(4097) },
      /^an API key's description is a string of at most 4,096 characters$/,
    ],
    [
      'a short value',
      { name: 'a', value: 'x'.repeat(19) },
      /^an API key's value is a string of 20 to 128 visible ASCII characters$/,
    ],
    ['a long value', { name: 'a', value: 'x'.repeat(129) }, /^an API key's value is/],
    ['a value with a space', { name: 'a', value: `${'x'.repeat(20)} y` }, /^an API key's value is/],
    [
      'a digest as its value',
      { name: 'a', value: `sha256:${'0'.repeat(64)}` },
      /^an API key's value cannot be a digest: 'sha256:…' stands for one in CSV files$/,
    ],
    ['enabled as a text', { name: 'a', enabled: 'yes' }, /^`enabled` is true or false$/],
    ['plans as a text', { name: 'a', plans: 'free' }, /^`plans` is a list of names of usage plans$/],
    ['plans of numbers', { name: 'a', plans: [1] }, /^`plans` is a list/],
    ['a time without zone', { name: 'a', expiresAt: '2026-01-01T00:00:00' }, TIME],
    ['a time that is none', { name: 'a', expiresAt: new Date('x') }, TIME],
    ['NaN as its time', { name: 'a', expiresAt: Number.NaN }, TIME],
    [
      'seconds as its time',
      { name: 'a', expiresAt: 1_798_761_600 },
      /^`expiresAt` is in milliseconds since the epoch: 1798761600 lies in the past, on 1970-01-21. Seconds\?$/,
    ],
    ['a date that is none', { name: 'a', expiresAt: '2026-99-99' }, TIME],
    ['tags as a list', { name: 'a', tags: [] }, /^`tags` is an object of strings$/],
    [
      'a number as a tag',
      { name: 'a', tags: { x: 1 } },
      /^a tag has a name of 1 to 128 characters and a string of at most 256$/,
    ],
    [
      'a misspelt field',
      { name: 'a', enable: true },
      /^an API key has no field `enable`. Did you mean `enabled`\?$/,
    ],
    [
      'a field that throws',
      Object.defineProperty({ name: 'a' }, 'tags', {
        enumerable: true,
        get: () => {
          throw new Error('no')
        },
      }),
      /^an API key: tags: reading it failed: no$/,
    ],
  ])('%s is refused in words', async (_, input, message) => {
    await expect(setUp().keys.create(input as KeyInput)).rejects.toEqual(refused('KEY_INVALID', message))
  })

  test('no message repeats a value', async () => {
    const { keys } = setUp()
    const secret = 'tooshort'
    await expect(keys.create({ name: 'a', value: secret })).rejects.not.toHaveProperty(
      'message',
      expect.stringContaining(secret),
    )
  })

  test('more plans, tags or keys than there may be are refused', async () => {
    const { keys } = setUp({ most: 1 })
    const plans = Array.from({ length: 11 }, (_, index) => `p${index}`)
    await expect(keys.create({ name: 'a', plans })).rejects.toEqual(
      refused('LIMIT_REACHED', /^an API key is in 10 usage plans at most$/),
    )
    const tags = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, '']))
    await expect(keys.create({ name: 'a', tags })).rejects.toEqual(
      refused('LIMIT_REACHED', /^an API key has 50 tags at most$/),
    )
    await keys.create({ name: 'a' })
    await expect(keys.create({ name: 'b' })).rejects.toEqual(
      refused('LIMIT_REACHED', /^there are 1 API keys: raise `limits.keys` for more$/),
    )
  })

  test('room that a deleted key leaves is there again, whichever process deleted it', async () => {
    const { keys, records } = setUp({ most: 2 })
    const first = await keys.create({ name: 'a' })
    await keys.create({ name: 'b' })
    await setUp({ records }).keys.delete(first.id)
    await keys.create({ name: 'c' })
    await expect(keys.create({ name: 'd' })).rejects.toEqual(
      refused('LIMIT_REACHED', /^there are 2 API keys/),
    )
  })

  test('a plan that is not there is named', async () => {
    const create = setUp().keys.create({ name: 'a', plans: ['fre'] })
    await expect(create).rejects.toEqual(
      refused(
        'PLAN_UNKNOWN',
        /^there is no usage plan 'fre'; there is: free, gold, lab\. Did you mean `free`\?$/,
      ),
    )
  })

  test('two plans that cover one stage are named with the stage', async () => {
    const create = setUp().keys.create({ name: 'a', plans: ['free', 'gold'] })
    const message =
      /^usage plans 'free' and 'gold' both cover stage 'prod': an API key is in one plan for each stage$/
    await expect(create).rejects.toEqual(refused('PLAN_CONFLICT', message))
  })

  test('a value that a key has already is refused, even among keys made at once', async () => {
    const { keys } = setUp()
    const both = await Promise.allSettled([
      keys.create({ name: 'a', value: VALUE }),
      keys.create({ name: 'b', value: VALUE }),
    ])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await expect(keys.create({ name: 'c', value: VALUE })).rejects.toEqual(
      refused('KEY_EXISTS', /^the API key with the id '[a-z0-9]{10}' has this value$/),
    )
  })

  test('a generator of ids that repeats itself, or gives what is no id, loses no key', async () => {
    const { keys } = setUp({ ids: () => 'same' })
    await keys.create({ name: 'a' })
    await expect(keys.create({ name: 'b' })).rejects.toEqual(
      refused('KEY_EXISTS', /^the id 'same' is taken: the generator of ids gave it twice$/),
    )
    await expect(setUp({ ids: () => 'a b' }).keys.create({ name: 'a' })).rejects.toEqual(
      refused('KEY_INVALID', /^'a b' is no id: letters, digits, '_' and '-'$/),
    )
  })
})

describe('finding a key', () => {
  test('takes no promise where the records are in memory, and one where they are not', async () => {
    const { keys, records, found } = setUp()
    const { id } = await keys.create({ name: 'a', value: VALUE })
    expect(found(VALUE)).toMatchObject({ id })
    expect(found('another')).toBeUndefined()
    const remote: Records = { ...bound(records), get: async (kind, key) => records.get(kind, key) }
    const far = setUp({ records: remote }).found
    expect(far(VALUE)).toBeInstanceOf(Promise)
    await expect(far(VALUE)).resolves.toMatchObject({ id })
    await expect(far('another')).resolves.toBeUndefined()
  })

  test('a deleted key is found no longer, by any of its values', async () => {
    const { keys, found } = setUp()
    const { id } = await keys.create({ name: 'a', value: VALUE })
    const { value } = await keys.rotate(id)
    await keys.delete(id)
    expect([found(VALUE), found(value), await keys.get(id)]).toEqual([undefined, undefined, undefined])
    await expect(keys.delete(id)).rejects.toEqual(
      refused('KEY_UNKNOWN', `^there is no API key with the id '${id}'$`),
    )
  })
})

describe('changing a key', () => {
  test('changes what is named and nothing else', async () => {
    const { keys, time } = setUp()
    const {
      id,
      value: _,
      ...before
    } = await keys.create({ name: 'a', description: 'x', plans: ['free'], expiresAt: START + 5 })
    time.now += HOUR
    expect(await keys.update(id, { enabled: false })).toEqual({
      id,
      ...before,
      enabled: false,
      updatedAt: START + HOUR,
    })
    const cleared = await keys.update(id, { description: '', expiresAt: null, plans: ['lab'] })
    expect(cleared).toMatchObject({ description: undefined, expiresAt: undefined, plans: ['lab'], name: 'a' })
    expect(await keys.get(id)).toEqual(cleared)
  })

  test('what a key is told as is a copy', async () => {
    const { keys } = setUp()
    const { id, tags, plans } = await keys.create({ name: 'a', tags: { x: '1' }, plans: ['free'] })
    Object.assign(tags, { x: '2' })
    Object.assign(plans, { 0: 'gold' })
    expect(await keys.get(id)).toMatchObject({ tags: { x: '1' }, plans: ['free'] })
  })

  test.each<[string, unknown, string, RegExp]>([
    [
      'a value',
      { value: VALUE },
      'KEY_INVALID',
      /^the change of an API key has no field `value`. It has name, /,
    ],
    ['garbage', 'x', 'KEY_INVALID', /^the change of an API key is an object/],
    [
      'an unknown plan',
      { plans: ['x'] },
      'PLAN_UNKNOWN',
      /^there is no usage plan 'x'; there is: free, gold, lab$/,
    ],
  ])('%s is refused', async (_, patch, code, message) => {
    const { keys } = setUp()
    const { id } = await keys.create({ name: 'a' })
    await expect(keys.update(id, patch as KeyPatch)).rejects.toEqual(refused(code, message))
  })

  test('of each change the data plane is told, when it is done', async () => {
    const { keys, onChange } = setUp()
    const { id } = await keys.create({ name: 'a' })
    await keys.update(id, { name: 'b' })
    await keys.rotate(id)
    await keys.delete(id)
    expect(onChange.mock.calls).toEqual([[id], [id], [id], [id]])
  })

  test('when it is unknown whether the change was kept, the data plane is told all the same', async () => {
    const { keys, records } = setUp()
    const { id } = await keys.create({ name: 'a' })
    const failing: Records = { ...bound(records), write: () => Promise.reject(new Error('away')) }
    const other = setUp({ records: failing })
    await expect(other.keys.delete(id)).rejects.toThrow('away')
    expect(other.onChange).toHaveBeenCalledWith(id)
    await expect(other.keys.update(id, { name: '' }), 'later changes go on').rejects.toThrow('name')
  })
})

describe('rotating a key', () => {
  test('within the grace both values hold, then the new one alone', async () => {
    const { keys, time, found } = setUp()
    const { id, value: old } = await keys.create({ name: 'a' })
    const { value } = await keys.rotate(id)
    expect(value).not.toBe(old)
    expect(found(value)).toEqual({ id, name: 'a', enabled: true, plans: [] })
    expect(found(old), 'what is remembered of it ends with the grace').toMatchObject({
      id,
      expiresAt: START + 24 * HOUR,
    })
    time.now += 24 * HOUR - 1
    expect(found(old)).toBeDefined()
    time.now += 1
    expect([found(old), found(value)]).toEqual([undefined, expect.objectContaining({ id })])
  })

  test("a grace ends no later than the key's own time", async () => {
    const { keys, found } = setUp()
    const { id, value } = await keys.create({ name: 'a', expiresAt: START + HOUR })
    await keys.rotate(id, { grace: '2h' })
    expect(found(value)).toMatchObject({ expiresAt: START + HOUR })
  })

  test('without grace the old value holds no longer', async () => {
    const { keys, found } = setUp()
    const { id, value: old } = await keys.create({ name: 'a' })
    const { value } = await keys.rotate(id, { grace: 0, value: VALUE })
    expect([value, found(old), found(VALUE)]).toEqual([VALUE, undefined, expect.objectContaining({ id })])
  })

  test('rotated again within the grace, the two newest values hold', async () => {
    const { keys, found } = setUp()
    const { id, value: first } = await keys.create({ name: 'a' })
    const { value: second } = await keys.rotate(id)
    const { value: third } = await keys.rotate(id)
    expect([first, second, third].map((value) => found(value) !== undefined)).toEqual([false, true, true])
  })

  test('a value that was rotated out is gone with the next change', async () => {
    const { keys, time, records } = setUp()
    const { id, value } = await keys.create({ name: 'a' })
    await keys.rotate(id, { grace: '1h' })
    time.now += HOUR
    expect(records.get('apiKeyDigest', digestApiKey(value))).toBe(id)
    await keys.update(id, { name: 'b' })
    expect(records.get('apiKeyDigest', digestApiKey(value))).toBeUndefined()
  })

  test.each<[string, object | null, string, RegExp]>([
    ['its own value', { value: VALUE }, 'KEY_EXISTS', /has this value$/],
    ['a short value', { value: 'x' }, 'KEY_INVALID', /visible ASCII/],
    [
      'a negative grace',
      { grace: -1 },
      'KEY_INVALID',
      /^`grace` is a duration of 0 or more: milliseconds, or a number with its unit such as '24h'$/,
    ],
    ['a grace that is none', { grace: 'soon' }, 'KEY_INVALID', /^`grace` is a duration/],
    [
      'a misspelt field',
      { grce: 1 },
      'KEY_INVALID',
      /^a rotation has no field `grce`. Did you mean `grace`\?$/,
    ],
    ['null', null, 'KEY_INVALID', /^a rotation is an object/],
  ])('%s is refused', async (_, options, code, message) => {
    const { keys } = setUp()
    const { id } = await keys.create({ name: 'a', value: VALUE })
    await expect(keys.rotate(id, options as object)).rejects.toEqual(refused(code, message))
  })

  test('a key in the place of its id is told so', async () => {
    const { keys } = setUp()
    const key = await keys.create({ name: 'a' })
    const told = refused('KEY_INVALID', /^an API key goes by its id, a string: give the key's `id`$/)
    const id = key as unknown as string
    for (const call of [keys.delete(id), keys.get(id), keys.rotate(id)]) {
      await expect(call).rejects.toEqual(told)
    }
  })

  test('a key that is not there is named', async () => {
    await expect(setUp().keys.rotate('nobody')).rejects.toEqual(refused('KEY_UNKNOWN', /'nobody'$/))
  })
})

describe('listing keys', () => {
  test('gives 25 at a time, and each key once though others come meanwhile', async () => {
    const { keys } = setUp({ most: 1000 })
    for (let each = 0; each < 60; each++) await keys.create({ name: `k${each}` })
    const before = await all(keys)
    expect(before).toHaveLength(60)
    const first = await keys.list()
    expect(first.items).toHaveLength(25)
    for (let each = 0; each < 60; each++) await keys.create({ name: `late${each}` })
    const rest = await all(keys, first.position)
    const seen = [...first.items.map(({ id }) => id), ...rest]
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual(expect.arrayContaining(before))
  })

  test('by the beginning of a name, across pages that the store reads', async () => {
    const { keys } = setUp({ most: 2000 })
    for (let each = 0; each < 1_100; each++) await keys.create({ name: `${each % 2 ? 'a' : 'b'}${each}` })
    const { items, position } = await keys.list({ name: 'a', limit: 500 })
    expect(items.every(({ name }) => name.startsWith('a'))).toBe(true)
    const rest = await keys.list({ name: 'a', limit: 500, ...(position && { position }) })
    expect([items.length, rest.items.length, rest.position]).toEqual([500, 50, undefined])
  })

  test('the last page says so, full or not', async () => {
    const { keys } = setUp()
    expect(await keys.list()).toEqual({ items: [] })
    await keys.create({ name: 'a' })
    expect(await keys.list({ limit: 1 })).not.toHaveProperty('position')
  })

  test.each<[object | null, string, RegExp]>([
    [{ limit: 0 }, 'PAGE_INVALID', /^`limit` is a number, from 1 to 500$/],
    [{ limit: 501 }, 'PAGE_INVALID', /^`limit` is a number, from 1 to 500$/],
    [{ limit: '5' }, 'PAGE_INVALID', /^`limit` is a number/],
    [{ name: 5 }, 'PAGE_INVALID', /^`name` is how the names of keys begin$/],
    [{ position: 'a b' }, 'POSITION_INVALID', /^`position` is what the page before gave$/],
    [{ position: 5 }, 'POSITION_INVALID', /^`position` is/],
    [{ nme: 'a' }, 'KEY_INVALID', /^a list has no field `nme`. Did you mean `name`\?$/],
    [null, 'KEY_INVALID', /^a list is an object/],
  ])('%j is refused', async (query, code, message) => {
    await expect(setUp().keys.list(query as object)).rejects.toEqual(refused(code, message))
  })
})

async function all(keys: ApiKeys, from?: string): Promise<string[]> {
  const ids: string[] = []
  let position = from
  do {
    const page = await keys.list(position === undefined ? {} : { position })
    ids.push(...page.items.map(({ id }) => id))
    position = page.position
  } while (position !== undefined)
  return ids
}

function bound(records: Records): Records {
  return {
    get: (kind, id) => records.get(kind, id),
    put: (kind, id, value) => records.put(kind, id, value),
    write: (changes) => records.write(changes),
    list: (kind, after, limit) => records.list(kind, after, limit),
  }
}
