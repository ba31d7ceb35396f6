/** All JSON Schemas of a definition, compiled so that they can refer to each other. */
import { isStandardSchema } from '../schema.js'
import { Compiler, type Document, misfitsOf, type ValidateFunction } from './compiler.js'
import type { Draft } from './engine.js'
import { Plain } from './plain.js'
import { type Fields, type Ids, isFields, prepare, type SchemaFault } from './prepare.js'
import { type References, schemaUri, text } from './references.js'

export class Schemas implements References {
  readonly #documents = new Map<string, Document>()
  readonly #values: ReadonlySet<string>
  readonly #drafts = new Map<string, Draft>()
  readonly #ownProperties: boolean
  readonly #compilers = new Map<string, Compiler>()
  readonly #inline = new Map<object, Document>()
  readonly #ids: Ids
  #plain: Plain | undefined
  /** Schemas in the places of names that nothing is wrong with: several routes may share one. */
  readonly #sound = new WeakSet<object>()
  /** What is wrong with the models. */
  readonly faults: readonly SchemaFault[]

  /** @param models JSON Schemas, and schema values, which stay what they are */
  constructor(models: ReadonlyMap<string, unknown>) {
    const faults: SchemaFault[] = []
    this.faults = faults
    this.#values = new Set([...models].filter(([, model]) => isStandardSchema(model)).map(([name]) => name))
    const schemas = [...models].flatMap(([name, model]) =>
      !this.#values.has(name) && isFields(model) ? [[name, model] as const] : [],
    )
    this.#ownProperties = schemas.some(([, schema]) => speaksOfPrototype(schema))
    this.#ids = { taken: new Set(schemas.map(([name]) => schemaUri(name))), clash: false }
    for (const [name, schema] of schemas) {
      const draft = draftOf(schema, [name], faults)
      if (draft !== undefined) this.#drafts.set(name, draft)
    }
    for (const [name, schema] of schemas) {
      const document = this.#document(schema, [name], faults)
      if (document !== undefined) this.#documents.set(name, document)
    }
  }

  draftOf(model: string): Draft | 'value' | undefined {
    return this.#values.has(model) ? 'value' : this.#drafts.get(model)
  }

  names(): string {
    return [...this.#drafts.keys()].slice(0, 20).join(', ') || '(none)'
  }

  /** The same, and what only shows when they are compiled. */
  allFaults(): readonly SchemaFault[] {
    if (this.#ids.clash) return this.faults
    const wrong = new Set(this.faults.map(({ path }) => path[0]))
    const more = [...this.#documents].flatMap(([name, document]) =>
      wrong.has(name) ? [] : this.#faultsOf(document, [name]),
    )
    return [...this.faults, ...more]
  }

  /** What is wrong with a schema that stands where a model's name would. */
  inlineFaults(schema: Fields): readonly SchemaFault[] {
    if (this.#sound.has(schema)) return []
    const faults = this.#inlineFaults(schema)
    // An `id` could be taken by another one.
    if (faults.length === 0 && !this.#ids.clash) this.#sound.add(schema)
    return faults
  }

  #inlineFaults(schema: Fields): readonly SchemaFault[] {
    const faults: SchemaFault[] = []
    const document = this.#document(schema, [], faults)
    if (document === undefined || faults.length > 0 || this.#ids.clash) return faults
    return this.#faultsOf(document, [])
  }

  /** Most can wait to be compiled: that takes long. */
  #faultsOf(document: Document, path: readonly string[]): readonly SchemaFault[] {
    const misfits = misfitsOf(document, path)
    if (misfits.length > 0) return misfits
    this.#plain ??= new Plain(this.#documents)
    return this.#plain.has(document) ? [] : this.#compiler(document).faults(document, path)
  }

  /**
   * A schema, ready to be asked.
   *
   * @param detailed whether it goes on after the first fault
   */
  compiled(ref: string | Fields, detailed: boolean): ValidateFunction {
    const document = this.document(ref)
    const compiler = this.#compiler(document, detailed)
    const compiled = compiler.compile(document)
    compiler.settle()
    return compiled
  }

  /** A model, or a schema where it stands, as it was made ready. @throws TypeError where there is none of that name */
  document(ref: string | Fields): Document {
    const known = typeof ref === 'string' ? this.#documents.get(ref) : this.#inline.get(ref)
    if (known !== undefined) return known
    const faults: SchemaFault[] = []
    const made = typeof ref === 'string' ? undefined : this.#document(ref, [], faults)
    if (typeof ref === 'string' || made === undefined) throw new TypeError(`there is no model ${String(ref)}`)
    this.#inline.set(ref, made)
    return made
  }

  #document(given: Fields, path: readonly string[], faults: SchemaFault[]): Document | undefined {
    const draft = draftOf(given, path, path.length === 0 ? faults : [])
    if (draft === undefined) return undefined
    const stated = given.$schema !== undefined
    const name = path[0]
    const ids = name === undefined ? { taken: new Set(this.#ids.taken), clash: false } : this.#ids
    const schema = prepare(given, path, { draft, name, stated, references: this, ids, faults })
    return { name, draft, given, schema }
  }

  #compiler(document: Document, detailed = false): Compiler {
    const ownProperties = this.#ownProperties || speaksOfPrototype(document.given)
    const key = `${document.draft} ${detailed} ${ownProperties}`
    const known = this.#compilers.get(key)
    if (known !== undefined) return known
    const mine = [...this.#documents.values()].filter(({ draft }) => draft === document.draft)
    const options = { draft: document.draft, detailed, ownProperties, documents: mine }
    const made = new Compiler(options, (name) => {
      const other = this.document(name)
      return this.#compiler(other, detailed)
    })
    this.#compilers.set(key, made)
    return made
  }
}

const PROTOTYPE = Object.getOwnPropertyNames(Object.prototype).map((name) => JSON.stringify(name))

/** Whether it names what every object inherits: only then is it asked what an object has by itself, which takes longer. */
function speaksOfPrototype(schema: object): boolean {
  const json = text(schema)
  return PROTOTYPE.some((name) => json.includes(name))
}

const DRAFTS: readonly (readonly [RegExp, Draft])[] = [
  [/^https?:\/\/json-schema\.org\/(?:draft-04\/)?schema#?$/, 'draft-04'],
  [/^https?:\/\/json-schema\.org\/draft-0[67]\/schema#?$/, 'draft-07'],
  [/^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/, '2020-12'],
]

function draftOf(schema: Fields, path: readonly string[], faults: SchemaFault[]): Draft | undefined {
  const given = schema.$schema
  if (given === undefined) return 'draft-04'
  const draft = DRAFTS.find(([uri]) => typeof given === 'string' && uri.test(given))?.[1]
  if (draft === undefined) {
    const fix = 'Write that of draft-04, draft-07 or 2020-12: `https://json-schema.org/draft/2020-12/schema`.'
    faults.push({ path: [...path, '$schema'], message: 'is the address of no draft that is known here', fix })
  }
  return draft
}
