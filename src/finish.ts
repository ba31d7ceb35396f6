/** The two finishers that run on every exchange: respond makes its answer, record tells how it ended. */
import { Buffer } from 'node:buffer'
import type { WholeBody } from './answer.js'
import type { Clock } from './clock.js'
import type { Complete } from './complete.js'
import type { Runtime } from './definition.js'
import { type ErrorCode, PosternError } from './errors.js'
import { Answer, type Exchange, heard, type Outcome, type Passed, passed, Refusal } from './exchange.js'
import { recordOf, type Sent } from './observe/record.js'
import { REFUSALS, type RefusalType } from './refusal.js'
import { inWords } from './report.js'
import { exchangeHeaders, Responder } from './respond/respond.js'
import { isPromise } from './store/bounded.js'
import { type ByteStream, isStream, Overheard, release } from './stream.js'

/** What finishers are told of the gateway. */
export interface Finishing {
  readonly onRecord: Runtime['onRecord']
  readonly onRefusal: Runtime['onRefusal']
  readonly clock: Clock
  readonly report: (error: unknown) => void
}

export class Finisher {
  /** Where no stage is known yet, and where a user's hook has failed. */
  readonly #responder: Responder
  readonly #plain: Responder
  readonly #onRecord: Runtime['onRecord']
  readonly #report: (error: unknown) => void
  readonly #clock: Clock
  readonly #compat: 'aws' | undefined
  readonly #api: string
  /** The body of the refusal before, and what was sent. */
  #measured: WholeBody = ''
  #sent: Sent = NOTHING_SENT

  constructor(front: Complete, { onRecord, onRefusal, clock, report }: Finishing) {
    this.#responder = new Responder(front, onRefusal)
    this.#plain = new Responder({ ...front, refusals: {} }, undefined)
    this.#onRecord = onRecord
    this.#report = report
    this.#clock = clock
    this.#compat = front.compat
    this.#api = front.api
  }

  /** See `gateway.headers`. */
  headers(exchange: Exchange): readonly string[] {
    return exchangeHeaders(exchange, this.#compat)
  }

  /** What becomes of an integration's outcome. */
  outcome(exchange: Exchange, outcome: Outcome | Passed): Answer | Passed {
    if (outcome === passed) return passed
    if (outcome instanceof Answer) return this.answer(exchange, heard(exchange.tap, outcome))
    return this.answer(exchange, this.#instead(exchange, outcome))
  }

  /** The gateway's own answer ends the exchange, unless an outer gate is watching it. */
  answer(exchange: Exchange, outcome: Outcome): Answer {
    const answer = this.respond(exchange, outcome)
    const { status, body } = answer
    if (isStream(body)) return this.#followed(exchange, answer, body)
    if (exchange.watched) return answer
    this.ended(exchange, this.#sentWhole(exchange, status, body, outcome))
    return answer
  }

  /** A flood is refused with the same text again and again: that is measured once. */
  #sentWhole(exchange: Exchange, status: number, body: WholeBody, outcome: Outcome): Sent {
    const got = bytesIn(exchange)
    const last = this.#sent
    const isRefusal = outcome instanceof Refusal
    if (isRefusal && body === this.#measured && status === last.status && got === last.bytesIn) return last
    const sent = { status, bytesIn: got, bytesOut: Buffer.byteLength(body), whole: true }
    if (isRefusal) {
      this.#measured = body
      this.#sent = sent
    }
    return sent
  }

  /** An answer that is on its way for a while ends its exchange when it has been read, or is read no further. */
  #followed(exchange: Exchange, { status, headers }: Answer, body: ByteStream): Answer {
    let bytesOut = 0
    const listener = {
      chunk: (bytes: Uint8Array) => {
        bytesOut += bytes.length
      },
      end: (whole: boolean, error?: unknown) => {
        if (error !== undefined) this.#report(error)
        if (!exchange.watched) this.ended(exchange, { status, bytesIn: bytesIn(exchange), bytesOut, whole })
      },
    }
    return new Answer(status, headers, new Overheard(body, listener))
  }

  /** The answer of an outcome, without ending the exchange. */
  respond(exchange: Exchange, outcome: Outcome): Answer {
    if (outcome instanceof Refusal) exchange.refusal = outcome
    try {
      return (exchange.at?.responder ?? this.#responder).answer(exchange, outcome)
    } catch (error) {
      if (outcome instanceof Answer) release(outcome.body)
      exchange.error = error
      this.#report(error)
      return this.#plain.answer(exchange, new Refusal('API_CONFIGURATION_ERROR'))
    }
  }

  /** What goes out where an integration has failed: something kept, if that is better than a refusal. */
  #instead(exchange: Exchange, refusal: Refusal): Outcome {
    const { tap } = exchange
    const kept = REFUSALS[refusal.type].status >= 500 ? tap?.rescue?.() : undefined
    tap?.end(false)
    return kept ?? refusal
  }

  /** Whatever fails on the way, the request does not reach the app. */
  crash(exchange: Exchange, error: unknown): Answer {
    const type = error instanceof PosternError ? REFUSED_ERRORS[error.code] : undefined
    if (type !== undefined && error instanceof PosternError) {
      if (error.code === 'BODY_ABORTED' || error.code === 'CALLER_GONE') this.ended(exchange, NOTHING_SENT)
      if (type === 'API_CONFIGURATION_ERROR') this.#report(error)
      return this.answer(exchange, this.#instead(exchange, new Refusal(type, error.message)))
    }
    const thrown = misthrown(error) ?? error
    exchange.error = thrown ?? new Error('a step threw nothing')
    this.#report(thrown)
    const refusal = new Refusal('API_CONFIGURATION_ERROR', inWords(thrown))
    return this.answer(exchange, this.#instead(exchange, refusal))
  }

  /** Its one record is made. */
  ended(exchange: Exchange, sent: Sent): void {
    if (exchange.ended) return
    exchange.ended = true
    if (this.#onRecord === undefined) return
    try {
      const kept: unknown = this.#onRecord(recordOf(exchange, this.#api, this.#clock.now(), sent))
      // An async function fits where nothing is returned, and nobody else would see it fail.
      if (isPromise(kept)) kept.then(undefined, this.#report)
    } catch (error) {
      this.#report(error)
    }
  }
}

/** What was to be returned. */
function misthrown(error: unknown): Error | undefined {
  const made =
    (error instanceof Refusal && `refuse('${error.type}')`) ||
    (error instanceof Answer && `answer(${error.status})`) ||
    (error instanceof Response && 'a Response')
  return made ? new TypeError(`${made} was thrown: return it, do not throw it`) : undefined
}

function bytesIn({ request, announced }: Exchange): number {
  return request.bytesIn ?? announced
}

const NOTHING_SENT: Sent = { status: 0, bytesIn: 0, bytesOut: 0, whole: false }

/** What is nobody's bug: the caller's doing, the store's, or how the app is put together. */
const REFUSED_ERRORS: Partial<Record<ErrorCode, RefusalType>> = {
  BODY_TOO_LARGE: 'REQUEST_TOO_LARGE',
  BODY_ABORTED: 'BAD_REQUEST_BODY',
  BODY_CONSUMED: 'API_CONFIGURATION_ERROR',
  MOUNTED_TWICE: 'API_CONFIGURATION_ERROR',
  HANDLER_TIMEOUT: 'INTEGRATION_TIMEOUT',
  CALLER_GONE: 'INTEGRATION_FAILURE',
  STORE_UNAVAILABLE: 'STORE_UNAVAILABLE',
}
