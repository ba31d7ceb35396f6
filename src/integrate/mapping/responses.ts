/** How a result is made into an answer: integration responses, chosen by what came back. */
import { fieldOf } from '../../answer.js'
import { Answer, answer, type Exchange, Refusal } from '../../exchange.js'
import type {
  IntegrationResult,
  IntegrationSite,
  ResponseFunction,
  ResponseMapping,
} from '../../integration.js'
import { isPromise } from '../../store/bounded.js'
import { isBinary, mediaTypeOf, responseContent, textOf } from './content.js'
import { misconfigured } from './faults.js'
import { isNamed, overriding } from './fields.js'
import { MethodRequest, Payload } from './methodrequest.js'
import { type ParameterMapping, parameterMapping } from './parameters.js'
import { javaPattern } from './pattern.js'
import { refusing } from './requests.js'
import { overridden, overridesOf } from './scene.js'
import { compileTemplate, type Template } from './template.js'

const JSON_TYPE = 'application/json'

export type MapAnswer = (
  exchange: Exchange,
  result: IntegrationResult,
) => Answer | Refusal | Promise<Answer | Refusal>

/** @throws MappingFault */
export function mapAnswer(
  mapping: readonly ResponseMapping[] | ResponseFunction | undefined,
  site: IntegrationSite,
): MapAnswer {
  if (typeof mapping === 'function') return byCode(mapping)
  if (mapping === undefined) return asItIs
  const responses = mapping.map(compileResponse)
  return (exchange, result) =>
    refusing(() => mapped(chooseResponse(responses, result), { exchange, result, site }))
}

/** Nothing is mapped: what came back goes out. */
function asItIs(_: Exchange, { status, headers, body, error }: IntegrationResult): Answer | Refusal {
  if (error !== undefined) return new Refusal('MALFORMED_INTEGRATION_ANSWER', error)
  const type = fieldOf(headers, 'content-type')
  return new Answer(status, type === undefined ? [] : ['content-type', type], body)
}

interface CompiledResponse {
  readonly matches: ((text: string) => boolean) | undefined
  readonly status: number
  readonly parameters: ParameterMapping
  /** By media type, in their order. */
  readonly templates: ReadonlyMap<string, Template>
  readonly contentHandling: ResponseMapping['contentHandling']
}

function compileResponse(given: ResponseMapping): CompiledResponse {
  const { selectionPattern: pattern, statusCode = 200, parameters = {}, templates = {} } = given
  return {
    // As in AWS, one without a word is the default.
    matches: pattern === undefined || pattern === '' ? undefined : javaPattern(pattern).matches,
    status: Number(statusCode),
    parameters: parameterMapping(parameters, 'response'),
    templates: new Map(
      Object.entries(templates).map(([type, text]) => [type.toLowerCase(), compileTemplate(text)]),
    ),
    contentHandling: given.contentHandling,
  }
}

/** The first whose pattern matches; else the one without a pattern. @throws Unmapped */
function chooseResponse(
  responses: readonly CompiledResponse[],
  { status, error }: IntegrationResult,
): CompiledResponse {
  const word = error ?? String(status)
  const chosen =
    responses.find(({ matches }) => matches?.(word)) ?? responses.find(({ matches }) => matches === undefined)
  if (chosen !== undefined) return chosen
  throw misconfigured(
    `No match for output mapping and no default endpoint mapping configured. Endpoint Response Status Code: ${word}`,
  )
}

interface Mapped {
  readonly exchange: Exchange
  readonly result: IntegrationResult
  readonly site: IntegrationSite
}

/** @throws Unmapped */
function mapped(response: CompiledResponse, { exchange, result, site }: Mapped): Answer {
  const accepted = mediaTypeOf(exchange.request.header('accept'))
  const given = fieldOf(result.headers, 'content-type')
  const binary = isBinary(mediaTypeOf(given), site.binaryMediaTypes)
  const wanted = isBinary(accepted, site.binaryMediaTypes)
  const content = responseContent(result.body, { binary, wanted }, response.contentHandling)
  const [type, template] = chooseTemplate(response.templates, accepted)
  const payload = new Payload(
    template === undefined && !response.parameters.readsBody ? '' : textOf(content),
    'response',
  )
  const method = new MethodRequest(exchange)
  const overrides = overridesOf(exchange)
  const parameters = response.parameters.apply({ exchange, site, method, payload, result })
  const body =
    template === undefined ? content : template.render({ exchange, site, method, payload, overrides })
  const status = overriddenStatus(overrides.response.status) ?? response.status
  const headers = overriding(parameters.headers, overridden(overrides.response, 'header'), 'response')
  if (!isNamed(headers, 'content-type')) headers.push('content-type', type ?? given ?? JSON_TYPE)
  return new Answer(status, headers, body)
}

/**
 * By the first type that the caller accepts, then for JSON, then the first.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html#selecting-mapping-templates
 */
function chooseTemplate(
  templates: ReadonlyMap<string, Template>,
  accepted = JSON_TYPE,
): readonly [type: string | undefined, template: Template | undefined] {
  for (const type of [accepted, JSON_TYPE]) {
    const template = templates.get(type)
    if (template !== undefined) return [type, template]
  }
  for (const first of templates) return first
  return [undefined, undefined]
}

/** What is no status is passed over, as in AWS. */
function overriddenStatus(status: unknown): number | undefined {
  const number = typeof status === 'string' && /^\d{3}$/.test(status) ? Number(status) : status
  return typeof number === 'number' && Number.isInteger(number) && number >= 200 && number <= 599
    ? number
    : undefined
}

/** An answer made by a function of the user's. */
function byCode(map: ResponseFunction): MapAnswer {
  return (exchange, result) => {
    const made = map(result, exchange)
    return isPromise(made) ? Promise.resolve(made).then(outcomeOf) : outcomeOf(made)
  }
}

function outcomeOf(made: unknown): Answer | Refusal {
  if (made instanceof Answer || made instanceof Refusal) return made
  if (made instanceof Response) return new Answer(made.status, [...made.headers].flat(), made.body ?? '')
  return made === undefined ? answer(204) : answer(200, made)
}
