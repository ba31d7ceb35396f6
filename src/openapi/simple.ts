/** Lambda authorizers of HTTP APIs, by the event and the result of REST APIs. */
import type { AuthorizerResult, RequestAuthorizerEvent } from '../access.js'
import type { Called } from './authorizers.js'
import { isFields } from './place.js'

/**
 * A function that is given events of format 2.0, and may answer in few words: `{ isAuthorized: true, context }`.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function simple(called: Called): Called {
  const answer = async (event: RequestAuthorizerEvent) =>
    resultOf(await called(secondOf(event) as never), event)
  return answer as unknown as Called
}

function secondOf(event: RequestAuthorizerEvent) {
  const { methodArn, resource, path, httpMethod, headers, queryStringParameters, ...rest } = event
  const { multiValueQueryStringParameters: multi } = rest
  const query = Object.entries(multi ?? {}).flatMap(([name, values]) => values.map((value) => [name, value]))
  const joined = (values: readonly string[]) => values.join(',')
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: methodArn,
    identitySource: null,
    routeKey: `${httpMethod} ${resource}`,
    rawPath: path,
    rawQueryString: new URLSearchParams(query as [string, string][]).toString(),
    cookies: headers?.cookie?.split(/;\s*/) ?? [],
    headers: byLowerCase(rest.multiValueHeaders, headers, joined),
    queryStringParameters: queryStringParameters ?? {},
    pathParameters: rest.pathParameters ?? {},
    stageVariables: rest.stageVariables ?? {},
    requestContext: { ...rest.requestContext, http: { method: httpMethod, path } },
  }
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
