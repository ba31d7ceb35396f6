/**
 * The templates of refusals: text with `$context.…` and `$stageVariables.…`, by plain substitution.
 * What a caller can influence is escaped for the content type, so that no path can break out of a JSON string.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
import { commonLogTime } from '../clock.js'
import type { Exchange, Refusal } from '../exchange.js'
import { REFUSALS } from '../refusal.js'

/** What a template can speak of. */
export interface Refused {
  readonly exchange: Exchange
  readonly refusal: Refusal
  readonly status: number
  readonly api: string
}

type Read = (refused: Refused) => string | undefined
type Escape = (text: string) => string

/** The public words of a refusal. */
export function messageOf(refusal: Refusal): string {
  return refusal.message ?? REFUSALS[refusal.type].message
}

const CONTEXT: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['apiId', ({ api }) => api],
  ['authorizer.principalId', ({ exchange }) => exchange.principal],
  ['domainName', ({ exchange }) => exchange.host],
  ['error.message', ({ refusal }) => messageOf(refusal)],
  ['error.responseType', ({ refusal }) => refusal.type],
  // Of all else, the detail is for the operator: templates that come from AWS count on an empty one.
  [
    'error.validationErrorString',
    ({ refusal: { type, detail } }) => (type.startsWith('BAD_REQUEST') ? detail : undefined),
  ],
  ['extendedRequestId', ({ exchange }) => exchange.extendedRequestId],
  ['httpMethod', ({ exchange }) => exchange.request.method],
  ['identity.apiKeyId', ({ exchange }) => exchange.key?.id],
  ['identity.sourceIp', ({ exchange }) => exchange.sourceIp],
  ['identity.userAgent', ({ exchange }) => exchange.request.header('user-agent')],
  ['path', ({ exchange }) => exchange.path],
  ['requestId', ({ exchange }) => exchange.requestId],
  ['requestTimeEpoch', ({ exchange }) => String(exchange.startedAt)],
  ['requestTime', ({ exchange }) => commonLogTime(exchange.startedAt)],
  ['resourcePath', ({ exchange }) => exchange.on?.path],
  ['stage', ({ exchange }) => exchange.stage],
  ['status', ({ status }) => String(status)],
])

/** The one variable that brings its own quotes. */
const MESSAGE_STRING = 'error.messageString'

const VARIABLE = /\$(?:context\.([\w.]*\w)|stageVariables\.(\w+))/g

/** What is wrong with a template, if anything. */
export function templateFault(text: string): string | undefined {
  for (const [whole, name] of text.matchAll(VARIABLE)) {
    if (name === undefined || name === MESSAGE_STRING || CONTEXT.has(name)) continue
    return `${whole} is no variable; there are $context.${[...CONTEXT.keys(), MESSAGE_STRING].sort().join(', $context.')}`
  }
  return undefined
}

const inJson: Escape = (text) => JSON.stringify(text).slice(1, -1)
const MARKUP: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const inMarkup: Escape = (text) => text.replace(/[&<>"']/g, (character) => MARKUP[character] ?? '')
const asIs: Escape = (text) => text

/** Header values are visible ASCII and spaces: anything else could end the header. */
export const inHeader: Escape = (text) => text.replace(/[^\x20-\x7e]/g, '')

/** How text is escaped within a body of that type. */
export function escapeFor(contentType: string): Escape {
  if (/\bjson\b/i.test(contentType)) return inJson
  return /\b(?:html|xml)\b/i.test(contentType) ? inMarkup : asIs
}

/** A template, ready to be filled in. */
export function compileTemplate(text: string, escape: Escape): (refused: Refused) => string {
  const parts: (string | Read)[] = []
  let end = 0
  for (const match of text.matchAll(VARIABLE)) {
    parts.push(text.slice(end, match.index), reader(match[1], match[2], escape))
    end = match.index + match[0].length
  }
  parts.push(text.slice(end))
  return (refused) => {
    let out = ''
    for (const part of parts) out += typeof part === 'string' ? part : (part(refused) ?? '')
    return out
  }
}

function reader(name: string | undefined, variable: string | undefined, escape: Escape): Read {
  if (name === MESSAGE_STRING) return ({ refusal }) => JSON.stringify(messageOf(refusal))
  const read: Read =
    name === undefined
      ? ({ exchange }) => ownVariable(exchange, variable ?? '')
      : (CONTEXT.get(name) ?? (() => ''))
  return (refused) => escape(read(refused) ?? '')
}

function ownVariable(exchange: Exchange, name: string): string | undefined {
  return Object.hasOwn(exchange.variables, name) ? exchange.variables[name] : undefined
}
