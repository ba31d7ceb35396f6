/** Models and other schemas, in the words of the version that is written. */
import { isStandardSchema, type JsonSchema, type Model } from '../../schema.js'
import { modelRef } from '../../validate/references.js'
import type { Version } from '../context.js'
import { type Fields, isFields } from '../place.js'
import type { Report } from '../report.js'
import { DRAFT_2020 } from '../schemas.js'
import { type Dialect, SchemaTranslation } from './dialects.js'
import { Locals, withoutDefinitions } from './locals.js'

/** Whether a schema is of what comes in or of what goes out: libraries may tell the two apart. */
export type Side = 'input' | 'output'

export interface SchemaOptions {
  readonly version: Version
  readonly extensions: boolean
  readonly models: Readonly<Record<string, Model>>
  readonly report: Report
}

export class SchemaWriter {
  readonly #section: string
  readonly #locals = new Locals((name) => this.#has(name))

  constructor(readonly options: SchemaOptions) {
    this.#section = options.version === '2.0' ? '#/definitions/' : '#/components/schemas/'
  }

  /** By name, with what schemas have of their own: ask when all others are written. */
  all(): Record<string, unknown> {
    const made = Object.entries(this.options.models).map(([name, model]) => {
      const pointer = this.#section + name
      return [name, this.#translated(this.#schemaOf(model, pointer, 'input'), pointer, name)] as const
    })
    for (const { name, schema, root, rootName } of this.#locals.all)
      made.push([name, this.#translated(schema, this.#section + name, rootName, root)])
    return Object.fromEntries(made)
  }

  /** A model's name as a reference to it, or the schema where it stands. @param pointer where it is written */
  written(model: string | Model, pointer: string, side: Side = 'input'): Fields {
    if (typeof model === 'string') return { $ref: this.#addressOf(model) }
    return this.#translated(this.#schemaOf(model, pointer, side), pointer)
  }

  #schemaOf(model: Model, pointer: string, side: Side): JsonSchema {
    return isStandardSchema(model) ? this.#ofLibrary(model, pointer, side) : model
  }

  /** @param rootName where that is a model @param root that it is a part of */
  #translated(schema: JsonSchema, pointer: string, rootName?: string, root = schema): Fields {
    const ref = (given: string) => this.#ref(given, root, rootName)
    const translation = new SchemaTranslation(this.options, dialectOf(root), ref)
    const whole = schema === root ? withoutDefinitions(schema) : schema
    const { $schema: _, ...rest } = translation.schema(whole, pointer)
    return rest
  }

  #ref(ref: string, root: JsonSchema, rootName: string | undefined): string {
    const known = {
      draftOf: (model: string) => (this.#has(model) ? 'draft-04' : undefined),
      names: () => '',
    } as const
    const found = modelRef(ref, known, root)
    if (found !== undefined && this.#has(found.name))
      return this.#addressOf(found.name) + found.fragment.replace(/^#/, '')
    const local = this.#locals.referred(ref, root, rootName)
    if (local !== undefined) return this.#addressOf(local.name) + local.rest
    // To the schema itself, which is not the whole of a document.
    return rootName !== undefined && /^#(?:\/|$)/.test(ref) ? this.#addressOf(rootName) + ref.slice(1) : ref
  }

  #addressOf(name: string): string {
    return this.#section + encodeURIComponent(name)
  }

  #has(name: string): boolean {
    return Object.hasOwn(this.options.models, name)
  }

  /** @see https://standardschema.dev/json-schema */
  #ofLibrary(model: object, pointer: string, side: Side): JsonSchema {
    const { report } = this.options
    try {
      const made = converted(model, side)
      if (isFields(made)) return { $schema: DRAFT_2020, ...made }
      const fix =
        'Give a schema of a library that writes JSON Schema, as zod and arktype do, or JSON Schema itself.'
      report.warn(
        pointer,
        'EXPORT_UNSUPPORTED',
        `a schema of ${vendorOf(model)} does not say what it asks for`,
        fix,
      )
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      report.warn(
        pointer,
        'EXPORT_UNSUPPORTED',
        `a schema of ${vendorOf(model)}: ${reason}`,
        'Write that part otherwise.',
      )
    }
    return { $schema: DRAFT_2020 }
  }
}

function converted(model: object, side: Side): unknown {
  const standard = Reflect.get(model, '~standard') as Fields
  const convert = isFields(standard.jsonSchema) ? standard.jsonSchema[side] : undefined
  if (typeof convert === 'function') return convert({ target: 'draft-2020-12' })
  for (const name of ['toJSONSchema', 'toJsonSchema']) {
    const method: unknown = Reflect.get(model, name)
    if (typeof method === 'function') return method.call(model)
  }
  return undefined
}

function vendorOf(model: object): string {
  return String((Reflect.get(model, '~standard') as Fields).vendor)
}

/** TypeBox writes today's JSON Schema and does not say so. */
function dialectOf(schema: JsonSchema): Dialect {
  const isTypeBox =
    '~kind' in schema ||
    Object.getOwnPropertySymbols(schema).some(({ description }) => description === 'TypeBox.Kind')
  const { $schema } = schema
  if ($schema === undefined) return isTypeBox ? 'later' : 'draft-04'
  return /draft-04|json-schema\.org\/schema#?$/.test($schema) ? 'draft-04' : 'later'
}
