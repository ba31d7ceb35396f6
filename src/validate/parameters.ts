/** Query, headers and path parameters. */
import type { CompleteParameter } from '../complete.js'
import type { Exchange, Outcome, Step } from '../exchange.js'
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
  const queried = declared.filter((each) => each.in === 'query')
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
    const wrong = checked.filter(({ validated }) => validated.faults !== undefined)
    if (wrong.length > 0) return refuse(exchange, inNames('Invalid', wrong), wrong.flatMap(faultsOf))
    exchange.query = valuesIn('query', checked)
    exchange.headers = valuesIn('header', checked)
    return undefined
  }
  return (exchange) => {
    const query = queried.length === 0 ? NONE : queryOf(exchange)
    if (typeof query === 'string')
      return refuse(exchange, 'Invalid request parameters', [fault('query', 'parse', query)])
    const given = declared.map((each) => ({ declared: each, values: valuesOf(each, exchange, query) }))
    const missing = given.filter(isMissing)
    if (missing.length > 0)
      return refuse(exchange, inNames('Missing required', missing), missing.map(missingFault))
    const disguised = disguises(queried, query)
    if (disguised.length > 0) return refuse(exchange, 'Invalid request parameters', disguised)
    return allChecked(given.filter(({ values }) => values.length > 0).map(check), (checked) =>
      finish(exchange, checked),
    )
  }
}

const NONE: Parameters = new Map()

function declare(parameter: CompleteParameter, models: Models): Declared {
  const { name, schema } = parameter
  const key = parameter.in === 'header' ? name.toLowerCase() : name
  const validate = schema && models.validator(schema, true)
  const list = schema && models.expectsList(schema)
  return { ...parameter, key, pointer: `${parameter.in}.${name}`, validate, list }
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

function disguises(queried: readonly Declared[], query: Parameters): readonly ValidationFault[] {
  const names = new Map(queried.map((each) => [each.key, each]))
  return disguised(query, names).map((name) =>
    fault(names.get(name)?.pointer ?? 'query', 'name', 'is given with brackets'),
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

function allChecked(
  all: readonly (Checked | Promise<Checked>)[],
  then: (checked: readonly Checked[]) => Outcome | undefined,
): Outcome | undefined | Promise<Outcome | undefined> {
  const now = all.filter(isChecked)
  return now.length === all.length ? then(now) : Promise.all(all).then(then)
}

function isChecked(each: Checked | Promise<Checked>): each is Checked {
  return !(each instanceof Promise)
}

function faultsOf({ declared, validated }: Checked): readonly ValidationFault[] {
  const { pointer } = declared
  const faults = validated.faults ?? []
  return faults.map((each) =>
    each.pointer.startsWith(pointer) ? each : { ...each, pointer: pointer + each.pointer },
  )
}

function valuesIn(place: Declared['in'], checked: readonly Checked[]): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = Object.create(null)
  for (const { declared, validated } of checked) {
    if (declared.in === place && validated.faults === undefined) values[declared.key] = validated.value
  }
  return values
}
