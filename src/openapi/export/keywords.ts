/** Keywords that draft-04 and later drafts of JSON Schema write in two ways. */
import type { Fields } from '../place.js'
import { ANNOTATIONS } from '../walk.js'

/** Says of a keyword that it is lost, and what would be right. */
type Lost = (keyword: string, fix: string) => void

/** Of `nullable`, exclusive bounds, tuples, identifiers and examples. */
export function fromDraft04(schema: Fields): Fields {
  const { nullable, exclusiveMinimum, exclusiveMaximum, id, example, items, additionalItems, ...rest } =
    schema
  const made: Record<string, unknown> = rest
  if (nullable === true && rest.type !== undefined) made.type = [...new Set([rest.type, 'null'].flat())]
  bound(made, 'minimum', 'exclusiveMinimum', exclusiveMinimum)
  bound(made, 'maximum', 'exclusiveMaximum', exclusiveMaximum)
  if (id !== undefined) made.$id = id
  if (example !== undefined) made.example = example
  if (Array.isArray(items)) {
    made.prefixItems = items
    if (additionalItems !== undefined) made.items = additionalItems
  } else if (items !== undefined) made.items = items
  return made
}

function bound(made: Record<string, unknown>, inclusive: string, exclusive: string, given: unknown): void {
  if (typeof given === 'number') made[exclusive] = given
  if (given !== true || made[inclusive] === undefined) return
  made[exclusive] = made[inclusive]
  delete made[inclusive]
}

function asks(keyword: string): boolean {
  return !(ANNOTATIONS.has(keyword) || keyword.startsWith('x-'))
}

const PER_PART = 'Write it for each part of the schema.'

export function toDraft04(schema: Fields, lost: Lost): Fields {
  const { $ref, $schema: __, ...beside } = schema
  // There, what stands beside a reference does not hold.
  if ($ref !== undefined && Object.keys(beside).some(asks)) return { allOf: [{ $ref }, beside] }
  const { $id, $comment: _, const: only, examples, prefixItems, ...rest } = schema
  const made: Record<string, unknown> = { ...rest, ...typed(rest) }
  if (made.type === undefined) delete made.type
  if ('const' in schema) made.enum = [only]
  exclusive(made, 'minimum', 'exclusiveMinimum', (inclusive, bound) => inclusive > bound)
  exclusive(made, 'maximum', 'exclusiveMaximum', (inclusive, bound) => inclusive < bound)
  if (Array.isArray(examples) && examples.length > 0 && made.example === undefined) made.example = examples[0]
  if (Array.isArray(prefixItems)) {
    lost('prefixItems', 'Write `items` for all of them.')
    made.items = choiceOf(prefixItems)
  }
  if ($id !== undefined) lost('$id', 'Leave it out.')
  for (const name of LATER) {
    if (made[name] === undefined) continue
    lost(name, PER_PART)
    delete made[name]
  }
  return made
}

const LATER = [
  ...['contains', 'propertyNames', 'if', 'then', 'else', '$defs', '$anchor', '$dynamicRef', '$dynamicAnchor'],
  ...['dependentRequired', 'dependentSchemas', 'unevaluatedItems', 'unevaluatedProperties'],
  ...['minContains', 'maxContains', 'contentEncoding', 'contentMediaType', 'contentSchema'],
]

/** One type, and perhaps null; of several types, a choice. */
function typed({ type, anyOf, allOf }: Fields): Fields {
  if (!Array.isArray(type)) return type === 'null' ? { type: undefined, enum: [null] } : {}
  const types = type.filter((each) => each !== 'null')
  const nullable = types.length < type.length ? { nullable: true } : {}
  if (types.length <= 1) return { type: types[0], ...nullable }
  const choice = types.map((each) => ({ type: each, ...nullable }))
  if (anyOf === undefined) return { type: undefined, anyOf: choice }
  return { type: undefined, allOf: [...(Array.isArray(allOf) ? allOf : []), { anyOf: choice }] }
}

/** Of two bounds, one inclusive and one not, the one that asks for more. */
function exclusive(
  made: Record<string, unknown>,
  inclusive: string,
  name: string,
  asksMore: (inclusive: number, bound: number) => boolean,
): void {
  const { [inclusive]: other, [name]: bound } = made
  if (typeof bound !== 'number') return
  if (typeof other === 'number' && asksMore(other, bound)) delete made[name]
  else Object.assign(made, { [inclusive]: bound, [name]: true })
}

function choiceOf(items: readonly unknown[]): unknown {
  return items.length === 1 ? items[0] : items.length === 0 ? {} : { anyOf: items }
}

/** Schemas that everything fits, or nothing. */
export function booleans(value: unknown): unknown {
  if (value === true) return {}
  return value === false ? { not: {} } : value
}
