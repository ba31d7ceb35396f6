/**
 * The mock integration: what its request template says chooses the answer.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
import { type Exchange, type Integration, type Outcome, Refusal } from '../../exchange.js'
import type { IntegrationSite, MappedRequest, Mapping, MappingOptions } from '../../integration.js'
import { isPromise } from '../../store/bounded.js'
import { receivedRequest } from '../../waiting.js'
import { textOf } from './content.js'
import { compileMapping } from './mapping.js'

/** What `mock()` takes. */
export interface MockOptions extends MappingOptions {
  /** What responses are selected by where no request is mapped. Default 200. */
  readonly statusCode?: number
}

const EMPTY = new Uint8Array(0)

export function compileMock(options: MockOptions, site: IntegrationSite): Integration {
  const mapping = compileMapping(options, site)
  const { request, statusCode = 200 } = options
  if (request === undefined) return (exchange) => answered(mapping, exchange, statusCode)
  const finish = (exchange: Exchange, mapped: MappedRequest | Refusal) => {
    if (mapped instanceof Refusal) return mapped
    const status = statusIn(textOf(mapped.body))
    return status === undefined
      ? new Refusal('API_CONFIGURATION_ERROR', NO_STATUS)
      : answered(mapping, exchange, status)
  }
  return (exchange) => {
    const mapped = receivedRequest(exchange, site.timeout, mapping.request(exchange))
    return isPromise(mapped) ? mapped.then((late) => finish(exchange, late)) : finish(exchange, mapped)
  }
}

/** AWS's words for it. */
const NO_STATUS = 'Unable to parse statusCode. It should be an integer that is defined in request template.'

function answered(mapping: Mapping, exchange: Exchange, status: number): Outcome | Promise<Outcome> {
  return mapping.answer(exchange, { status, headers: [], body: EMPTY })
}

/**
 * AWS reads it leniently, `{ statusCode: 200, }` included, which is what its own CDK writes.
 *
 * @returns nothing where there is none, or it is no integer
 */
function statusIn(text: string): number | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const status =
      typeof value === 'object' && value !== null && 'statusCode' in value ? value.statusCode : 0.5
    return typeof status === 'number' && Number.isInteger(status) ? status : undefined
  } catch {
    return lenientStatusIn(text.trim())
  }
}

const FIELD = /(?:^\{|,)\s*(["']?)statusCode\1\s*:\s*(-?\d{1,9})\s*(?=,|\}$)/g

/** The last one, as in JSON. A caller may have written the text, so one look at each character has to do. */
function lenientStatusIn(text: string): number | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined
  let status: string | undefined
  for (const [, , found] of text.matchAll(FIELD)) status = found
  return status === undefined ? undefined : Number(status)
}
