/** AWS's extensions of a whole document: what becomes of each, in the gateway and when it is written again. */
import { describe, expect, it } from 'vitest'
import { answer, createGateway, route } from '../../src/index.js'
import { fromOpenApi, toOpenApi } from '../../src/openapi.js'
import { send } from '../../src/testing.js'

const POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' },
    { Effect: 'Deny', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*/DELETE/*' },
  ],
}
const PARTS = [{ location: { type: 'API' }, properties: { description: 'All about pets' } }]
const ENDPOINT = { vpcEndpointIds: ['vpce-0123456789abcdef0'] }

const DOCUMENT = {
  openapi: '3.0.1',
  info: { title: 'Pets', version: '1' },
  tags: [{ name: 'team', 'x-amazon-apigateway-tag-value': 'animals' }],
  paths: {
    '/pets': {
      get: { responses: { 200: { description: 'pets' } } },
      post: { security: [{ key: [] }], responses: { 200: { description: 'a pet' } } },
      delete: { responses: { 200: { description: 'none' } } },
    },
  },
  components: { securitySchemes: { key: { type: 'apiKey', name: 'x-api-key', in: 'header' } } },
  'x-amazon-apigateway-gateway-responses': {
    INVALID_API_KEY: {
      statusCode: '401',
      responseParameters: { 'gatewayresponse.header.x-why': "'no key'" },
      responseTemplates: { 'application/json': '{"id":"$context.requestId"}' },
    },
  },
  'x-amazon-apigateway-policy': POLICY,
  'x-amazon-apigateway-cors': { allowOrigins: ['https://acme.test'], allowMethods: ['GET'], maxAge: 60 },
  'x-amazon-apigateway-binary-media-types': ['image/png'],
  'x-amazon-apigateway-api-key-source': 'HEADER',
  'x-amazon-apigateway-endpoint-configuration': ENDPOINT,
  'x-amazon-apigateway-minimum-compression-size': 1000,
  'x-amazon-apigateway-documentation': { version: '1.0.3', documentationParts: PARTS },
}

it('what does not hold is warned of wherever it stands, however often', () => {
  const schema = { type: 'string', pattern: '(a)\\1' }
  const get = (name: string) => ({
    parameters: [{ name, in: 'query', schema: { ...schema } }],
    responses: { 200: { description: 'well' } },
  })
  const paths = { '/a': { get: get('one') }, '/b': { get: get('other') } }
  const { warnings } = fromOpenApi({ openapi: '3.0.3', info: { title: 'a', version: '1' }, paths })
  expect(warnings.map(({ pointer }) => pointer)).toEqual([
    '#/paths/~1a/get/parameters/0/schema/pattern',
    '#/paths/~1b/get/parameters/0/schema/pattern',
  ])
})

describe('extensions of a document', () => {
  const { definition, warnings } = fromOpenApi(DOCUMENT)

  it('are all read, without a warning', () => {
    expect(warnings).toEqual([])
    expect(definition).toMatchObject({
      refusals: {
        INVALID_API_KEY: {
          status: 401,
          headers: { 'x-why': 'no key' },
          templates: { 'application/json': '{"id":"$context.requestId"}' },
        },
      },
      resourcePolicy: POLICY,
      cors: { origins: ['https://acme.test'], methods: ['GET'], maxAge: 60_000 },
      binaryMediaTypes: ['image/png'],
      apiKeySource: 'header',
      endpoint: ENDPOINT,
      minimumCompressionSize: 1000,
      docs: { parts: PARTS, partsVersion: '1.0.3' },
      tags: { team: 'animals' },
    })
  })

  it('hold in a gateway', async () => {
    // An app compresses for itself; what the gateway answers is compressed here.
    const routes = [route('GET /pets', {}, () => ({ pets: 'x'.repeat(2000) }))]
    const gateway = createGateway({ openapi: DOCUMENT, routes })
    const app = () => answer(200, 'the app')
    const refused = await send(gateway, 'POST /pets', { app })
    expect([refused.status, refused.headers['x-why'], Object.keys(refused.json())]).toEqual([
      401,
      'no key',
      ['id'],
    ])
    expect((await send(gateway, 'DELETE /pets', { app })).status).toBe(403)
    const headers = { origin: 'https://acme.test', 'accept-encoding': 'gzip' }
    const given = await send(gateway, 'GET /pets', { app, headers })
    expect(given.headers).toMatchObject({
      'access-control-allow-origin': 'https://acme.test',
      'content-encoding': 'gzip',
    })
  })

  it.each(['2.0', '3.0', '3.1'] as const)('are the same once written as %s and read', (version) => {
    const { text } = toOpenApi(definition, { version })
    const { routes: _, docs, models: __, plans: ___, ...again } = fromOpenApi(text).definition
    const { routes: _r, docs: said, models: _m, plans: _p, ...first } = definition
    // As data: where each was read from is no part of it.
    expect(JSON.parse(JSON.stringify(again))).toEqual(JSON.parse(JSON.stringify(first)))
    expect(docs).toMatchObject({ parts: said?.parts, partsVersion: '1.0.3' })
  })

  it('that nothing comes of are warned of, with their place; strict refuses them', () => {
    const odd = {
      ...DOCUMENT,
      'x-amazon-apigateway-telepathy': true,
      'x-amazon-apigateway-endpoint-configuration': { disableExecuteApiEndpoint: true },
      'x-amazon-apigateway-gateway-responses': { NO_SUCH_REFUSAL: {} },
    }
    expect(
      fromOpenApi(odd)
        .warnings.map(({ code, pointer }) => `${code} ${pointer}`)
        .sort(),
    ).toEqual([
      'EXTENSION_UNKNOWN #/x-amazon-apigateway-telepathy',
      'NO_EFFECT #/x-amazon-apigateway-endpoint-configuration/disableExecuteApiEndpoint',
      'REFUSAL_UNSUPPORTED #/x-amazon-apigateway-gateway-responses/NO_SUCH_REFUSAL',
    ])
    expect(() => fromOpenApi(odd, { strict: true })).toThrow(/EXTENSION_UNKNOWN/)
  })
})
