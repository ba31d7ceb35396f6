import { describe, expect, test } from 'vitest'
import { unknownPlan } from '../../src/control/keys/plans.js'
import { ApiKeys } from '../../src/control/keys.js'
import { digestApiKey } from '../../src/digest.js'
import { memoryStore } from '../../src/store/memory.js'
import { fc } from '../laws.js'

const START = Date.parse('2026-01-01T00:00:00Z')
const PLANS: Record<string, readonly string[]> = { free: ['prod'], gold: ['prod'], lab: ['beta'] }
const A = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const B = 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'
const C = 'cccccccccccccccccccccccccccccc'

function stagesOf(plan: string): readonly string[] {
  const stages = PLANS[plan]
  if (stages === undefined) throw unknownPlan(plan, Object.keys(PLANS))
  return stages
}

function setUp({ most = 100 } = {}) {
  const time = { now: START }
  const clock = { now: () => time.now }
  const keys = new ApiKeys(memoryStore().records, { clock, most, stagesOf })
  return { keys, time, found: (value: string) => keys.find(digestApiKey(value)) }
}

const all = async (keys: ApiKeys) => (await keys.list({ limit: 500 })).items
const refused = (message: RegExp, code = 'CSV_INVALID') =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string })

describe('import', () => {
  test("AWS's own example is imported", async () => {
    const { keys, found } = setUp()
    const file = [
      'Name,key,description,Enabled,usageplanIds',
      `MyFirstApiKey,${A},An imported key,TRUE,"free,lab"`,
      `MySecondApiKey,${B},"Another, second",false,`,
    ]
    const { ids, warnings } = await keys.importCsv(file.join('\n'))
    expect(warnings).toEqual([])
    expect(ids).toHaveLength(2)
    expect(found(A)).toEqual({ id: ids[0], name: 'MyFirstApiKey', enabled: true, plans: ['free', 'lab'] })
    expect(found(B)).toMatchObject({ id: ids[1], enabled: false, plans: [] })
    expect(await keys.get(ids[1] ?? '')).toMatchObject({ description: 'Another, second', createdAt: START })
  })

  test('columns stand in any order, others are ignored, bytes and a byte order mark are read', async () => {
    const { keys, found } = setUp()
    const bytes = new TextEncoder().encode(`\uFEFFCustomer, KEY ,Color,nAmE\r\n7, ${A} ,red,acme\r\n`)
    await keys.importCsv(bytes)
    expect(found(A)).toMatchObject({ name: 'acme', enabled: true, plans: [] })
  })

  test('again, it changes the key of the same value, as far as the file has columns', async () => {
    const { keys, time } = setUp()
    const made = await keys.create({
      name: 'old',
      value: A,
      plans: ['free'],
      description: 'x',
      tags: { t: '1' },
      enabled: false,
    })
    time.now += 1
    expect((await keys.importCsv(`Name,Key,Description\nnew,${A},\n`)).ids).toEqual([made.id])
    const { value: _, ...before } = made
    expect(await all(keys)).toEqual([
      { ...before, name: 'new', description: undefined, updatedAt: START + 1 },
    ])
  })

  test('sound rows are imported, each of the others is told by its line, and the keys in it are not', async () => {
    const { keys, found } = setUp()
    const file = [
      'Name,Key,Enabled,UsagePlanIds,ExpiresAt,Tags',
      `ok,${A},,,,`,
      `again,${A},,,,`,
      ',cccccccccccccccccccccccc,,,,',
      'short,ccc,,,,',
      `maybe,${B},maybe,,,`,
      `plan,${B},,nope,,`,
      `both,${C},,"free,gold",,`,
      `cells,${B},true,free,lab,,,`,
      `never,${B},,,soon,`,
      `tags,${B},,,,{`,
      `tags,${B},,,,[]`,
      `quote,"${B}"x,,,,`,
    ]
    const { ids, warnings } = await keys.importCsv(file.join('\n'))
    expect(ids).toHaveLength(1)
    expect([found(A)?.valueOf(), found(B)]).toEqual([expect.objectContaining({ name: 'ok' }), undefined])
    expect(warnings).toEqual([
      { line: 3, code: 'KEY_EXISTS', message: 'the same key stands in line 2' },
      { line: 4, code: 'KEY_INVALID', message: "an API key's name is a string of 1 to 1,024 characters" },
      {
        line: 5,
        code: 'KEY_INVALID',
        message: "an API key's value is a string of 20 to 128 visible ASCII characters",
      },
      { line: 6, code: 'KEY_INVALID', message: 'Enabled is true or false' },
      { line: 7, code: 'PLAN_UNKNOWN', message: "there is no usage plan 'nope'; there is: free, gold, lab" },
      {
        line: 8,
        code: 'PLAN_CONFLICT',
        message:
          "usage plans 'free' and 'gold' both cover stage 'prod': an API key is in one plan for each stage",
      },
      {
        line: 9,
        code: 'CSV_INVALID',
        message: 'has more cells than the header: a list of plans stands in quotes, "free,gold"',
      },
      {
        line: 10,
        code: 'KEY_INVALID',
        message: expect.stringContaining('`expiresAt` is milliseconds') as string,
      },
      { line: 11, code: 'KEY_INVALID', message: 'Tags is a JSON object of strings' },
      { line: 12, code: 'KEY_INVALID', message: '`tags` is an object of strings' },
      { line: 13, code: 'CSV_INVALID', message: 'there is text after a closing quote' },
    ])
    expect(JSON.stringify(warnings)).not.toContain(B)
  })

  test('with failOnWarnings nothing is imported, and the error tells of every row', async () => {
    const { keys } = setUp()
    const file = `Name,Key\nok,${A}\n,${B}\nx,short\n`
    await expect(keys.importCsv(file, { failOnWarnings: true })).rejects.toEqual(
      refused(
        /^nothing was imported:\n {2}line 3: an API key's name is .*\n {2}line 4: an API key's value is .*$/,
      ),
    )
    expect(await all(keys)).toEqual([])
    expect((await keys.importCsv(`Name,Key\nok,${A}\n`, { failOnWarnings: true })).ids).toHaveLength(1)
  })

  test('keys beyond the limit are told, those that are there already can still be changed', async () => {
    const { keys } = setUp({ most: 1 })
    await keys.create({ name: 'a', value: A })
    const { ids, warnings } = await keys.importCsv(`Name,Key\nb,${B}\nA,${A}\n`)
    expect(warnings).toEqual([
      { line: 2, code: 'LIMIT_REACHED', message: 'there are 1 API keys, and no room for more' },
    ])
    expect(ids).toHaveLength(1)
    expect(await all(keys)).toMatchObject([{ name: 'A' }])
  })

  test('a value that was rotated out is not brought back, nor taken for imported', async () => {
    const { keys, time } = setUp()
    const { id } = await keys.create({ name: 'a', value: A })
    const { value } = await keys.rotate(id, { grace: 1 })
    expect((await keys.importCsv(`Name,Key\nx,${A}\ny,${value}\n`)).warnings).toEqual([
      { line: 3, code: 'KEY_EXISTS', message: 'an earlier line is the same API key' },
    ])
    await keys.rotate(id, { grace: 1 })
    time.now += 1
    expect((await keys.importCsv(`Name,Key\nx,${value}\n`)).warnings).toEqual([
      { line: 2, code: 'KEY_INVALID', message: 'the value has been rotated out' },
    ])
  })

  test.each<[string, unknown, RegExp]>([
    ['nothing', '', /^the file is empty: its first line names the columns$/],
    ['no Key column', 'Name,Value\n', /^the first line names no column Key$/],
    ['neither column', 'a\n', /^the first line names no column Name and Key$/],
    ['a column twice', 'Name,Key,key\n', /^the column Key stands there twice$/],
    ['a header that is not closed', 'Name,"Key\n', /^line 1: a quote is opened and never closed/],
    ['bytes that are no UTF-8', Uint8Array.of(0xff, 0xfe), /^the file is not UTF-8$/],
    ['null', null, /^a CSV file is a string or its bytes$/],
    ['too many bytes', 'x'.repeat(10 * 1024 * 1024 + 1), /^the file is larger than 10 MB$/],
    [
      'too many rows',
      `Name,Key\n${'a,b\n'.repeat(10_001)}`,
      /^the file has 10001 rows, more than the 10000 that are read$/,
    ],
  ])('%s is no file', async (_, csv, message) => {
    await expect(setUp().keys.importCsv(csv as string)).rejects.toEqual(refused(message))
  })

  test('whatever the file holds, it is imported, told of row by row, or refused: never anything else', async () => {
    const cell = fc.oneof(
      fc.string(),
      fc.constantFrom(A, B, 'true', '"', '\n', ',', 'free', '\u0000', '__proto__'),
    )
    const file = fc.array(cell, { maxLength: 30 }).map((cells) => `Name,Key,Enabled\n${cells.join(',')}`)
    await fc.assert(
      fc.asyncProperty(fc.oneof(file, fc.string()), async (csv) => {
        const done = await setUp()
          .keys.importCsv(csv)
          .catch((error: { code: string }) => error.code)
        if (typeof done === 'string') expect(done).toBe('CSV_INVALID')
      }),
    )
  })
})

describe('export', () => {
  test('has digests where values were, and a header that AWS knows', async () => {
    const { keys } = setUp()
    await keys.create({
      name: 'acme, inc',
      value: A,
      plans: ['free', 'lab'],
      expiresAt: START,
      tags: { x: '1' },
    })
    expect(await keys.exportCsv()).toBe(
      `Name,Key,Description,Enabled,UsagePlanIds,ExpiresAt,Tags\r\n"acme, inc",sha256:${digestApiKey(A)},,true,"free,lab",2026-01-01T00:00:00.000Z,"{""x"":""1""}"\r\n`,
    )
  })

  test('imported into another gateway, callers keep their keys and all that is known of them', {
    timeout: 20_000,
  }, async () => {
    const input = fc.record({
      name: fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
      description: fc.string({ unit: 'binary' }),
      enabled: fc.boolean(),
      plans: fc.subarray(['free', 'lab']),
      expiresAt: fc.option(fc.integer({ min: 1e11, max: 8.64e15 }), { nil: null }),
      tags: fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(input, { maxLength: 4 }), async (inputs) => {
        const [from, to] = [setUp(), setUp()]
        for (const each of inputs) {
          const { id, value, ...known } = await from.keys.create(each)
          await to.keys.importCsv(await from.keys.exportCsv(), { failOnWarnings: true })
          const there = await to.found(value)
          expect(await to.keys.get(there?.id ?? '')).toEqual({ id: there?.id, ...known })
        }
        expect(await all(to.keys)).toHaveLength(inputs.length)
      }),
    )
  })

  test('values that hold by grace alone stay behind', async () => {
    const [from, to] = [setUp(), setUp()]
    const { id } = await from.keys.create({ name: 'a', value: A })
    await from.keys.rotate(id, { value: B })
    await to.keys.importCsv(await from.keys.exportCsv())
    expect([to.found(A), to.found(B)]).toEqual([undefined, expect.objectContaining({ name: 'a' })])
  })
})
