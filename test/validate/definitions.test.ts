import { Type } from '@sinclair/typebox'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { complete } from '../../src/control/complete.js'
import type { Definition } from '../../src/definition.js'
import { faultsOf } from '../control/check-faults.js'

const ROUTES = [{ pattern: 'GET /pets', policy: {} }]
const models = (all: object) => faultsOf({ routes: ROUTES, models: all })
const policy = (given: object) =>
  faultsOf({ routes: [{ pattern: 'POST /pets', policy: given }], models: { Pet: {} } })
const places = (faults: readonly string[]) => faults.map((fault) => fault.split(': ')[0])

describe('models of a definition', () => {
  test('with nothing wrong have no faults', () => {
    const Deep = Array.from({ length: 60 }).reduce<object>((inner) => ({ properties: { x: inner } }), {
      type: 'string',
    })
    const all = {
      Pet: { type: 'object', properties: { owner: { $ref: 'Owner' } } },
      Owner: { $schema: 'http://json-schema.org/draft-04/schema#', title: 'Owner', example: {} },
      'Pet.Summary-2': { $schema: 'https://json-schema.org/draft/2020-12/schema', const: 1 },
      Deep,
      Zod: z.string(),
      Valibot: v.string(),
      Arktype: type('string'),
      TypeBox: Type.Object({ name: Type.Literal('x') }),
    }
    expect(models(all)).toEqual([])
  })

  test.each([
    undefined,
    'http://json-schema.org/draft-07/schema#',
    'https://json-schema.org/draft/2020-12/schema',
  ])('may list objects, whatever these are called (%s)', ($schema) => {
    const draft = $schema === undefined ? {} : { $schema }
    const listed = JSON.parse('[{"a":1},{"a":2},{"valueOf":1},{"toString":1}]')
    const all = { A: { ...draft, enum: listed } }
    expect(models(all)).toEqual([])
  })

  test('may list an object once, in the drafts that say so', () => {
    expect(
      models({
        A: {
          enum: [
            { a: 1, b: 2 },
            { b: 2, a: 1 },
          ],
        },
      }),
    ).toEqual([
      "MODEL_INVALID models.A.enum: must NOT have duplicate items | Write what the schema's draft allows there. Drafts differ: `$schema` says which one holds.",
    ])
  })

  test.each([
    ['addditionalProperties', 'additionalProperties'],
    ['requird', 'required'],
    ['minlength', 'minLength'],
    ['propertys', 'properties'],
    ['item', 'items'],
    ['ref', '$ref'],
    ['one_of', 'oneOf'],
  ])('with a keyword that is misspelt (%s) would let everything pass', (misspelt, keyword) => {
    const at = 'models.Pet.properties.name'
    expect(models({ Pet: { properties: { name: { [misspelt]: {} } } } })).toEqual([
      `MODEL_INVALID ${at}.${misspelt}: \`${misspelt}\` is no keyword of JSON Schema | Did you mean \`${keyword}\`? ` +
        'A note of your own has `x-` before its name.',
    ])
  })

  test('may have notes of their own, and properties of any name', () => {
    const Pet = {
      ...{ 'x-requird': [], label: 'A pet', examples: [], discriminator: {}, xml: {}, faker: 'name' },
      properties: { requird: {}, propertys: {}, ref: {} },
      enum: [{ requird: 1 }],
      default: { item: 1 },
    }
    expect(models({ Pet })).toEqual([])
  })

  test('with one address for two schemas could be meant by neither', () => {
    const all = {
      A: { id: 'https://acme.com/a', items: { id: 'B' } },
      B: { properties: { x: { id: 'https://acme.com/a#' } } },
    }
    expect(models(all)).toEqual([
      "MODEL_INVALID models.B.properties.x.id: another schema has the id 'https://acme.com/a#' | Take it away.",
    ])
  })

  test.each<[string, object, string]>([
    [
      'a type that is none',
      { A: { properties: { x: { type: 'strin' } } } },
      'MODEL_INVALID models.A.properties.x.type',
    ],
    [
      "draft-03's required",
      { A: { properties: { x: { required: true } } } },
      'MODEL_INVALID models.A.properties.x.required',
    ],
    ['properties that are none', { A: { properties: 5 } }, 'MODEL_INVALID models.A.properties'],
    [
      'a schema that is none',
      { A: { items: { x: 1, properties: { y: 'string' } } } },
      'MODEL_INVALID models.A.items.properties.y',
    ],
    ['a pattern that cannot be read', { A: { pattern: '[' } }, 'MODEL_INVALID models.A.pattern'],
    ['a backreference', { A: { pattern: '(a)\\1' } }, 'MODEL_INVALID models.A.pattern'],
    [
      'a pattern of names',
      { A: { patternProperties: { '(?<=a)': {} } } },
      "MODEL_INVALID models.A.patternProperties['(?<=a)']",
    ],
    [
      'a reference to nothing',
      { A: { allOf: [{ $ref: '#/definitions/x' }] } },
      'MODEL_INVALID models.A.allOf[0].$ref',
    ],
    [
      'a reference to no model',
      { A: { $ref: 'https://apigateway.amazonaws.com/restapis/x/models/B' } },
      'MODEL_INVALID models.A.$ref',
    ],
    [
      'a reference to the web',
      { A: { items: { $ref: 'http://acme.com/a.json' } } },
      'MODEL_INVALID models.A.items.$ref',
    ],
    [
      'a reference to a part that is not there',
      { A: { $ref: 'B#/x' }, B: {} },
      'MODEL_INVALID models.A.$ref',
    ],
    [
      'a reference to a part in another draft that is not there',
      { A: { $ref: 'B#/x' }, B: { $schema: 'http://json-schema.org/draft-07/schema#' } },
      'MODEL_INVALID models.A',
    ],
    ['a reference to a schema value', { A: { $ref: 'B' }, B: z.string() }, 'MODEL_INVALID models.A.$ref'],
    ['a reference without end', { A: { $ref: '#' } }, 'MODEL_INVALID models.A'],
    ['references without end', { A: { allOf: [{ $ref: 'B' }] }, B: { $ref: 'A' } }, 'MODEL_INVALID models.A'],
    ['a keyword of a later draft', { A: { const: 1 } }, 'MODEL_INVALID models.A.const'],
    [
      'a draft that is not known',
      { A: { $schema: 'http://json-schema.org/draft-03/schema#' } },
      'MODEL_INVALID models.A.$schema',
    ],
    ['what is no JSON', { A: { enum: [new Date(0)] } }, 'MODEL_INVALID models.A.enum[0]'],
    ['a function', { A: { default: () => 1 } }, 'MODEL_INVALID models.A.default'],
    ['a text', { A: 'string' }, 'WRONG_TYPE models.A'],
    ['an instance', { A: new Map() }, 'WRONG_TYPE models.A'],
    ['a name that is none', { 'a b': {} }, "NAME_INVALID models['a b']"],
  ])('with %s have a fault there', (_, all, place) => {
    expect(places(models(all))).toContain(place)
  })

  test('that hold themselves have a fault', () => {
    const A: Record<string, unknown> = {}
    A.properties = { a: A }
    expect(places(models({ A }))).toEqual(['MODEL_INVALID models.A.properties.a'])
  })

  test('that nest without end have a fault', () => {
    const A = Array.from({ length: 500 }).reduce<object>((inner) => ({ not: inner }), {})
    expect(places(models({ A }))).toHaveLength(1)
  })

  test('have one fault for a bound in the way of another draft', () => {
    const $schema = 'http://json-schema.org/draft-07/schema#'
    const later = 'It is a number in a schema with the `$schema` of a later draft.'
    expect(
      models({
        A: {
          properties: { x: { exclusiveMinimum: 3 }, exclusiveMinimum: { exclusiveMaximum: 9, maximum: 1 } },
        },
        B: { $schema, exclusiveMinimum: true, minimum: 3 },
        C: { properties: { x: { exclusiveMaximum: true } } },
      }),
    ).toEqual([
      `MODEL_INVALID models.A.properties.x.exclusiveMinimum: must be boolean | In draft-04 it is true or false beside \`minimum\`. ${later}`,
      `MODEL_INVALID models.A.properties.exclusiveMinimum.exclusiveMaximum: must be boolean | In draft-04 it is true or false beside \`maximum\`. ${later}`,
      'MODEL_INVALID models.B.exclusiveMinimum: must be number | In this draft it is the bound itself, in the place of `minimum`.',
      "MODEL_INVALID models.C.properties.x: must have property maximum when property exclusiveMaximum is present | Write what the schema's draft allows there. Drafts differ: `$schema` says which one holds.",
    ])
  })

  test('are told to say which draft they are in', () => {
    expect(models({ A: { if: {} } })).toEqual([
      "MODEL_INVALID models.A.if: `if` is not in draft-04, which a schema without `$schema` is written in | Add `$schema: 'https://json-schema.org/draft/2020-12/schema'` to the model.",
    ])
  })
})

describe('a policy', () => {
  test('with nothing wrong has no faults', () => {
    const given = {
      body: {
        models: { 'application/json': 'Pet', 'text/plain': { enum: ['x'] }, $default: z.string() },
        inflated: 5,
      },
      parameters: {
        query: { a: true, b: { schema: { $ref: 'Pet' } } },
        header: { 'X-A': { required: true } },
        mode: 'observe',
      },
      responses: { 200: 'Pet', '4xx': z.string(), default: { type: 'object' } },
      errors: 'detailed',
    }
    expect(policy(given)).toEqual([])
  })

  test.each<[string, object, string]>([
    ['a model that does not exist', { body: 'Pett' }, 'MODEL_UNKNOWN routes[0].policy.body'],
    ['no models', { body: {} }, 'REQUIRED routes[0].policy.body.models'],
    ['no model', { body: { models: {} } }, 'REQUIRED routes[0].policy.body.models'],
    ['a schema where rules stand', { body: { type: 'object' } }, 'WRONG_TYPE routes[0].policy.body'],
    [
      'a type that is none',
      { body: { models: { json: 'Pet' } } },
      'CONTENT_TYPE_INVALID routes[0].policy.body.models.json',
    ],
    [
      'a type with parameters',
      { body: { models: { 'a/b; c=d': 'Pet' } } },
      "CONTENT_TYPE_INVALID routes[0].policy.body.models['a/b; c=d']",
    ],
    [
      'a body in parts',
      { body: { models: { 'multipart/form-data': 'Pet' } } },
      "CONTENT_TYPE_INVALID routes[0].policy.body.models['multipart/form-data']",
    ],
    [
      'a type in two spellings',
      { body: { models: { 'a/b': 'Pet', 'A/B': 'Pet' } } },
      "DUPLICATE routes[0].policy.body.models['A/B']",
    ],
    [
      'a wrong schema in its place',
      { body: { models: { 'a/b': { type: 'x' } } } },
      "MODEL_INVALID routes[0].policy.body.models['a/b'].type",
    ],
    [
      'a wrong schema of a parameter',
      { parameters: { query: { a: { schema: { pattern: '(' } } } } },
      'MODEL_INVALID routes[0].policy.parameters.query.a.schema.pattern',
    ],
    [
      'a header that is none',
      { parameters: { header: { 'a b': true } } },
      "HEADER_INVALID routes[0].policy.parameters.header['a b']",
    ],
    [
      'a parameter that is none',
      { parameters: { query: { a: 1 } } },
      'WRONG_TYPE routes[0].policy.parameters.query.a',
    ],
    ['a status that is none', { responses: { 99: 'Pet' } }, "VALUE_INVALID routes[0].policy.responses['99']"],
    [
      "a response's model that does not exist",
      { responses: { 200: 'X' } },
      "MODEL_UNKNOWN routes[0].policy.responses['200']",
    ],
  ])('with %s has a fault', (_, given, place) => {
    expect(places(policy(given))).toContain(place)
  })
})

describe('what a policy leaves out', () => {
  const bodyOf = (body: unknown, more: object = {}) =>
    complete({
      routes: [{ pattern: 'POST /a', policy: { body } }],
      models: { Pet: {} },
      ...more,
    } as unknown as Definition).routes[0]?.policy.body

  test('is filled in: a model by itself is for JSON', () => {
    expect(bodyOf('Pet')).toEqual({
      models: new Map([['application/json', 'Pet']]),
      required: true,
      unknownType: 'refuse',
      inflated: 10_485_760,
      observe: false,
    })
  })

  test('is as AWS has it where that is asked for', () => {
    expect(bodyOf('Pet', { compat: 'aws' })?.unknownType).toBe('pass')
    expect(bodyOf({ models: { 'a/b': 'Pet' }, unknownType: 'refuse' }, { compat: 'aws' })?.unknownType).toBe(
      'refuse',
    )
  })

  test('a schema value stays what it is', () => {
    const Pet = z.string()
    expect(bodyOf(Pet)?.models.get('application/json')).toBe(Pet)
    expect(complete({ routes: ROUTES, models: { Pet } }).models.get('Pet')).toBe(Pet)
  })
})
