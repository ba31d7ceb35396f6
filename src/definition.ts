/**
 * What a user writes. Plain data, plus functions where something runs in-process.
 * `control/check.ts` finds what is wrong with it, `control/complete.ts` fills in the defaults.
 */
import type { Clock, Duration } from './clock.js'
import type { Answer, Context, Exchange, Refusal, Step } from './exchange.js'
import type { ExchangeRecord } from './observe/record.js'
import type { PathPattern } from './params.js'
import type { FamilyType, RefusalType } from './refusal.js'
import type { Store } from './store/contract.js'

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
 * What a route demands. `M`, `U` and `A` are the names of the models, usage plans and authorizers that it
 * mentions; `createGateway` checks them against those of the definition.
 */
export interface Policy<M extends string = string, U extends string = string, A extends string = string> {
  /** An API key is needed, in a usage plan that covers the stage. A key names a client; it is no authentication. */
  readonly apiKey?: boolean | ApiKeyPolicy<U>
  readonly throttle?: Throttle | readonly Throttle[]
  readonly cors?: boolean | CorsPolicy
  /** Until the answer begins; default 29 s; `false` for no bound. */
  readonly timeout?: Duration | false
  /** `'observe'`: nothing that this route demands refuses, all of it is recorded. */
  readonly mode?: Mode
  /** Not in this version: a definition that uses it is refused. */
  readonly authorize?: A
  /** Not in this version: a definition that uses it is refused. */
  readonly body?: M
  /** Not in this version: a definition that uses it is refused. */
  readonly cache?: object
}

/** A route, as {@link route} makes it. */
export interface RouteDefinition<
  P extends string = string,
  M extends string = string,
  U extends string = string,
  A extends string = string,
> {
  readonly pattern: P
  readonly policy: Policy<M, U, A>
  /** Answers instead of the app. A method, so that routes of differing parameters fit one list. */
  handler?(context: Context<P>): unknown
}

/**
 * A route: a method, a path and what they demand.
 *
 * @param pattern method and path: `GET /pets/{petId}`, `ANY /files/{path+}`, `GET /pets/:petId`
 * @param policy what it demands; nothing when left out
 * @param handler answers the request; left out, the app itself does
 *
 * @example
 * const order = route('POST /orders/{id}', { apiKey: true, throttle: { rate: 5, burst: 10 } })
 */
export function route<
  const P extends PathPattern,
  const M extends string = never,
  const U extends string = never,
  const A extends string = never,
>(
  pattern: P,
  policy: Policy<M, U, A> = {},
  handler?: (context: Context<P>) => unknown,
): RouteDefinition<P, M, U, A> {
  return handler === undefined ? { pattern, policy } : { pattern, policy, handler }
}

/** A named, live reference to a deployment, with settings of its own. */
export interface StageDefinition {
  readonly description?: string
  readonly variables?: { readonly [name: string]: string }
  /** One bucket for the whole stage (or per address, key … as `per` says). */
  readonly throttle?: Throttle | readonly Throttle[]
  /** Settings of single methods: `'GET /pets/{petId}'`, AWS's `~1pets~1{petId}/GET`, or `'*'` for each method. */
  readonly methods?: { readonly [method: string]: MethodSettings }
  readonly canary?: CanaryDefinition
  readonly cors?: boolean | CorsPolicy
}

/** What a stage sets for one of its methods. */
export interface MethodSettings {
  readonly throttle?: Throttle
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
  readonly models?: { readonly [K in Mo]: object }
  readonly plans?: { readonly [K in Pl]: UsagePlan }
  readonly authorizers?: { readonly [K in Au]: object }
  /** By name, which is the first segment of the path. Left out: one stage, `$default`, without a name in the path. */
  readonly stages?: { readonly [name: string]: StageDefinition }
  /** By host: a stage, or base paths and their stages: `{ 'api.acme.com': { v1: 'prod', '': 'beta' } }`. */
  readonly domains?: { readonly [host: string]: string | { readonly [basePath: string]: string } }
  /** `false`: only hosts in `domains` are served. Default true. */
  readonly defaultEndpoint?: boolean
  /** Limits over all stages together. Default 10,000 a second, burst 5,000. */
  readonly account?: { readonly throttle?: Throttle | readonly Throttle[] | false }
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
}

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
  /** Peers whose forwarding headers are believed: addresses or CIDR blocks, `'loopback'` for this machine. */
  readonly trustProxy?: readonly string[]
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
    Runtime {}

/** What is known of an API key, without its value. */
export interface KeyRecord {
  readonly id: string
  readonly name?: string
  /** Default true. */
  readonly enabled?: boolean
  /** ms since the epoch. */
  readonly expiresAt?: number
  /** The names of its usage plans. */
  readonly plans: readonly string[]
}

/** A table of API keys. */
export interface KeySource {
  /** @param digest SHA-256 of the presented value, hex, lower case; `null` or `undefined` where there is none */
  find(digest: string): KeyRecord | null | undefined | Promise<KeyRecord | null | undefined>
}
