/** Answers, held to the models of a route: reported, never refused. */
import { fieldOf } from '../answer.js'
import type { ModelRef } from '../complete.js'
import { PosternError } from '../errors.js'
import type { Exchange, Step, Tap, Tapped } from '../exchange.js'
import { encodingsOf, inflated } from '../inflate.js'
import type { ValidationFault } from '../schema.js'
import { addTap } from '../taps.js'
import { readJson } from './json.js'
import { isJson, mediaOf } from './media.js'
import type { Models, Validated, Validator } from './models.js'
import { shortened } from './prepare.js'
import { fault } from './words.js'

export interface AnswerValidation {
  readonly models: Models
  /** Whether every answer is checked, not only those to a test's requests. */
  readonly always: boolean
  readonly report: (error: unknown) => void
}

/** Bytes of an answer that is looked at. */
const MOST = 1_048_576

/** A step that taps the answer. What breaks its model is reported as `ANSWER_INVALID`. */
export function validateAnswers(
  responses: ReadonlyMap<string, ModelRef>,
  { models, always, report }: AnswerValidation,
): Step {
  const validators = new Map([...responses].map(([status, ref]) => [status, models.validator(ref)] as const))
  const forStatus = (status: number) =>
    validators.get(String(status)) ??
    validators.get(`${Math.floor(status / 100)}xx`) ??
    validators.get('default')
  return (exchange) => {
    if (!always && exchange.request.tested !== true) return undefined
    addTap(exchange, new ModelTap(exchange, forStatus, report))
    return undefined
  }
}

class ModelTap implements Tap {
  readonly #chunks: Uint8Array[] = []
  #size = 0
  #status = 0
  #headers: readonly string[] = []
  #validator: Validator | undefined

  constructor(
    readonly exchange: Exchange,
    readonly forStatus: (status: number) => Validator | undefined,
    readonly report: (error: unknown) => void,
  ) {}

  head(status: number, headers: readonly string[]): Tapped | undefined {
    this.#status = status
    this.#headers = headers
    this.#validator = hasBody(this.exchange, status) ? this.forStatus(status) : undefined
    return this.#validator && { body: true }
  }

  chunk(bytes: Uint8Array): boolean {
    this.#size += bytes.length
    if (this.#size > MOST) {
      this.#chunks.length = 0
      return false
    }
    // The app may use its buffer again.
    this.#chunks.push(Uint8Array.from(bytes))
    return true
  }

  end(whole: boolean): void {
    const validator = this.#validator
    if (!whole || validator === undefined || this.#size > MOST) return
    this.#held(validator).then(
      (faults) => {
        if (faults.length > 0) this.report(broken(this.exchange, this.#status, faults))
      },
      (error: unknown) => this.report(error),
    )
  }

  async #held(validator: Validator): Promise<readonly ValidationFault[]> {
    const { type } = mediaOf(fieldOf(this.#headers, 'content-type'))
    if (!isJson(type)) return [fault('', 'parse', `is ${shortened(type)}, not JSON`)]
    const encodings = encodingsOf(fieldOf(this.#headers, 'content-encoding'))
    if (encodings === 'unknown') return []
    const bytes = await inflated(Buffer.concat(this.#chunks), encodings, MOST)
    if (typeof bytes === 'string') return []
    const read = readJson(bytes)
    if (read.fault !== undefined) return [read.fault]
    const { faults = [] }: Validated = await validator(read.value)
    return faults
  }
}

function hasBody({ request }: Exchange, status: number): boolean {
  return request.method !== 'HEAD' && status !== 204 && status !== 304
}

function broken(
  { route, request }: Exchange,
  status: number,
  faults: readonly ValidationFault[],
): PosternError {
  const words = faults.map(({ pointer, message }) => `${pointer === '' ? 'the body' : pointer}: ${message}`)
  const where = route ?? `${request.method} ${shortened(request.target)}`
  return new PosternError(
    'ANSWER_INVALID',
    `${where} answered ${status} with what breaks its model: ${words.join('; ')}`,
  )
}
