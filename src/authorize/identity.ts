/**
 * What identifies a caller to a REQUEST authorizer, in AWS's words: `method.request.header.Auth`.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html
 */
import type { Exchange } from '../exchange.js'

/** The values of a source; none where the request does not have it. */
type Values = (exchange: Exchange) => readonly string[]

/** Of `context.…`: those that say who or what, as the id of a request would identify nobody. */
const CONTEXT: Readonly<Record<string, (exchange: Exchange) => string | undefined>> = {
  'identity.sourceIp': ({ sourceIp }) => sourceIp,
  'identity.userAgent': ({ request }) => request.header('user-agent'),
  'identity.apiKey': ({ request }) => request.header('x-api-key'),
  httpMethod: ({ request }) => request.method,
  path: ({ target, from }) => target?.canonical(from),
  resourcePath: ({ on }) => on?.path,
  stage: ({ stage }) => stage,
  domainName: ({ host }) => host,
}

/** The forms of a source, for a fault's fix. */
export const IDENTITY_SOURCES = [
  'method.request.header.Auth',
  'method.request.querystring.key',
  'stageVariables.name',
  ...Object.keys(CONTEXT).map((name) => `context.${name}`),
]

/** @returns nothing where the text is no source */
export function identitySource(text: string): Values | undefined {
  const [, header] = /^method\.request\.header\.([!#$%&'*+\-.^_`|~\w]+)$/.exec(text) ?? []
  if (header !== undefined) return ({ request }) => some(request.header(header.toLowerCase()))
  const [, query] = /^method\.request\.querystring\.(.+)$/.exec(text) ?? []
  if (query !== undefined) return (exchange) => queryOf(exchange).getAll(query)
  const [, variable] = /^stageVariables\.(\w+)$/.exec(text) ?? []
  if (variable !== undefined) return ({ variables }) => some(variables[variable])
  const [, name = ''] = /^context\.(.+)$/.exec(text) ?? []
  const context = Object.hasOwn(CONTEXT, name) ? CONTEXT[name] : undefined
  return context && ((exchange) => some(context(exchange)))
}

/**
 * Who calls, by all of the sources, with every value that each has: what an authorizer may look at is part of it.
 *
 * @returns nothing where one of them is missing or blank
 */
export function identityOf(sources: readonly Values[], exchange: Exchange): string[][] | undefined {
  const identity: string[][] = []
  for (const source of sources) {
    const values = [...source(exchange)]
    if (values.every((value) => value.trim() === '')) return undefined
    identity.push(values)
  }
  return identity
}

/** Names and values, decoded as AWS does it. */
function queryOf({ request: { target } }: Exchange): URLSearchParams {
  const start = target.indexOf('?')
  return new URLSearchParams(start < 0 ? '' : target.slice(start))
}

function some(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value]
}
