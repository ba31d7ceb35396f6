/**
 * Lambda authorizers, TOKEN and REQUEST, as functions. What is kept of an answer is its policy, which is evaluated
 * anew for each route: an answer that allows one must not admit to another.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */

import { LRUCache } from 'lru-cache'
import type { CompleteAuthorizer } from '../complete.js'
import { digestApiKey } from '../digest.js'
import { type Exchange, Refusal } from '../exchange.js'
import { linearEngine } from '../linear.js'
import { inTime, isPromise } from '../store/bounded.js'
import type { ArnParts } from './arn.js'
import { requestEvent, tokenEvent } from './events.js'
import { identityOf, identitySource } from './identity.js'
import { type Result, resultOf } from './results.js'
import { saysUnauthorized, withHint } from './unauthorized.js'

export type LambdaAuthorizerDefinition = Extract<CompleteAuthorizer, { readonly kind: 'token' | 'request' }>

/** ms that one may take: AWS's bound for those of HTTP APIs. */
const LAMBDA_TIMEOUT = 10_000
const MOST_KEPT = 10_000

interface Kept {
  readonly result: Result
  /** Clock, ms. */
  readonly since: number
}

interface Around extends ArnParts {
  readonly report: (error: unknown) => void
}

interface Epoch {
  readonly number: number
}

/** How a caller is identified and asked about; `undefined`: it does not say who it is. */
type Question = (exchange: Exchange) => { readonly identity: unknown; ask(): unknown } | undefined

export class LambdaAuthorizer {
  readonly #question: Question
  readonly #ttl: number
  readonly #report: (error: unknown) => void
  readonly #epoch: Epoch
  #of: number
  readonly #kept = new LRUCache<string, Kept>({ max: MOST_KEPT })
  readonly #pending = new Map<string, Promise<Result | Refusal>>()

  /** @param epoch what is kept is of one epoch only, and forgotten when the next one has begun */
  constructor(definition: LambdaAuthorizerDefinition, around: Around, epoch: Epoch) {
    this.#question =
      definition.kind === 'token' ? tokenQuestion(definition, around) : requestQuestion(definition, around)
    this.#ttl = definition.ttl
    this.#report = around.report
    this.#epoch = epoch
    this.#of = epoch.number
  }

  authenticate(exchange: Exchange): Result | Refusal | Promise<Result | Refusal> {
    const question = this.#question(exchange)
    if (question === undefined)
      return new Refusal('UNAUTHORIZED', 'an identity source is missing, blank or not valid')
    if (this.#ttl === 0) return this.#call(question.ask)
    if (this.#of !== this.#epoch.number) this.#forget()
    // A canary has stage variables of its own, which the authorizer is told.
    const key = digestApiKey(JSON.stringify([exchange.stage, exchange.canary, question.identity]))
    const now = exchange.startedAt
    const kept = this.#kept.get(key)
    // A clock that was set back must not keep anything longer.
    if (kept !== undefined && Math.abs(now - kept.since) < this.#ttl) return kept.result
    return this.#pending.get(key) ?? this.#ask(key, question.ask, now)
  }

  #forget(): void {
    this.#of = this.#epoch.number
    this.#kept.clear()
    this.#pending.clear()
  }

  /** One call for all who ask the same meanwhile; none of them can take it back by going away. */
  #ask(key: string, ask: () => unknown, now: number): Result | Refusal | Promise<Result | Refusal> {
    const answer = this.#call(ask)
    if (!isPromise(answer)) return this.#keep(key, answer, now)
    const call: Promise<Result | Refusal> = answer.then((result) => {
      if (this.#pending.get(key) !== call) return result
      this.#pending.delete(key)
      return this.#keep(key, result, now)
    })
    this.#pending.set(key, call)
    return call
  }

  /** Refusals are not kept: the next caller may have better luck. */
  #keep(key: string, result: Result | Refusal, since: number): Result | Refusal {
    if (!(result instanceof Refusal)) this.#kept.set(key, { result, since })
    return result
  }

  /** Never throws, never rejects. */
  #call(ask: () => unknown): Result | Refusal | Promise<Result | Refusal> {
    const failed = (error: unknown) => this.#failed(error)
    try {
      const answer = ask()
      if (!isPromise(answer)) return resultOf(answer)
      return inTime(answer, LAMBDA_TIMEOUT, () => new TooSlow())
        .then(resultOf)
        .catch(failed)
    } catch (error) {
      return failed(error)
    }
  }

  #failed(error: unknown): Refusal {
    // The word itself, and nothing like it.
    if (saysUnauthorized(error)) {
      return new Refusal('UNAUTHORIZED', 'the authorizer says so')
    }
    this.#report(withHint(error, "for a 401 throw new Error('Unauthorized'), in just this spelling"))
    if (error instanceof TooSlow) return new Refusal('AUTHORIZER_FAILURE', error.message)
    return new Refusal('AUTHORIZER_CONFIGURATION_ERROR', error instanceof Error ? error.message : undefined)
  }
}

class TooSlow extends Error {
  constructor() {
    super(`a Lambda authorizer took more than ${LAMBDA_TIMEOUT} ms`)
  }
}

function tokenQuestion(
  { call, header, validation }: Extract<CompleteAuthorizer, { readonly kind: 'token' }>,
  parts: ArnParts,
): Question {
  const pattern = validation === undefined ? undefined : linearEngine().compile(validation)
  return (exchange) => {
    const token = exchange.request.header(header)
    if (token === undefined || token.trim() === '') return undefined
    // The whole token, as Java's `matches` does it.
    if (pattern !== undefined && !pattern.matches(token)) return undefined
    return { identity: token, ask: () => call(tokenEvent(parts, exchange, token)) }
  }
}

function requestQuestion(
  { call, identitySources }: Extract<CompleteAuthorizer, { readonly kind: 'request' }>,
  parts: ArnParts,
): Question {
  const sources = identitySources.map(sourceOf)
  return (exchange) => {
    const identity = identityOf(sources, exchange)
    return identity && { identity, ask: () => call(requestEvent(parts, exchange)) }
  }
}

function sourceOf(text: string) {
  const source = identitySource(text)
  if (source === undefined) throw new TypeError(`'${text}' is no identity source`)
  return source
}
