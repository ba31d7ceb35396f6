import { createGateway, DefinitionError, type Model, route } from 'postern'
import { send } from 'postern/testing'
import { expect, it } from 'vitest'
import { fc } from '../laws.js'

const NAMES = ['One', 'Two', 'Three']

/** What people write, and what they should not have. */
const scalar = fc.oneof(
  fc.integer({ min: -2, max: 5 }),
  fc.constantFrom('a', '', 'string', '^a+$', '(', 'date'),
)
const reference = fc.constantFrom(
  ...NAMES.flatMap((name) => [
    name,
    `#/definitions/${name}`,
    `https://apigateway.amazonaws.com/restapis/x/models/${name}`,
  ]),
  ...[
    '#',
    '#/properties/a',
    '#/definitions/a',
    '#/definitions/a/items',
    '#a',
    'Four',
    'One#/properties/a',
    'Two#/allOf/0',
  ],
)
const { schema } = fc.letrec<{ schema: object }>((tie) => {
  const many = fc.array(tie('schema'), { maxLength: 3 })
  const named = fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'toString', '$ref'), tie('schema'), {
    maxKeys: 2,
  })
  const fields = {
    type: fc.constantFrom('object', 'string', 'array', 'integer', 'null', ['string', 'null'], 'thing', []),
    required: fc.constantFrom(['a'], ['a', 'b'], [], 'a', true),
    properties: named,
    patternProperties: fc.dictionary(fc.constantFrom('^a', '(', '.*'), tie('schema'), { maxKeys: 1 }),
    definitions: named,
    items: fc.oneof(tie('schema'), many),
    additionalItems: fc.oneof(fc.boolean(), tie('schema')),
    additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
    allOf: many,
    anyOf: many,
    oneOf: many,
    not: tie('schema'),
    enum: fc.array(scalar, { maxLength: 3 }),
    minimum: scalar,
    exclusiveMinimum: fc.oneof(fc.boolean(), scalar),
    multipleOf: scalar,
    maxLength: scalar,
    minItems: scalar,
    uniqueItems: fc.boolean(),
    pattern: scalar,
    format: fc.constantFrom('date', 'email', 'thing', 7),
    nullable: fc.boolean(),
    id: fc.constantFrom('#a', 'One', 'https://acme.com/one'),
    $id: fc.constantFrom('#a', 'https://acme.com/one'),
    $async: fc.constant(true),
    discriminator: fc.constant({ propertyName: 'a' }),
    const: scalar,
    dependencies: named,
  }
  const some = fc
    .subarray(Object.keys(fields) as (keyof typeof fields)[], { maxLength: 4 })
    .chain((keys) => fc.record(Object.fromEntries(keys.map((key) => [key, fields[key]] as const))))
  const one = fc.oneof(
    { weight: 3, arbitrary: some },
    { weight: 1, arbitrary: fc.record({ $ref: reference }) },
  )
  return { schema: fc.oneof({ maxDepth: 3, depthSize: 'small' }, fc.constant({}), one) }
})
const drafts = fc.constantFrom(
  undefined,
  'http://json-schema.org/draft-04/schema#',
  'http://json-schema.org/draft-07/schema#',
  'https://json-schema.org/draft/2020-12/schema',
)
const model = fc
  .tuple(schema, drafts)
  .map(([fields, $schema]) => ({ ...fields, ...($schema !== undefined && { $schema }) }))

const BODIES = [{}, { a: 'b', b: [1, { a: null }] }, [], ['a', 1], '', 'a', 0, -1.5, true, null]

it('a model that is taken can be compiled when something is first held to it', async () => {
  let taken = 0
  const law = fc.asyncProperty(fc.record({ One: model, Two: model, Three: model }), async (models) => {
    const reported: unknown[] = []
    const gateway = gatewayOf(models, (error) => reported.push(error))
    if (gateway === undefined) return
    taken++
    for (const name of NAMES) {
      for (const json of BODIES) {
        const { status } = await send(gateway, `POST /${name}`, { json })
        expect([200, 400]).toContain(status)
      }
    }
    expect(reported).toEqual([])
  })
  await fc.assert(law, { numRuns: 1_500 })
  expect(taken).toBeGreaterThan(50)
}, 60_000)

function gatewayOf(models: Record<string, Model>, onError: (error: unknown) => void) {
  try {
    return createGateway({
      models,
      routes: NAMES.map((name) => route(`POST /${name}`, { body: name as never }, () => 'taken')),
      onError,
    })
  } catch (error) {
    expect(error).toBeInstanceOf(DefinitionError)
    return undefined
  }
}
