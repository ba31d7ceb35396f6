/**
 * Answers without any target, as AWS has them for tests and preflights.
 *
 * @module postern/mock
 */
import { mappingChecks } from './control/check/mapping.js'
import { integer, object } from './control/check/shapes.js'
import { compileMock, type MockOptions } from './integrate/mapping/mock.js'
import { IntegrationDefinition, type IntegrationKind } from './integration.js'

export type { MockOptions } from './integrate/mapping/mock.js'
export type {
  IntegrationResult,
  MappingOptions,
  RequestFunction,
  RequestMapping,
  RequestParts,
  ResponseFunction,
  ResponseMapping,
} from './integration.js'

const check = object<MockOptions>('the options of mock()', {
  ...mappingChecks,
  statusCode: integer(200, 599),
})

const KIND: IntegrationKind<MockOptions> = { type: 'mock', check, compile: compileMock }

/**
 * An integration that asks nobody: its request template says which of its responses is given.
 *
 * @example
 * route('GET /pets/{petId}', {}, mock({
 *   request: { templates: { 'application/json': '{"statusCode": #if($input.params("petId") == "7")200#{else}404#end}' } },
 *   responses: [
 *     { selectionPattern: '404', statusCode: 404, templates: { 'application/json': '{"message": "No such pet"}' } },
 *     { templates: { 'application/json': '{"id": "$util.escapeJavaScript($input.params("petId"))"}' } },
 *   ],
 * }))
 */
export function mock(options: MockOptions = {}): IntegrationDefinition<MockOptions> {
  return new IntegrationDefinition(KIND, options)
}
