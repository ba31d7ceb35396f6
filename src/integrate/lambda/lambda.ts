/** Lambda functions as integrations: from a request to an event, and from a result to an answer. */
import { Buffer } from 'node:buffer'
import { milliseconds } from '../../clock.js'
import { Answer, type Exchange, type Integration, type Outcome, Refusal } from '../../exchange.js'
import type {
  CompileMapping,
  IntegrationResult,
  IntegrationSite,
  MappedRequest,
  Mapping,
} from '../../integration.js'
import { isPromise } from '../../store/bounded.js'
import { receivedBody, receivedRequest } from '../../waiting.js'
import { Called, type Failed, failedOutcome } from './called.js'
import { eventV1 } from './eventv1.js'
import { eventV2 } from './eventv2.js'
import { type Facts, factsOf } from './facts.js'
import { type Callee, LocalFunction } from './local.js'
import { type AnyHandler, placeOf } from './modules.js'
import { answerV1, answerV2, jsonOf, understood } from './result.js'
import type { LambdaIntegration } from './types.js'

/** What other folders have, and an integration of Lambda is put together with. */
export interface LambdaParts {
  readonly compileMapping: CompileMapping
  /** A function by its ARN. */
  readonly remote: (options: LambdaIntegration, site: IntegrationSite) => Callee
}

export function compileLambda(
  options: LambdaIntegration,
  site: IntegrationSite,
  parts: LambdaParts,
): Integration {
  const timeout = options.timeout === undefined ? site.timeout : milliseconds(options.timeout)
  const callee = calleeOf(options, timeout, site, parts)
  const facts = factsOf(site)
  if (options.proxy === false)
    return mapped({ ...options, timeout }, site, callee, parts.compileMapping(options, site))
  const event = options.payload === '2.0' ? eventV2 : eventV1
  const answer = proxied(options, site, callee, facts)
  return (exchange) =>
    receivedBody(exchange, site.bodyLimit, timeout).then((bytes) =>
      answer(exchange, event(facts, exchange, bytes)),
    )
}

const EMPTY = new Uint8Array(0)

function calleeOf(
  options: LambdaIntegration,
  timeout: number | false,
  site: IntegrationSite,
  { remote }: LambdaParts,
): Callee {
  const { target, streaming = false } = options
  const own = { timeout, streaming }
  if (typeof target === 'function') return new LocalFunction(target as AnyHandler, own, site)
  const place = placeOf(target)
  return place === undefined ? remote(options, site) : new LocalFunction(place, own, site)
}

type Answering = (exchange: Exchange, event: unknown) => Promise<Outcome>

/** The function answers by itself. */
function proxied(options: LambdaIntegration, site: IntegrationSite, callee: Callee, facts: Facts): Answering {
  if (options.streaming === true) return (exchange, event) => callee.stream(exchange, event)
  if (options.invocation === 'Event')
    return async (exchange, event) => (await callee.start(exchange, event)) ?? accepted()
  const read = options.payload === '2.0' ? answerV2 : (...read: Read) => answerV1(facts, ...read)
  const finish = (exchange: Exchange, outcome: Called | Failed | Refusal): Outcome => {
    if (outcome instanceof Called) return understood(site.report, () => read(exchange, outcome.result))
    return outcome instanceof Refusal ? outcome : failedOutcome(outcome, exchange, site)
  }
  return (exchange, event) => callee.call(exchange, event).then((outcome) => finish(exchange, outcome))
}

type Read = [exchange: Exchange, result: unknown]

/** Nobody waits for the function. */
function accepted(): Answer {
  return new Answer(202, [])
}

/** The function is given what the request is mapped to, and its result is mapped. */
function mapped(
  options: Omit<LambdaIntegration, 'timeout'> & { readonly timeout: number | false },
  site: IntegrationSite,
  callee: Callee,
  mapping: Mapping,
): Integration {
  const answer = (exchange: Exchange, outcome: Called | Failed | Refusal) => {
    if (outcome instanceof Refusal) return outcome
    if (!(outcome instanceof Called) && outcome.cause !== undefined) site.report(outcome.cause)
    const result = understood(site.report, () => resultOf(outcome))
    return result instanceof Refusal ? result : mapping.answer(exchange, result)
  }
  const started = async (exchange: Exchange, event: unknown) => {
    const refused = await callee.start(exchange, event)
    if (refused !== undefined) return refused
    return options.responses === undefined
      ? accepted()
      : mapping.answer(exchange, { status: 202, headers: [], body: EMPTY })
  }
  const go = async (exchange: Exchange, request: MappedRequest | Refusal): Promise<Outcome> => {
    if (request instanceof Refusal) return request
    const event = eventOf(request.body)
    if (event instanceof Refusal) return event
    if (options.invocation === 'Event') return started(exchange, event)
    return answer(exchange, await callee.call(exchange, event))
  }
  return (exchange) => {
    const request = receivedRequest(exchange, options.timeout, mapping.request(exchange))
    return isPromise(request) ? request.then((late) => go(exchange, late)) : go(exchange, request)
  }
}

/** Functions are called with JSON, and with an empty object where there is none. */
function eventOf(body: Uint8Array): unknown {
  if (body.length === 0) return {}
  try {
    return JSON.parse(Buffer.from(body).toString())
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const words = `Could not parse request body into json: ${reason}`
    return new Refusal('BAD_REQUEST_BODY', words, words)
  }
}

const JSON_HEADERS: readonly string[] = Object.freeze(['content-type', 'application/json'])

function resultOf(outcome: Called | Failed): IntegrationResult {
  const status = 200
  if (outcome instanceof Called) {
    const json = outcome.json ?? jsonOf(outcome.result)
    return { status, headers: JSON_HEADERS, body: Buffer.from(json) }
  }
  return { status, headers: JSON_HEADERS, body: Buffer.from(outcome.json), error: outcome.message }
}
