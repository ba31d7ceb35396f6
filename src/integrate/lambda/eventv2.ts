/**
 * The event of a Lambda proxy, in format 2.0. What there is none of is left out.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */

import { commonLogTime } from '../../clock.js'
import type { Exchange } from '../../exchange.js'
import { headerMaps, queryMaps } from '../../lambdaevents.js'
import { bodyV2 } from './body.js'
import { authorizerV2, clientCert } from './caller.js'
import { prefixOf } from './eventv1.js'
import type { Facts } from './facts.js'
import { addedHeaders, CONNECTIONS } from './forwarded.js'
import type { LambdaProxyEventV2, LambdaRequestContextV2 } from './types.js'

type Values = Record<string, string>

/** @param bytes empty where there is no body */
export function eventV2(facts: Facts, exchange: Exchange, bytes: Uint8Array): LambdaProxyEventV2 {
  const { request, params } = exchange
  const mark = request.target.indexOf('?')
  const cookies = cookiesOf(exchange)
  const query = queryMaps(request.target)
  const parameters = Object.keys(params).length > 0
  const body = bytes.length === 0 ? undefined : bodyV2(facts, request.header('content-type'), bytes)
  return {
    version: '2.0',
    routeKey: facts.routeKey,
    // AWS's HTTP APIs decode it, so that `%2F` is a slash; its function URLs do not, and neither do we.
    rawPath: exchange.target?.canonical(0) ?? '/',
    rawQueryString: mark === -1 ? '' : request.target.slice(mark + 1),
    ...(cookies !== undefined && { cookies }),
    headers: headersOf(exchange),
    ...(query !== undefined && { queryStringParameters: joined(query.multi) }),
    ...(parameters && { pathParameters: { ...params } }),
    ...(facts.hasVariables && { stageVariables: { ...facts.variables } }),
    requestContext: contextOf(facts, exchange),
    ...(body !== undefined && { body: body.text }),
    isBase64Encoded: body?.isBase64 ?? false,
  }
}

const LEFT_OUT: ReadonlySet<string> = new Set([...CONNECTIONS, 'cookie'])

function headersOf(exchange: Exchange): Values {
  const { multi } = headerMaps(exchange, LEFT_OUT)
  const headers: Values = Object.fromEntries(
    Object.entries(multi).map(([name, values]) => [name.toLowerCase(), values.join(',')]),
  )
  const added = addedHeaders(exchange)
  for (let index = 0; index < added.length; index += 2)
    headers[added[index]?.toLowerCase() ?? ''] = added[index + 1] ?? ''
  return headers
}

function joined(multi: Readonly<Record<string, readonly string[]>>): Values {
  return Object.fromEntries(Object.entries(multi).map(([name, values]) => [name, values.join(',')]))
}

function cookiesOf({ request, forwardHeaders }: Exchange): string[] | undefined {
  const header = forwardHeaders?.has('cookie') ? forwardHeaders.get('cookie') : request.header('cookie')
  const cookies = header?.split(';').map((each) => each.trim())
  const some = cookies?.filter((each) => each !== '')
  return some === undefined || some.length === 0 ? undefined : some
}

function contextOf(facts: Facts, exchange: Exchange): LambdaRequestContextV2 {
  const { request, sourceIp, host, certificate, startedAt } = exchange
  const authorizer = authorizerV2(exchange)
  return {
    accountId: facts.accountId,
    apiId: facts.api,
    ...(certificate !== undefined && { authentication: { clientCert: clientCert(certificate) } }),
    ...(authorizer !== undefined && { authorizer }),
    domainName: host,
    domainPrefix: prefixOf(host),
    http: {
      method: request.method,
      path: exchange.target?.canonical(0) ?? '/',
      protocol: 'HTTP/1.1',
      sourceIp,
      userAgent: request.header('user-agent') ?? '',
    },
    requestId: exchange.requestId,
    routeKey: facts.routeKey,
    stage: facts.stage,
    time: commonLogTime(startedAt),
    timeEpoch: startedAt,
  }
}
