/** What ajv says of a schema that is wrong, in words for whoever wrote it. */
import type { ErrorObject } from 'ajv'
import type { Fields, SchemaFault } from './prepare.js'

type Path = readonly (string | number)[]

/** One fault for each place: ajv tells every alternative that was not taken. */
export function metaFaults(
  errors: readonly ErrorObject[],
  schema: Fields,
  path: Path,
): readonly SchemaFault[] {
  const faults = new Map<string, SchemaFault>()
  const places = new Set(errors.map(({ instancePath }) => instancePath))
  for (const error of errors) {
    if (faults.has(error.instancePath) || isToldBelow(error, places)) continue
    const message = wordsOf(error)
    const at = pathOf(error.instancePath, schema)
    faults.set(error.instancePath, { path: [...path, ...at], message, fix: fixOf(error, at.at(-1)) })
  }
  return [...faults.values()]
}

/** A bound that is wrong in itself is not to be made right by another one beside it. */
function isToldBelow({ keyword, instancePath, params }: ErrorObject, places: ReadonlySet<string>): boolean {
  return keyword === 'dependencies' && places.has(`${instancePath}/${params.property}`)
}

function wordsOf({ keyword, message, params }: ErrorObject): string {
  if (keyword === 'enum') return `is none of ${params.allowedValues.join(', ')}`
  return message ?? `breaks \`${keyword}\` of JSON Schema`
}

function fixOf({ params }: ErrorObject, keyword: string | number | undefined): string {
  const [, bound] = /^exclusive(M\w+)$/.exec(String(keyword)) ?? []
  const inclusive = `\`${bound?.toLowerCase()}\``
  if (bound !== undefined && params.type === 'boolean')
    return `In draft-04 it is true or false beside ${inclusive}. It is a number in a schema with the \`$schema\` of a later draft.`
  if (bound !== undefined && params.type === 'number')
    return `In this draft it is the bound itself, in the place of ${inclusive}.`
  if (keyword === 'required') return "Write the list of names beside `properties`: `required: ['name']`."
  return "Write what the schema's draft allows there. Drafts differ: `$schema` says which one holds."
}

/** A JSON pointer, as JavaScript would reach it. */
function pathOf(pointer: string, schema: Fields): Path {
  const path: (string | number)[] = []
  let at: unknown = schema
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(at) ? Number(key) : key)
    at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined
  }
  return path
}

/** A schema that could not be compiled. */
export function thrownFault(error: unknown, schema: Fields, path: Path): SchemaFault {
  const reason = error instanceof Error ? error.message : String(error)
  const missing = error instanceof Error && 'missingRef' in error ? String(error.missingRef) : undefined
  if (missing === undefined)
    return { path, message: `cannot be compiled: ${reason}`, fix: 'Write a valid JSON Schema.' }
  const { at, ref } = findRef(schema, missing) ?? { at: ['$ref'], ref: missing }
  const fix = 'Give the model a name in `models` and refer to that: nothing is fetched.'
  return { path: [...path, ...at], message: `nothing is at '${ref}'`, fix }
}

/** The reference that leads there, and where it stands. */
function findRef(
  value: unknown,
  uri: string,
  at: Path = [],
): { readonly at: Path; readonly ref: string } | undefined {
  if (typeof value !== 'object' || value === null || at.length > 128) return undefined
  for (const [key, field] of Object.entries(value)) {
    const here = [...at, Array.isArray(value) ? Number(key) : key]
    if (key === '$ref' && typeof field === 'string' && uri.endsWith(field)) return { at: here, ref: field }
    const within = findRef(field, uri, here)
    if (within !== undefined) return within
  }
  return undefined
}
