/** From the JSON Schema that a model is written in to the one that a version of OpenAPI has. */
import type { JsonSchema } from '../../schema.js'
import { escaped, type Fields, isFields } from '../place.js'
import { SET_ASIDE } from '../walk.js'
import { booleans, fromDraft04, toDraft04 } from './keywords.js'
import type { SchemaOptions } from './schemas.js'

/** Draft-04 and its like in OpenAPI 3.0, or a later one. */
export type Dialect = 'draft-04' | 'later'

const ONE = wordsOf(
  'additionalItems additionalProperties not if then else contains propertyNames unevaluatedItems unevaluatedProperties items contentSchema',
)
const LISTS = wordsOf('allOf anyOf oneOf prefixItems items')
const MAPS = wordsOf('properties patternProperties definitions $defs dependentSchemas')

/** What OpenAPI 3.0 and Swagger 2.0 know of JSON Schema. What AWS reads is draft-04, whatever those say. */
const PLAIN = wordsOf(
  '$ref title description default example type format enum required properties additionalProperties items allOf multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems maxProperties minProperties discriminator readOnly xml externalDocs',
)
const PLAIN_3 = wordsOf('oneOf anyOf not nullable writeOnly deprecated')
const DRAFT_04 = wordsOf('oneOf anyOf not patternProperties additionalItems dependencies definitions id')

export class SchemaTranslation {
  readonly #to: Dialect

  constructor(
    readonly options: SchemaOptions,
    readonly from: Dialect,
    readonly ref: (ref: string) => string,
  ) {
    this.#to = options.version === '3.1' ? 'later' : 'draft-04'
  }

  schema(schema: JsonSchema, pointer: string): Fields {
    const restored = withoutMarks(schema)
    const told = (keyword: string, fix: string) => this.#lost(pointer, keyword, fix)
    const moved = this.from === this.#to ? restored : this.#moved(restored, told)
    const copy: Record<string, unknown> = {}
    for (const [keyword, value] of Object.entries(moved)) {
      const at = `${pointer}/${escaped(keyword)}`
      if (this.#isKnown(keyword)) define(copy, keyword, this.#value(keyword, value, at))
      else told(keyword, 'Say it otherwise, or write another version of OpenAPI.')
    }
    return this.options.version === '2.0' ? swaggers(copy) : copy
  }

  #moved(schema: Fields, told: (keyword: string, fix: string) => void): Fields {
    return this.#to === 'later' ? fromDraft04(schema) : toDraft04(schema, told)
  }

  #value(keyword: string, value: unknown, pointer: string): unknown {
    if (keyword === '$ref' && typeof value === 'string') return this.ref(value)
    if (LISTS.has(keyword) && Array.isArray(value)) {
      return value.map((each: unknown, index) => this.#sub(each, `${pointer}/${index}`))
    }
    if (MAPS.has(keyword) && isFields(value)) {
      const map: Record<string, unknown> = {}
      for (const [name, each] of Object.entries(value))
        define(map, name, this.#sub(each, `${pointer}/${escaped(name)}`))
      return map
    }
    return ONE.has(keyword) ? this.#sub(value, pointer, keyword) : value
  }

  #sub(value: unknown, pointer: string, keyword = ''): unknown {
    if (isFields(value)) return this.schema(value, pointer)
    return this.#to === 'draft-04' && !keyword.startsWith('additional') ? booleans(value) : value
  }

  #isKnown(keyword: string): boolean {
    const { version, extensions } = this.options
    if (keyword.startsWith('x-') || keyword === '$schema') return true
    if (version === '3.1') return true
    if (PLAIN.has(keyword) || (extensions && DRAFT_04.has(keyword))) return true
    return version === '3.0' ? PLAIN_3.has(keyword) : keyword === 'nullable'
  }

  #lost(pointer: string, keyword: string, fix: string): void {
    const { report, version } = this.options
    report.warn(pointer, 'EXPORT_UNSUPPORTED', `\`${keyword}\` cannot be said in ${nameOf(version)}`, fix)
  }
}

function nameOf(version: string): string {
  return version === '2.0' ? 'Swagger 2.0' : `OpenAPI ${version}`
}

/** Keywords that were set aside when the schema was read. */
function withoutMarks(schema: Fields): Fields {
  if (!Object.keys(schema).some((name) => name.startsWith(SET_ASIDE))) return schema
  const entries = Object.entries(schema).map(
    ([name, value]) => [name.startsWith(SET_ASIDE) ? name.slice(SET_ASIDE.length) : name, value] as const,
  )
  return Object.fromEntries(entries)
}

/** Swagger has a word of its own, in common use, for what may be null. */
function swaggers({ nullable, ...schema }: Record<string, unknown>): Fields {
  return nullable === undefined ? schema : { ...schema, 'x-nullable': nullable }
}

/** Whatever its name is. */
function define(copy: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(copy, name, { value, enumerable: true, writable: true, configurable: true })
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.split(' '))
}
