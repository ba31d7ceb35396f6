/**
 * A definition with everything filled in and nothing of the user's own objects left: what `control/complete.ts`
 * makes of a `Definition`, and what the rest of the gateway is compiled from.
 */
import type {
  AuthorizerFunction,
  JwtOptions,
  PolicyDocument,
  RequestAuthorizer,
  TokenAuthorizer,
} from './access.js'
import type { Context } from './context.js'
import type { Definition, RefusalOverride, StepDefinition, Throttle } from './definition.js'
import type { IntegrationDefinition, VpcLinkDefinition } from './integration.js'
import type { CacheInvalidation, CachePolicy, Policy } from './policy.js'
import type { FamilyType, RefusalType } from './refusal.js'
import type { JsonSchema, Model, StandardSchema } from './schema.js'

/** One segment of a pattern. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  /** One whole segment: `{petId}`. */
  | { readonly kind: 'param'; readonly name: string }
  /** Text and parameters in turn: `v:major.:minor`. Starts with text, maybe empty. */
  | { readonly kind: 'mixed'; readonly texts: readonly string[]; readonly names: readonly string[] }
  /** All that is left, at least one segment: `{proxy+}`. Only at the end. */
  | { readonly kind: 'greedy'; readonly name: string }

/** A path pattern, parsed. */
export interface Pattern {
  /** As AWS writes it, whichever syntax it came in: `/files/{path+}`; optional groups as separate patterns. */
  readonly path: string
  readonly segments: readonly Segment[]
}

export interface CompleteLimits {
  readonly target: number
  readonly headers: number
  readonly body: number
  readonly queryParameters: number
  /** ms */
  readonly timeout: number | false
  readonly resources: number
  readonly stages: number
  readonly plans: number
  readonly keys: number
}

export interface CompleteCors {
  readonly origins: '*' | ReadonlySet<string>
  /** `undefined`: those that the path has. */
  readonly methods: readonly string[] | undefined
  /** `undefined`: those that the preflight asks for. */
  readonly headers: readonly string[] | undefined
  readonly exposeHeaders: readonly string[]
  readonly credentials: boolean
  /** Seconds. */
  readonly maxAge: number | undefined
}

/** An authorizer, with everything filled in. Times in ms. */
export type CompleteAuthorizer =
  | { readonly kind: 'iam'; readonly once: boolean; readonly normalizePath: boolean | undefined }
  | ({ readonly kind: 'jwt' } & CompleteJwt)
  | {
      readonly kind: 'token'
      readonly call: TokenAuthorizer['token']
      readonly header: string
      readonly validation: string | undefined
      readonly ttl: number
    }
  | {
      readonly kind: 'request'
      readonly call: RequestAuthorizer['request']
      readonly identitySources: readonly string[]
      readonly ttl: number
    }
  | { readonly kind: 'mtls'; readonly trustStore: readonly string[]; readonly header: string | undefined }
  | { readonly kind: 'function'; readonly call: AuthorizerFunction }

export interface CompleteJwt {
  readonly issuer: string
  readonly audience: readonly string[]
  readonly scopes: readonly string[]
  readonly jwks: JwtOptions['jwks']
  readonly algorithms: readonly string[]
  readonly header: string
  readonly principal: string
  /** ms */
  readonly clockTolerance: number
}

/** What a route asks of its callers: an authorizer of the definition by name, or one of its own. */
export interface CompleteAuthorize {
  readonly authorizer: string | CompleteAuthorizer
  /** Instead of the authorizer's own, where there are any. */
  readonly scopes: readonly string[]
  readonly observe: boolean
}

/** A model's name, or what stands where it would. */
export type ModelRef = string | JsonSchema | StandardSchema

export interface CompleteBody {
  /** By media type, lower case; `$default` for any other. */
  readonly models: ReadonlyMap<string, ModelRef>
  readonly required: boolean
  readonly unknownType: 'refuse' | 'pass'
  readonly inflated: number
  readonly observe: boolean
}

export interface CompleteParameter {
  readonly in: 'query' | 'header' | 'path'
  /** As it was declared: AWS's message has it so. */
  readonly name: string
  readonly required: boolean
  readonly schema: Model | undefined
}

export interface CompleteCache {
  /** ms */
  readonly ttl: number
  /** `undefined`: the whole query. Headers in lower case. */
  readonly key:
    | {
        readonly query: readonly string[]
        readonly headers: readonly string[]
        readonly path: readonly string[]
      }
    | undefined
  readonly perCaller: boolean
  readonly shared: boolean
  readonly methods: ReadonlySet<string>
  /** `undefined`: 200 to 299, but 206. */
  readonly statuses: ReadonlySet<number> | undefined
  readonly maxBytes: number
  readonly namespace: string | undefined
  readonly invalidation: Required<CacheInvalidation>
  /** ms */
  readonly staleWhileRevalidate: number
  /** ms */
  readonly staleIfError: number
  readonly tags: CachePolicy['tags']
  readonly rfc9111: boolean
}

/** What a stage sets for one of its methods. */
export interface CompleteMethod {
  readonly throttle: Throttle | undefined
  /** `undefined`: as its route has it. ms. */
  readonly cache: false | { readonly ttl: number } | undefined
}

export interface CompletePolicy {
  readonly authorize: CompleteAuthorize | undefined
  readonly parameters: { readonly all: readonly CompleteParameter[]; readonly observe: boolean } | undefined
  readonly body: CompleteBody | undefined
  readonly detailedErrors: boolean
  /** By status, `4xx` or `default`. */
  readonly responses: ReadonlyMap<string, ModelRef> | undefined
  readonly cache: CompleteCache | undefined
  /** Whether nothing of it refuses. */
  readonly observe: boolean
  readonly apiKey: { readonly plans: readonly string[] | undefined; readonly observe: boolean } | undefined
  readonly throttles: readonly Throttle[]
  readonly cors: CompleteCors | undefined
  /** ms */
  readonly timeout: number | false
}

export interface CompleteRoute {
  readonly index: number
  /** `GET`, or `ANY`. */
  readonly method: string
  /** As AWS writes it. */
  readonly path: string
  /** `GET /pets/{petId}` */
  readonly name: string
  /** More than one where the pattern has optional parts. */
  readonly patterns: readonly Pattern[]
  readonly policy: CompletePolicy
  /** The same as it was written. */
  readonly given: Policy
  readonly handler: ((context: Context) => unknown) | undefined
  readonly integration: IntegrationDefinition | undefined
}

export interface CompletePlan {
  readonly name: string
  readonly description: string | undefined
  readonly throttles: readonly Throttle[]
  readonly quota:
    | {
        readonly limit: number
        readonly period: 'day' | 'week' | 'month'
        readonly offset: number
        readonly observe: boolean
      }
    | undefined
  /** `undefined`: all. */
  readonly stages: ReadonlySet<string> | undefined
  /** By route name: `GET /pets`. */
  readonly methods: ReadonlyMap<string, Throttle>
}

export interface CompleteStage {
  readonly name: string
  readonly description: string | undefined
  readonly variables: Readonly<Record<string, string>>
  readonly throttles: readonly Throttle[]
  /** By route name; the default for each method under `'*'`. */
  readonly methods: ReadonlyMap<string, CompleteMethod>
  /** Bytes; `false`: it keeps none. */
  readonly cache: false | { readonly size: number }
  readonly canary:
    | {
        readonly percent: number
        readonly variables: Readonly<Record<string, string>>
        readonly deployment: string | undefined
      }
    | undefined
  readonly cors: CompleteCors | undefined
}

/** A base path of a host and the stage that it leads to. */
export interface BasePath {
  /** Its segments; none: every path. */
  readonly segments: readonly string[]
  readonly stage: string
}

export interface Complete {
  readonly api: string
  readonly version: string
  readonly routes: readonly CompleteRoute[]
  readonly plans: ReadonlyMap<string, CompletePlan>
  /** `$default` alone where none is named. */
  readonly stages: ReadonlyMap<string, CompleteStage>
  /** By host, lower case without port; base paths longest first. */
  readonly domains: ReadonlyMap<string, readonly BasePath[]>
  readonly defaultEndpoint: boolean
  readonly account: readonly Throttle[]
  readonly models: ReadonlyMap<string, Model>
  readonly vpcLinks: ReadonlyMap<string, VpcLinkDefinition>
  /** Bytes; `undefined`: nothing is compressed. */
  readonly minimumCompressionSize: number | undefined
  /** Lower case. */
  readonly binaryMediaTypes: readonly string[]
  readonly authorizers: ReadonlyMap<string, CompleteAuthorizer>
  readonly resourcePolicy: PolicyDocument | undefined
  readonly apiKeySource: 'header' | 'authorizer'
  readonly region: string
  readonly accountId: string
  readonly refusals: Readonly<Partial<Record<RefusalType | FamilyType, RefusalOverride>>>
  readonly pass: readonly Pattern[]
  readonly unmatched: 'refuse' | 'pass'
  readonly compat: 'aws' | undefined
  readonly limits: CompleteLimits
  readonly steps: readonly StepDefinition[]
  /** As it was written, checked and copied. */
  readonly given: Definition
}
