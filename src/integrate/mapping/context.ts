/**
 * `$context`: what AWS tells of a request, as far as there is such a thing here.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#context-variable-reference
 */
import { dateAt } from '../../clock.js'
import type { Exchange } from '../../exchange.js'
import type { IntegrationSite } from '../../integration.js'

type Read = (exchange: Exchange, site: IntegrationSite) => unknown

const IDENTITY: Readonly<Record<string, Read>> = {
  accountId: ({ authorizer }) => authorizer.accountId,
  apiKey: ({ identity, request, usageKey }) => identity && (usageKey ?? request.header('x-api-key')),
  apiKeyId: ({ key }) => key?.id,
  caller: ({ authorizer }) => authorizer.caller,
  cognitoAuthenticationProvider: ({ authorizer }) => authorizer.cognitoAuthenticationProvider,
  cognitoAuthenticationType: ({ authorizer }) => authorizer.cognitoAuthenticationType,
  cognitoIdentityId: ({ authorizer }) => authorizer.cognitoIdentityId,
  cognitoIdentityPoolId: ({ authorizer }) => authorizer.cognitoIdentityPoolId,
  clientCert: ({ authorizer }) => authorizer.clientCert,
  principalOrgId: ({ authorizer }) => authorizer.principalOrgId,
  sourceIp: ({ sourceIp }) => sourceIp,
  user: ({ authorizer }) => authorizer.user,
  userAgent: ({ request }) => request.header('user-agent'),
  userArn: ({ authorizer }) => authorizer.userArn,
}

const CONTEXT: Readonly<Record<string, Read>> = {
  accountId: (_, { accountId }) => accountId,
  apiId: (_, { api }) => api,
  authorizer: (exchange) => authorizerOf(exchange),
  awsEndpointRequestId: ({ requestId }) => requestId,
  deploymentId: (_, { deployment }) => deployment,
  domainName: ({ host }) => host,
  domainPrefix: ({ host }) => host.split('.')[0],
  error: ({ faults }) => ({
    validationErrorString: faults.length === 0 ? undefined : JSON.stringify(faults),
  }),
  extendedRequestId: ({ extendedRequestId }) => extendedRequestId,
  httpMethod: ({ request }) => request.method,
  identity: (exchange, site) => identityOf(exchange, site),
  isCanaryRequest: ({ canary }) => canary,
  path: ({ path }) => path,
  protocol: () => 'HTTP/1.1',
  requestId: ({ requestId }) => requestId,
  requestTime: ({ startedAt }) => commonLogTime(startedAt),
  requestTimeEpoch: ({ startedAt }) => startedAt,
  resourceId: (_, { route }) => route.path,
  resourcePath: (_, { route }) => route.path,
  stage: (_, { stage }) => stage,
}

/** The names of what there is. */
export const CONTEXT_NAMES: readonly string[] = Object.keys(CONTEXT)
export const IDENTITY_NAMES: readonly string[] = Object.keys(IDENTITY)

/** A variable by its first name; `undefined` where there is none. */
export function contextValue(name: string, exchange: Exchange, site: IntegrationSite): unknown {
  return Object.hasOwn(CONTEXT, name) ? CONTEXT[name]?.(exchange, site) : undefined
}

function identityOf(exchange: Exchange, site: IntegrationSite): Record<string, unknown> {
  const identity: Record<string, unknown> = Object.create(null)
  for (const [name, read] of Object.entries(IDENTITY)) identity[name] = read(exchange, site)
  return identity
}

/** A Lambda authorizer's values are strings in AWS; the claims of a token are a map. */
function authorizerOf({ authorizer, principal }: Exchange): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null)
  if (principal !== undefined) values.principalId = principal
  for (const [name, value] of Object.entries(authorizer)) {
    values[name] = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  }
  return values
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `09/Apr/2015:12:34:56 +0000` */
function commonLogTime(time: number): string {
  const iso = dateAt(time).toISOString()
  const month = MONTHS[Number(iso.slice(5, 7)) - 1] ?? ''
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
}
