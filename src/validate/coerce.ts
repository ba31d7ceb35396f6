/**
 * Texts of a query, a header, a path or a form, made into what the schema's `type` says. Strictly: as JSON writes it,
 * and only where nothing is lost. What cannot be made so stays text, and the schema refuses it.
 */
import type { Document } from './compiler.js'
import { type Fields, isFields } from './prepare.js'
import { partsOf, resolvePointer } from './references.js'

/** A value as it came: once, or several times. */
export type Texts = string | readonly string[]

export type Coerce = (given: unknown) => unknown

const INTEGER = /^-?(?:0|[1-9]\d*)$/
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** @param models the documents that references lead to */
export function coercion(document: Document, models: (name: string) => Document | undefined): Coerce {
  const { types, properties, items } = outline(document.schema, { document, models, depth: 0 })
  const made = coercing(types, items)
  const parts = new Map([...properties].map(([name, own]) => [name, coercing(own.types, own.items)]))
  return (given) => {
    if (isTexts(given)) return made(given)
    if (typeof given !== 'object' || given === null) return given
    const object: Record<string, unknown> = Object.create(null)
    for (const [name, value] of Object.entries(given)) {
      const own = parts.get(name)
      object[name] = own !== undefined && isTexts(value) ? own(value) : value
    }
    return object
  }
}

/** Whether the schema asks for a list of values. */
export function expectsList(document: Document, models: (name: string) => Document | undefined): boolean {
  return outline(document.schema, { document, models, depth: 0 }).types.includes('array')
}

/** The properties that the schema speaks of. */
export function propertiesOf(
  document: Document,
  models: (name: string) => Document | undefined,
): ReadonlySet<string> {
  return new Set(outline(document.schema, { document, models, depth: 0 }).properties.keys())
}

function isTexts(value: unknown): value is Texts {
  return typeof value === 'string' || Array.isArray(value)
}

function coercing(types: readonly string[], items: readonly string[]): (given: Texts) => unknown {
  const item = scalar(items)
  if (types.includes('array')) return (given) => [given].flat().map(item)
  const made = scalar(types)
  return (given) => (typeof given === 'string' ? made(given) : given)
}

/** By the first type that fits. */
function scalar(types: readonly string[]): (text: string) => unknown {
  const all = types.flatMap((type) => MADE[type] ?? [])
  return (text) => {
    for (const make of all) {
      const made = make(text)
      if (made !== undefined) return made
    }
    return text
  }
}

const MADE: Readonly<Record<string, ((text: string) => unknown) | undefined>> = {
  string: (text) => text,
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  null: (text) => (text === 'null' ? null : undefined),
  integer: (text) => (INTEGER.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined),
  number: (text) => (NUMBER.test(text) && Number.isFinite(Number(text)) ? exactly(text) : undefined),
}

/** Integers past 2^53 would become other ones. */
function exactly(text: string): number | undefined {
  return INTEGER.test(text) && !Number.isSafeInteger(Number(text)) ? undefined : Number(text)
}

interface Outline {
  readonly types: readonly string[]
  readonly items: readonly string[]
  readonly properties: ReadonlyMap<string, Outline>
}

const EMPTY: Outline = { types: [], items: [], properties: new Map() }

interface Place {
  readonly document: Document
  readonly models: (name: string) => Document | undefined
  readonly depth: number
}

const DEEPEST = 8

/** What a schema says of types: its own word, and that of what it refers to or combines. */
function outline(schema: unknown, place: Place): Outline {
  if (!isFields(schema) || place.depth > DEEPEST) return EMPTY
  const deeper = { ...place, depth: place.depth + 1 }
  const combined = ['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => {
    const parts = schema[keyword]
    return Array.isArray(parts) ? parts.map((part: unknown) => outline(part, deeper)) : []
  })
  const all = [ownOutline(schema, deeper), ...referred(schema, deeper), ...combined]
  return {
    types: unique(all.flatMap(({ types }) => types)),
    items: unique(all.flatMap(({ items }) => items)),
    properties: new Map(all.flatMap(({ properties }) => [...properties])),
  }
}

function ownOutline(schema: Fields, place: Place): Outline {
  const types = [schema.type].flat().filter((type) => typeof type === 'string')
  const properties = isFields(schema.properties) ? Object.entries(schema.properties) : []
  return {
    types: schema.nullable === true ? [...types, 'null'] : types,
    items: outline(schema.items, place).types,
    properties: new Map(properties.map(([name, each]) => [name, outline(each, place)])),
  }
}

function referred({ $ref, 'x-model': elsewhere }: Fields, place: Place): readonly Outline[] {
  const ref = $ref ?? elsewhere
  if (typeof ref !== 'string') return []
  const { model, fragment } = partsOf(ref)
  const document = ref.startsWith('#') ? place.document : place.models(model)
  if (document === undefined) return []
  return [outline(resolvePointer(document.schema, fragment), { ...place, document })]
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
}
