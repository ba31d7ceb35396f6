/** Models that are written in one dialect of JSON Schema, and read in another. */
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { answer, createGateway, type GatewayDefinition, route } from '../../src/index.js'
import { fromOpenApi, toOpenApi } from '../../src/openapi.js'
import { send } from '../../src/testing.js'

const $schema = 'https://json-schema.org/draft/2020-12/schema'
const Node = { type: 'object', properties: { v: { type: 'integer' }, next: { $ref: '#/$defs/Node' } } }

const Recursive = z.object({
  v: z.number().int(),
  get next() {
    return z.optional(Recursive)
  },
})

const BODIES: readonly unknown[] = [
  ...[null, 1, 5, 7, 10, 15, 20, 30, 1.5, 'a', 'abcd', true, [], ['a', 1]],
  ...[{}, { v: 1 }, { v: 'x' }, { v: 1, next: { v: 2 } }, { v: 1, next: { v: 'x' } }, { a: 1 }, { a: 'x' }],
]

/** Which of the bodies the model `Model` admits. */
async function admitted(definition: unknown): Promise<readonly unknown[]> {
  const gateway = createGateway(definition as GatewayDefinition)
  const app = () => answer(200)
  const statuses = await Promise.all(
    BODIES.map(async (json) => (await send(gateway, 'POST /', { json, app })).status),
  )
  return BODIES.filter((_, index) => statuses[index] === 200)
}

it.each<[what: string, models: { readonly Model: object; readonly [name: string]: object }]>([
  ['definitions of its own', { Model: { $schema, $ref: '#/$defs/Node', $defs: { Node } } }],
  [
    'those of draft-04',
    { Model: { properties: { a: { $ref: '#/definitions/A' } }, definitions: { A: { type: 'integer' } } } },
  ],
  [
    'a definition by the name of a model',
    { Model: { $schema, $ref: '#/$defs/Node', $defs: { Node } }, Node: { type: 'string' } },
  ],
  [
    'itself',
    { Model: { $schema, type: 'object', properties: { v: { type: 'integer' }, next: { $ref: '#' } } } },
  ],
  ['a library’s schema of itself', { Model: Recursive }],
  [
    'bounds of both kinds',
    {
      Model: { $schema, type: 'number', minimum: 10, exclusiveMinimum: 5, maximum: 30, exclusiveMaximum: 20 },
    },
  ],
  [
    'a reference and more',
    { Model: { $schema, $ref: '#/components/schemas/Text', maxLength: 3 }, Text: { type: 'string' } },
  ],
])('a model with %s admits the same once it is written and read', async (_, models) => {
  const definition = { models, routes: [route('POST /', { body: 'Model' })] }
  const before = await admitted(definition)
  expect([before.length > 0, before.length < BODIES.length]).toEqual([true, true])
  for (const version of ['2.0', '3.0', '3.1'] as const) {
    const { document, text, warnings } = toOpenApi(definition as GatewayDefinition, { version })
    expect(warnings).toEqual([])
    expect((await new Validator().validate({ ...document })).errors).toBeUndefined()
    const read = fromOpenApi(text).definition
    expect(await admitted(read)).toEqual(before)
    expect(toOpenApi(read as GatewayDefinition, { version }).document).toEqual(document)
  }
})
