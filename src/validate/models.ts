/** Models: looked at when a definition is deployed, compiled when something is first held to them. */
import type { ErrorObject } from 'ajv'
import type { ModelRef } from '../complete.js'
import { isStandardSchema, type JsonSchema, type Model, type ValidationFault } from '../schema.js'
import { COMPILES_AT_START } from '../startup.js'
import { coercion, expectsList, propertiesOf } from './coerce.js'
import type { ValidateFunction } from './compiler.js'
import type { SchemaFault } from './prepare.js'
import { Schemas } from './schemas.js'
import { standardValidator } from './standard.js'
import { bounded } from './steps.js'
import { fault, faultsOf } from './words.js'

export type { SchemaFault } from './prepare.js'

/** What came of a validation. */
export type Validated =
  | { readonly value: unknown; readonly faults?: undefined }
  | { readonly faults: readonly ValidationFault[] }

/** A model that can be asked. */
export type Validator = (value: unknown) => Validated | Promise<Validated>

/** All models of a definition, which may refer to each other. */
export class Models {
  readonly #schemas: Schemas
  readonly #validators = new Map<ModelRef, Validator>()
  readonly #coercing = new Map<ModelRef, Validator>()

  constructor(readonly models: ReadonlyMap<string, Model>) {
    this.#schemas = schemasOf(models)
  }

  /** @param coerce whether texts are made into what the schema's type says */
  validator(ref: ModelRef, coerce = false): Validator {
    const kept = coerce ? this.#coercing : this.#validators
    const known = kept.get(ref)
    if (known !== undefined) return known
    const made = this.#made(ref, coerce)
    kept.set(ref, made)
    return made
  }

  /** Whether it asks for a list; `undefined` for a library's schema, which does not tell. */
  expectsList(ref: ModelRef): boolean | undefined {
    const schema = this.#jsonSchema(ref)
    if (schema === undefined) return undefined
    return expectsList(this.#schemas.document(schema), (name) => this.#document(name))
  }

  /** The properties that it speaks of; none for a library's schema, which does not tell. */
  properties(ref: ModelRef): ReadonlySet<string> {
    const schema = this.#jsonSchema(ref)
    if (schema === undefined) return new Set()
    return propertiesOf(this.#schemas.document(schema), (name) => this.#document(name))
  }

  #made(ref: ModelRef, coerce: boolean): Validator {
    const schema = this.#jsonSchema(ref)
    if (schema === undefined) return standardValidator(this.#standardSchema(ref))
    const compiled = () => this.#schemas.compiled(schema, false)
    const detailed = () => this.#schemas.compiled(schema, true)
    if (COMPILES_AT_START) {
      compiled()
      detailed()
    }
    const validate = jsonValidator(compiled, detailed)
    if (!coerce) return validate
    const made = coercion(this.#schemas.document(schema), (name) => this.#document(name))
    return (value) => validate(made(value))
  }

  #document(name: string) {
    return this.#schemas.draftOf(name) === undefined ? undefined : this.#schemas.document(name)
  }

  /** What the schemas know it by; `undefined` for a library's. */
  #jsonSchema(ref: ModelRef): string | JsonSchema | undefined {
    const model = typeof ref === 'string' ? this.models.get(ref) : ref
    if (isStandardSchema(model)) return undefined
    return typeof ref === 'string' || isStandardSchema(ref) ? String(ref) : ref
  }

  #standardSchema(ref: ModelRef) {
    const model = typeof ref === 'string' ? this.models.get(ref) : ref
    if (!isStandardSchema(model)) throw new TypeError(`there is no model ${String(ref)}`)
    return model
  }
}

/** Values of so many parts are asked for all of their faults, larger ones for the first. */
const LARGE = 2_000

/** Compiled when something is first held to it: that takes a millisecond, and half a process's routes are never called. */
function jsonValidator(compiled: () => ValidateFunction, detailed: () => ValidateFunction): Validator {
  let validate: ValidateFunction | undefined
  return (value) => {
    validate ??= compiled()
    const valid = bounded(validate, value)
    if (valid === true) return { value }
    if (valid === undefined) return { faults: [fault('', 'complexity', 'takes too many steps to validate')] }
    return {
      faults: faultsOf((isLarge(value) ? undefined : allErrors(detailed(), value)) ?? validate.errors ?? []),
    }
  }
}

function allErrors(validate: ValidateFunction, value: unknown): readonly ErrorObject[] | undefined {
  return bounded(validate, value) === false ? (validate.errors ?? undefined) : undefined
}

function isLarge(value: unknown): boolean {
  let parts = 0
  const count = (each: unknown): boolean => {
    if (++parts > LARGE) return true
    return typeof each === 'object' && each !== null && Object.values(each).some(count)
  }
  return count(value)
}

/** @param models as the definition has them: data, or schema values */
export function modelFaults(models: ReadonlyMap<string, unknown>): readonly SchemaFault[] {
  return schemasOf(models).allFaults()
}

/** A schema that stands in a route. @param models what it may refer to */
export function schemaFaults(
  schema: Readonly<Record<string, unknown>>,
  models: ReadonlyMap<string, unknown>,
): readonly SchemaFault[] {
  return schemasOf(models).inlineFaults(schema)
}

/** The definition's models are looked at with each schema of its routes: once is enough. */
const checked = new WeakMap<ReadonlyMap<string, unknown>, Schemas>()

function schemasOf(models: ReadonlyMap<string, unknown>): Schemas {
  const known = checked.get(models) ?? new Schemas(models)
  checked.set(models, known)
  return known
}
