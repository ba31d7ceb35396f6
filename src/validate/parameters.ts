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

/** What was sent, under what the route declares: the values in their order; none where there is none. */
interface Given {
  readonly declared: Declared
  readonly values: readonly string[]
}

interface Checked {
  readonly declared: Declared
  readonly validated: Validated
}

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
  const finish = (exchange: Exchange, checked: readonly Checked[]) => {
    const wrong = checked.filter(isWrong)
    if (wrong.length > 0) return refuse(exchange, inNames('Invalid', wrong), wrong.flatMap(faultsOf))
    exchange.query = queried.size === 0 ? NO_VALUES : valuesIn('query', checked)
    exchange.headers = heads ? valuesIn('header', checked) : NO_VALUES
    return undefined
  }
  return (exchange) => {
    const query = queried.size === 0 ? NONE : queryOf(exchange)
    if (typeof query === 'string')
      return refuse(exchange, 'Invalid request parameters', [fault('query', 'parse', query)])
    const given: Given[] = []
    const missing: Given[] = []
    for (const each of declared) {
      const one = { declared: each, values: valuesOf(each, exchange, query) }
      if (isMissing(one)) missing.push(one)
      else if (one.values.length > 0) given.push(one)
    }
    if (missing.length > 0)
      return refuse(exchange, inNames('Missing required', missing), missing.map(missingFault))
    const hidden = query.size === 0 ? NO_FAULTS : disguises(queried, query)
    if (hidden.length > 0) return refuse(exchange, 'Invalid request parameters', hidden)
    const checked = given.map(check)
    if (checked.every(isChecked)) return finish(exchange, checked)
    return Promise.all(checked).then((late) => finish(exchange, late))
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

function valuesOf(declared: Declared, { request, params }: Exchange, query: Parameters): readonly string[] {
  if (declared.in === 'query') return query.get(declared.key) ?? []
  const text = declared.in === 'header' ? request.header(declared.key) : own(params, declared.key)
  if (text === undefined) return []
  // Fields of a header are lists by HTTP itself (RFC 9110, 5.6.1), and path parameters by OpenAPI's style `simple`.
  return declared.list ? text.split(',').map((each) => each.trim()) : [text]
}

function own(params: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(params, name) ? params[name] : undefined
}

/** Blank is missing, as in AWS. */
function isMissing({ declared, values }: Given): boolean {
  return declared.required && values.every((value) => value.trim() === '')
}

function missingFault({ declared }: Given): ValidationFault {
  return fault(declared.pointer, 'required', 'is missing')
}

const PLACES = ['header', 'path', 'query']

/** `Missing required request parameters: [h, p, q]` */
function inNames(words: string, all: readonly { readonly declared: Declared }[]): string {
  const names = PLACES.flatMap((place) => all.filter(({ declared }) => declared.in === place).map(nameOf))
  return `${words} request parameters: [${names.join(', ')}]`
}

function nameOf({ declared }: { readonly declared: Declared }): string {
  return declared.name
}

function disguises(queried: ReadonlyMap<string, Declared>, query: Parameters): readonly ValidationFault[] {
  return disguised(query, queried).map((name) =>
    fault(queried.get(name)?.pointer ?? 'query', 'name', 'is given with brackets'),
  )
}

function check({ declared, values }: Given): Checked | Promise<Checked> {
  const { validate, list, pointer } = declared
  const [first = ''] = values
  if (validate === undefined) return { declared, validated: { value: values.length === 1 ? first : values } }
  if (values.length > 1 && list === false) {
    return { declared, validated: { faults: [fault(pointer, 'repeated', 'is given more than once')] } }
  }
  const validated = validate(values.length === 1 ? first : values)
  if (!(validated instanceof Promise)) return { declared, validated }
  const checked = validated.then((late) => ({ declared, validated: late }))
  // The schema of another one may throw before this one is waited for.
  checked.catch(() => {})
  return checked
}

function isChecked(each: Checked | Promise<Checked>): each is Checked {
  return !(each instanceof Promise)
}

function isWrong({ validated }: Checked): boolean {
  return validated.faults !== undefined
}

function faultsOf({ declared, validated }: Checked): readonly ValidationFault[] {
  const { pointer } = declared
  const faults = validated.faults ?? []
  return faults.map((each) =>
    each.pointer.startsWith(pointer) ? each : { ...each, pointer: pointer + each.pointer },
  )
}

function valuesIn(place: Declared['in'], checked: readonly Checked[]): Readonly<Record<string, unknown>> {
  const values = new Bare<unknown>()
  for (const { declared, validated } of checked) {
    if (declared.in === place && validated.faults === undefined) put(values, declared.key, validated.value)
  }
  return values
}
