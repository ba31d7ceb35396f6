/**
 * API definitions: OpenAPI in and out.
 *
 * A document that you have is enough for validation, keys and limits before your app. OpenAPI 3.0, 3.1 and Swagger 2.0, as JSON
 * or YAML, a file, text or an object; what stands beside `openapi` adds to it or overrides it.
 */
import { answer, createGateway } from 'postern'
import { send } from 'postern/testing'

const openapi = `
openapi: 3.0.3
info: { title: Pets, version: '1' }
paths:
  /pets:
    get:
      parameters: [{ name: page, in: query, required: true, schema: { type: integer, minimum: 1 } }]
      responses: { '200': { description: a page } }
`
const gateway = createGateway({ openapi, stages: { prod: { throttle: { rate: 10, burst: 20 } } } })
const app = () => answer(200, 'the app')
const well = await send(gateway, 'GET /prod/pets?page=2', { app })
console.log(well.text()) // => 'the app'
const wrong = await send(gateway, 'GET /prod/pets?page=none', { app })
console.log(wrong.status) // => 400
