/** Schemas, as models: those with names, and those that stand where they are used. */
import type { JsonSchema } from '../schema.js'
import type { Version } from './context.js'
import { byName, decoded, escaped, type Fields, isFields, type Key, type Place } from './place.js'
import { type References, refOf } from './references.js'
import { type Report, show } from './report.js'
import { SAYS_MORE, SchemaWalk } from './walk.js'

/** What OpenAPI 3.1 is written in where nothing else is said. */
export const DRAFT_2020 = 'https://json-schema.org/draft/2020-12/schema'
const OAS_DIALECT = 'https://spec.openapis.org/oas/3.1/dialect/base'

const SECTIONS: Readonly<Record<Version, readonly string[]>> = {
  '2.0': ['definitions'],
  '3.0': ['components', 'schemas'],
  '3.1': ['components', 'schemas'],
}

/** AWS's address of a model. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html */
const AWS = /^https?:\/\/apigateway(?:\.[\w-]+)?\.amazonaws\.com\/restapis\/[^/]*\/models\/([^/#]+)(#.*)?$/

const NAME = /^[\w.-]{1,255}$/

/** What a reference in a schema is to become. */
export type Referred = { readonly model: string; readonly rest: string } | { readonly own: true } | undefined

export class SchemaReader {
  /** By name. */
  readonly models: Record<string, JsonSchema> = byName()
  /** Where each of them stands. */
  readonly places = new Map<string, Place>()
  /** Models that ask of requests for what only answers have. */
  readonly readOnly = new Set<string>()
  readonly section: Place
  /** By where they stand. */
  readonly #names = new Map<string, string>()
  /** By what refers to it in the document itself. */
  readonly #referred = new Map<string, Referred>()
  readonly #pending: [name: string, at: Place][] = []
  #read = 0
  /** By what they are made of; those that hold nothing else, which most parameters are held to, by their text. */
  readonly #inline = new Map<object | string, JsonSchema>()
  readonly #dialect: string | undefined

  constructor(
    readonly version: Version,
    readonly references: References,
    readonly report: Report,
  ) {
    this.section = references.root.in(SECTIONS[version])
    this.#dialect = version === '3.1' ? this.#stated() : undefined
    for (const [name, at] of this.section.fields) this.#register(at, name)
    this.#settle()
  }

  /** A model's name, or the schema that stands there. */
  read(at: Place): string | JsonSchema {
    const made = this.#nameOrWhole(at)
    this.#settle()
    return made
  }

  #nameOrWhole(at: Place): string | JsonSchema {
    const ref = refOf(at)
    if (ref === undefined) return this.#whole(at)
    const found = this.referred(ref, at.at('$ref'))
    if (found === undefined) return {}
    return 'model' in found && found.rest === '' ? found.model : this.#whole(at)
  }

  /** The schema that stands there, which may be one that refers to a model. */
  inline(at: Place): JsonSchema {
    const made = this.#whole(at)
    this.#settle()
    return made
  }

  /** Models that others refer to are read after them, not within: a chain of them may be long. */
  #settle(): void {
    for (; this.#read < this.#pending.length; this.#read++) {
      const [name, at] = this.#pending[this.#read] ?? []
      if (name === undefined || at === undefined) continue
      this.models[name] = this.#whole(at)
      if (asksReadOnly(at.value)) this.readOnly.add(name)
    }
  }

  /**
   * The model that a reference leads to; it is made one where it stands elsewhere in the document, or in another file.
   *
   * @returns `undefined` where it leads nowhere, which is reported then
   */
  referred(ref: string, at: Place): Referred {
    if (at.file !== '') return this.#referredFrom(ref, at)
    const known = this.#referred.get(ref)
    if (known !== undefined) return known
    const found = this.#referredFrom(ref, at)
    this.#referred.set(ref, found)
    return found
  }

  #referredFrom(ref: string, at: Place): Referred {
    const [, name, fragment = ''] = AWS.exec(ref) ?? []
    if (name !== undefined) return this.#byName(decoded(name), fragment, ref, at)
    if (/^https?:\/\/json-schema\.org\//.test(ref)) return { own: true }
    if (NAME.test(ref) && at.file === '' && this.section.at(ref).given) {
      return { model: this.#nameOf(this.section.at(ref)), rest: '' }
    }
    const target = this.references.target(ref, at)
    if (target === undefined) return undefined
    const { keys } = target
    const depth = this.section.keys.length + 1
    if (target.file === '' && keys.length > depth && isBelow(keys, this.section.keys)) {
      const rest = keys.slice(depth).map((key) => `/${escaped(String(key))}`)
      return { model: this.#nameOf(this.section.at(keys[depth - 1] ?? '')), rest: rest.join('') }
    }
    return { model: this.#nameOf(target), rest: '' }
  }

  #byName(name: string, fragment: string, ref: string, at: Place): Referred {
    const place = this.section.at(name)
    if (place.given) return { model: this.#nameOf(place), rest: fragment.replace(/^#/, '') }
    this.report.fault(
      at,
      'REFERENCE_BROKEN',
      `there is no model ${show(name)}`,
      `Add it, or correct ${show(ref)}.`,
    )
    return undefined
  }

  /** The name of the model that stands there. */
  #nameOf(at: Place): string {
    const known = this.#names.get(at.pointer)
    if (known !== undefined) return known
    const [last] = at.keys.slice(-1)
    return this.#register(at, last === undefined || last === 'schema' ? hint(at) : String(last))
  }

  #register(at: Place, wanted: string): string {
    const fit =
      NAME.test(wanted) && wanted !== '__proto__' ? wanted : wanted.replace(/[^\w.-]+/g, '_') || 'Model'
    let name = fit === '__proto__' ? 'Model' : fit.slice(0, 250)
    for (let count = 2; this.places.has(name); count++) name = `${fit.slice(0, 250)}${count}`
    if (name !== wanted && at.parent?.pointer === this.section.pointer) {
      const message = `${show(wanted)} is no name for a model: it is called ${show(name)} here`
      this.report.warn(at, 'MODEL_RENAMED', message, "Use letters, digits, '_', '-' and '.'.")
    }
    this.#names.set(at.pointer, name)
    this.places.set(name, at)
    this.#pending.push([name, at])
    return name
  }

  #whole(at: Place): JsonSchema {
    const { value } = at
    if (value === true) return this.#marked({})
    if (!isFields(value)) {
      this.report.fault(at, 'WRONG_TYPE', `${show(value)} is no schema`, "Write one: { type: 'object' }.")
      return {}
    }
    const text = flatText(value)
    const known = this.#inline.get(text ?? value)
    if (known !== undefined) return known
    const made = this.#marked(new SchemaWalk(this, at).schema(value, []))
    this.#inline.set(text ?? value, made)
    return made
  }

  #marked(schema: JsonSchema): JsonSchema {
    if (this.#dialect === undefined || schema.$schema !== undefined) return schema
    return { $schema: this.#dialect, ...schema }
  }

  #stated(): string {
    const at = this.references.root.at('jsonSchemaDialect')
    if (!at.given || at.value === OAS_DIALECT || at.text === undefined) return DRAFT_2020
    return at.text
  }
}

function isBelow(keys: readonly Key[], above: readonly Key[]): boolean {
  return above.every((key, index) => keys[index] === key)
}

/** Most schemas of parameters ask for a type and a bound, and many for the same. */
const FEW = 6

/** One text for equal schemas without others in them, and with nothing to be told of; `undefined` for any other. */
function flatText(schema: Fields): string | undefined {
  let text = ''
  let fields = 0
  for (const keyword of Object.keys(schema)) {
    const value = schema[keyword]
    const isPlain = !(keyword.startsWith('$') || SAYS_MORE.has(keyword))
    if (++fields > FEW || !isPlain || (typeof value === 'object' && value !== null)) return undefined
    text += `${keyword}\n${JSON.stringify(value)}\n`
  }
  return text
}

/** What a schema in a file of its own, or beneath another thing, is called. */
function hint(at: Place): string {
  const above = at.parent?.key
  if (above !== undefined && above !== '') return String(above)
  return at.file.replace(/^.*\//, '').replace(/\.\w+$/, '')
}

/** Whether a request would have to bring what is the answer's to tell. */
function asksReadOnly(schema: unknown): boolean {
  if (!isFields(schema) || !Array.isArray(schema.required) || !isFields(schema.properties)) return false
  const { properties } = schema
  return schema.required.some((name: unknown) => {
    const property =
      typeof name === 'string' && Object.hasOwn(properties, name) ? properties[name] : undefined
    return isFields(property) && property.readOnly === true
  })
}
