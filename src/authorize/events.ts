/**
 * What Lambda authorizers are given.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
import type { RequestAuthorizerEvent, TokenAuthorizerEvent } from '../access.js'
import type { Exchange, GatewayRequest } from '../exchange.js'
import { type ArnParts, methodArn } from './arn.js'
import { queryOf } from './identity.js'

export function tokenEvent(parts: ArnParts, exchange: Exchange, token: string): TokenAuthorizerEvent {
  return { type: 'TOKEN', methodArn: methodArn(parts, exchange), authorizationToken: token }
}

/** The event 1.0. A client's certificate is not in it, as nobody has verified that one here. */
export function requestEvent(parts: ArnParts, exchange: Exchange): RequestAuthorizerEvent {
  const { request, target, from, on, params, variables } = exchange
  const headers = headersOf(request)
  const query = grouped(queryOf(exchange))
  const path = target?.canonical(from) ?? '/'
  return {
    type: 'REQUEST',
    methodArn: methodArn(parts, exchange),
    resource: on?.path ?? path,
    path,
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: Object.fromEntries(headers),
    queryStringParameters: lastOf(query),
    multiValueQueryStringParameters: Object.fromEntries(query),
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

type Grouped = ReadonlyMap<string, readonly string[]>

/**
 * By the name's first spelling, as names that differ in case only are one. Of some that come twice, `Authorization`
 * among them, Node keeps the first, and the app sees no other: an authorizer must not judge by the last one.
 */
function headersOf(request: GatewayRequest): Grouped {
  const raw = request.rawHeaders()
  const spellings = new Map<string, string>()
  const pairs: [string, string][] = []
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? ''
    const spelling = spellings.get(name.toLowerCase()) ?? name
    spellings.set(name.toLowerCase(), spelling)
    pairs.push([spelling, raw[index + 1] ?? ''])
  }
  const all = grouped(pairs)
  for (const [name, [first = '', ...more]] of all) {
    if (more.length > 0 && request.header(name.toLowerCase()) === first) all.set(name, [first])
  }
  return all
}

function grouped(pairs: Iterable<readonly [string, string]>): Map<string, string[]> {
  const all = new Map<string, string[]>()
  for (const [name, value] of pairs) {
    const values = all.get(name)
    if (values === undefined) all.set(name, [value])
    else values.push(value)
  }
  return all
}

/** Maps of single values hold the last one. */
function lastOf(all: Grouped): Record<string, string> {
  return Object.fromEntries([...all].map(([name, values]) => [name, values.at(-1) ?? '']))
}
