/** One schema, made fit for a model: the very same object where nothing has to be changed. */
import type { JsonSchema } from '../schema.js'
import { compilePattern } from '../validate/pattern.js'
import { PatternFault } from '../validate/syntax.js'
import { type Fields, isFields, type Key, type Place } from './place.js'
import { show } from './report.js'
import type { Referred, SchemaReader } from './schemas.js'

/** Where schemas stand in a schema. */
const ONE = wordsOf(
  'additionalItems additionalProperties not if then else contains propertyNames unevaluatedItems unevaluatedProperties items contentSchema',
)
const LISTS = wordsOf('allOf anyOf oneOf prefixItems items')
const MAPS = wordsOf('properties patternProperties definitions $defs dependentSchemas')

/** Of later drafts than the one that OpenAPI 3.0 and Swagger are written in: there they mean nothing. */
const LATER = wordsOf(
  'const contains propertyNames if then else $defs prefixItems dependentRequired dependentSchemas unevaluatedItems unevaluatedProperties minContains maxContains',
)

/** Keywords that a text or a number means more by than itself; of all others, only what holds schemas is looked at. */
export const SAYS_MORE: ReadonlySet<string> = new Set([
  ...LATER,
  '$ref',
  '$dynamicRef',
  'pattern',
  'discriminator',
  'x-nullable',
])

/** What may stand beside a reference without asking for anything. */
export const ANNOTATIONS = wordsOf(
  '$ref title summary description default example examples readOnly writeOnly deprecated externalDocs xml $comment',
)

/** Before the name of a keyword that is kept, but does not hold. */
export const SET_ASIDE = 'x-postern-'

const patterns = new Map<string, PatternFault | undefined>()
const MOST_PATTERNS = 1_000

export class SchemaWalk {
  constructor(
    readonly reader: SchemaReader,
    /** Where the schema stands. */
    readonly root: Place,
  ) {}

  schema(schema: Fields, keys: readonly Key[]): JsonSchema {
    let copy: Record<string, unknown> | undefined
    const put = (keyword: string, value: unknown, instead = keyword) => {
      copy ??= { ...schema }
      if (instead !== keyword) delete copy[keyword]
      copy[instead] = value
    }
    for (const keyword of Object.keys(schema)) {
      const value = schema[keyword]
      if (typeof value !== 'object' && !SAYS_MORE.has(keyword)) continue
      const at = [...keys, keyword]
      if (this.#isUnsupported(keyword, value, at)) put(keyword, value, SET_ASIDE + keyword)
      else {
        const made = this.#value(keyword, value, at)
        // Swagger's word in common use for what OpenAPI 3.0 has a keyword for.
        if (keyword === 'x-nullable' && this.reader.version === '2.0') put(keyword, value, 'nullable')
        else if (made !== value) put(keyword, made)
      }
    }
    if (typeof schema.$ref === 'string') this.#beside(schema, keys)
    return copy ?? (schema as JsonSchema)
  }

  #value(keyword: string, value: unknown, keys: readonly Key[]): unknown {
    if (keyword === '$ref' && typeof value === 'string') return this.#ref(value, keys)
    if (LISTS.has(keyword) && Array.isArray(value)) {
      const made = value.map((each: unknown, index) => this.#sub(each, [...keys, index]))
      return made.some((each, index) => each !== value[index]) ? made : value
    }
    if (keyword === 'patternProperties' && isFields(value)) this.#patternNames(value, keys)
    if (MAPS.has(keyword) && isFields(value)) return this.#map(value, keys)
    if (keyword === 'discriminator') this.#discriminator(keys)
    return ONE.has(keyword) ? this.#sub(value, keys) : value
  }

  #sub(value: unknown, keys: readonly Key[]): unknown {
    return isFields(value) ? this.schema(value, keys) : value
  }

  #map(map: Fields, keys: readonly Key[]): Fields {
    let copy: Record<string, unknown> | undefined
    for (const name of Object.keys(map)) {
      const made = this.#sub(map[name], [...keys, name])
      if (made === map[name]) continue
      copy ??= Object.assign(Object.create(null), map) as Record<string, unknown>
      copy[name] = made
    }
    return copy ?? map
  }

  /** Whether it is set aside; reports it. */
  #isUnsupported(keyword: string, value: unknown, keys: readonly Key[]): boolean {
    if (keyword === 'pattern' && typeof value === 'string') return this.#isUnfit(value, keys)
    if (keyword === '$dynamicRef')
      return this.#warn(keys, '`$dynamicRef` does not hold here', 'Write `$ref`.')
    if (this.reader.version === '3.1' || !LATER.has(keyword)) return false
    const fix = 'Write the document in OpenAPI 3.1, or say it otherwise.'
    return this.#warn(
      keys,
      `\`${keyword}\` is no keyword of OpenAPI ${this.reader.version}, and does not hold`,
      fix,
    )
  }

  #isUnfit(pattern: string, keys: readonly Key[]): boolean {
    const fault = patternFault(pattern)
    return (
      fault !== undefined &&
      this.#warn(keys, `${show(pattern)} does not hold: it ${fault.message}`, fault.fix)
    )
  }

  #patternNames(map: Fields, keys: readonly Key[]): void {
    for (const pattern of Object.keys(map)) {
      const fault = patternFault(pattern)
      if (fault === undefined) continue
      const at = this.root.in([...keys, pattern])
      this.reader.report.fault(at, 'SCHEMA_UNSUPPORTED', `${show(pattern)} ${fault.message}`, fault.fix)
    }
  }

  #discriminator(keys: readonly Key[]): void {
    const message = '`discriminator` does not choose the schema: all of them are tried'
    this.#warn(keys, message, 'Give the property a value of its own in each schema: an `enum` of one.')
  }

  #ref(ref: string, keys: readonly Key[]): string {
    if (this.#isOwn(ref)) return ref
    const found = this.reader.referred(ref, this.root.in(keys))
    return found === undefined ? ref : rewritten(ref, found)
  }

  /** Whether it leads into the schema itself, as it does in JSON Schema, and nowhere in the document. */
  #isOwn(ref: string): boolean {
    if (!ref.startsWith('#/')) return ref.startsWith('#')
    const [, first = ''] = ref.split('/')
    return this.root.at(first).given && !this.reader.references.root.at(first).given
  }

  #beside(schema: Fields, keys: readonly Key[]): void {
    if (this.reader.version === '3.1') return
    const lost = Object.keys(schema).filter((name) => !(ANNOTATIONS.has(name) || name.startsWith('x-')))
    if (lost.length === 0) return
    const message = `what stands beside \`$ref\` does not hold: ${lost.map((name) => `\`${name}\``).join(', ')}`
    this.#warn(keys, message, 'Write `allOf` with the reference and the rest.')
  }

  #warn(keys: readonly Key[], message: string, fix: string): true {
    this.reader.report.warn(this.root.in(keys), 'SCHEMA_UNSUPPORTED', message, fix)
    return true
  }
}

/** As models refer to each other; unchanged where that leads there anyhow. */
function rewritten(ref: string, found: NonNullable<Referred>): string {
  if ('own' in found) return ref
  const name = encodeURIComponent(found.model)
  const known = [`#/definitions/${name}`, `#/components/schemas/${name}`].map((each) => each + found.rest)
  return known.includes(ref) ? ref : (known[1] ?? ref)
}

/** Why it cannot be matched in linear time, if so. */
function patternFault(pattern: string): PatternFault | undefined {
  if (patterns.has(pattern)) return patterns.get(pattern)
  const fault = thrown(pattern)
  if (patterns.size < MOST_PATTERNS) patterns.set(pattern, fault)
  return fault
}

function thrown(pattern: string): PatternFault | undefined {
  try {
    compilePattern(pattern)
    return undefined
  } catch (error) {
    if (error instanceof PatternFault) return error
    throw error
  }
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.split(' '))
}
