import { createGateway, type ParametersPolicy, type Refusal, route } from 'postern'
import { type SendOptions, send } from 'postern/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Model } from '../../src/schema.js'
import { fc } from '../laws.js'

/** Sends a request to `GET /pets/{id}`, whose path may go on, with these parameters declared. */
async function asks(
  parameters: ParametersPolicy,
  target: string,
  options: SendOptions = {},
  more: object = {},
) {
  let refusal: Refusal | undefined
  let faults: readonly { pointer: string; keyword: string }[] = []
  let seen: { query: unknown; headers: unknown; params: unknown } | undefined
  const gateway = createGateway({
    routes: [
      route('GET /pets/:id{/:p}{/:constructor}', { parameters, ...more }, ({ query, headers, params }) => {
        seen = { query: { ...query }, headers: { ...headers }, params: { ...params } }
        return 'ok'
      }),
    ],
    models: { Limit: { type: 'integer', maximum: 100 } },
    onRefusal: (given) => {
      refusal = given
      return undefined
    },
    onRecord: (record) => {
      faults = record.faults
    },
  })
  const answer = await send(gateway, `GET ${target}`, options)
  const told = faults.map(({ pointer, keyword }) => `${pointer} ${keyword}`)
  return { answer, status: answer.status, message: refusal?.message, type: refusal?.type, told, ...seen }
}

const ALL: ParametersPolicy = {
  header: { 'X-H': true },
  path: { id: true },
  query: { q: true, Other: false },
}

describe('a parameter that must be there', () => {
  test('is missed by name, headers first, as AWS does it', async () => {
    const { answer, type, told } = await asks(
      { query: { q: true }, path: { p: true }, header: { h: true } },
      '/pets/1',
    )
    expect(answer.status).toBe(400)
    expect(answer.json()).toEqual({ message: 'Missing required request parameters: [h, p, q]' })
    expect(type).toBe('BAD_REQUEST_PARAMETERS')
    expect(told).toEqual(['header.h required', 'path.p required', 'query.q required'])
  })

  test('is passed on, as are those that are not declared', async () => {
    const { status, query, headers } = await asks(ALL, '/pets/1?q=a&more=b', {
      headers: { 'x-h': 'c', 'x-more': 'd' },
    })
    expect([status, query, headers]).toEqual([200, { q: 'a' }, { 'x-h': 'c' }])
  })

  test.each([
    ['blank', '/pets/1?q=', 'v', '[q]'],
    ['white space', '/pets/1?q=%20+', 'v', '[q]'],
    ['without a value', '/pets/1?q', 'v', '[q]'],
    ['in other letters', '/pets/1?Q=a', 'v', '[q]'],
    ['a blank header', '/pets/1?q=a', ' ', '[X-H]'],
  ])('is missing when %s', async (_, target, header, names) => {
    const { message } = await asks(ALL, target, { headers: { 'x-h': header } })
    expect(message).toBe(`Missing required request parameters: ${names}`)
  })

  test('is found whatever it is encoded as', async () => {
    const { query } = await asks({ query: { 'a b&': true } }, '/pets/1?%61+b%26=x+y%2B')
    expect(query).toEqual({ 'a b&': 'x y+' })
  })

  test('is not what every object has', async () => {
    const names = { query: { toString: true }, path: { constructor: true } }
    expect((await asks(names, '/pets/1')).told).toEqual([
      'path.constructor required',
      'query.toString required',
    ])
  })

  test('only told where its rules observe', async () => {
    const { status, told } = await asks({ query: { q: true }, mode: 'observe' }, '/pets/1')
    expect([status, told]).toEqual([200, ['query.q required']])
  })
})

describe('a parameter with a schema', () => {
  const limit = (schema: Model, value: string) =>
    asks({ query: { limit: { schema } } }, `/pets/1?limit=${value}`)

  test.each<[Model, string, unknown]>([
    [{ type: 'integer' }, '42', 42],
    [{ type: 'integer' }, '-1', -1],
    [{ type: 'number' }, '1.5', 1.5],
    [{ type: 'number' }, '1e3', 1000],
    [{ type: 'boolean' }, 'true', true],
    [{ type: ['integer', 'null'] }, 'null', null],
    [{ type: ['integer', 'string'] }, 'x', 'x'],
    [{ type: 'string' }, '42', '42'],
    [{ enum: ['42'] }, '42', '42'],
    [{ $ref: 'Limit' }, '42', 42],
    [{ anyOf: [{ type: 'integer' }, { type: 'boolean' }] }, 'false', false],
    [{ type: 'array', items: { type: 'integer' } }, '1', [1]],
    [{ type: 'array', items: { type: 'integer' } }, '1&limit=2', [1, 2]],
  ])('%j takes %s for %j', async (schema, text, value) => {
    expect(await limit(schema, text)).toMatchObject({ status: 200, query: { limit: value } })
  })

  test.each<[Model, string, string]>([
    [{ type: 'integer' }, '1e3', 'type'],
    [{ type: 'integer' }, '+1', 'type'],
    [{ type: 'integer' }, '%201', 'type'],
    [{ type: 'integer' }, '1.0', 'type'],
    [{ type: 'integer' }, '0x10', 'type'],
    [{ type: 'integer' }, '007', 'type'],
    [{ type: 'integer' }, '', 'type'],
    [{ type: 'integer' }, '9007199254740993', 'type'],
    [{ type: 'number' }, 'Infinity', 'type'],
    [{ type: 'number' }, '1e999', 'type'],
    [{ type: 'number' }, '9007199254740993', 'type'],
    [{ type: 'boolean' }, '1', 'type'],
    [{ type: 'boolean' }, 'TRUE', 'type'],
    [{ $ref: 'Limit' }, '101', 'maximum'],
    [{ type: 'integer' }, '1&limit=2', 'repeated'],
    [{ type: 'string' }, 'a&limit=a', 'repeated'],
    [{ type: 'object' }, 'a', 'type'],
  ])('%j refuses %s', async (schema, text, keyword) => {
    const { status, message, told } = await limit(schema, text)
    expect([status, message]).toEqual([400, 'Invalid request parameters: [limit]'])
    expect(told).toEqual([`query.limit ${keyword}`])
  })

  test('in a header or the path is a list where it says so', async () => {
    const list = { schema: { type: 'array', items: { type: 'integer' } } }
    const { headers, params } = await asks({ header: { 'X-Ids': list }, path: { id: list } }, '/pets/1,2', {
      headers: { 'x-ids': '3, 4' },
    })
    expect([headers, params]).toEqual([{ 'x-ids': [3, 4] }, { id: '1,2' }])
    const date = { header: { date: { schema: { type: 'string' } } } }
    const sent = { headers: { date: 'Thu, 01 Jan 2026 00:00:00 GMT' } }
    expect((await asks(date, '/pets/1', sent)).headers).toEqual(sent.headers)
  })

  test('in the path is held to it', async () => {
    const { told, message } = await asks({ path: { id: { schema: { type: 'integer' } } } }, '/pets/x')
    expect([message, told]).toEqual(['Invalid request parameters: [id]', ['path.id type']])
  })

  test('that is not given is not looked at', async () => {
    expect(await asks({ query: { limit: { schema: { type: 'integer' } } } }, '/pets/1')).toMatchObject({
      status: 200,
      query: {},
    })
  })

  test('of a library decides by itself', async () => {
    const schema = z.coerce.number().max(10)
    expect(await asks({ query: { n: { schema } } }, '/pets/1?n=7')).toMatchObject({ query: { n: 7 } })
    expect((await asks({ query: { n: { schema } } }, '/pets/1?n=11')).told).toEqual(['query.n zod'])
    const slow = z.string().refine(async (text) => text === 'a')
    expect((await asks({ query: { n: { schema: slow } } }, '/pets/1?n=b')).told).toEqual(['query.n zod'])
  })

  test('tells the caller of its faults where the route says so', async () => {
    const { answer } = await asks(
      { query: { n: { schema: { type: 'integer' } } } },
      '/pets/1?n=x',
      {},
      { errors: 'detailed' },
    )
    expect(answer.json()).toEqual({
      message: 'Invalid request parameters: [n]',
      errors: [
        {
          pointer: 'query.n',
          keyword: 'type',
          message: 'instance type (string) does not match any allowed primitive type (allowed: ["integer"])',
        },
      ],
    })
  })
})

describe('a query', () => {
  test.each(['a=%', 'a=%zz', '%ff=1'])('with %s is refused', async (query) => {
    expect((await asks({ query: { limit: false } }, `/pets/1?${query}`)).told).toEqual(['query parse'])
  })

  test.each(['limit[]=1', 'limit[a]=1', 'limit%5B%5D=1', '[limit]=1', 'limit[=1', '[limit][]=1'])(
    'that says a declared name with brackets, %s, is refused: apps may take it for that name',
    async (query) => {
      const { status, told } = await asks(
        { query: { limit: { schema: { type: 'integer' } } } },
        `/pets/1?${query}`,
      )
      expect([status, told]).toEqual([400, ['query.limit name']])
    },
  )

  test('may have brackets where they are declared, or mean nothing', async () => {
    expect((await asks({ query: { 'tag[]': true } }, '/pets/1?tag[]=a&x[y]=b')).query).toEqual({
      'tag[]': 'a',
    })
  })

  test('passes or is refused for a reason, whatever it is', async () => {
    const parameters = {
      query: { a: { schema: { type: 'integer' } }, b: false },
      header: { c: false },
    } as const
    const text = fc.string({ unit: fc.constantFrom(...'ab=&%+[]0123456789.;_'), maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(text, async (query) => {
        const { status } = await asks(parameters, `/pets/1?${query}`)
        expect([200, 400]).toContain(status)
      }),
      { numRuns: 100 },
    )
  })
})
