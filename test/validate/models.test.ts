import { Type } from '@sinclair/typebox'
import { type } from 'arktype'
import { createGateway, route } from 'postern'
import { send } from 'postern/testing'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Model } from '../../src/schema.js'
import { Models } from '../../src/validate/models.js'
import { fc } from '../laws.js'

const validatorOf = (models: Record<string, Model>, name = 'Pet') =>
  new Models(new Map(Object.entries(models))).validator(name)
const faultsOf = async (models: Record<string, Model>, value: unknown, name = 'Pet') =>
  ((await validatorOf(models, name)(value)).faults ?? []).map(
    ({ pointer, keyword }) => `${pointer} ${keyword}`,
  )

const AWS = 'https://apigateway.amazonaws.com/restapis/a1b2c3/models'
const DRAFT_07 = 'http://json-schema.org/draft-07/schema#'
const DRAFT_2020 = 'https://json-schema.org/draft/2020-12/schema'

describe('a model', () => {
  test('is draft-04 unless it says otherwise', async () => {
    expect(await faultsOf({ Pet: { minimum: 1, exclusiveMinimum: true } }, 1)).toEqual([' minimum'])
    expect(await faultsOf({ Pet: { $schema: DRAFT_07, exclusiveMinimum: 1, const: 2 } }, 1)).toEqual([
      ' const',
      ' exclusiveMinimum',
    ])
    const list = { $schema: DRAFT_2020, prefixItems: [{ type: 'string' }], items: false }
    expect(await faultsOf({ Pet: list }, ['a', 'b'])).toEqual([' items'])
  })

  const OWNER = { type: 'object', required: ['id'] }

  test.each([
    [`${AWS}/Owner`],
    ['https://apigateway.amazonaws.com/restapis/other/models/Owner'],
    ['#/definitions/Owner'],
    ['#/components/schemas/Owner'],
    ['Owner'],
  ])('refers to another one by %s', async ($ref) => {
    const models = { Pet: { properties: { owner: { $ref } } }, Owner: OWNER }
    expect(await faultsOf(models, { owner: {} })).toEqual(['/owner/id required'])
    expect(await faultsOf(models, { owner: { id: 1 } })).toEqual([])
  })

  test('refers to a part of another one', async () => {
    const models = {
      Pet: { $ref: `${AWS}/Owner#/properties/id` },
      Owner: { properties: { id: { type: 'integer' } } },
    }
    expect(await faultsOf(models, 'x')).toEqual([' type'])
  })

  test('prefers its own definitions to models of that name', async () => {
    const models = {
      Pet: { $ref: '#/definitions/Owner', definitions: { Owner: { type: 'string' } } },
      Owner: OWNER,
    }
    expect(await faultsOf(models, 'Anna')).toEqual([])
  })

  test('refers to itself, and to one that refers back', async () => {
    const models = {
      Pet: {
        properties: {
          parent: { $ref: `${AWS}/Pet` },
          owner: { $ref: `${AWS}/Owner` },
          name: { type: 'string' },
        },
      },
      Owner: { properties: { pets: { type: 'array', items: { $ref: `${AWS}/Pet` } } } },
    }
    expect(await faultsOf(models, { parent: { owner: { pets: [{ name: 1 }] } } })).toEqual([
      '/parent/owner/pets/0/name type',
    ])
  })

  test('refers to models in other drafts, and those back', async () => {
    const models = {
      Pet: { properties: { kind: { $ref: `${AWS}/Kind` }, age: { $ref: `${AWS}/Kind#/$defs/age` } } },
      Kind: {
        $schema: DRAFT_2020,
        properties: { name: { const: 'dog' }, of: { $ref: `${AWS}/Pet` } },
        $defs: { age: { type: 'integer' } },
      },
    }
    expect(
      await faultsOf(models, { kind: { name: 'cat', of: { kind: { name: 'bird' } } }, age: 'x' }),
    ).toEqual(['/kind/name const', '/kind/of/kind/name const', '/age type'])
    expect(await faultsOf(models, { kind: { name: 'dog' }, age: 7 })).toEqual([])
  })

  test('ignores what AWS ignores: keywords and formats that it does not know', async () => {
    const model = {
      type: 'string',
      example: 'Rex',
      xml: { name: 'pet' },
      format: 'pet-name',
      'x-internal': true,
    }
    expect(await faultsOf({ Pet: model }, 'Rex')).toEqual([])
  })

  test('knows formats', async () => {
    const of = (format: string) => ({ Pet: { type: 'string', format } })
    expect(await faultsOf(of('email'), 'rex')).toEqual([' format'])
    expect(await faultsOf(of('date-time'), '2026-01-01T00:00:00Z')).toEqual([])
    expect(await faultsOf(of('date-time'), '2026-02-30T00:00:00Z')).toEqual([' format'])
    expect(await faultsOf({ Pet: { type: 'integer', format: 'int32' } }, 2 ** 31)).toEqual([' format'])
  })

  test('means what an object has by itself, not what every object inherits', async () => {
    expect(await faultsOf({ Pet: { required: ['toString'] } }, {})).toEqual(['/toString required'])
    expect(await faultsOf({ Pet: { required: ['__proto__'] } }, {})).toEqual(['/__proto__ required'])
    const strict = { properties: { constructor: { type: 'string' } }, additionalProperties: false }
    expect(await faultsOf({ Pet: strict }, {})).toEqual([])
    expect(await faultsOf({ Pet: strict }, JSON.parse('{"__proto__":{}}'))).toEqual([
      '/__proto__ additionalProperties',
    ])
    const proto = JSON.parse('{"properties":{"__proto__":{"type":"string"}},"additionalProperties":false}')
    expect(await faultsOf({ Pet: proto }, JSON.parse('{"__proto__":1}'))).toEqual(['/__proto__ type'])
    expect(await faultsOf({ Pet: proto }, JSON.parse('{"__proto__":"x"}'))).toEqual([])
  })

  test.each([
    [19.99, 0.01, true],
    [4.35, 0.01, true],
    [0.07, 0.01, true],
    [-4.35, 0.05, true],
    [19.999, 0.01, false],
    [0.3, 0.1, true],
    [1e-7, 1e-9, true],
    [1e22, 7, false],
    [1e23, 10, true],
    [1e308, 0.5, true],
    [7, 3, false],
    [0, 0.01, true],
    [Number.MAX_SAFE_INTEGER, 0.1, true],
    [5e-324, 0.01, false],
  ])('finds %s a multiple of %s in decimals: %s', async (value, multipleOf, holds) => {
    for (const $schema of [undefined, DRAFT_07, DRAFT_2020])
      expect(await faultsOf({ Pet: { ...($schema && { $schema }), multipleOf } }, value)).toEqual(
        holds ? [] : [' multipleOf'],
      )
  })

  test('finds all numbers of hundredths, and no others, multiples of a hundredth', async () => {
    const validate = validatorOf({ Pet: { multipleOf: 0.01 } })
    const whole = fc.integer({ min: -1e12, max: 1e12 })
    await fc.assert(
      fc.asyncProperty(whole, fc.integer({ min: 1, max: 9 }), async (hundredths, more) => {
        const text = `${Math.trunc(hundredths / 100)}.${String(Math.abs(hundredths % 100)).padStart(2, '0')}`
        expect((await validate(Number(text))).faults ?? []).toEqual([])
        expect((await validate(Number(`${text}${more}`))).faults).toHaveLength(1)
      }),
    )
  })

  test('takes no number for one that is too large to be held', async () => {
    const bodies = { integer: '1e400', number: '-1e400' }
    for (const $schema of [undefined, DRAFT_07, DRAFT_2020])
      for (const [type, text] of Object.entries(bodies)) {
        const model = { ...($schema && { $schema }), type }
        expect(await faultsOf({ Pet: model }, JSON.parse(text))).toEqual([' type'])
      }
  })

  test('compares values by what they say, whatever they are called', async () => {
    const twice = JSON.parse('[{"valueOf":1,"a":[1,2]},{"a":[1,2],"valueOf":1}]')
    expect(await faultsOf({ Pet: { uniqueItems: true } }, twice)).toEqual([' uniqueItems'])
    expect(await faultsOf({ Pet: { uniqueItems: true } }, [1, '1', true, null, [1], { 1: 1 }])).toEqual([])
    expect(await faultsOf({ Pet: { enum: [{ a: 1, b: 2 }, 'x'] } }, { b: 2, a: 1 })).toEqual([])
    expect(await faultsOf({ Pet: { enum: [{ a: 1 }] } }, JSON.parse('{"valueOf":1}'))).toEqual([' enum'])
    expect(await faultsOf({ Pet: { $schema: DRAFT_07, const: { a: [1] } } }, { a: [1] })).toEqual([])
  })

  test('tells a list of many objects apart in no time', { timeout: 20_000 }, async () => {
    const many = Array.from({ length: 200_000 }, (_, id) => ({ id }))
    expect(await faultsOf({ Pet: { uniqueItems: true } }, many)).toEqual([])
  })

  test('tells at most 20 faults, and of a large value only the first', async () => {
    const numbers = { Pet: { type: 'array', items: { type: 'integer' } } }
    expect(await faultsOf(numbers, new Array(100).fill('x'))).toHaveLength(20)
    expect(await faultsOf(numbers, new Array(100_000).fill('x'))).toEqual(['/0 type'])
  })

  test('whose choices refer to each other does not take time by the power of the depth', {
    timeout: 20_000,
  }, async () => {
    const choice = (kind: string) => ({
      properties: { child: { $ref: '#/definitions/Node' }, kind: { enum: [kind] } },
    })
    const model = {
      $ref: '#/definitions/Node',
      definitions: {
        Node: { oneOf: [{ $ref: '#/definitions/A' }, { $ref: '#/definitions/B' }] },
        A: choice('a'),
        B: choice('b'),
      },
    }
    let nested: object = { kind: 'x' }
    for (let depth = 0; depth < 60; depth++) nested = { child: nested, kind: 'x' }
    expect(await faultsOf({ Pet: model }, nested)).toEqual([' complexity'])
    expect(await faultsOf({ Pet: model }, { kind: 'a', child: { kind: 'b' } })).toEqual([])
  })

  test('says what is wrong in the words that AWS uses', async () => {
    const model: Model = {
      type: 'object',
      required: ['name'],
      additionalProperties: false,
      properties: {
        kind: { enum: ['dog', 'cat'] },
        age: { type: 'integer', minimum: 1 },
        name: { type: 'string', maxLength: 3 },
        tags: { maxItems: 1 },
        'a/b~c': { type: 'null' },
      },
    }
    const sent = { kind: 'elephant', age: 0, tags: [1, 2], extra: 1, 'a/b~c': 1 }
    expect((await validatorOf({ Pet: model })(sent)).faults).toEqual([
      { pointer: '/name', keyword: 'required', message: 'object has missing required properties (["name"])' },
      {
        pointer: '/extra',
        keyword: 'additionalProperties',
        message: 'object instance has properties which are not allowed by the schema: ["extra"]',
      },
      {
        pointer: '/kind',
        keyword: 'enum',
        message: 'instance value ("elephant") not found in enum (possible values: ["dog","cat"])',
      },
      {
        pointer: '/age',
        keyword: 'minimum',
        message: 'numeric instance is lower than the required minimum (minimum: 1, found: 0)',
      },
      {
        pointer: '/tags',
        keyword: 'maxItems',
        message: 'array is too long: must have at most 1 elements but instance has 2 elements',
      },
      {
        pointer: '/a~1b~0c',
        keyword: 'type',
        message: 'instance type (integer) does not match any allowed primitive type (allowed: ["null"])',
      },
    ])
  })

  test('repeats little of what the caller sent', async () => {
    const long = 'x'.repeat(100_000)
    const { faults } = await validatorOf({
      Pet: { additionalProperties: { enum: ['a'] }, maxProperties: 0 },
    })({ [long]: long })
    for (const { pointer, message } of faults ?? []) {
      expect(pointer.length).toBeLessThan(300)
      expect(message.length).toBeLessThan(600)
    }
    expect(faults).toHaveLength(2)
  })
})

describe('a schema of a library', () => {
  const sent = { json: { name: 7, toys: [{}] } }
  const message = 'Invalid request body'

  test.each([
    ['zod', z.object({ name: z.string() }), 'zod'],
    ['valibot', v.object({ name: v.string() }), 'valibot'],
    ['arktype', type({ name: 'string' }), 'arktype'],
    ['TypeBox', { models: { 'application/json': Type.Object({ name: Type.Literal('Rex') }) } }, 'type'],
  ])('of %s holds a body', async (_, body, keyword) => {
    const records: { faults: readonly { pointer: string; keyword: string }[] }[] = []
    const gateway = createGateway({
      routes: [
        route('POST /pets', { body: body as never }, (context) => ({
          got: (context as { body: unknown }).body,
        })),
      ],
      onRecord: (record) => void records.push(record),
    })
    expect((await send(gateway, 'POST /pets', sent)).json()).toEqual({ message })
    expect(records[0]?.faults[0]).toMatchObject({ pointer: '/name', keyword })
    expect((await send(gateway, 'POST /pets', { json: { name: 'Rex' } })).json()).toEqual({
      got: { name: 'Rex' },
    })
  })

  test('of TypeBox is in the draft that TypeBox writes', async () => {
    const Pet = Type.Object({ name: Type.Literal('Rex') })
    const gateway = createGateway({ routes: [route('POST /pets', { body: 'Pet' })], models: { Pet } })
    expect((await send(gateway, 'POST /pets', { json: { name: 'Max' } })).status).toBe(400)
  })

  test('gives the handler what it has made of the body', async () => {
    const Pet = z.object({
      born: z.string().transform((text) => Number(text)),
      name: z.string().default('Rex'),
    })
    const gateway = createGateway({
      routes: [route('POST /pets', { body: Pet }, ({ body }) => ({ next: body.born + 1, name: body.name }))],
    })
    expect((await send(gateway, 'POST /pets', { json: { born: '2020' } })).json()).toEqual({
      next: 2021,
      name: 'Rex',
    })
  })

  test('may stand among the models, and take its time', async () => {
    const Pet = z.object({ name: z.string().refine(async (name) => name !== 'taken') })
    const gateway = createGateway({ routes: [route('POST /pets', { body: 'Pet' })], models: { Pet } })
    expect((await send(gateway, 'POST /pets', { json: { name: 'taken' } })).status).toBe(400)
    expect((await send(gateway, 'POST /pets', { json: { name: 'free' } })).status).toBe(200)
  })

  test('that fails itself is an error of the gateway', async () => {
    const errors: unknown[] = []
    const Pet = z.unknown().transform(() => {
      throw new TypeError('a bug')
    })
    const gateway = createGateway({
      routes: [route('POST /pets', { body: Pet })],
      onError: (error) => void errors.push(error),
    })
    expect((await send(gateway, 'POST /pets', { json: {} })).status).toBe(500)
    expect(errors).toEqual([new TypeError('a bug')])
  })

  test('tells at most 20 faults, with pointers', async () => {
    const models = new Models(new Map<string, Model>([['Pet', z.object({ toys: z.array(z.string()) })]]))
    const { faults } = await models.validator('Pet')({ toys: new Array(50).fill(1) })
    expect(faults).toHaveLength(20)
    expect(faults?.[3]).toMatchObject({ pointer: '/toys/3', keyword: 'zod' })
  })
})
