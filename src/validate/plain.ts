/** Schemas of which nothing new shows when they are compiled: they can wait until something is held to them. */
import type { Document } from './compiler.js'
import { type Fields, isFields } from './prepare.js'
import { partsOf, resolvePointer } from './references.js'
import { OWN } from './vocabulary.js'

/** What a draft's own schema, and `prepare`, have looked at in full; and what means nothing to a value. */
const VALUES = new Set(
  'type nullable required enum const minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems minProperties maxProperties pattern format title description default example examples deprecated readOnly writeOnly xml externalDocs $comment $ref'.split(
    ' ',
  ),
)
for (const own of [OWN.distinct, OWN.among, OWN.steps]) VALUES.add(own)

/** What ajv takes offence at beyond that. */
const SPECIAL: Readonly<Record<string, (value: unknown) => boolean>> = {
  enum: (value) => Array.isArray(value) && value.length > 0,
  format: (value) => typeof value === 'string',
  nullable: (value) => value === true,
}

/** Where schemas are held to the same value as the one that they stand in; and to parts of it. */
const SAME = new Set(['allOf', 'anyOf', 'oneOf', 'not'])
const SAME_KEYWORDS = ['$ref', ...SAME]
const PARTS = new Set(['items', 'additionalItems', 'additionalProperties'])
const NAMED = new Set(['properties', 'patternProperties', 'definitions', '$defs'])

/** References one behind the other, so many of which nobody writes. */
const LONGEST = 100

/** Which of the models are plain, and refer to nothing that is not. */
export class Plain {
  readonly #documents: ReadonlyMap<string, Document>
  readonly #models: ReadonlySet<string>

  constructor(documents: ReadonlyMap<string, Document>) {
    this.#documents = documents
    const looks = [...documents].map(([name, document]) => [name, new Look(document, documents)] as const)
    const plain = new Map(looks.filter(([, look]) => look.isPlain))
    for (let size = -1; size !== plain.size; ) {
      size = plain.size
      for (const [name, { models }] of plain)
        if ([...models].some((each) => !plain.has(each))) plain.delete(name)
    }
    this.#models = new Set(plain.keys())
  }

  has(document: Document): boolean {
    if (document.name !== undefined) return this.#models.has(document.name)
    const { isPlain, models } = new Look(document, this.#documents)
    return isPlain && [...models].every((each) => this.#models.has(each))
  }
}

/** One look at all of a schema. */
class Look {
  readonly isPlain: boolean
  /** Those that it refers to. */
  readonly models = new Set<string>()
  readonly #document: Document
  readonly #documents: ReadonlyMap<string, Document>
  readonly #within = new Set<Fields>()
  readonly #ends = new Set<Fields>()

  constructor(document: Document, documents: ReadonlyMap<string, Document>) {
    this.#document = document
    this.#documents = documents
    this.isPlain = this.#schema(document.schema)
  }

  #schema(schema: Fields): boolean {
    const known = Object.keys(schema).every((keyword) => {
      const value = schema[keyword]
      if (keyword === '$ref') return this.#target(value) !== undefined
      if (VALUES.has(keyword)) return SPECIAL[keyword]?.(value) ?? true
      if (NAMED.has(keyword)) return isFields(value) && Object.values(value).every((each) => this.#any(each))
      return (SAME.has(keyword) || PARTS.has(keyword)) && listed(value).every((each) => this.#any(each))
    })
    return known && !this.#isEndless(schema)
  }

  #any(value: unknown): boolean {
    return typeof value === 'boolean' || (isFields(value) && this.#schema(value))
  }

  /** A model or a part of one, or of the schema itself; `undefined` for what ajv is to find, or not. */
  #target(ref: unknown): Fields | undefined {
    if (typeof ref !== 'string') return undefined
    const isOwn = ref.startsWith('#')
    const { model, fragment } = isOwn ? { model: undefined, fragment: ref } : partsOf(ref)
    if (!/^(?:#?$|#\/)/.test(fragment)) return undefined
    const root = model === undefined ? this.#document : this.#documents.get(model)
    if (root === undefined || root.draft !== this.#document.draft) return undefined
    if (model !== undefined) this.models.add(model)
    const found = fragment.length < 2 ? root.schema : resolvePointer(root.schema, fragment)
    return isFields(found) ? found : undefined
  }

  /** Whether what it says of a value may be said of the same value again and again. */
  #isEndless(schema: Fields): boolean {
    if (this.#ends.has(schema) || !SAME_KEYWORDS.some((keyword) => schema[keyword] !== undefined))
      return false
    if (this.#within.has(schema) || this.#within.size > LONGEST) return true
    this.#within.add(schema)
    const referred = schema.$ref === undefined ? undefined : this.#target(schema.$ref)
    const same = [...SAME].flatMap((keyword) => listed(schema[keyword]))
    const isEndless = [referred, ...same].some((each) => isFields(each) && this.#isEndless(each))
    this.#within.delete(schema)
    if (!isEndless) this.#ends.add(schema)
    return isEndless
  }
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}
