/**
 * AWS services as integrations: `aws('dynamodb', 'GetItem')`.
 *
 * @module postern/aws
 */
import { awsCheck } from './control/check/aws.js'
import { compileAws } from './integrate/aws/aws.js'
import type { AwsIntegration, AwsOptions, AwsPath } from './integrate/aws/types.js'
import { AWS_PARTS } from './integrate/awsparts.js'
import { compileMapping } from './integrate/mapping/mapping.js'
import { IntegrationDefinition, type IntegrationKind } from './integration.js'

export type { AwsIntegration, AwsOptions, AwsPath } from './integrate/aws/types.js'
export type {
  AwsCredentialProvider,
  AwsCredentials,
  BreakerPolicy,
  IntegrationOptions,
  IntegrationResult,
  MappingOptions,
  RequestFunction,
  RequestMapping,
  RequestParts,
  ResponseFunction,
  ResponseMapping,
  RetryPolicy,
} from './integration.js'

const KIND: IntegrationKind<AwsIntegration> = {
  type: 'aws',
  check: awsCheck,
  startsEarly: ({ subdomain }) => subdomain?.includes('${') === true,
  compile: (options, site) => compileAws(options, site, { ...AWS_PARTS, compileMapping }),
}

/**
 * An integration that calls a service of AWS, signed. Services of JSON and of queries are called by an action, all
 * others by their paths. The body is what the request's mapping makes, or the caller's own where it has none.
 *
 * @param service as its host is called: `dynamodb`, `states`, `sqs`, `s3`
 * @param action `'GetItem'`, or a path with parameters of the route in it: `{ path: 'my-bucket/{key}' }`
 *
 * @example
 * route('GET /pets/{id}', {}, aws('dynamodb', 'GetItem', {
 *   request: ({ params }) => ({ body: { TableName: 'pets', Key: { id: { S: params.id } } } }),
 *   responses: ({ body }) => JSON.parse(Buffer.from(body).toString()).Item ?? answer(404),
 * }))
 * route('GET /photos/{key+}', {}, aws('s3', { path: 'my-photos/{key}' }))
 */
export function aws(
  service: string,
  action: string | AwsPath,
  options: AwsOptions = {},
): IntegrationDefinition<AwsIntegration> {
  return new IntegrationDefinition(KIND, { ...options, service, action })
}
