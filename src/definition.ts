/**
 * What a user writes. Plain data, plus functions where something runs in-process.
 * `control/check.ts` finds what is wrong with it, `control/complete.ts` fills in the defaults.
 */
import type { AuthorizerDefinition, CredentialSource, PolicyDocument, Ttl } from './access.js'
import type { Clock, Duration } from './clock.js'
import type { ApiDocs, EndpointDefinition } from './docs.js'
import type { Answer, Exchange, Refusal, Step } from './exchange.js'
import type { IntegrationDefinition, VpcLinkDefinition } from './integration.js'
import type { ExchangeRecord } from './observe/record.js'
import type { OpenApiOptions } from './openapi/options.js'
import type { CorsPolicy, RouteDefinition, Throttle, UsagePlan } from './policy.js'
import type { FamilyType, RefusalType } from './refusal.js'
import type { Model } from './schema.js'
import type { Store } from './store/contract.js'

export * from './access.js'
export * from './docs.js'
export * from './policy.js'
export * from './schema.js'

/** A named, live reference to a deployment, with settings of its own. */
export interface StageDefinition {
  readonly description?: string
  readonly variables?: { readonly [name: string]: string }
  /** One bucket for the whole stage (or per address, key … as `per` says). */
  readonly throttle?: Throttle | readonly Throttle[]
  /** Settings of single methods: `'GET /pets/{petId}'`, AWS's `~1pets~1{petId}/GET`, or `'*'` for each method. */
  readonly methods?: { readonly [method: string]: MethodSettings }
  readonly canary?: CanaryDefinition
  /** Of all answers that the stage keeps; `false`: it keeps none. */
  readonly cache?: false | StageCache
  readonly cors?: boolean | CorsPolicy
}

/** What a stage sets for one of its methods. */
export interface MethodSettings {
  readonly throttle?: Throttle
  /** `false`: nothing of the method is kept. Else its route's cache, with another time to live. */
  readonly cache?: false | { readonly ttl?: Ttl }
}

/** Where a stage keeps answers. */
export interface StageCache {
  /** Bytes at most, or AWS's sizes: `'0.5GB'`. Default 64 MiB. */
  readonly size?: number | `${number}${'MB' | 'GB'}`
}

/** A random share of a stage's requests goes another way. */
export interface CanaryDefinition {
  /** 0 to 100. */
  readonly percent: number
  /** Over the stage's own variables. */
  readonly variables?: { readonly [name: string]: string }
  /** The id of the deployment to try; the stage's own when left out. */
  readonly deployment?: string
}

/** An override of one refusal, or of a family of them. */
export interface RefusalOverride {
  /** A family's status holds for all of its types that have no override of their own. */
  readonly status?: number
  /** Values may hold `$context.…` and `$stageVariables.…`. */
  readonly headers?: { readonly [name: string]: string }
  /** By content type, chosen by `Accept`, the first one otherwise: `{ 'application/json': '{"error":$context.error.messageString}' }`. */
  readonly templates?: { readonly [contentType: string]: string }
}

/** Bounds on what a caller sends and on what is kept. What is left out has AWS's number. */
export interface Limits {
  /** Characters of path and query. Default 8,192. */
  readonly target?: number
  /** Bytes of all header names and values. Default 10,240. (Node's own parser refuses above 16 KB.) */
  readonly headers?: number
  /** Bytes of a body. Default 10,485,760 (10 MiB). */
  readonly body?: number
  /** Query parameters. Default 1,000. */
  readonly queryParameters?: number
  /** Until an answer begins. Default 29 s; `false` for no bound. */
  readonly timeout?: Duration | false
  /** Distinct paths. Default 300. */
  readonly resources?: number
  /** Default 10. */
  readonly stages?: number
  /** Default 300. */
  readonly plans?: number
  /** API keys that the gateway keeps. Default 10,000. */
  readonly keys?: number
}

/** A user's own step and where it goes, see {@link before}. */
export interface StepDefinition {
  readonly before: StepPlace
  readonly step: Step
}

/** The places in the one order where a user's own step can stand. */
export type StepPlace = 'screen' | 'authorize' | 'identify' | 'throttle' | 'validate' | 'integrate'

/**
 * A step of your own in the one order: it returns nothing to go on, an {@link Answer} or a {@link Refusal} to stop.
 *
 * @example
 * const maintenance = before('identify', (exchange) => (exchange.variables.closed ? answer(503, 'closed') : undefined))
 */
export function before(place: StepPlace, step: Step): StepDefinition {
  return { before: place, step }
}

/** Everything that a deployment is made of. */
export interface Definition<
  Mo extends string = string,
  Pl extends string = string,
  Au extends string = string,
> {
  /** The API's id, in records, resource ARNs and counters' names. Default `'api'`. */
  readonly api?: string
  /** The version of your code. Part of a deployment's id, as functions themselves cannot be compared. */
  readonly version?: string
  readonly routes: readonly RouteDefinition<string, NoInfer<Mo>, NoInfer<Pl>, NoInfer<Au> | 'iam'>[]
  /** JSON Schemas by name (draft-04 unless `$schema` says otherwise), or schema values of zod, valibot, arktype … */
  readonly models?: { readonly [K in Mo]: Model }
  readonly plans?: { readonly [K in Pl]: UsagePlan }
  readonly authorizers?: { readonly [K in Au]: AuthorizerDefinition }
  /** Pools of private targets, by the names that `http(url, { vpcLink })` gives. */
  readonly vpcLinks?: { readonly [name: string]: VpcLinkDefinition }
  /**
   * Bytes from which on answers of handlers and integrations are compressed (gzip, deflate) for callers who take it: 0 to
   * 10,485,760. Left out, none are. What the app itself answers is its own to compress.
   */
  readonly minimumCompressionSize?: number
  /** Media types whose bodies are bytes to integrations, and not text: `['image/png', 'application/*']`. Default none, as in AWS. */
  readonly binaryMediaTypes?: readonly string[]
  /** Who may call at all, from where: an IAM policy document whose statements name principals. */
  readonly resourcePolicy?: PolicyDocument
  /** Where a caller's API key stands: in `x-api-key` (default), or in what the authorizer answered. */
  readonly apiKeySource?: 'header' | 'authorizer'
  /** Of resource ARNs and of signatures. Default `'us-east-1'`. */
  readonly region?: string
  /** By name, which is the first segment of the path. Left out: one stage, `$default`, without a name in the path. */
  readonly stages?: { readonly [name: string]: StageDefinition }
  /** By host: a stage, or base paths and their stages: `{ 'api.acme.com': { v1: 'prod', '': 'beta' } }`. */
  readonly domains?: { readonly [host: string]: string | { readonly [basePath: string]: string } }
  /** `false`: only hosts in `domains` are served. Default true. */
  readonly defaultEndpoint?: boolean
  readonly account?: AccountDefinition
  /** For every route that says nothing else. */
  readonly cors?: boolean | CorsPolicy
  readonly refusals?: { readonly [T in RefusalType | FamilyType]?: RefusalOverride }
  /** Paths outside the API that go on to the app ungated: `['/health', '/assets/{file+}']`. */
  readonly pass?: readonly string[]
  /** A path that no route names: refused (default), or passed on to the app. */
  readonly unmatched?: 'refuse' | 'pass'
  /** `'aws'`: every deviation goes AWS's way. */
  readonly compat?: 'aws'
  readonly limits?: Limits
  readonly steps?: readonly StepDefinition[]
  /** What is said of the API and not asked of anybody. For documents. */
  readonly docs?: ApiDocs
  /** Of the API as a resource on AWS. For documents. */
  readonly tags?: { readonly [key: string]: string }
  /** Where it is to be had on AWS. For documents. */
  readonly endpoint?: EndpointDefinition
}

/** What is the account's, as AWS has it. */
export interface AccountDefinition {
  /** Of resource ARNs. Default `'000000000000'`. */
  readonly id?: string
  /** Limits over all stages together. Default 10,000 a second, burst 5,000. */
  readonly throttle?: Throttle | readonly Throttle[] | false
}

/** `X-Forwarded-For` with `X-Forwarded-Proto`, or RFC 7239's `Forwarded`. */
export type ProxyHeader = 'X-Forwarded-For' | 'Forwarded'

/** What the gateway runs with. It stays as it is when another definition is deployed. */
export interface Runtime {
  readonly clock?: Clock
  /** Ids of requests. Default: random UUIDs. */
  readonly ids?: () => string
  /** In [0, 1), for canaries. Default `Math.random`. */
  readonly random?: () => number
  readonly store?: Store
  /** Your own table of API keys, by SHA-256 digest (hex, lower case, see `digestApiKey`). */
  readonly keys?: KeySource
  /** Who signs with which access key id, for `authorize: 'iam'`. */
  readonly credentials?: CredentialSource
  /** Condition keys of policies beside those that the gateway knows: `{ 'aws:SourceVpce': 'vpce-1' }`. */
  readonly conditionKeys?: (exchange: Exchange) => { readonly [key: string]: string | readonly string[] }
  /** Peers whose forwarding headers are believed: addresses or CIDR blocks, `'loopback'` for this machine. */
  readonly trustProxy?: readonly string[]
  /**
   * In which header those proxies name the caller, where the other one is passed on as callers send it. Default: either,
   * and a request in which both are there and differ is refused.
   */
  readonly proxyHeader?: ProxyHeader
  /** HTTPS only; loopback counts as secure. Default true. */
  readonly httpsOnly?: boolean
  /**
   * When the store fails or takes longer than `storeTimeout`: this process's own counters (`'local'`, default),
   * 503 (`'refuse'`), or no limits (`'admit'`). Key look-ups always refuse.
   */
  readonly whenStoreFails?: 'local' | 'refuse' | 'admit'
  /** Default 250 ms. */
  readonly storeTimeout?: Duration
  /** Each exchange's one record, when it has ended. What it throws is reported to `onError`. */
  readonly onRecord?: (record: ExchangeRecord) => void
  /** May replace the answer of a refusal. */
  readonly onRefusal?: (refusal: Refusal, exchange: Exchange) => Answer | undefined
  /** Failures that no caller is told of: a crashed step, a store away. Default: `process.emitWarning`. */
  readonly onError?: (error: unknown) => void
}

export interface GatewayDefinition<
  Mo extends string = string,
  Pl extends string = string,
  Au extends string = string,
> extends Definition<Mo, Pl, Au>,
    Runtime {
  /** An API definition from which routes, models and authorizers are read. */
  readonly openapi?: undefined
}

/** The same, for `createGateway`. */
export interface DocumentGatewayDefinition extends DocumentDefinition, Runtime {}

/** An API definition: a file's path or URL, its text, or the document itself; or one of these with how it is read. */
export type OpenApiSource = string | URL | object | OpenApiDocument

/** A document, and how it is read. */
export interface OpenApiDocument extends OpenApiOptions {
  readonly document: string | URL | object
}

/** A definition that is read from a document: what stands beside adds to what that says, or overrides it. */
export interface DocumentDefinition extends Omit<Definition, 'routes'> {
  /** OpenAPI 3.0 or 3.1, Swagger 2.0, CloudFormation or SAM: `'./petstore.yaml'`. */
  readonly openapi: OpenApiSource
  /** Beside those of the document; of one that it has, too, what is said here holds, and the rest of what it says. */
  readonly routes?: readonly RouteBeside[]
}

/** A route of {@link route}, whose names may be those of a document. */
export interface RouteBeside {
  readonly pattern: string
  readonly policy?: object
  readonly handler?: (context: never) => unknown
  readonly integration?: IntegrationDefinition
}

/** What is known of an API key, without its value. */
export interface KeyRecord {
  readonly id: string
  readonly name?: string
  /** Default true. */
  readonly enabled?: boolean
  /** ms since the epoch, a `Date`, or ISO 8601: `'2027-01-31'`, `'2027-01-31T12:00:00Z'`. `null`: never, the default. */
  readonly expiresAt?: number | Date | string | null
  /** The names of its usage plans. */
  readonly plans: readonly string[]
}

/** A table of API keys. */
export interface KeySource {
  /**
   * The key of a digest.
   *
   * @param digest SHA-256 of the presented value, hex, lower case; `null` or `undefined` where there is none
   */
  find(digest: string): KeyRecord | null | undefined | Promise<KeyRecord | null | undefined>
}
