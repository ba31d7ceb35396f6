/**
 * What Lambda authorizers are given.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
import type { RequestAuthorizerEvent, TokenAuthorizerEvent } from '../access.js'
import type { Exchange } from '../exchange.js'
import { headerMaps, queryMaps } from '../lambdaevents.js'
import { type ArnParts, methodArn } from './arn.js'

export function tokenEvent(parts: ArnParts, exchange: Exchange, token: string): TokenAuthorizerEvent {
  return { type: 'TOKEN', methodArn: methodArn(parts, exchange), authorizationToken: token }
}

/** The event 1.0. A client's certificate is not in it, as nobody has verified that one here. */
export function requestEvent(parts: ArnParts, exchange: Exchange): RequestAuthorizerEvent {
  const { request, target, from, on, params, variables } = exchange
  const headers = headerMaps(exchange)
  const query = queryMaps(request.target)
  const path = target?.canonical(from) ?? '/'
  return {
    type: 'REQUEST',
    methodArn: methodArn(parts, exchange),
    resource: on?.path ?? path,
    path,
    httpMethod: request.method,
    headers: headers.single,
    multiValueHeaders: headers.multi,
    queryStringParameters: query?.single ?? {},
    multiValueQueryStringParameters: query?.multi ?? {},
    pathParameters: { ...params },
    stageVariables: { ...variables },
    requestContext: contextOf(parts, exchange, path),
  }
}

function contextOf(parts: ArnParts, exchange: Exchange, path: string): Record<string, unknown> {
  const { request, on, stage, requestId, sourceIp } = exchange
  const [apiKey, userAgent] = [request.header('x-api-key'), request.header('user-agent')]
  return {
    path,
    accountId: parts.accountId,
    resourceId: on?.path ?? path,
    stage,
    requestId,
    identity: {
      ...(apiKey !== undefined && { apiKey }),
      sourceIp,
      ...(userAgent !== undefined && { userAgent }),
    },
    resourcePath: on?.path ?? path,
    httpMethod: request.method,
    apiId: parts.api,
  }
}
