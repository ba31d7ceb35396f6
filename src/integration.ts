/**
 * Integrations: what answers an admitted request instead of the app. The shapes that they share; `postern/http`,
 * `postern/lambda`, `postern/aws` and `postern/mock` make them.
 */
import type { Clock, Duration } from './clock.js'
import type { Spot } from './control/check/spot.js'
import type { Answer, Exchange, Integration, Refusal, Route } from './exchange.js'
import type { ByteStream } from './stream.js'

/** What a kind of integration is: how its options are checked, and what they become. */
export interface IntegrationKind<O extends object = object> {
  /** `http`, `lambda`, `aws`, `mock`. */
  readonly type: string
  /** Whether requests for another protocol, WebSocket for one, are its to answer. */
  readonly upgrades?: boolean
  /** Reports at the options' spot whatever is wrong with them. */
  check(at: Spot, place: IntegrationPlace): void
  /**
   * Whether it has something to do before the first request comes: to load a module, to ask targets how they are, to
   * report a stage variable that does not fit.
   */
  startsEarly?(options: O): boolean
  /** Called once for each route, stage and canary of a snapshot, when the first request comes or the snapshot is published. */
  compile(options: O, site: IntegrationSite): Integration
}

const BRAND = Symbol.for('postern.integration')

/** An integration, as it stands in a definition: plain data, and what is to be made of it. */
export class IntegrationDefinition<O extends object = object> {
  readonly [BRAND] = true

  constructor(
    /** What compiles it. */
    readonly kind: IntegrationKind<O>,
    /** As they were given. */
    readonly options: O,
  ) {}
}

/** By its brand: the package may be there twice, as ES modules and as CommonJS. */
export function isIntegration(value: unknown): value is IntegrationDefinition {
  return typeof value === 'object' && value !== null && BRAND in value
}

/** Where an integration stands in a definition, when it is checked. */
export interface IntegrationPlace {
  /** The names of the path's parameters; `undefined` where its pattern cannot be read. */
  readonly params: ReadonlySet<string> | undefined
  /** By stage, the names of its variables, its canary's among them. */
  readonly variables: ReadonlyMap<string, ReadonlySet<string>>
  /** The names of `vpcLinks`. */
  readonly vpcLinks: readonly string[]
}

/** Where an integration is compiled. */
export interface IntegrationSite {
  readonly api: string
  /** Of ARNs. */
  readonly region: string
  readonly accountId: string
  readonly stage: string
  readonly deployment: string
  /** Those of the stage, or of its canary: they do not change while what is compiled lives. */
  readonly variables: Readonly<Record<string, string>>
  readonly route: Route
  /** Lower case; `*` and `/` parts as AWS has them: `image/png`, `*` + `/*`. */
  readonly binaryMediaTypes: readonly string[]
  readonly vpcLinks: ReadonlyMap<string, VpcLinkDefinition>
  /** Bytes of a request's body at most. */
  readonly bodyLimit: number
  /** The route's: ms until the answer must begin. */
  readonly timeout: number | false
  readonly clock: Clock
  readonly random: () => number
  readonly report: (error: unknown) => void
  /** What outlives a publish: connections, breakers, what is known of targets. */
  readonly lasting: Lasting
}

/** What a gateway keeps by name for its integrations, whatever is published meanwhile. */
export interface Lasting {
  /** The one of this name, made where there is none. */
  get<T extends Closable>(name: string, make: () => T): T
}

/** What holds connections or timers. */
export interface Closable {
  /** Lets go of them, once what is on its way is over. */
  close(): void | Promise<void>
}

/** A pool of private targets that integrations name. */
export interface VpcLinkDefinition {
  readonly description?: string
  /** `http://10.0.0.5:8080`, `unix:/run/orders.sock`, or with weights. */
  readonly targets: readonly (string | { readonly url: string; readonly weight?: number })[]
}

/** What all integrations take. */
export interface IntegrationOptions {
  /**
   * Until the answer begins: 50 ms to 15 min. Default: the route's `timeout`, 29 s as in AWS. While a caller still sends
   * its body, as much again for each 64 KB.
   */
  readonly timeout?: Duration
  /** Calls that failed before anything came back, made again where that is safe. Default: as {@link RetryPolicy}. */
  readonly retries?: false | RetryPolicy
  /** Whether targets that keep failing are left alone for a while. Default: as {@link BreakerPolicy}. */
  readonly breaker?: false | BreakerPolicy
}

/** Of calls that are idempotent by their method, or that say so, and of any that never came to be sent. */
export interface RetryPolicy {
  /** Calls beside the first, at most. Default 2. */
  readonly attempts?: number
  /** Before the second call; doubled for each further one, of which a random part is waited. Default 50 ms. */
  readonly backoff?: Duration
  /**
   * Retries to calls, over the last ten seconds, at most: more would bring down who is ill. Default 0.2; ten are granted
   * in any case.
   */
  readonly budget?: number
  /** Answers that count as failed, beside connections that do: `[502, 503, 504]`. Default none. */
  readonly statuses?: readonly number[]
}

/** When a target is left alone, and for how long. */
export interface BreakerPolicy {
  /** Failures in a row. Default 5. */
  readonly failures?: number
  /** Until one call is let through to try. Default 10 s. */
  readonly cooldown?: Duration
}

/** How a request is made into the integration's, in AWS's words, or by a function. */
export interface RequestMapping {
  /** `{ 'integration.request.header.x-user': 'method.request.querystring.user' }`; constants in quotes: `"'eu'"`. */
  readonly parameters?: { readonly [target: string]: string }
  /** By content type: Velocity templates, as AWS has them. */
  readonly templates?: { readonly [contentType: string]: string }
  /** A content type that no template is for. Default `'WHEN_NO_MATCH'`: passed on as it is. */
  readonly passthroughBehavior?: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER'
  readonly contentHandling?: 'CONVERT_TO_BINARY' | 'CONVERT_TO_TEXT'
}

/** How one kind of result is made into an answer. */
export interface ResponseMapping {
  /** Matched against the status, or a function's error message, as a whole. Left out: what no other one matches. */
  readonly selectionPattern?: string
  /** What is answered. Default 200. */
  readonly statusCode?: number | string
  /** `{ 'method.response.header.x-id': 'integration.response.body.id' }` */
  readonly parameters?: { readonly [target: string]: string }
  readonly templates?: { readonly [contentType: string]: string }
  readonly contentHandling?: 'CONVERT_TO_BINARY' | 'CONVERT_TO_TEXT'
}

/** A request, ready to be sent to where an integration leads. */
export interface MappedRequest {
  /** Names and values in turn: what the mapping gives, and the body's `content-type`. */
  readonly headers: readonly string[]
  readonly query: readonly (readonly [name: string, value: string])[]
  /** Values of the placeholders in the integration's path. */
  readonly path: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** By `$context.requestOverride` or a function, instead of the integration's own. */
  readonly method?: string | undefined
}

/** What came back of it. */
export interface IntegrationResult {
  readonly status: number
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body: Uint8Array
  /** What selection patterns are held against instead of the status: a function's `errorMessage`. */
  readonly error?: string | undefined
}

/** A request mapped by code instead of templates: what it returns goes out. */
export type RequestFunction = (exchange: Exchange, body: Uint8Array) => RequestParts | Promise<RequestParts>

/** What of a request a {@link RequestFunction} gives; the rest is empty. */
export interface RequestParts {
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | readonly string[]>>
  readonly path?: Readonly<Record<string, string>>
  /** Bytes and text as they are, anything else as JSON. */
  readonly body?: unknown
}

/** An answer mapped by code: an `answer()`, a `Response`, or any value as JSON. */
export type ResponseFunction = (result: IntegrationResult, exchange: Exchange) => unknown

/** Of integrations whose requests and results are mapped. */
export interface MappingOptions {
  readonly request?: RequestMapping | RequestFunction
  readonly responses?: readonly ResponseMapping[] | ResponseFunction
}

/** Both, compiled. */
export interface Mapping {
  request(exchange: Exchange): MappedRequest | Refusal | Promise<MappedRequest | Refusal>
  answer(exchange: Exchange, result: IntegrationResult): Answer | Refusal | Promise<Answer | Refusal>
}

/** What compiles mappings; it is a folder of its own. */
export type CompileMapping = (options: MappingOptions, site: IntegrationSite) => Mapping

/** Who signs what is sent to AWS. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  /** As the AWS SDK's providers give it, or ms since the epoch. */
  readonly expiration?: Date | number | undefined
}

/**
 * A function that gives credentials: one of the AWS SDK's providers, or your own. It is asked again shortly before they
 * expire, and every five minutes where they do not say when.
 */
export type AwsCredentialProvider = () => AwsCredentials | Promise<AwsCredentials>

/** Something to be sent. */
export interface Outbound {
  /** `https://sqs.eu-central-1.amazonaws.com` */
  readonly origin: string
  readonly method: string
  /** Path and query, encoded. */
  readonly path: string
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body: string | Uint8Array | ByteStream | undefined
  /** Whether it may be sent again. Default: by its method. */
  readonly idempotent?: boolean
}

/** What came back. */
export interface Inbound {
  readonly status: number
  /** Names and values in turn, as received. */
  readonly headers: readonly string[]
  /** All of it where it is there already, else as it comes. */
  readonly body: Uint8Array | ByteStream
}

/**
 * Sends something, with all that `IntegrationOptions` ask for. Rejects with `PosternError` `CALLER_GONE` where the
 * caller has left; what fails otherwise is the refusal.
 */
export type Transport = (exchange: Exchange, outbound: Outbound) => Promise<Inbound | Refusal>

const LAST_PORT = 65_535

/** As `Host` has it, behind whose colon a caller may write anything: what is no port is none. */
export function portOf(host: string | undefined, isSecure: boolean): string {
  const port = Number(/:(\d{1,5})$/.exec(host ?? '')?.[1] ?? 0)
  if (port > 0 && port <= LAST_PORT) return String(port)
  return isSecure ? '443' : '80'
}

/** A forwarding header as trusted proxies have written it; nothing of what a caller may have sent through them. */
export function toldByProxy({ request, proxied, proxyHeader }: Exchange, name: string): string | undefined {
  if (!proxied) return undefined
  const isStandard = name === 'forwarded'
  const isTheirs = proxyHeader === undefined || (proxyHeader === 'Forwarded') === isStandard
  return isTheirs ? request.header(name) : undefined
}
