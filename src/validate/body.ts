/** The body of a request, held to its model. */
import type { CompleteBody } from '../complete.js'
import { type Exchange, type Outcome, Refusal, type Step } from '../exchange.js'
import { encodingsOf, inflated } from '../inflate.js'
import type { ValidationFault } from '../schema.js'
import { inheritance, type Read, readJson, readText } from './json.js'
import { FORM, isUnicode, lookups, type Media, mediaOf } from './media.js'
import type { Models, Validated, Validator } from './models.js'
import { invalid } from './refused.js'
import { PROTOTYPE } from './structure.js'
import { asObject, disguised, parameters } from './urlencoded.js'
import { fault, token } from './words.js'

export interface BodyValidation {
  readonly models: Models
  /** Bytes of a body at most. */
  readonly limit: number
  /** Whether the caller is told of each fault. */
  readonly detailed: boolean
}

/** How a body of one type is read and what it is held to. */
interface Reading {
  readonly read: (bytes: Uint8Array) => Read
  readonly validate: Validator
}

type Wanted = Reading | 'pass' | 'refuse'

/** Content types as callers spell them, remembered so that they are looked at once. */
const MOST_SPELLINGS = 64

const WORDS = 'Invalid request body'

/**
 * Sets `exchange.body` to what the model has made of it, or refuses: with 400 what breaks the model, with 413 what
 * inflates to too much, with 415 what could not be read.
 */
export function validateBody(body: CompleteBody, validation: BodyValidation): Step {
  const rules = new Rules(body, validation)
  return (exchange) => {
    const { request } = exchange
    const wanted = rules.wanted(request.header('content-type'))
    if (wanted === 'pass') return undefined
    if (wanted === 'refuse' && body.required) return unsupported('no model is for its type')
    const encodings = encodingsOf(request.header('content-encoding'))
    if (encodings === 'unknown') return unsupported('its content-encoding is not known')
    const bytes = request.body(validation.limit)
    if (encodings.length === 0) return bytes.then((given) => rules.held(exchange, wanted, given))
    return bytes.then((given) => rules.unpacked(exchange, wanted, given, encodings))
  }
}

const MISSING = [fault('', 'required', 'there is no body')]
const PACKED = [fault('', 'parse', 'cannot be inflated')]

class Rules {
  readonly #readings: ReadonlyMap<string, Reading>
  readonly #spellings = new Map<string | undefined, Wanted>()

  constructor(
    readonly body: CompleteBody,
    readonly validation: BodyValidation,
  ) {
    this.#readings = readingsOf(body, validation.models)
  }

  wanted(contentType: string | undefined): Wanted {
    const known = this.#spellings.get(contentType)
    if (known !== undefined) return known
    const found = wantedFor(mediaOf(contentType), this.#readings, this.body)
    if (this.#spellings.size < MOST_SPELLINGS) this.#spellings.set(contentType, found)
    return found
  }

  held(
    exchange: Exchange,
    wanted: Wanted,
    bytes: Uint8Array,
  ): Outcome | undefined | Promise<Outcome | undefined> {
    if (bytes.length === 0) return this.body.required ? this.#refusal(exchange, MISSING) : undefined
    if (typeof wanted === 'string') return unsupported('no model is for its type')
    const read = wanted.read(bytes)
    if (read.fault !== undefined) return this.#refusal(exchange, [read.fault])
    const validated = wanted.validate(read.value)
    return validated instanceof Promise
      ? validated.then((late) => this.#settled(exchange, late))
      : this.#settled(exchange, validated)
  }

  async unpacked(
    exchange: Exchange,
    wanted: Wanted,
    bytes: Uint8Array,
    encodings: readonly string[],
  ): Promise<Outcome | undefined> {
    const most = this.body.inflated
    const whole = bytes.length === 0 ? bytes : await inflated(bytes, encodings, most)
    if (whole === 'large')
      return new Refusal('REQUEST_TOO_LARGE', `the body inflates to more than ${most} bytes`)
    return whole === 'broken' ? this.#refusal(exchange, PACKED) : this.held(exchange, wanted, whole)
  }

  #settled(exchange: Exchange, validated: Validated): Outcome | undefined {
    if (validated.faults !== undefined) return this.#refusal(exchange, validated.faults)
    exchange.body = validated.value
    return undefined
  }

  #refusal(exchange: Exchange, faults: readonly ValidationFault[]): Refusal {
    const { detailed } = this.validation
    return invalid(exchange, { type: 'BAD_REQUEST_BODY', message: WORDS, faults, detailed })
  }
}

function unsupported(detail: string): Refusal {
  return new Refusal('UNSUPPORTED_MEDIA_TYPE', `the body cannot be read: ${detail}`)
}

function readingsOf({ models: refs }: CompleteBody, models: Models): ReadonlyMap<string, Reading> {
  const readings = [...refs].map(([type, ref]) => {
    const validate = models.validator(ref, type === FORM)
    return [type, { read: readerFor(type, () => models.properties(ref)), validate }] as const
  })
  return new Map(readings)
}

/** A form, a text, and JSON for all else: that is what AWS takes any body for that has a model. */
function readerFor(type: string, properties: () => ReadonlySet<string>): (bytes: Uint8Array) => Read {
  if (type === FORM) return formReader(properties())
  return type.startsWith('text/') && !type.endsWith('json') ? readPlain : readJson
}

function wantedFor(
  { type, charset }: Media,
  readings: ReadonlyMap<string, Reading>,
  body: CompleteBody,
): Wanted {
  const found = lookups(type)
    .map((each) => readings.get(each))
    .find((reading) => reading !== undefined)
  if (found === undefined) return body.unknownType
  return isUnicode(charset) ? found : 'refuse'
}

function readPlain(bytes: Uint8Array): Read {
  const text = readText(bytes)
  return typeof text === 'string' ? { value: text } : { fault: text }
}

/** Express reads as many, and ignores the rest. */
const MOST_FIELDS = 1_000

function formReader(properties: ReadonlySet<string>): (bytes: Uint8Array) => Read {
  return (bytes) => {
    const text = readText(bytes)
    if (typeof text !== 'string') return { fault: text }
    const found = parameters(text, MOST_FIELDS)
    if (typeof found === 'string') return { fault: fault('', 'parse', found) }
    if (found.has(PROTOTYPE)) return { fault: inheritance([PROTOTYPE]) }
    // A library's schema tells no names: the form's own are to have one meaning at least.
    const [name] = disguised(found, properties, { has: (each) => properties.has(each) || found.has(each) })
    return name === undefined
      ? { value: asObject(found) }
      : { fault: fault(token(name), 'name', 'is given with brackets') }
  }
}
