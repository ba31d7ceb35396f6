/** A document of 300 routes: read, checked and compiled into a gateway, beside `JSON.parse` of it. */
import { createGateway } from 'postern'
import { fromOpenApi } from 'postern/openapi'
import { numbers, ratios } from './lib/measure.mjs'
import { number, spread, table, title } from './lib/print.mjs'

const ROUTES = 300
const ROUNDS = 40

const operation = (index, method) => ({
  operationId: `${method}Thing${index}`,
  summary: `What one does to things of kind ${index}`,
  description: 'They are made, looked at, changed and done away with. '.repeat(3),
  tags: [`kind-${index % 10}`],
  security: [{ api_key: [] }],
  parameters: [
    { name: 'thingId', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } },
    { name: 'fields', in: 'query', schema: { type: 'string', maxLength: 200 } },
    { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
  ],
  ...(method === 'put' && {
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { $ref: `#/components/schemas/Thing${index}` } } },
    },
  }),
  responses: {
    200: {
      description: 'The thing',
      content: { 'application/json': { schema: { $ref: `#/components/schemas/Thing${index}` } } },
    },
    404: { description: 'There is none' },
  },
  'x-amazon-apigateway-integration': {
    type: 'http_proxy',
    httpMethod: method.toUpperCase(),
    uri: `https://things-${index % 7}.internal.acme.com/v1/things-${index}/{thingId}`,
    requestParameters: { 'integration.request.path.thingId': 'method.request.path.thingId' },
    passthroughBehavior: 'when_no_match',
  },
  'x-amazon-apigateway-request-validator': 'all',
})

const schema = (index) => ({
  type: 'object',
  required: ['name', 'kind'],
  additionalProperties: false,
  properties: {
    id: { type: 'integer' },
    name: { type: 'string', minLength: 1, maxLength: 64 },
    kind: { type: 'string', enum: ['one', 'another', `kind-${index}`] },
    price: { type: 'number', minimum: 0 },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 10 },
    made: { type: 'string', format: 'date-time' },
  },
})

const METHODS = ['get', 'put', 'delete']
const kinds = Array.from({ length: ROUTES / METHODS.length }, (_, index) => index)
const text = JSON.stringify({
  openapi: '3.0.1',
  info: { title: 'Things', version: '1' },
  paths: Object.fromEntries(
    kinds.map((index) => [
      `/v1/things-${index}/{thingId}`,
      Object.fromEntries(METHODS.map((method) => [method, operation(index, method)])),
    ]),
  ),
  components: {
    schemas: Object.fromEntries(kinds.map((index) => [`Thing${index}`, schema(index)])),
    securitySchemes: { api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' } },
  },
  'x-amazon-apigateway-request-validators': {
    all: { validateRequestBody: true, validateRequestParameters: true },
  },
})

const contenders = {
  parse: () => JSON.parse(text),
  read: () => fromOpenApi(text),
  made: () => createGateway({ ...fromOpenApi(text).definition, plans: { free: {} } }),
}
const gateway = contenders.made()
if (gateway.routes.length !== ROUTES) throw new Error(`${gateway.routes.length} routes`)

const names = Object.keys(contenders)
const samples = Object.fromEntries(names.map((name) => [name, numbers()]))
for (let round = -10; round < ROUNDS; round++) {
  for (let turn = 0; turn < names.length; turn++) {
    const name = names[(round + 30 + turn) % names.length]
    const start = process.hrtime.bigint()
    await contenders[name]()
    if (round >= 0) samples[name].push(Number(process.hrtime.bigint() - start) / 1e6)
  }
}

title(`openapi: ms, a document of ${ROUTES} routes and ${number(text.length / 1024)} KB`)

const row = (name, label, wanted) => [
  label,
  spread(samples[name], 2),
  spread(ratios(samples[name], samples.parse), 1),
  wanted,
]
table(
  ['', 'ms (quartiles)', 'to JSON.parse', 'wanted'],
  [
    row('parse', 'JSON.parse', '1'),
    row('read', 'fromOpenApi', ''),
    row('made', 'fromOpenApi and createGateway', '< 25'),
  ],
)
