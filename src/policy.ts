/** What a route demands: plain data, compiled once. */
import type { Authorize, AuthorizerFunction, Ttl } from './access.js'
import type { Duration } from './clock.js'
import type { Context } from './context.js'
import type { OperationDocs } from './docs.js'
import type { Answer, Exchange } from './exchange.js'
import type { AuthorizerNames, BodyOf, HeadersOf, ModelNames, QueryOf } from './inferred.js'
import { type IntegrationDefinition, isIntegration } from './integration.js'
import type { PathPattern } from './params.js'
import type { JsonSchema, Model, OutputOf, StandardSchema } from './schema.js'

/** `'enforce'` refuses; `'observe'` only records what it would have refused. */
export type Mode = 'enforce' | 'observe'

/** A token bucket: `rate` tokens a second (may be fractional), at most `burst` of them. */
export interface Throttle {
  /** Requests a second on the long run. 0 never refills. */
  readonly rate: number
  /** Requests at once: the bucket's capacity. */
  readonly burst: number
  /**
   * One bucket for each address, API key or principal, or for each string that a function returns, instead
   * of one for all. Callers without a key (or principal, or for whom the function returns `undefined`) are
   * not counted. Throttles by address are taken first, before keys are looked up.
   */
  readonly per?: 'address' | 'apiKey' | 'principal' | ((exchange: Exchange) => string | undefined)
  readonly mode?: Mode
}

/** So many requests a calendar day, week or month (UTC). */
export interface Quota {
  readonly limit: number
  readonly period: 'day' | 'week' | 'month'
  /** The day on which the period begins: week 0 (Sunday) to 6, month 0 (the 1st) to 27. Default 0. */
  readonly offset?: number
  readonly mode?: Mode
}

/** Limits that hold for each of its keys, over all the stages that it covers together. */
export interface UsagePlan {
  readonly description?: string
  readonly throttle?: Throttle | readonly Throttle[]
  readonly quota?: Quota
  /** The stages covered; all of them when left out. */
  readonly stages?: readonly string[]
  /** Throttles of single methods, beside the plan's own: `{ 'GET /pets': { rate: 1, burst: 2 } }`, or AWS's `/pets/GET`. */
  readonly methods?: { readonly [method: string]: Throttle }
}

/** What a route demands of API keys. */
export interface ApiKeyPolicy<U extends string = string> {
  /** Only keys in one of these plans; any plan that covers the stage when left out. */
  readonly plans?: readonly U[]
  readonly mode?: Mode
}

/** Cross-origin rules: preflight is answered by the gateway, and refusals can be read by browsers. */
export interface CorsPolicy {
  /** `'*'` (default), or the origins allowed: `['https://acme.com']`. */
  readonly origins?: '*' | readonly string[]
  /** Default: the methods that the path has. */
  readonly methods?: readonly string[]
  /** Request headers allowed. Default: those that the preflight asks for. */
  readonly headers?: readonly string[]
  /** Response headers that scripts may read, beside the gateway's own. */
  readonly exposeHeaders?: readonly string[]
  readonly credentials?: boolean
  /** How long a browser may keep a preflight's answer. */
  readonly maxAge?: Duration
}

/**
 * How a body is held to a model. `B` is what stands for the model: its name, a schema value, or one for each
 * content type.
 */
export interface BodyOptions<B extends string | StandardSchema = string | StandardSchema> {
  /** By content type, `{ 'application/json': 'Pet' }`; `$default` for any other. */
  readonly models: { readonly [contentType: string]: B | JsonSchema }
  /** Whether there must be one. Default true. */
  readonly required?: boolean
  /** A content type that no model is for: 415 (default), or passed on unread. AWS's way is to pass it on. */
  readonly unknownType?: 'refuse' | 'pass'
  /** Bytes that a compressed body may inflate to. Default: `limits.body`. */
  readonly inflated?: number
  readonly mode?: Mode
}

/** A parameter that a route declares: whether it must be there, and what it is held to. */
export interface ParameterOptions {
  /** Default false. Blank is missing, as in AWS. */
  readonly required?: boolean
  /** What the value is made into, where the schema names a type, and held to: `{ type: 'integer', minimum: 1 }`. */
  readonly schema?: Model
}

/** `true`: must be there; `false`: may be there. */
export type Parameter = boolean | ParameterOptions

/** By name. Names of the query and of the path are case-sensitive, as in AWS; those of headers are not. */
export interface DeclaredParameters {
  readonly [name: string]: Parameter
}

/** What is asked of parameters. `Q` and `H` are those of query and headers, of which handlers know the types. */
export interface ParametersPolicy<
  Q extends DeclaredParameters = DeclaredParameters,
  H extends DeclaredParameters = DeclaredParameters,
> {
  readonly query?: Q & WellSpelt<Q>
  readonly header?: H & WellSpelt<H>
  readonly path?: DeclaredParameters
  readonly mode?: Mode
}

/** A type that is inferred from what was written takes any field: those that no parameter has are refused here. */
type WellSpelt<D extends DeclaredParameters> = {
  readonly [K in keyof D]: D[K] extends ParameterOptions
    ? { readonly [F in Exclude<keyof D[K], keyof ParameterOptions>]: never }
    : unknown
}

/** How answers of a route are kept. */
export interface CachePolicy {
  /** How long: seconds or `'5m'`. Default 300 s, at most 3,600; 0 keeps nothing. */
  readonly ttl?: Ttl
  /**
   * What makes two requests alike, beside API, stage, deployment, host and path: these parameters and no others.
   * Default: the whole query.
   */
  readonly key?: {
    readonly query?: readonly string[]
    readonly headers?: readonly string[]
    readonly path?: readonly string[]
  }
  /**
   * Whose answers are kept apart. Default `'caller'`: by principal and API key, where the route, or a gate before
   * it, has asked who calls.
   */
  readonly per?: 'caller' | 'everybody'
  /** The app's answers are the same for everybody, `Cookie` and `Authorization` notwithstanding. Default false: such requests by-pass the cache unless these are in its key. */
  readonly shared?: boolean
  /** Default `['GET']`, which serves HEAD, too. */
  readonly methods?: readonly string[]
  /** Default 200 to 299, but 206. */
  readonly statuses?: readonly number[]
  /** Bytes of one answer at most. Default 1,048,576, as in AWS. */
  readonly maxBytes?: number
  /** Routes of one namespace share what they keep. Default: the route's own. */
  readonly namespace?: string
  /** What a caller may do by `Cache-Control: max-age=0` or `no-cache`. */
  readonly invalidation?: CacheInvalidation
  /** So long past its time an answer is still given to others while one caller fetches it anew. Default 0. */
  readonly staleWhileRevalidate?: Ttl
  /** So long past its time an answer is still given where the app fails: a 5xx, a crash, a timeout. Default 0. */
  readonly staleIfError?: Ttl
  /** To flush by: `['pets']`, or made of the exchange and its answer. */
  readonly tags?: readonly string[] | ((exchange: Exchange, answer: Answer) => readonly string[])
  /** `'rfc9111'`: freshness and revalidation are taken from the app's own `Cache-Control`, too. */
  readonly mode?: 'aws' | 'rfc9111'
}

/** What a caller may ask of what is kept. */
export interface CacheInvalidation {
  /** Whether the caller's policies must allow `execute-api:InvalidateCache`. Default true. */
  readonly requireAuthorization?: boolean
  /** What those get who may not. Default `'SUCCEED_WITH_RESPONSE_HEADER'`, as in AWS. */
  readonly unauthorized?: 'FAIL_WITH_403' | 'SUCCEED_WITH_RESPONSE_HEADER' | 'SUCCEED_WITHOUT_RESPONSE_HEADER'
}

/** What stands for a body's model in a policy. */
export type Body = string | StandardSchema | BodyOptions

/**
 * What a route demands. `B` is what stands for its body's model; `A` for its authorizer; `U` are the names of
 * the usage plans that it mentions; `Q` and `H` the parameters that it declares. `createGateway` checks names against
 * those of the definition.
 */
export interface Policy<
  B extends Body = Body,
  U extends string = string,
  A extends Authorize = Authorize,
  Q extends DeclaredParameters = DeclaredParameters,
  H extends DeclaredParameters = DeclaredParameters,
> {
  /** Who may call: `'iam'` for callers who sign with SigV4, an authorizer's name, or an authorizer where it stands. */
  readonly authorize?: A | AuthorizerFunction
  /** An API key is needed, in a usage plan that covers the stage. A key names a client; it is no authentication. */
  readonly apiKey?: boolean | ApiKeyPolicy<U>
  readonly throttle?: Throttle | readonly Throttle[]
  /** The body is held to this model: a name of `models`, a Standard Schema, or one for each content type. */
  readonly body?: B
  /** What is asked of query, headers and path. */
  readonly parameters?: ParametersPolicy<Q, H>
  /** `'detailed'`: a caller whose request is not valid is told of each fault. Default: in AWS's few words. */
  readonly errors?: 'detailed' | 'brief'
  /** Models of answers by status, `200`, `4xx` or `default`. Answers that break theirs are reported in tests and where the policy observes. */
  readonly responses?: { readonly [status: string]: string | Model }
  /** Answers are kept and given again: `true`, or how. */
  readonly cache?: boolean | CachePolicy
  readonly cors?: boolean | CorsPolicy
  /** Until the answer begins; default 29 s; `false` for no bound. */
  readonly timeout?: Duration | false
  /** `'observe'`: nothing that this route demands refuses, all of it is recorded. */
  readonly mode?: Mode
  /** What is said of the route and not asked of anybody: `{ summary: 'All pets', tags: ['pets'] }`. For documents. */
  readonly docs?: OperationDocs
}

/** A route, as {@link route} makes it. */
export interface RouteDefinition<
  P extends string = string,
  M extends string = string,
  U extends string = string,
  A extends string = string,
> {
  readonly pattern: P
  readonly policy: NamedPolicy<M, U, A>
  /** Answers instead of the app. A method, so that routes of differing parameters fit one list. */
  handler?(context: Context<P>): unknown
  /** Answers instead of the app: what `http`, `lambda`, `aws` or `mock` made. */
  readonly integration?: IntegrationDefinition
}

/** A policy by the names of models, usage plans and authorizers that it may mention. */
export type NamedPolicy<
  M extends string = string,
  U extends string = string,
  A extends string = string,
> = Policy<M | StandardSchema | BodyOptions<M | StandardSchema>, U, Authorize<A>>

/**
 * A route: a method, a path and what they demand.
 *
 * @param pattern method and path: `GET /pets/{petId}`, `ANY /files/{path+}`, `GET /pets/:petId`
 * @param policy what it demands; nothing when left out
 * @param target answers the request: a function, or an integration; left out, the app itself does
 *
 * @example
 * const order = route('POST /orders/{id}', { apiKey: true, throttle: { rate: 5, burst: 10 } })
 */
export function route<
  const P extends PathPattern,
  const B extends Body = never,
  const U extends string = never,
  const A extends Authorize = never,
  const Q extends DeclaredParameters = DeclaredParameters,
  const H extends DeclaredParameters = DeclaredParameters,
>(
  pattern: P,
  policy: Policy<B, U, A, Q, H> = {},
  target?: IntegrationDefinition | ((context: Context<P, BodyOf<B>, QueryOf<Q>, HeadersOf<H>>) => unknown),
): RouteDefinition<P, ModelNames<B>, U, AuthorizerNames<A>> {
  const answers = isIntegration(target) ? { integration: target } : { handler: target }
  const route = target === undefined ? { pattern, policy } : { pattern, policy, ...answers }
  return route as unknown as RouteDefinition<P, ModelNames<B>, U, AuthorizerNames<A>>
}

type Models = { readonly [name: string]: Model }

/** {@link route}, where a model's name says what its body is. */
export type TypedRoute<Mo extends Models> = <
  const P extends PathPattern,
  const B extends
    | (keyof Mo & string)
    | StandardSchema
    | BodyOptions<(keyof Mo & string) | StandardSchema> = never,
  const U extends string = never,
  const A extends Authorize = never,
  const Q extends DeclaredParameters = DeclaredParameters,
  const H extends DeclaredParameters = DeclaredParameters,
>(
  pattern: P,
  policy?: Policy<B, U, A, Q, H>,
  target?:
    | IntegrationDefinition
    | ((
        context: Context<P, B extends keyof Mo ? OutputOf<Mo[B]> : BodyOf<B>, QueryOf<Q>, HeadersOf<H>>,
      ) => unknown),
) => RouteDefinition<P, ModelNames<B>, U, AuthorizerNames<A>>

/**
 * Models first, so that handlers know by a model's name what their body is.
 *
 * @example
 * const { route, models } = define({ models: { Pet: z.object({ name: z.string() }) } })
 * const create = route('POST /pets', { body: 'Pet' }, ({ body }) => body.name)
 */
export function define<const Mo extends Models>(given: {
  readonly models: Mo
}): { readonly route: TypedRoute<Mo>; readonly models: Mo } {
  return { route: route as TypedRoute<Mo>, models: given.models }
}
