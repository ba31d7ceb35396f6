/** What functions answer as Lambda proxies. */
import { Buffer } from 'node:buffer'
import { fieldOf } from '../../answer.js'
import { type Answer, type Exchange, ReceivedAnswer, Refusal } from '../../exchange.js'
import { type ByteStream, release } from '../../stream.js'
import type { Facts } from './facts.js'
import { firstAccepted } from './media.js'

type Fields = Readonly<Record<string, unknown>>

/** What a function has answered that is no answer; its message is for the operator. */
class Malformed extends Error {}

/** @returns a refusal for what is no result: 502, as AWS has it. The operator is told why. */
export function understood<T>(report: (error: unknown) => void, read: () => T): T | Refusal {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    report(error)
    return malformed(error.message)
  }
}

export function malformed(detail: string): Refusal {
  return new Refusal('MALFORMED_INTEGRATION_ANSWER', detail)
}

const FIELDS_V1: ReadonlySet<string> = new Set([
  'isBase64Encoded',
  'statusCode',
  'headers',
  'multiValueHeaders',
  'body',
])

/**
 * Format 1.0: these fields and no others, none of which must be there.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
 */
export function answerV1(facts: Facts, exchange: Exchange, result: unknown): Answer {
  const fields = fieldsOf(result)
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || FIELDS_V1.has(name)) continue
    throw new Malformed(`the result has a field '${name.slice(0, 80)}', which format 1.0 does not know`)
  }
  const isBase64 = flagOf(fields.isBase64Encoded) && facts.isBinary(acceptedBy(exchange))
  const head = headOf(fields)
  return sent(exchange, head, bodyOf(fields.body, isBase64))
}

/** As AWS takes a request that says nothing. */
function acceptedBy({ request }: Exchange): string {
  return firstAccepted(request.header('accept')) || 'application/json'
}

/**
 * Format 2.0: whatever has no `statusCode` is the body of a 200.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.v2
 */
export function answerV2(exchange: Exchange, result: unknown): Answer {
  if (!isFields(result) || result.statusCode === undefined) {
    const json = jsonOf(result)
    return sent(exchange, { status: 200, headers: ['content-type', JSON_TYPE] }, json)
  }
  return sent(exchange, headOf(result), bodyOf(result.body, flagOf(result.isBase64Encoded)))
}

/** As Lambda's own runtime would send it. */
export function jsonOf(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null'
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n')
    throw new Malformed(`the result is nothing that JSON has: ${reason}`)
  }
}

/** What a streaming function says before its body. */
export function answerStream(exchange: Exchange, metadata: unknown, body: ByteStream): Answer {
  const { status, headers } = headOf(fieldsOf(metadata))
  const length = fieldOf(headers, 'content-length')
  const kept = isSent(exchange, status) && isLength(length) ? ['content-length', length] : []
  return new ReceivedAnswer(
    status,
    [...withoutFraming(headers), ...kept],
    kept.length === 0 ? body : new Measured(body, Number(length)),
  )
}

/** A stream of a length that was told. What is longer would pass for the next answer on its connection. */
class Measured implements AsyncIterableIterator<Uint8Array | string> {
  readonly #pieces: AsyncIterator<Uint8Array | string>
  #left: number

  constructor(
    readonly body: ByteStream,
    length: number,
  ) {
    this.#pieces = body[Symbol.asyncIterator]()
    this.#left = length
  }

  async next(): Promise<IteratorResult<Uint8Array | string, undefined>> {
    const { done, value } = await this.#pieces.next()
    if (done !== true) this.#left -= Buffer.byteLength(value)
    if (done === true ? this.#left > 0 : this.#left < 0) {
      this.destroy()
      throw new Error("the function streamed more or less than its 'content-length' says")
    }
    return done === true ? { done, value: undefined } : { done: false, value }
  }

  destroy(): void {
    release(this.body)
  }

  async return(): Promise<IteratorResult<Uint8Array | string, undefined>> {
    this.destroy()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

interface Head {
  readonly status: number
  /** Names and values in turn. */
  readonly headers: readonly string[]
}

const JSON_TYPE = 'application/json'

function headOf({ statusCode, headers, multiValueHeaders, cookies }: Fields): Head {
  const status = statusOf(statusCode)
  const all = headersOf(headers, multiValueHeaders)
  for (const cookie of listOf(cookies, 'cookies')) push(all, 'set-cookie', cookie)
  if (hasBody(status) && fieldOf(all, 'content-type') === undefined) all.push('content-type', JSON_TYPE)
  return { status, headers: all }
}

function statusOf(given: unknown): number {
  if (given === undefined || given === null) return 200
  const status = typeof given === 'string' && /^\d{3}$/.test(given) ? Number(given) : given
  if (typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599) return status
  throw new Malformed(`\`statusCode\` is ${shown(given)}, and no status of an answer`)
}

/** Of both maps, as AWS sends them: what is the same in both once, and else both. */
function headersOf(single: unknown, multiple: unknown): string[] {
  const all: string[] = []
  const lists = new Map<string, readonly string[]>()
  for (const [name, given] of Object.entries(mapOf(multiple, 'multiValueHeaders'))) {
    const values = listOf(given, `multiValueHeaders['${name.slice(0, 80)}']`)
    for (const value of values) push(all, name, value)
    lists.set(name.toLowerCase(), values)
  }
  for (const [name, value] of Object.entries(mapOf(single, 'headers'))) {
    if (value === undefined || value === null) continue
    const text = textOf(value, `headers['${name.slice(0, 80)}']`)
    const values = lists.size === 0 ? undefined : lists.get(name.toLowerCase())
    if (values === undefined || !isIn(values, text)) push(all, name, text)
  }
  return all
}

/** Whether it is one of these values, or all of them in one. */
function isIn(values: readonly string[], text: string): boolean {
  return values.includes(text) || values.join(', ') === text || values.join(',') === text
}

function mapOf(given: unknown, name: string): Fields {
  if (given === undefined || given === null) return {}
  if (isFields(given)) return given
  throw new Malformed(`\`${name}\` is ${shown(given)}, and no object`)
}

function listOf(given: unknown, name: string): string[] {
  if (given === undefined || given === null) return []
  if (!Array.isArray(given)) throw new Malformed(`\`${name}\` is ${shown(given)}, and no list`)
  return given.map((each) => textOf(each, name))
}

function textOf(given: unknown, name: string): string {
  if (typeof given === 'string') return given
  if (typeof given === 'boolean' || typeof given === 'number') return String(given)
  throw new Malformed(`\`${name}\` is ${shown(given)}, and no text`)
}

/** A field's name, and what its value may not hold (RFC 9110, 5.1 and 5.5). */
const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/
const UNFIT = /[^\t\x20-\x7e\x80-\xff]/

function push(headers: string[], name: string, value: string): void {
  if (!TOKEN.test(name) || UNFIT.test(value)) throw new Malformed(`no header can be '${name}: ${value}'`)
  headers.push(name, value)
}

function flagOf(given: unknown): boolean {
  if (given === undefined || given === null || given === false || given === 'false') return false
  if (given === true || given === 'true') return true
  throw new Malformed(`\`isBase64Encoded\` is ${shown(given)}, and neither true nor false`)
}

function bodyOf(given: unknown, isBase64: boolean): string | Uint8Array {
  if (given === undefined || given === null) return ''
  if (typeof given === 'object' || typeof given === 'function')
    throw new Malformed(`\`body\` is ${shown(given)}, and no text: JSON.stringify it`)
  const text = String(given)
  return isBase64 ? Buffer.from(text, 'base64') : text
}

/** What was checked here needs no second look; a body's length is the gateway's to say, where there is a body. */
function sent(exchange: Exchange, { status, headers }: Head, body: string | Uint8Array): Answer {
  const fields = withoutFraming(headers)
  if (isSent(exchange, status)) return new ReceivedAnswer(status, fields, body)
  const told = fieldOf(headers, 'content-length')
  const length = isLength(told) ? told : String(Buffer.byteLength(body))
  if (exchange.request.method === 'HEAD') fields.push('content-length', length)
  return new ReceivedAnswer(status, fields, body)
}

/** Whether a body goes out with an answer. */
function isSent({ request }: Exchange, status: number): boolean {
  return request.method !== 'HEAD' && hasBody(status)
}

function hasBody(status: number): boolean {
  return status !== 204 && status !== 304
}

function isLength(text: string | undefined): text is string {
  return text !== undefined && /^\d+$/.test(text)
}

/** What the gateway itself says of how an answer is sent. */
const FRAMING =
  /^(?:content-length|transfer-encoding|connection|keep-alive|proxy-connection|trailer|upgrade)$/i

function withoutFraming(headers: readonly string[]): string[] {
  return headers.filter((_, index) => !FRAMING.test(headers[index - (index % 2)] ?? ''))
}

function fieldsOf(result: unknown): Fields {
  if (isFields(result)) return result
  throw new Malformed(`the result is ${shown(result)}, and no object with \`statusCode\` and \`body\``)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 80)}'`
  if (Array.isArray(value)) return 'a list'
  if (value === null || value === undefined) return 'nothing'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}
