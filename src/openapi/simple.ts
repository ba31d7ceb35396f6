/** Lambda authorizers of HTTP APIs, by the event and the result of REST APIs. */
import type { AuthorizerResult, RequestAuthorizerEvent } from '../access.js'
import type { Called } from './authorizers.js'
import { isFields, own } from './place.js'

/**
 * A function that is given events of format 2.0, and may answer in few words: `{ isAuthorized: true, context }`.
 *
 * @param sources what tells callers apart, in the words of REST APIs
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function simple(called: Called, sources: readonly string[]): Called {
  const answer = async (event: RequestAuthorizerEvent) =>
    resultOf(await called(secondOf(event, sources) as never), event)
  return answer as unknown as Called
}

function secondOf(event: RequestAuthorizerEvent, sources: readonly string[]) {
  const { methodArn, resource, path, httpMethod, headers, queryStringParameters, ...rest } = event
  const { multiValueQueryStringParameters: multi } = rest
  const query = Object.entries(multi ?? {}).flatMap(([name, values]) => values.map((value) => [name, value]))
  const lower = byLowerCase(rest.multiValueHeaders, headers, (values) => values.join(','))
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: methodArn,
    identitySource: sources.length === 0 ? null : sources.map((each) => valueAt(each, event, lower)),
    routeKey: `${httpMethod} ${resource}`,
    rawPath: path,
    rawQueryString: new URLSearchParams(query as [string, string][]).toString(),
    cookies: lower.cookie?.split(/;\s*/) ?? [],
    headers: lower,
    queryStringParameters: queryStringParameters ?? {},
    pathParameters: rest.pathParameters ?? {},
    stageVariables: rest.stageVariables ?? {},
    requestContext: { ...rest.requestContext, http: { method: httpMethod, path } },
  }
}

/** What identifies the caller, by one source: `method.request.header.Authorization`, `context.identity.sourceIp`. */
function valueAt(source: string, event: RequestAuthorizerEvent, headers: Readonly<Record<string, string>>) {
  const [, place = '', name = ''] = /^(?:method\.request\.)?(\w+)\.(.+)$/.exec(source) ?? []
  if (place === 'header') return own(headers, name.toLowerCase())
  if (place === 'querystring') return own(event.queryStringParameters, name)
  if (place === 'stageVariables') return own(event.stageVariables, name)
  return name.split('.').reduce<unknown>(own, event.requestContext)
}

function byLowerCase(
  multi: RequestAuthorizerEvent['multiValueHeaders'],
  single: RequestAuthorizerEvent['headers'],
  joined: (values: readonly string[]) => string,
): Record<string, string> {
  const all =
    multi === null
      ? Object.entries(single ?? {})
      : Object.entries(multi).map(([name, values]) => [name, joined(values)] as const)
  return Object.fromEntries(all.map(([name, value]) => [name.toLowerCase(), value]))
}

/** What is no such answer is one of a REST API's already, and looked at there. */
function resultOf(result: unknown, { methodArn }: RequestAuthorizerEvent): unknown {
  if (!isFields(result) || typeof result.isAuthorized !== 'boolean') return result
  const Effect = result.isAuthorized ? 'Allow' : 'Deny'
  const Statement = [{ Effect, Action: 'execute-api:Invoke', Resource: methodArn } as const]
  return {
    principalId: 'user',
    policyDocument: { Version: '2012-10-17', Statement },
    ...(isFields(result.context) && { context: result.context as AuthorizerResult['context'] }),
  } satisfies AuthorizerResult
}
