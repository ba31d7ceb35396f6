/** What the compiler reads off a policy as it was written: names to check, and what a handler is given. */
import type { ParameterOptions } from './policy.js'
import type { OutputOf } from './schema.js'

/** The names of models in it. */
export type ModelNames<B> = B extends string
  ? B
  : B extends { readonly models: infer Models }
    ? Extract<Models[keyof Models], string>
    : never

/** The names of authorizers in it. */
export type AuthorizerNames<A> = A extends string
  ? A
  : A extends { readonly authorizer: infer Name extends string }
    ? Name
    : never

/** What a handler's `body` is, by its schema value; `unknown` for a name alone. */
export type BodyOf<B> = [B] extends [never]
  ? unknown
  : B extends string
    ? unknown
    : B extends { readonly models: infer Models }
      ? OutputOf<Models[keyof Models]>
      : OutputOf<B>

/**
 * What a handler's `query` is, by what its route declares: what the schema value makes of it, `unknown` for a JSON
 * Schema, the text as it came where there is no schema, all of it where it came more than once.
 *
 * @example
 * const paging = { limit: { schema: z.coerce.number(), required: true }, kind: false } as const
 * type Paging = QueryOf<typeof paging> // { readonly limit: number; readonly kind?: string | readonly string[] }
 */
export type QueryOf<D> = ValuesOf<D, string | readonly string[]>

/** What a handler's `headers` are: as {@link QueryOf}, by name in lower case; HTTP joins those that are repeated. */
export type HeadersOf<D> = ValuesOf<{ readonly [K in keyof D as Lowercase<K & string>]: D[K] }, string>

/** `Plain` is what a parameter without a schema is. */
type ValuesOf<D, Plain> = {
  readonly [K in keyof D as IsRequired<D[K]> extends true ? K : never]: ValueOf<D[K], Plain>
} & {
  readonly [K in keyof D as IsRequired<D[K]> extends true ? never : K]?: ValueOf<D[K], Plain>
}

type IsRequired<D> = [D] extends [true | { readonly required: true }] ? true : false

type ValueOf<D, Plain> = D extends { readonly schema: infer S }
  ? OutputOf<S>
  : ParameterOptions extends D
    ? unknown
    : Plain
