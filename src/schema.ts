/** What a body or a parameter can be held to: JSON Schema, or a schema value of a validation library. */

/** A JSON Schema: draft-04, as in AWS, unless its `$schema` names draft-07 or 2020-12. */
export interface JsonSchema {
  readonly $schema?: string
  readonly [keyword: string]: unknown
}

/**
 * A schema value of zod, valibot, arktype and others.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    /** The value as the schema made it, or what is wrong with it. */
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** A model: a schema with a name, or a schema value where it stands. */
export type Model = JsonSchema | StandardSchema

/** What a schema value makes of a body; `unknown` where its type does not say. */
export type OutputOf<S> = [S] extends [never]
  ? unknown
  : S extends { readonly '~standard': { readonly types?: infer T } }
    ? NonNullable<T> extends { readonly output: infer Output }
      ? Output
      : unknown
    : S extends { readonly static: infer Static }
      ? Static
      : unknown

/** Whether it is a Standard Schema: an object, or with arktype a function, that says how to validate. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const standard: unknown = Reflect.get(value, '~standard')
  return (
    typeof standard === 'object' &&
    standard !== null &&
    typeof Reflect.get(standard, 'validate') === 'function'
  )
}

/** One thing that is wrong with what a caller sent, or with what an app answered. */
export interface ValidationFault {
  /** Where it stands: a JSON pointer into the body, `/toys/0/name`, or a parameter, `query.limit`. */
  readonly pointer: string
  /** The keyword that was not satisfied: `required`, `type`; a schema library's name, or `parse`. */
  readonly keyword: string
  readonly message: string
}
