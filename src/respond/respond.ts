/** The last steps of every exchange: an outcome becomes the answer that is sent. */
import type { Complete } from '../complete.js'
import type { RefusalOverride } from '../definition.js'
import { Answer, type Exchange, type Outcome, ReceivedAnswer, Refusal } from '../exchange.js'
import { FAMILIES, type FamilyType, familyOf, REFUSALS, type RefusalType } from '../refusal.js'
import { isPromise } from '../store/bounded.js'
import { isStream, release } from '../stream.js'
import { compressed } from './compress.js'
import { corsHeaders } from './cors.js'
import { fit, ownHeaders } from './fit.js'
import { compileTemplate, escapeFor, inHeader, messageOf, type Refused } from './template.js'

/** The headers that every answer of the exchange carries, the app's own included: names and values in turn. */
export function exchangeHeaders(exchange: Exchange, compat: 'aws' | undefined): string[] {
  const { requestId, ratePolicy, rateState } = exchange
  // Each list in one go: one that grows is copied.
  const headers =
    ratePolicy === '' || compat === 'aws'
      ? ['x-amzn-RequestId', requestId]
      : ['x-amzn-RequestId', requestId, 'RateLimit-Policy', ratePolicy, 'RateLimit', rateState]
  if (compat === 'aws') headers.push('x-amz-apigw-id', exchange.extendedRequestId)
  if (exchange.cacheStatus !== '' && compat !== 'aws') headers.push('Cache-Status', exchange.cacheStatus)
  // AWS's own refusals have none, unless a template writes them.
  const readable = exchange.refusal === undefined || compat !== 'aws'
  if (exchange.cors !== undefined && readable) headers.push(...corsHeaders(exchange.cors, exchange.request))
  return headers
}

/** The headers of a refusal that is as most are, each list in one go. */
function bareHeaders(
  { requestId, ratePolicy, rateState }: Exchange,
  error: string,
  length: string,
  own: readonly string[],
): string[] {
  const name = own[0]
  const value = own[1]
  if (ratePolicy !== '' && name !== undefined && value !== undefined && own.length === 2) {
    // biome-ignore format: names and values in turn
    return ['x-amzn-RequestId', requestId, 'RateLimit-Policy', ratePolicy, 'RateLimit', rateState, 'content-type', JSON_TYPE, 'x-amzn-ErrorType', error, 'content-length', length, name, value]
  }
  // biome-ignore format: names and values in turn
  const headers =
    ratePolicy === ''
      ? ['x-amzn-RequestId', requestId, 'content-type', JSON_TYPE, 'x-amzn-ErrorType', error, 'content-length', length]
      : ['x-amzn-RequestId', requestId, 'RateLimit-Policy', ratePolicy, 'RateLimit', rateState, 'content-type', JSON_TYPE, 'x-amzn-ErrorType', error, 'content-length', length]
  for (const text of own) headers.push(text)
  return headers
}

type Fill = (refused: Refused) => string

interface Override {
  readonly status: number | undefined
  readonly headers: readonly { readonly name: string; readonly value: Fill }[]
  readonly templates: readonly { readonly contentType: string; readonly body: Fill }[]
}

/** Makes answers of outcomes, by one definition's overrides. */
export class Responder {
  readonly #api: string
  readonly #compat: 'aws' | undefined
  readonly #overrides = new Map<RefusalType | FamilyType, Override>()
  /** Bytes from which on answers are compressed. */
  readonly #minimum: number | undefined
  /** Whether refusals are as they are by default. */
  readonly #isPlain: boolean
  /** The type that was refused last, and its words. */
  #type: RefusalType = 'THROTTLED'
  #words: Ready = READY.THROTTLED
  readonly #onRefusal: ((refusal: Refusal, exchange: Exchange) => Answer | undefined) | undefined

  constructor(
    complete: Pick<Complete, 'api' | 'compat' | 'refusals' | 'minimumCompressionSize'>,
    onRefusal: ((refusal: Refusal, exchange: Exchange) => Answer | undefined) | undefined,
  ) {
    this.#api = complete.api
    this.#compat = complete.compat
    this.#onRefusal = onRefusal
    this.#minimum = complete.minimumCompressionSize
    for (const type of [...(Object.keys(REFUSALS) as RefusalType[]), ...FAMILIES]) {
      const override = complete.refusals[type]
      if (override !== undefined) this.#overrides.set(type, compileOverride(override))
    }
    this.#isPlain = onRefusal === undefined && this.#overrides.size === 0
  }

  /** The answer to be sent, complete with its length and the exchange's headers. */
  answer(exchange: Exchange, outcome: Outcome): Answer {
    if (outcome instanceof Refusal && this.#isPlain && isReady(outcome)) return this.#ready(exchange, outcome)
    const answer =
      outcome instanceof Refusal ? this.#refused(exchange, outcome) : this.#sent(exchange, outcome)
    const headers = exchangeHeaders(exchange, this.#compat)
    for (const text of answer.headers) headers.push(text)
    const bodiless = answer.status === 204 || answer.status === 304 || answer.status < 200
    const unsent = bodiless || exchange.request.method === 'HEAD'
    // What it has said of a body that is not sent stands.
    const told = unsent && answer instanceof ReceivedAnswer
    if (isStream(answer.body)) {
      if (unsent) release(answer.body)
    } else if (!(bodiless || told)) headers.push('content-length', String(Buffer.byteLength(answer.body)))
    return new Answer(answer.status, headers, unsent ? '' : answer.body)
  }

  #sent({ request }: Exchange, outcome: Answer): Answer {
    const answer = fit(outcome)
    return this.#minimum === undefined || request.method === 'HEAD'
      ? answer
      : compressed(answer, request, this.#minimum)
  }

  /** The same for most refusals, which are what floods are answered with. */
  #ready(exchange: Exchange, refusal: Refusal): Answer {
    exchange.refusal = refusal
    if (refusal.type !== this.#type) {
      this.#type = refusal.type
      this.#words = READY[refusal.type]
    }
    const { status, error, body, length } = this.#words
    const own = ownHeaders(refusal)
    const headers = this.#isBare(exchange)
      ? bareHeaders(exchange, error, length, own)
      : exchangeHeaders(exchange, this.#compat).concat(
          ['content-type', JSON_TYPE, 'x-amzn-ErrorType', error, 'content-length', length],
          own,
        )
    return new Answer(status, headers, exchange.request.method === 'HEAD' ? '' : body)
  }

  /** Whether its answer has no headers but those that all have. */
  #isBare({ cors, cacheStatus }: Exchange): boolean {
    return this.#compat === undefined && cors === undefined && cacheStatus === ''
  }

  #refused(exchange: Exchange, refusal: Refusal): Answer {
    exchange.refusal = refusal
    const own = this.#onRefusal?.(refusal, exchange)
    if (own !== undefined) return fit(answered(own))
    const override = this.#overrideOf(refusal.type)
    const headers = ownHeaders(refusal)
    if (override !== undefined) return this.#overridden(exchange, refusal, headers, override)
    return plain(refusal, headers)
  }

  #overrideOf(type: RefusalType): Override | undefined {
    if (this.#overrides.size === 0) return undefined
    return this.#overrides.get(type) ?? this.#overrides.get(familyOf(type))
  }

  #overridden(exchange: Exchange, refusal: Refusal, own: readonly string[], override: Override): Answer {
    const status = override.status ?? REFUSALS[refusal.type].status
    const refused = { exchange, refusal, status, api: this.#api }
    const template = choose(override.templates, exchange.request.header('accept'))
    const headers = ['x-amzn-ErrorType', REFUSALS[refusal.type].error, ...own]
    for (const { name, value } of override.headers) headers.push(name, value(refused))
    if (template === undefined)
      return new Answer(status, ['content-type', JSON_TYPE, ...headers], defaultBody(refusal))
    return new Answer(status, ['content-type', template.contentType, ...headers], template.body(refused))
  }
}

const JSON_TYPE = 'application/json'

/** What is sent for a refusal with the default words. */
interface Ready {
  readonly status: number
  readonly error: string
  readonly body: string
  /** In bytes, as a header has it. */
  readonly length: string
}

const READY = Object.fromEntries(
  Object.entries(REFUSALS).map(([type, { status, error, message }]) => {
    const body = worded(message)
    return [type, { status, error, body, length: String(Buffer.byteLength(body)) }]
  }),
) as Readonly<Record<RefusalType, Ready>>

/** What `onRefusal` gave, as it is in JavaScript. @throws TypeError */
function answered(own: Answer): Answer {
  if (Array.isArray(own?.headers)) return own
  // Nobody else would see it fail.
  if (isPromise(own)) own.then(undefined, () => {})
  throw new TypeError('onRefusal returns an answer() or nothing, and is not async')
}

function isReady({ message, errors }: Refusal): boolean {
  return message === undefined && errors.length === 0
}

/** @param name policies that deny spell it in another way, on AWS as here */
function worded(message: string, name: 'message' | 'Message' = 'message'): string {
  return `{"${name}":${JSON.stringify(message)}}`
}

function defaultBody(refusal: Refusal): string {
  if (refusal.errors.length > 0)
    return JSON.stringify({ message: messageOf(refusal), errors: refusal.errors })
  const isPolicys = refusal.type === 'ACCESS_DENIED' && refusal.message !== undefined
  return worded(messageOf(refusal), isPolicys ? 'Message' : 'message')
}

function plain(refusal: Refusal, own: readonly string[]): Answer {
  const { status, error } = REFUSALS[refusal.type]
  return new Answer(
    status,
    ['content-type', JSON_TYPE, 'x-amzn-ErrorType', error, ...own],
    defaultBody(refusal),
  )
}

function compileOverride(override: RefusalOverride): Override {
  return {
    status: override.status,
    headers: Object.entries(override.headers ?? {}).map(([name, text]) => ({
      name,
      value: compileTemplate(text, inHeader),
    })),
    templates: Object.entries(override.templates ?? {}).map(([contentType, text]) => ({
      contentType,
      body: compileTemplate(text, escapeFor(contentType)),
    })),
  }
}

/** The first template whose type `Accept` names; the first of all where it names none. */
function choose(
  templates: Override['templates'],
  accept: string | undefined,
): Override['templates'][number] | undefined {
  const wanted = accept?.split(',').map((range) => range.split(';', 1)[0]?.trim().toLowerCase())
  const named = wanted?.map((type) =>
    templates.find((template) => template.contentType.toLowerCase() === type),
  )
  return named?.find((template) => template !== undefined) ?? templates[0]
}
