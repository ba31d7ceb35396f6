/**
 * API definitions: OpenAPI in and out.
 *
 * AWS's extensions are read: integrations of every type, authorizers, request validators, gateway responses, policies, binary
 * media types. An export of an API on AWS serves as it is. `fromOpenApi` gives the definition itself, and a warning with its
 * JSON pointer for each piece that is unsupported or dubious; `strict: true` makes them errors. Nothing is fetched. What
 * `toOpenApi` writes is fit to be handed on: secrets (credentials, TLS keys, fields that hold them) stay out of it, with a warning.
 */
import { createGateway } from 'postern'
import { fromOpenApi, toOpenApi } from 'postern/openapi'

const document = {
  openapi: '3.0.3',
  info: { title: 'Pets', version: '1' },
  paths: { '/pets/{id}': { get: { parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }], responses: { 200: { description: 'a pet' } } } } },
}
const { definition, warnings } = fromOpenApi(document)
const gateway = createGateway({ ...definition, plans: { free: {} } })
console.log(gateway.routes.map(({ name }) => name)) // => ['GET /pets/{id}']
console.log(warnings) // => []
const written = toOpenApi(definition, { version: '3.1' })
console.log(written.document.openapi) // => '3.1.0'
