/** How a request is made into the integration's. */
import type { Exchange, Refusal } from '../../exchange.js'
import type {
  IntegrationSite,
  MappedRequest,
  RequestFunction,
  RequestMapping,
  RequestParts,
} from '../../integration.js'
import { isBinary, mediaTypeOf, requestContent, textOf } from './content.js'
import { Unmapped } from './faults.js'
import { isNamed, overriding, safe, textsOf } from './fields.js'
import { MethodRequest, Payload } from './methodrequest.js'
import { type MappedParameters, parameterMapping } from './parameters.js'
import { received } from './received.js'
import { type Overrides, overridden, overridesOf } from './scene.js'
import { compileTemplate, type Template } from './template.js'

export type MapRequest = (exchange: Exchange) => MappedRequest | Refusal | Promise<MappedRequest | Refusal>

/** @throws MappingFault */
export function mapRequest(
  mapping: RequestMapping | RequestFunction | undefined,
  site: IntegrationSite,
): MapRequest {
  return typeof mapping === 'function' ? byCode(mapping, site) : byTemplates(mapping ?? {}, site)
}

const EMPTY = new Uint8Array(0)

function byTemplates(mapping: RequestMapping, site: IntegrationSite): MapRequest {
  const parameters = parameterMapping(mapping.parameters ?? {}, 'request')
  const templates = new Map(
    Object.entries(mapping.templates ?? {}).map(([type, text]) => [
      type.toLowerCase(),
      compileTemplate(text),
    ]),
  )
  const finish = (exchange: Exchange, received: Uint8Array, choice: Choice) => {
    const { template, type } = choice
    const content = requestContent(received, isBinary(type, site.binaryMediaTypes), mapping.contentHandling)
    const payload = new Payload(
      template === undefined && !parameters.readsBody ? '' : textOf(content),
      'request',
    )
    const method = new MethodRequest(exchange)
    const overrides = overridesOf(exchange)
    const given = parameters.apply({ exchange, site, method, payload })
    const body =
      template === undefined
        ? content
        : Buffer.from(template.render({ exchange, site, method, payload, overrides }))
    return withOverrides(given, overrides, { body, type: choice.sent })
  }
  return (exchange) =>
    refusing(() => {
      const choice = chooseTemplate(templates, mapping.passthroughBehavior ?? 'WHEN_NO_MATCH', exchange)
      const needed = choice.template === undefined || choice.template.readsBody || parameters.readsBody
      if (!needed) return finish(exchange, EMPTY, choice)
      return received(exchange, site.bodyLimit)
        .then((body) => finish(exchange, body, choice))
        .catch(refused)
    })
}

/** What cannot be mapped is refused. */
export function refusing<T>(map: () => T): T | Refusal {
  try {
    return map()
  } catch (error) {
    return refused(error)
  }
}

/** What is thrown on the way, and no bug. */
export function refused(error: unknown): Refusal {
  if (error instanceof Unmapped) return error.refusal
  throw error
}

interface Choice {
  readonly template: Template | undefined
  /** Of the request's body. */
  readonly type: string | undefined
  /** Of what is sent. */
  readonly sent: string | undefined
}

const JSON_TYPE = 'application/json'

/**
 * The template for the request's content type.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
 */
function chooseTemplate(
  templates: ReadonlyMap<string, Template>,
  behavior: NonNullable<RequestMapping['passthroughBehavior']>,
  { request }: Exchange,
): Choice {
  const field = request.header('content-type')
  const type = mediaTypeOf(field)
  const key = type ?? JSON_TYPE
  const template = templates.get(key)
  if (template !== undefined) return { template, type, sent: key }
  const fallback = templates.get('$default')
  if (fallback !== undefined) return { template: fallback, type, sent: field ?? JSON_TYPE }
  if (behavior === 'NEVER' || (behavior === 'WHEN_NO_TEMPLATES' && templates.size > 0)) {
    throw new Unmapped('UNSUPPORTED_MEDIA_TYPE', `no template is for ${key}`)
  }
  return { template: undefined, type, sent: field }
}

interface Sent {
  readonly body: Uint8Array
  readonly type: string | undefined
}

/** What a template overrides stands in the place of what is mapped. @throws Unmapped */
function withOverrides(given: MappedParameters, { request }: Overrides, { body, type }: Sent): MappedRequest {
  const headers = overriding(given.headers, overridden(request, 'header'), 'request')
  if (!isNamed(headers, 'content-type') && type !== undefined) headers.push('content-type', type)
  const queries = overridden(request, 'querystring').flatMap(([name, value]) =>
    textsOf(value).map((each) => [name, each] as const),
  )
  const asked = new Set(queries.map(([name]) => name))
  const path: Record<string, string> = Object.assign(Object.create(null), given.path)
  for (const [name, value] of overridden(request, 'path')) path[name] = textsOf(value).join(',')
  return { headers, query: [...given.query.filter(([name]) => !asked.has(name)), ...queries], path, body }
}

/** A request mapped by a function of the user's. */
function byCode(map: RequestFunction, site: IntegrationSite): MapRequest {
  return (exchange) =>
    received(exchange, site.bodyLimit)
      .then((body) => map(exchange, body))
      .then(requestOf)
      .catch(refused)
}

const PARTS: ReadonlySet<string> = new Set(['headers', 'query', 'path', 'body'])

/** @throws TypeError for what no compiler has looked at, and is no request */
function checkParts(given: unknown): void {
  const fix = 'give { headers, query, path, body }, or as much of it as there is'
  if (typeof given !== 'object' || given === null)
    throw new TypeError(`a function that maps requests gave ${show(given)}: ${fix}`)
  const unknown = Object.keys(given).find((name) => !PARTS.has(name))
  if (unknown !== undefined)
    throw new TypeError(`a function that maps requests gave '${unknown}', which no request has: ${fix}`)
}

function show(value: unknown): string {
  return value === undefined || value === null ? 'nothing' : `a ${typeof value}`
}

/** @throws Unmapped */
function requestOf(parts: RequestParts): MappedRequest {
  checkParts(parts)
  const { headers = {}, query = {}, path = {}, body } = parts
  const given = Object.entries(headers).flatMap(([name, value]) => [
    name,
    safe(name, String(value), 'request'),
  ])
  const [bytes, type] = bytesOf(body)
  return {
    headers: isNamed(given, 'content-type') || type === undefined ? given : [...given, 'content-type', type],
    query: Object.entries(query).flatMap(([name, value]) =>
      [value].flat().map((each) => [name, String(each)] as const),
    ),
    path,
    body: bytes,
  }
}

function bytesOf(body: unknown): [bytes: Uint8Array, type: string | undefined] {
  if (body === undefined || body === null) return [EMPTY, undefined]
  if (body instanceof Uint8Array) return [body, 'application/octet-stream']
  if (typeof body === 'string') return [Buffer.from(body), 'text/plain; charset=utf-8']
  return [Buffer.from(JSON.stringify(body)), JSON_TYPE]
}
