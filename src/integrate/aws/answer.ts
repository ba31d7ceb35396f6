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

/**
 * An answer that says that the gateway itself may not: its credentials, its policies. Callers have nothing to do with
 * that, and what AWS tells of it is not for them.
 */
export function isOurs({ status }: Inbound): boolean {
  return status === 401 || status === 403
}

export function unauthorized({ status, headers, body }: Received, report: (error: unknown) => void): Outcome {
  const type = fieldOf(headers, 'x-amzn-errortype') ?? ''
  const detail = `AWS answered ${[status, type].join(' ').trim()}: ${Buffer.from(body).toString().slice(0, 500)}`
  report(new Error(detail))
  return new Refusal('API_CONFIGURATION_ERROR', detail)
}
