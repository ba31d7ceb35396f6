/**
 * The event of a Lambda proxy, in format 1.0.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
 */

import { commonLogTime } from '../../clock.js'
import type { Exchange } from '../../exchange.js'
import { add, headerMaps, queryMaps } from '../../lambdaevents.js'
import { bodyV1 } from './body.js'
import { authorizerV1, identityOf } from './caller.js'
import type { Facts } from './facts.js'
import { addedHeaders, CONNECTIONS_V1 } from './forwarded.js'
import type { LambdaProxyEvent, LambdaRequestContext } from './types.js'

/** @param bytes empty where there is no body */
export function eventV1(facts: Facts, exchange: Exchange, bytes: Uint8Array): LambdaProxyEvent {
  const { request } = exchange
  const headers = headerMaps(exchange, CONNECTIONS_V1)
  const added = addedHeaders(exchange)
  for (let index = 0; index < added.length; index += 2)
    add(headers, added[index] ?? '', added[index + 1] ?? '')
  const query = queryMaps(request.target)
  const body = bytes.length === 0 ? undefined : bodyV1(facts, request.header('content-type'), bytes)
  return {
    resource: facts.resource,
    path: pathOf(facts, exchange),
    httpMethod: request.method,
    headers: headers.single,
    multiValueHeaders: headers.multi,
    queryStringParameters: query?.single ?? null,
    multiValueQueryStringParameters: query?.multi ?? null,
    pathParameters: parametersOf(facts, exchange),
    stageVariables: facts.hasVariables ? { ...facts.variables } : null,
    requestContext: contextOf(facts, exchange),
    body: body?.text ?? null,
    isBase64Encoded: body?.isBase64 ?? false,
  }
}

/** Without the stage's name; a base path of a domain's own stays, as it does in AWS. */
function pathOf({ stage }: Facts, { target, from }: Exchange): string {
  if (target === undefined) return '/'
  return target.canonical(from === 1 && target.segments[0] === stage ? 1 : 0)
}

/** Encoded, as they stand in the path: REST APIs do not decode them. */
function parametersOf({ greedy }: Facts, exchange: Exchange): Record<string, string> | null {
  const { params, target } = exchange
  const isEncoded = target?.encoded === true
  let parameters: Record<string, string> | null = null
  for (const name in params) {
    const value = params[name] ?? ''
    parameters ??= {}
    if (!isEncoded) parameters[name] = value
    else parameters[name] = name === greedy?.name ? restOf(exchange, greedy.at) : encodeSegment(value)
  }
  return parameters
}

/** Its own slashes and those between segments cannot be told apart any more once it is decoded. */
function restOf({ target, from }: Exchange, at: number): string {
  const segments = target?.canonical(from).slice(1).split('/') ?? []
  if (segments.at(-1) === '') segments.pop()
  return segments.slice(at).join('/')
}

/** What a segment of a path may not hold raw, and nothing else (RFC 3986, `pchar`). */
function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent)
}

function contextOf(facts: Facts, exchange: Exchange): LambdaRequestContext {
  const { request, requestId, startedAt, host } = exchange
  const authorizer = authorizerV1(exchange)
  const context = {
    resourceId: facts.resource,
    resourcePath: facts.resource,
    httpMethod: request.method,
    extendedRequestId: exchange.extendedRequestId,
    requestTime: commonLogTime(startedAt),
    path: exchange.target?.canonical(0) ?? '/',
    accountId: facts.accountId,
    protocol: 'HTTP/1.1',
    stage: facts.stage,
    domainPrefix: prefixOf(host),
    requestTimeEpoch: startedAt,
    requestId,
    identity: identityOf(exchange),
    domainName: host,
    deploymentId: facts.deployment,
    apiId: facts.api,
  }
  return authorizer === undefined ? context : { ...context, authorizer }
}

/** The first label of a host's name. */
export function prefixOf(host: string): string {
  const dot = host.indexOf('.')
  return dot === -1 ? host : host.slice(0, dot)
}
