/** AWS's definitions, imported unchanged, written again, and read once more. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { answer, createGateway, route } from '../../src/index.js'
import { fromOpenApi, toOpenApi } from '../../src/openapi.js'
import { send } from '../../src/testing.js'

const FOLDER = fileURLToPath(new URL('../fixtures/openapi/', import.meta.url))
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
const VERSIONS = ['2.0', '3.0', '3.1'] as const

/** What a VPC link of AWS's stands for here. */
const OPTIONS = {
  vpcLinks: { '${stageVariables.vpcLinkId}': ['http://10.0.0.5:8080'] },
  variables: { vpcLinkId: 'link' },
}

const read = (name: string) => fromOpenApi(FOLDER + name, OPTIONS)
const patternsOf = (given: ReturnType<typeof read>) => given.definition.routes.map(({ pattern }) => pattern)

describe.each(FILES)('%s', (name) => {
  it('is imported: each operation is a route', () => {
    const { paths } = JSON.parse(readFileSync(FOLDER + name, 'utf8')) as { paths: Record<string, object> }
    const operations = Object.values(paths).flatMap((path) =>
      Object.keys(path).filter((key) =>
        /^(?:get|put|post|delete|options|head|patch|x-amazon-apigateway-any-method)$/.test(key),
      ),
    )
    expect(patternsOf(read(name))).toHaveLength(operations.length)
  })

  it.each(VERSIONS)('is written as %s, which a validator of others admits', async (version) => {
    const { document } = toOpenApi(read(name).definition, { version, extensions: false })
    const { valid, errors } = await new Validator().validate({ ...document })
    expect([valid, errors]).toEqual([true, undefined])
  })

  it.each(VERSIONS)('is the same once it has been written as %s and read', (version) => {
    const first = toOpenApi(read(name).definition, { version }).document
    const again = fromOpenApi(structuredClone(first) as object, OPTIONS)
    expect(patternsOf(again)).toEqual(patternsOf(read(name)))
    expect(toOpenApi(again.definition, { version }).document).toEqual(first)
  })
})

describe('a document alone', () => {
  const document = `openapi: 3.0.3
info: { title: Pets, version: '1' }
paths:
  /pets:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
      responses: { '200': { description: ok } }
  /pets/{id}:
    get:
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer } }
        - { name: page, in: query, required: true, schema: { type: integer, minimum: 1 } }
      responses: { '200': { description: ok } }
components:
  schemas: { Pet: { type: object, required: [name], properties: { name: { type: string, nullable: true } } } }
`
  const gateway = createGateway({ openapi: document, routes: [route('GET /health', {}, () => 'well')] })
  const app = () => answer(200, 'the app')

  it('has the app answer, and holds requests to what it says', async () => {
    expect((await send(gateway, 'GET /pets/7?page=1', { app })).text()).toBe('the app')
    expect((await send(gateway, 'GET /pets/7', { app })).status).toBe(400)
    expect((await send(gateway, 'GET /pets/x?page=1', { app })).status).toBe(400)
    expect((await send(gateway, 'POST /pets', { app, json: { name: null } })).status).toBe(200)
    expect((await send(gateway, 'POST /pets', { app, json: { name: 7 } })).status).toBe(400)
    expect((await send(gateway, 'GET /nowhere', { app })).status).toBe(404)
  })

  it('stands beside routes of the definition', async () => {
    expect((await send(gateway, 'GET /health', { app })).text()).toBe('well')
  })
})

describe('a hostile document', () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
  const bomb = `openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths: {}\nx-a: &a [1,1,1,1,1,1,1,1,1]\n${[
    ...'bcdefghijk',
  ]
    .map((name, index) => `x-${name}: &${name} [${`*${'abcdefghijk'[index]},`.repeat(9)}]`)
    .join('\n')}\n`
  const cycle = {
    openapi: '3.0.3',
    info: { title: 'a', version: '1' },
    paths: { '/a': { $ref: '#/paths/~1b' }, '/b': { $ref: '#/paths/~1a' } },
  }

  it.each([
    ['nested too deep', nested(100_000)],
    ['a bomb of aliases', bomb],
    ['references in a circle', cycle],
    ['too large', `{"openapi":"3.0.3","x":"${'a'.repeat(50_000_000)}"}`],
  ])('is refused, and soon: %s', (_, document) => {
    expect(() => createGateway({ openapi: document as never })).toThrow(
      /DOCUMENT_UNREADABLE|DOCUMENT_TOO_LARGE|DOCUMENT_TOO_DEEP|REFERENCE_CYCLE/,
    )
  })

  it('puts nothing on prototypes', () => {
    const text =
      '{"openapi":"3.0.3","info":{"title":"a","version":"1"},"paths":{},"components":{"schemas":{"__proto__":{"polluted":true}}}}'
    try {
      fromOpenApi(text)
    } catch {
      // Refused is fine, too.
    }
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})
