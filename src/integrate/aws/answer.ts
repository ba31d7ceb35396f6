/** What services answer. */
import { Buffer } from 'node:buffer'
import { fieldOf } from '../../answer.js'
import { type Answer, type Outcome, ReceivedAnswer, Refusal } from '../../exchange.js'
import type { Inbound, IntegrationResult } from '../../integration.js'
import { isStream } from '../../stream.js'
import type { Received } from './client.js'

/** What says how a body is to be read. */
const REPRESENTATION: ReadonlySet<string> = new Set([
  ...['content-type', 'content-encoding', 'content-language', 'content-disposition', 'content-range'],
  ...['accept-ranges', 'cache-control', 'expires', 'etag', 'last-modified', 'location', 'retry-after'],
])

/** AWS's own versions of JSON are nobody else's type. */
const AMZ_JSON = /^application\/x-amz-json-1\.[01]/

/** Where nothing is mapped: the answer itself, as it comes, without what is between us and AWS. */
export function passedOn({ status, headers, body }: Inbound): Answer {
  const fields: string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    if (!REPRESENTATION.has(name.toLowerCase())) continue
    fields.push(name, typed(name, headers[index + 1] ?? ''))
  }
  const length = fieldOf(headers, 'content-length')
  if (length !== undefined && (isStream(body) || body.length === 0)) fields.push('content-length', length)
  return new ReceivedAnswer(status, fields, body)
}

/** What a mapping is given. */
export function resultOf({ status, headers, body }: Received): IntegrationResult {
  return { status, headers: headers.map((text, index) => typed(headers[index - 1] ?? '', text, index)), body }
}

function typed(name: string, value: string, index = 1): string {
  const isType = index % 2 === 1 && name.toLowerCase() === 'content-type'
  return isType && AMZ_JSON.test(value) ? 'application/json' : value
}

/** An answer that says that the gateway itself may not. What AWS tells of that is not for callers: ARNs, for one. */
export function isDenied({ status }: Inbound): boolean {
  return status === 401 || status === 403
}

/**
 * An action that the gateway may not call is a mistake of its configuration. Of what is asked for by its path it may be a
 * part only: S3 says so of an object that is not there to those who may not list the others.
 */
export function denied(
  { status, headers, body }: Received,
  byPath: boolean,
  report: (error: unknown) => void,
): Outcome {
  const type = fieldOf(headers, 'x-amzn-errortype') ?? ''
  const detail = `AWS answered ${[status, type].join(' ').trim()}: ${Buffer.from(body).toString().slice(0, 500)}`
  if (byPath) return new Refusal('ACCESS_DENIED', detail)
  report(new Error(detail))
  return new Refusal('API_CONFIGURATION_ERROR', detail)
}
