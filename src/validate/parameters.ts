/** Query, headers and path parameters. */
import { Bare, put } from '../bare.js'
import type { CompleteParameter } from '../complete.js'
import type { Exchange, Step } from '../exchange.js'
import type { ValidationFault } from '../schema.js'
import type { Models, Validated, Validator } from './models.js'
import { invalid } from './refused.js'
import { disguised, type Parameters, parameters } from './urlencoded.js'
import { fault, MOST_FAULTS } from './words.js'

export interface ParametersValidation {
  readonly models: Models
  /** Whether the caller is told of each fault. */
  readonly detailed: boolean
}

/** A parameter, ready to be read and held to its schema. */
interface Declared extends CompleteParameter {
  /** As it is looked up: headers in lower case. */
  readonly key: string
  /** `query.limit` */
  readonly pointer: string
  readonly validate: Validator | undefined
  /** Whether its schema asks for a list; `undefined` where that is not known. */
  readonly list: boolean | undefined
}

/** What was sent for a parameter: one value, several in their order, or nothing. */
type Given = string | readonly string[] | undefined

/** What its schema has made of that. */
type Outcome = Validated | undefined

/**
 * Sets `exchange.query` and `exchange.headers` to the declared parameters, as their schemas have made them, or refuses
 * with 400. What is not declared passes.
 */
export function validateParameters(
  all: readonly CompleteParameter[],
  validation: ParametersValidation,
): Step {
  const declared = all.map((each) => declare(each, validation.models))
  const queried = new Map(declared.filter((each) => each.in === 'query').map((each) => [each.key, each]))
  const heads = declared.some((each) => each.in === 'header')
  const refuse = (exchange: Exchange, message: string, faults: readonly ValidationFault[]) => {
    const { detailed } = validation
    return invalid(exchange, {
      type: 'BAD_REQUEST_PARAMETERS',
      message,
      faults: faults.slice(0, MOST_FAULTS),
      detailed,
    })
  }
  const finish = (exchange: Exchange, outcomes: readonly Outcome[]) => {
    const wrong = declared.filter((_, index) => outcomes[index]?.faults !== undefined)
    if (wrong.length > 0)
      return refuse(
        exchange,
        inNames('Invalid', wrong),
        declared.flatMap((each, index) => faultsOf(each, outcomes[index])),
      )
    exchange.query = queried.size === 0 ? NO_VALUES : valuesIn('query', declared, outcomes)
    exchange.headers = heads ? valuesIn('header', declared, outcomes) : NO_VALUES
    return undefined
  }
  return (exchange) => {
    const query = queried.size === 0 ? NONE : queryOf(exchange)
    if (typeof query === 'string')
      return refuse(exchange, 'Invalid request parameters', [fault('query', 'parse', query)])
    const given = declared.map((each) => givenFor(each, exchange, query))
    const missing = declared.filter((each, index) => each.required && isBlank(given[index]))
    if (missing.length > 0)
      return refuse(exchange, inNames('Missing required', missing), missing.map(missingFault))
    const hidden = query.size === 0 ? NO_FAULTS : disguises(queried, query)
    if (hidden.length > 0) return refuse(exchange, 'Invalid request parameters', hidden)
    const outcomes = declared.map((each, index) => check(each, given[index]))
    if (outcomes.every(isHere)) return finish(exchange, outcomes)
    return Promise.all(outcomes).then((late) => finish(exchange, late))
  }
}

const NONE: Parameters = new Map()
const NO_VALUES: Readonly<Record<string, unknown>> = Object.freeze(Object.create(null))
const NO_FAULTS: readonly never[] = []

function declare(parameter: CompleteParameter, models: Models): Declared {
  const { in: place, name, schema, required } = parameter
  const key = place === 'header' ? name.toLowerCase() : name
  const validate = schema && models.validator(schema, true)
  const list = schema && models.expectsList(schema)
  return { in: place, name, schema, required, key, pointer: `${place}.${name}`, validate, list }
}

function queryOf({ request: { target } }: Exchange): Parameters | string {
  const mark = target.indexOf('?')
  return mark === -1 ? NONE : parameters(target.slice(mark + 1))
}

function givenFor(declared: Declared, { request, params }: Exchange, query: Parameters): Given {
  if (declared.in === 'query') return single(query.get(declared.key))
  const text = declared.in === 'header' ? request.header(declared.key) : own(params, declared.key)
  // Fields of a header are lists by HTTP itself (RFC 9110, 5.6.1), and path parameters by OpenAPI's style `simple`.
  return declared.list && text !== undefined ? single(text.split(',').map((each) => each.trim())) : text
}

function single(values: readonly string[] | undefined): Given {
  return values?.length === 1 ? values[0] : values
}

function own(params: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(params, name) ? params[name] : undefined
}

/** Blank is missing, as in AWS. */
function isBlank(given: Given): boolean {
  if (typeof given === 'string') return given.trim() === ''
  return given === undefined || given.every((value) => value.trim() === '')
}

function missingFault({ pointer }: Declared): ValidationFault {
  return fault(pointer, 'required', 'is missing')
}

const PLACES = ['header', 'path', 'query']

/** `Missing required request parameters: [h, p, q]` */
function inNames(words: string, all: readonly Declared[]): string {
  const names = PLACES.flatMap((place) => all.filter((each) => each.in === place).map(({ name }) => name))
  return `${words} request parameters: [${names.join(', ')}]`
}

function disguises(queried: ReadonlyMap<string, Declared>, query: Parameters): readonly ValidationFault[] {
  return disguised(query, queried).map((name) =>
    fault(queried.get(name)?.pointer ?? 'query', 'name', 'is given with brackets'),
  )
}

function check({ validate, list, pointer }: Declared, given: Given): Outcome | Promise<Outcome> {
  if (given === undefined) return undefined
  if (validate === undefined) return { value: given }
  if (typeof given !== 'string' && list === false)
    return { faults: [fault(pointer, 'repeated', 'is given more than once')] }
  const outcome = validate(given)
  // The schema of another one may throw before this one is waited for.
  if (outcome instanceof Promise) outcome.catch(() => {})
  return outcome
}

function isHere(outcome: Outcome | Promise<Outcome>): outcome is Outcome {
  return !(outcome instanceof Promise)
}

function faultsOf({ pointer }: Declared, outcome: Outcome): readonly ValidationFault[] {
  const faults = outcome?.faults ?? []
  return faults.map((each) =>
    each.pointer.startsWith(pointer) ? each : { ...each, pointer: pointer + each.pointer },
  )
}

function valuesIn(
  place: Declared['in'],
  declared: readonly Declared[],
  outcomes: readonly Outcome[],
): Readonly<Record<string, unknown>> {
  const values = new Bare<unknown>()
  for (const [index, each] of declared.entries()) {
    const outcome = outcomes[index]
    if (each.in === place && outcome !== undefined && outcome.faults === undefined)
      put(values, each.key, outcome.value)
  }
  return values
}
