/** A model, made ready for ajv: a copy whose references are resolved as AWS does, and what is wrong with it. */
import type { Draft } from './engine.js'
import { compilePattern } from './pattern.js'
import { mayResolve, modelRef, type References, schemaUri, text } from './references.js'
import { PatternFault } from './syntax.js'
import { below, keysOf, TOP, type Trail } from './trail.js'
import { isDropped, LATER, LISTS, MAPS, meant, ONE, OWN } from './vocabulary.js'

/** What is wrong with a schema, and where. */
export interface SchemaFault {
  /** `['Pet', 'properties', 'name', 'type']` */
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly fix: string
}

export type Fields = Readonly<Record<string, unknown>>

/** Deeper schemas are none that a person has written. */
const DEEPEST = 128

type Path = readonly (string | number)[]

/** Addresses that schemas have given themselves, those of the models among them. */
export interface Ids {
  readonly taken: Set<string>
  /** Whether one of them stands for two schemas: none can be compiled then. */
  clash: boolean
}

export interface Preparing {
  readonly draft: Draft
  /** The model's. */
  readonly name: string | undefined
  /** Whether the schema itself says which draft it is in. */
  readonly stated: boolean
  readonly references: References
  readonly ids: Ids
  readonly faults: SchemaFault[]
}

/** @param path where the schema stands */
export function prepare(schema: Fields, path: Path, preparing: Preparing): Fields {
  return new Preparer(schema, preparing).schema(schema, path.reduce<Trail>(below, TOP))
}

export function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

class Preparer {
  readonly #draft: Draft
  readonly #within = new Set<object>()
  readonly #steps: boolean
  readonly #id: 'id' | '$id'
  /** What an `id` is relative to. */
  #base: string

  constructor(
    readonly root: Fields,
    readonly given: Preparing,
  ) {
    this.#draft = given.draft
    this.#id = given.draft === 'draft-04' ? 'id' : '$id'
    this.#base = schemaUri(given.name ?? '')
    this.#steps = canExplode(root)
  }

  schema(schema: Fields, path: Trail): Fields {
    if (this.#within.has(schema) || this.#within.size > DEEPEST) {
      this.#fault(path, 'the schema holds itself, or is nested too deep', 'Refer to a model by `$ref`.')
      return {}
    }
    this.#within.add(schema)
    const ref =
      typeof schema.$ref === 'string' ? this.#reference(schema.$ref, below(path, '$ref')) : undefined
    const base = this.#base
    if (ref === undefined || this.#draft === '2020-12') this.#identify(schema[this.#id], path)
    const copy: Record<string, unknown> = {}
    for (const [keyword, value] of Object.entries(schema)) {
      if (!isDropped(keyword, schema, this.#draft)) this.#keyword(copy, keyword, value, below(path, keyword))
    }
    this.#prototype(copy, schema, path)
    if (ref !== undefined) replaceRef(copy, ref, this.#draft)
    if (this.#steps && schema === this.root) copy[OWN.steps] = true
    this.#within.delete(schema)
    this.#base = base
    return copy
  }

  /** Of two schemas with one address, a reference could mean either. */
  #identify(id: unknown, within: Trail): void {
    if (typeof id !== 'string' || !URL.canParse(id, this.#base)) return
    const uri = new URL(id, this.#base).href.replace(/#$/, '')
    const { ids } = this.given
    if (ids.taken.has(uri)) {
      ids.clash = true
      this.#fault(below(within, this.#id), `another schema has the id '${shortened(id)}'`, 'Take it away.')
    }
    ids.taken.add(uri)
    if (!id.startsWith('#')) this.#base = uri
  }

  /** A property called `__proto__`, which ajv would pass over. */
  #prototype(copy: Record<string, unknown>, { properties, patternProperties }: Fields, path: Trail): void {
    const own = isFields(properties) ? Object.getOwnPropertyDescriptor(properties, '__proto__') : undefined
    if (own === undefined) return
    const before = isFields(copy.patternProperties) ? copy.patternProperties : patternProperties
    const schema = this.#schemaOr(own.value, below(below(path, 'properties'), '__proto__'))
    copy.patternProperties = { ...(isFields(before) ? before : {}), '^(?:__proto__)$': schema }
  }

  #keyword(copy: Record<string, unknown>, keyword: string, value: unknown, path: Trail): void {
    if (LATER.has(keyword) && !this.given.stated) this.#later(keyword, path)
    this.#misspelt(keyword, path)
    if (keyword === '$dynamicRef' && this.#draft === '2020-12')
      this.#fault(path, '`$dynamicRef` is not supported', 'Write `$ref`.')
    if (keyword === 'pattern' && typeof value === 'string') this.#pattern(value, path)
    if (keyword === 'uniqueItems' && value === true) copy[OWN.distinct] = true
    else if (keyword === 'enum' && Array.isArray(value) && value.some(isObject))
      copy[OWN.among] = this.#json(value, path)
    else if (keyword === 'const' && isObject(value) && this.#draft !== 'draft-04')
      copy[OWN.among] = this.#json([value], path)
    else copy[keyword] = this.#value(keyword, value, path)
  }

  #value(keyword: string, value: unknown, path: Trail): unknown {
    if (MAPS.has(keyword) && isFields(value)) return this.#map(keyword, value, path)
    if (LISTS.has(keyword) && Array.isArray(value))
      return value.map((each: unknown, index) => this.#schemaOr(each, below(path, index)))
    return ONE.has(keyword) ? this.#schemaOr(value, path) : this.#json(value, path)
  }

  #schemaOr(value: unknown, path: Trail): unknown {
    return isFields(value) ? this.schema(value, path) : this.#json(value, path)
  }

  #map(keyword: string, map: Fields, path: Trail): Fields {
    const copy: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(map)) {
      const at = below(path, name)
      if (name !== '__proto__') copy[name] = this.#schemaOr(value, at)
      if (keyword === 'patternProperties') this.#pattern(name, at)
      const entry = copy[name]
      if (
        this.#steps &&
        /^(?:\$defs|definitions)$/.test(keyword) &&
        isFields(entry) &&
        entry.$ref === undefined
      )
        copy[name] = { ...entry, [OWN.steps]: true }
    }
    return copy
  }

  /** A value that is no schema, copied. Reports what JSON does not have. */
  #json(value: unknown, path: Trail): unknown {
    if (Array.isArray(value)) return value.map((each: unknown, index) => this.#json(each, below(path, index)))
    if (isFields(value) && path.depth <= DEEPEST) {
      const entries = Object.entries(value).filter(([name]) => name !== '__proto__')
      return Object.fromEntries(entries.map(([name, each]) => [name, this.#json(each, below(path, name))]))
    }
    const scalar = value === null || typeof value === 'string' || typeof value === 'boolean'
    if (!scalar && !(typeof value === 'number' && Number.isFinite(value)))
      this.#fault(
        path,
        `${typeof value === 'object' ? 'an object of a class' : typeof value} is no JSON`,
        'A schema is plain data.',
      )
    return value
  }

  #pattern(pattern: string, path: Trail): void {
    try {
      compilePattern(pattern)
    } catch (error) {
      if (!(error instanceof PatternFault)) throw error
      this.#fault(path, `'${shortened(pattern)}' ${error.message}`, error.fix)
    }
  }

  #reference(ref: string, path: Trail): { readonly ref: string } | { readonly model: string } | undefined {
    const { references, draft } = this.given
    const found = modelRef(ref, references, this.root)
    if (found === undefined) {
      if (!mayResolve(ref, this.root))
        this.#fault(path, `nothing is at '${ref}'`, `There are the models ${references.names()}.`)
      return undefined
    }
    const target = references.draftOf(found.name)
    if (target === undefined) {
      this.#fault(path, `model '${found.name}' does not exist`, `There are the models ${references.names()}.`)
      return undefined
    }
    if (target === 'value') {
      const message = `model '${found.name}' is a schema value, which no JSON Schema can refer to`
      this.#fault(path, message, 'Write one of the two in the way of the other.')
      return undefined
    }
    const uri = schemaUri(found.name) + found.fragment
    return target === draft ? { ref: uri } : { model: uri }
  }

  #later(keyword: string, path: Trail): void {
    const message = `\`${keyword}\` is not in draft-04, which a schema without \`$schema\` is written in`
    this.#fault(path, message, "Add `$schema: 'https://json-schema.org/draft/2020-12/schema'` to the model.")
  }

  /** AWS takes no keyword that it does not know; here notes may be among them. */
  #misspelt(keyword: string, path: Trail): void {
    const near = meant(keyword)
    if (near === undefined) return
    const fix = `Did you mean \`${near}\`? A note of your own has \`x-\` before its name.`
    this.#fault(path, `\`${shortened(keyword)}\` is no keyword of JSON Schema`, fix)
  }

  #fault(path: Trail, message: string, fix: string): void {
    this.given.faults.push({ path: keysOf(path), message, fix })
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

/** In the older drafts what stands beside a reference means nothing. */
function replaceRef(
  copy: Record<string, unknown>,
  ref: { ref: string } | { model: string },
  draft: Draft,
): void {
  if (draft !== '2020-12') for (const name of Object.keys(copy)) delete copy[name]
  delete copy.$ref
  if ('ref' in ref) copy.$ref = ref.ref
  else copy[OWN.model] = ref.model
}

/** Whether choices and references together could make the same value be looked at again and again. */
function canExplode(root: Fields): boolean {
  const json = text(root)
  return json.includes('"$ref"') && /"(?:anyOf|oneOf|not|if|allOf)"/.test(json)
}

export function shortened(text: string, most = 80): string {
  return text.length > most ? `${text.slice(0, most)}…` : text
}
