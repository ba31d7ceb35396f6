/** What a definition says of its API, and of its routes, without asking anything of anybody. */
import { describe, expect, test } from 'vitest'
import { createGateway, route } from '../../src/index.js'
import { faultsOf } from './check-faults.js'

const saying = (docs: unknown) => faultsOf({ routes: [{ pattern: 'GET /pets', policy: { docs } }] })
const about = (given: object) => faultsOf({ routes: [], ...given })

describe('what is said of a route', () => {
  test('is plain data, told again as it was written', () => {
    const docs = {
      operationId: 'listPets',
      tags: ['pets'],
      parameters: { 'query.limit': { description: 'At most', example: 10 } },
      body: { content: { 'text/plain': { example: 'x' } } },
      responses: { 200: { description: 'Pets', headers: { 'x-next': { schema: { type: 'string' } } } } },
      extensions: { 'x-owner': ['team', { id: 7, on: true, nothing: null }] },
    }
    expect(saying(docs)).toEqual([])
    const [told] = createGateway({ routes: [route('GET /pets', { docs })] }).routes
    expect(told?.policy.docs).toEqual(docs)
  })

  test('that is misspelt or of another kind is a fault', () => {
    expect(
      saying({ sumary: 'x', deprecated: 'yes', tags: 'pets', responses: { 200: { header: {} } } }),
    ).toEqual([
      'UNKNOWN_FIELD routes[0].policy.docs.sumary: `sumary` is no field of what is said of a route | Did you mean `summary`?',
      "WRONG_TYPE routes[0].policy.docs.deprecated: 'yes' is not a boolean | Write true or false.",
      "WRONG_TYPE routes[0].policy.docs.tags: 'pets' is not a list of tags | Write ['pets'].",
      "UNKNOWN_FIELD routes[0].policy.docs.responses['200'].header: `header` is no field of what is said of an answer | Did you mean `headers`?",
    ])
  })

  test('that JSON could not hold is a fault where it stands', () => {
    const loop: Record<string, unknown> = {}
    loop.again = [loop]
    const fix = 'Write texts, numbers, true, false, null, lists and objects of these.'
    const AT = 'routes[0].policy.docs.extensions'
    expect(saying({ extensions: { 'x-a': [1, () => 1], 'x-b': 1 } })).toEqual([
      `WRONG_TYPE ${AT}['x-a'][1]: a function is no plain data | ${fix}`,
    ])
    expect(saying({ extensions: { n: Number.NaN } })).toEqual([
      `WRONG_TYPE ${AT}.n: NaN is no plain data | ${fix}`,
    ])
    expect(saying({ extensions: loop })).toEqual([
      `WRONG_TYPE ${AT}.again[0]: an object is no plain data | ${fix}`,
    ])
  })
})

describe('what is said of an API', () => {
  test('is checked like the rest', () => {
    expect(
      about({
        docs: {
          info: { title: 'Pets', version: '1' },
          parts: [
            { location: { type: 'METHOD', path: '/pets', method: 'GET' }, properties: { description: 'x' } },
          ],
        },
        tags: { team: 'pets' },
        endpoint: { types: ['REGIONAL'], vpcEndpointIds: ['vpce-1'] },
        minimumCompressionSize: 1024,
      }),
    ).toEqual([])
    expect(
      about({
        docs: { parts: [{ location: { type: 'PATH' } }] },
        tags: { team: 7 },
        endpoint: { types: ['GLOBAL'] },
        minimumCompressionSize: 10_485_761,
      }).map((fault) => fault.split(':')[0]),
    ).toEqual([
      'VALUE_INVALID docs.parts[0].location.type',
      'REQUIRED docs.parts[0].properties',
      'WRONG_TYPE tags.team',
      'VALUE_INVALID endpoint.types[0]',
      'NUMBER_INVALID minimumCompressionSize',
    ])
  })

  test('makes another deployment of it', async () => {
    const gateway = createGateway({ routes: [route('GET /pets')], docs: { info: { title: 'Pets' } } })
    const before = await gateway.control.getStage('$default')
    await gateway.control.deploy({ routes: [route('GET /pets')], docs: { info: { title: 'Cats' } } })
    const after = await gateway.control.getStage('$default')
    expect(after.deployment).not.toBe(before.deployment)
  })
})
