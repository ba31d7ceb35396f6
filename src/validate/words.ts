/**
 * What is wrong with a value, for people: in the words of the validator that AWS uses, since templates and alarms are
 * written against them. What the caller sent is told no longer than it must be.
 */
import type { ErrorObject } from 'ajv'
import type { ValidationFault } from '../schema.js'
import { shortened } from './prepare.js'
import { OWN } from './vocabulary.js'

/** Faults of one value at most. */
export const MOST_FAULTS = 20
const LONGEST_POINTER = 256
const LONGEST_MESSAGE = 512

export function faultsOf(errors: readonly ErrorObject[]): readonly ValidationFault[] {
  return errors
    .slice(0, MOST_FAULTS)
    .map((error) => fault(pointerOf(error), NAMES[error.keyword] ?? error.keyword, wordsOf(error)))
}

export function fault(pointer: string, keyword: string, message: string): ValidationFault {
  return {
    pointer: shortened(pointer, LONGEST_POINTER),
    keyword,
    message: shortened(message, LONGEST_MESSAGE),
  }
}

/** One token of a JSON pointer. */
export function token(key: PropertyKey): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/**
 * All of them as `$context.error.validationErrorString` has them: `[object has missing required properties
 * (["age","name"])]`.
 */
export function inOneText(faults: readonly ValidationFault[]): string {
  const missing = new Map<string, string[]>()
  const words: (string | string[])[] = []
  for (const { pointer, keyword, message } of faults) {
    const name = keyword === 'required' ? MISSING.exec(message)?.[1] : undefined
    const parent = pointer.slice(0, pointer.lastIndexOf('/'))
    const before = missing.get(parent)
    if (name === undefined) words.push(message)
    else if (before !== undefined) before.push(name)
    else {
      const names = [name]
      missing.set(parent, names)
      words.push(names)
    }
  }
  return `[${words.map((each) => (typeof each === 'string' ? each : missingWords(each.sort()))).join(', ')}]`
}

const MISSING = /^object has missing required properties \(\[(.*)\]\)$/

function missingWords(names: readonly string[]): string {
  return `object has missing required properties ([${names.join()}])`
}

const NAMES: Readonly<Record<string, string>> = {
  [OWN.distinct]: 'uniqueItems',
  [OWN.among]: 'enum',
  'false schema': 'false',
}

function pointerOf({ instancePath, params }: ErrorObject): string {
  const name: unknown = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty
  return typeof name === 'string' ? instancePath + token(name) : instancePath
}

type Words = (error: ErrorObject) => string

const quoted = (value: unknown) => JSON.stringify(typeof value === 'string' ? shortened(value) : value) ?? ''
const named = (name: unknown) => quoted(name)
const size = (value: unknown) => (Array.isArray(value) ? value.length : Object.keys(Object(value)).length)
const points = (value: unknown) => (typeof value === 'string' ? [...value].length : 0)
const limit = ({ params }: ErrorObject) => String(params.limit)

const LOW: Words = (error) =>
  error.params.comparison === '>'
    ? `numeric instance is not strictly greater than the required minimum ${limit(error)}`
    : `numeric instance is lower than the required minimum (minimum: ${limit(error)}, found: ${String(error.data)})`
const HIGH: Words = (error) =>
  error.params.comparison === '<'
    ? `numeric instance is not strictly lower than the required maximum ${limit(error)}`
    : `numeric instance is greater than the required maximum (maximum: ${limit(error)}, found: ${String(error.data)})`

const WORDS: ReadonlyMap<string, Words> = new Map<string, Words>([
  ['required', ({ params }) => missingWords([named(params.missingProperty)])],
  [
    'type',
    ({ data, params }) =>
      `instance type (${typeOf(data)}) does not match any allowed primitive type (allowed: ${quoted([params.type].flat())})`,
  ],
  ['enum', ({ data, schema }) => notFound(data, schema)],
  [OWN.among, ({ data, schema }) => notFound(data, schema)],
  ['const', ({ data, schema }) => notFound(data, [schema])],
  ['minimum', LOW],
  ['exclusiveMinimum', LOW],
  ['maximum', HIGH],
  ['exclusiveMaximum', HIGH],
  ['multipleOf', ({ params, data }) => `${String(data)} is not a multiple of ${String(params.multipleOf)}`],
  [
    'minLength',
    (error) =>
      `string ${quoted(error.data)} is too short (length: ${points(error.data)}, required minimum: ${limit(error)})`,
  ],
  [
    'maxLength',
    (error) =>
      `string ${quoted(error.data)} is too long (length: ${points(error.data)}, maximum allowed: ${limit(error)})`,
  ],
  [
    'pattern',
    ({ data, params }) =>
      `ECMA 262 regex ${quoted(params.pattern)} does not match input string ${quoted(data)}`,
  ],
  ['format', ({ data, params }) => `string ${quoted(data)} is not a valid ${String(params.format)}`],
  [
    'additionalProperties',
    ({ params }) =>
      `object instance has properties which are not allowed by the schema: [${named(params.additionalProperty)}]`,
  ],
  [
    'minItems',
    (error) =>
      `array is too short: must have at least ${limit(error)} elements but instance has ${size(error.data)} elements`,
  ],
  [
    'maxItems',
    (error) =>
      `array is too long: must have at most ${limit(error)} elements but instance has ${size(error.data)} elements`,
  ],
  [OWN.distinct, () => 'array must not contain duplicate elements'],
  [
    'minProperties',
    (error) =>
      `object has too few properties (found ${size(error.data)} but schema requires at least ${limit(error)})`,
  ],
  [
    'maxProperties',
    (error) =>
      `object has too many properties (found ${size(error.data)} but schema requires at most ${limit(error)})`,
  ],
  ['anyOf', ({ schema }) => `instance failed to match at least one required schema among ${size(schema)}`],
  [
    'oneOf',
    ({ schema, params }) =>
      `instance failed to match exactly one schema (matched ${params.passingSchemas === null ? 0 : 'more than one'} out of ${size(schema)})`,
  ],
  ['not', () => 'instance matched a schema which it should not have'],
])

function wordsOf(error: ErrorObject): string {
  return WORDS.get(error.keyword)?.(error) ?? error.message ?? 'is not valid'
}

function notFound(data: unknown, values: unknown): string {
  const shown = typeof data === 'object' && data !== null ? typeOf(data) : quoted(data)
  const allowed = Array.isArray(values) ? values.slice(0, MOST_FAULTS) : []
  return `instance value (${shown}) not found in enum (possible values: ${shortened(JSON.stringify(allowed), 256)})`
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (value === Infinity || value === -Infinity) return 'number too large to be held'
  return Number.isInteger(value) ? 'integer' : typeof value
}
