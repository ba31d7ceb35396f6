/**
 * Cross-origin resource sharing: the headers that let a browser read an answer, and the answer to its preflight.
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
import type { CompleteCors } from '../complete.js'
import { Answer } from '../exchange.js'
import type { GatewayRequest } from '../port.js'

/** What the gateway itself adds, and scripts would want to read. */
const OWN_HEADERS = ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'x-amzn-RequestId']

/** `Access-Control-*` for an answer, names and values in turn; none for a caller that is no browser across origins. */
export function corsHeaders(cors: CompleteCors, request: GatewayRequest): string[] {
  const headers = allowOrigin(cors, request)
  if (!headers.includes('Access-Control-Allow-Origin')) return headers
  return [...headers, 'Access-Control-Expose-Headers', [...OWN_HEADERS, ...cors.exposeHeaders].join(', ')]
}

function allowOrigin(cors: CompleteCors, request: GatewayRequest): string[] {
  const origin = request.header('origin')
  // The answer depends on Origin even where it has none, or a shared cache would hand it to the wrong one.
  const vary = cors.origins === '*' ? [] : ['Vary', 'Origin']
  if (origin === undefined || (cors.origins !== '*' && !cors.origins.has(origin))) return vary
  const allowed = ['Access-Control-Allow-Origin', cors.origins === '*' ? '*' : origin, ...vary]
  return cors.credentials ? [...allowed, 'Access-Control-Allow-Credentials', 'true'] : allowed
}

/** The method that a preflight asks for; `undefined` for any other request. */
export function preflightMethod(request: GatewayRequest): string | undefined {
  if (request.method !== 'OPTIONS' || request.header('origin') === undefined) return undefined
  return request.header('access-control-request-method')
}

/** The answer to a preflight. @param allow the methods that the path has */
export function preflight(cors: CompleteCors, request: GatewayRequest, allow: readonly string[]): Answer {
  const headers = allowOrigin(cors, request)
  if (!headers.includes('Access-Control-Allow-Origin')) return new Answer(204, headers)
  headers.push('Access-Control-Allow-Methods', (cors.methods ?? allow).join(', '))
  const asked = cors.headers?.join(', ') ?? request.header('access-control-request-headers')
  if (asked) headers.push('Access-Control-Allow-Headers', asked)
  if (cors.headers === undefined) vary(headers, 'Access-Control-Request-Headers')
  if (cors.maxAge !== undefined) headers.push('Access-Control-Max-Age', String(cors.maxAge))
  return new Answer(204, headers)
}

function vary(headers: string[], name: string): void {
  const at = headers.indexOf('Vary')
  if (at < 0) headers.push('Vary', name)
  else headers[at + 1] = `${headers[at + 1]}, ${name}`
}
