/** ajv, as a gateway needs it: for one draft of JSON Schema, with all models written in that draft. */
import type { default as Ajv, Options } from 'ajv'
import type { DataValidateFunction, DataValidationCxt, ValidateFunction } from 'ajv/dist/types/index.js'
import { COMPILES_AT_START } from '../startup.js'
import { among, isDistinct } from './distinct.js'
import { createAjv, type Draft } from './engine.js'
import { formats } from './formats.js'
import { harden } from './keywords.js'
import { metaFaults, thrownFault } from './misfits.js'
import { compilePattern, type Pattern } from './pattern.js'
import type { Fields, SchemaFault } from './prepare.js'
import { hasPointer, partsOf, schemaUri } from './references.js'
import { bounded, step } from './steps.js'
import { OWN } from './vocabulary.js'

export type { ValidateFunction } from 'ajv/dist/types/index.js'

/** A schema, as it was given and as it was made ready. */
export interface Document {
  /** `undefined` where it stands in a route. */
  readonly name: string | undefined
  readonly draft: Draft
  readonly given: Fields
  readonly schema: Fields
}

export interface CompilerOptions {
  readonly draft: Draft
  /** Whether it goes on after the first fault. */
  readonly detailed: boolean
  /** Whether what objects inherit is left out of account. */
  readonly ownProperties: boolean
  readonly documents: readonly Document[]
}

const metas = new Map<Draft, Ajv>()

/** What holds schemas to the draft's own schema. That takes long to compile, and is the same for all. */
function metaAjv(draft: Draft): Ajv {
  const known = metas.get(draft)
  if (known !== undefined) return known
  const made = createAjv(draft, { strict: false, logger: false, allErrors: true, validateFormats: false })
  // ajv compares by `valueOf`, which the objects of an `enum` need not have, as they are read here.
  made.removeKeyword('uniqueItems')
  made.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    error: { message: 'must NOT have duplicate items' },
    validate: (wanted: boolean, items: readonly unknown[]) => !wanted || isDistinct(items),
  })
  metas.set(draft, made)
  return made
}

/** What a draft does not allow to be written so. */
export function misfitsOf({ draft, given }: Document, path: readonly string[]): readonly SchemaFault[] {
  const { $schema, ...schema } = given
  const meta = metaAjv(draft)
  meta.validateSchema(schema)
  return metaFaults(meta.errors ?? [], given, path)
}

/** One value of each type: whatever refers to itself without end does so for one of them. */
const PROBES = [{}, [], '', 0, true, null]
const ENDLESS = {
  message: 'refers to itself without end',
  fix: 'Refer to it from a part of it: from one of its `properties`, from its `items`.',
}

export class Compiler {
  readonly #ajv: Ajv
  readonly #documents: ReadonlyMap<string, Document>
  readonly #patterns = new Map<string, Pattern>()
  readonly #inline = new Map<Document, ValidateFunction>()
  readonly #later: (() => void)[] = []

  /** @param elsewhere the compiler of a model that is written in another draft */
  constructor(
    readonly options: CompilerOptions,
    readonly elsewhere: (model: string) => Compiler,
  ) {
    const { draft, documents } = options
    this.#documents = new Map(documents.map((document) => [document.name ?? '', document]))
    this.#ajv = createAjv(draft, this.#ajvOptions())
    for (const [name, format] of formats()) this.#ajv.addFormat(name, format)
    harden(this.#ajv)
    this.#addKeywords()
    for (const { name, schema } of documents) this.#ajv.addSchema(schema, schemaUri(name ?? ''), false, false)
  }

  compile(document: Document): ValidateFunction {
    if (document.name !== undefined) return this.at(document.name)
    const known = this.#inline.get(document)
    if (known !== undefined) return known
    const made = this.#ajv.compile(document.schema)
    this.#inline.set(document, made)
    return made
  }

  /** A model, or a part of it. @param fragment `#/properties/name` */
  at(model: string, fragment = ''): ValidateFunction {
    const found = this.#ajv.getSchema(schemaUri(model) + fragment)
    if (found === undefined) throw new TypeError(`nothing is at ${fragment} of model '${model}'`)
    return found
  }

  /** Compiles what would have waited until it is asked. */
  settle(): void {
    for (const compile of this.#later.splice(0)) compile()
  }

  /** What shows when it is compiled. */
  faults(document: Document, path: readonly (string | number)[]): readonly SchemaFault[] {
    try {
      const validate = this.compile(document)
      const endless = PROBES.some((probe) => bounded(validate, probe) === undefined)
      return endless ? [{ path, ...ENDLESS }] : []
    } catch (error) {
      return [thrownFault(error, document.given, path)]
    }
  }

  #ajvOptions(): Options {
    const { draft, detailed, ownProperties } = this.options
    const regExp = Object.assign((pattern: string) => this.#pattern(pattern), { code: 'pattern' })
    return {
      // Models carry what documents and tools add to them: `example`, `xml`.
      strict: false,
      // `1e400` is JSON, and Infinity to whoever parses it.
      strictNumbers: true,
      logger: false,
      validateSchema: false,
      verbose: true,
      allErrors: detailed,
      ownProperties,
      ignoreKeywordsWithRef: draft !== '2020-12',
      code: { regExp },
    }
  }

  #pattern(text: string): Pattern {
    const known = this.#patterns.get(text) ?? compilePattern(text)
    this.#patterns.set(text, known)
    return known
  }

  #addKeywords(): void {
    const ajv = this.#ajv
    ajv.addKeyword({
      keyword: OWN.distinct,
      type: 'array',
      validate: (_: true, data: unknown[]) => isDistinct(data),
    })
    ajv.addKeyword({ keyword: OWN.among, compile: (values: unknown[]) => among(values) })
    ajv.addKeyword({ keyword: OWN.steps, errors: false, validate: step })
    ajv.addKeyword({ keyword: OWN.model, errors: 'full', compile: (uri: string) => this.#model(uri) })
  }

  /** A reference to a model in another draft. That may refer back: it is compiled when it is first asked. */
  #model(uri: string): DataValidateFunction {
    const { model, fragment } = partsOf(uri)
    const compiler = this.elsewhere(model)
    compiler.sees(model, fragment)
    let kept: ValidateFunction | undefined
    const compile = () => {
      kept ??= compiler.at(model, fragment)
      return kept
    }
    if (COMPILES_AT_START) {
      this.#later.push(() => {
        compile()
        compiler.settle()
      })
    }
    const validate: DataValidateFunction = (data: unknown, context?: DataValidationCxt) => {
      const compiled = compile()
      if (compiled(data)) return true
      const at = context?.instancePath ?? ''
      validate.errors =
        compiled.errors?.map((error) => ({ ...error, instancePath: at + error.instancePath })) ?? []
      return false
    }
    return validate
  }

  /** @throws TypeError where a model has no such part */
  sees(model: string, fragment: string): void {
    const schema = this.#documents.get(model)?.schema
    if (
      schema === undefined ||
      !(fragment === '' || fragment === '#' || hasPointer(schema, fragment.slice(1)))
    )
      throw new TypeError(`nothing is at ${fragment} of model '${model}'`)
  }
}
