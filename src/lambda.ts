/**
 * Lambda functions as integrations: in this process, by their module, or by their ARN.
 *
 * @module postern/lambda
 */
import { lambdaCheck } from './control/check/lambda.js'
import { AwsClient, originOf } from './integrate/aws/client.js'
import { AWS_PARTS } from './integrate/awsparts.js'
import { compileLambda } from './integrate/lambda/lambda.js'
import { remoteFunction } from './integrate/lambda/remote.js'
import type {
  LambdaHandler,
  LambdaIntegration,
  LambdaModule,
  LambdaOptions,
  LambdaProxyEvent,
  LambdaProxyEventV2,
  LambdaStreamingHandler,
} from './integrate/lambda/types.js'
import { compileMapping } from './integrate/mapping/mapping.js'
import { IntegrationDefinition, type IntegrationKind, type IntegrationSite } from './integration.js'

export { awslambda, type LambdaStreamMetadata } from './integrate/lambda/streaming.js'
export type {
  LambdaCallback,
  LambdaClientCertificate,
  LambdaContext,
  LambdaHandler,
  LambdaIdentity,
  LambdaIntegration,
  LambdaModule,
  LambdaOptions,
  LambdaProxyEvent,
  LambdaProxyEventV2,
  LambdaRequestContext,
  LambdaRequestContextV2,
  LambdaResponseStream,
  LambdaStreamingHandler,
} from './integrate/lambda/types.js'
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

const KIND: IntegrationKind<LambdaIntegration> = {
  type: 'lambda',
  check: lambdaCheck,
  startsEarly: ({ target }) => typeof target === 'object' || (typeof target === 'string' && !isFixed(target)),
  compile: (options, site) => compileLambda(options, site, { compileMapping, remote }),
}

/** Whether it is a function by its ARN, whatever the stage. */
function isFixed(target: string): boolean {
  return target.startsWith('arn:') && !target.includes('${')
}

/** Over the network: what that takes is loaded where there is a function by its ARN, and not before. */
function remote(options: LambdaIntegration, site: IntegrationSite) {
  return remoteFunction(options, site, {
    connect: (own, at) => new AwsClient(own, at, AWS_PARTS),
    originOf,
  })
}

/**
 * An integration that calls a Lambda function.
 *
 * @param target a function, a module by its path from the working directory, `'./pets.js#handler'`, or an ARN, in
 *   which stage variables may stand: `'arn:aws:lambda:eu-central-1:123456789012:function:pets:${stageVariables.alias}'`
 *
 * @example
 * route('GET /pets/{petId}', {}, lambda(async (event) => ({ statusCode: 200, body: `${event.pathParameters?.petId}` })))
 * route('ANY /app/{proxy+}', {}, lambda('./app.js#handler', { payload: '2.0' }))
 */
export function lambda<E = LambdaProxyEventV2>(
  target: LambdaHandler<E>,
  options: LambdaOptions & { readonly payload: '2.0' },
): IntegrationDefinition<LambdaIntegration>
export function lambda<E = LambdaProxyEvent>(
  target: LambdaHandler<E>,
  options?: LambdaOptions,
): IntegrationDefinition<LambdaIntegration>
export function lambda<E = never>(
  target: LambdaStreamingHandler<E>,
  options: LambdaOptions & { readonly streaming: true },
): IntegrationDefinition<LambdaIntegration>
export function lambda(
  target: string | LambdaModule,
  options?: LambdaOptions,
): IntegrationDefinition<LambdaIntegration>
export function lambda(
  target: LambdaHandler<never> | LambdaStreamingHandler<never> | string | LambdaModule,
  options: LambdaOptions = {},
): IntegrationDefinition<LambdaIntegration> {
  return new IntegrationDefinition(KIND, { ...options, target })
}
