/** One request on its way through, and all that is known of it. */
import type { X509Certificate } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { Answer, Outcome, Passed, Refusal, Tap } from './answer.js'
import type { CompleteCors, CompletePlan } from './complete.js'
import type { KeyRecord } from './definition.js'
import type { ParamsOf } from './params.js'
import type { RefusalType } from './refusal.js'
import type { OutputOf, StandardSchema, ValidationFault } from './schema.js'
import type { Counter } from './store/contract.js'
import type { ByteStream } from './stream.js'

export {
  Answer,
  answer,
  heard,
  type Outcome,
  type Passed,
  passed,
  ReceivedAnswer,
  Refusal,
  refuse,
  type Tap,
  type Tapped,
} from './answer.js'

/** What the core knows of a request: the port that every adapter fills. */
export interface GatewayRequest {
  readonly method: string
  /** Path and query, raw, as received. */
  readonly target: string
  /** The same as the app behind will see it: under a mount path, only the part below it. */
  readonly localTarget: string
  /** The address at the other end of the socket. */
  readonly peer: string
  /** Whether the socket is encrypted. */
  readonly encrypted: boolean
  /** Whether the app behind matches paths without regard to case, as Express does. */
  readonly foldsCase: boolean
  /** The client's certificate, where the socket has one; whether it is to be believed is not said. */
  readonly certificate?: X509Certificate | undefined
  /** Whether answers are held to their models: where the request is a test's. */
  readonly tested?: boolean
  /** Whether a body follows. No field need say so: neither one of HTTP/2 nor one of a `Request` has to have a length. */
  readonly hasBody: boolean
  /** Bytes of the body that were announced or, of one of unknown length, have been read. Default: its `content-length`. */
  readonly bytesIn?: number
  /** By lower-case name; repeated values joined as HTTP says. */
  header(name: string): string | undefined
  /** Names and values in turn, as received. */
  rawHeaders(): readonly string[]
  /**
   * The raw bytes, read once and remembered; the app still gets all of them.
   *
   * @param limit bytes at most
   * @throws PosternError `BODY_TOO_LARGE`, `BODY_CONSUMED` (something read it before the gateway), `BODY_ABORTED`
   */
  body(limit: number): Promise<Uint8Array>
  /**
   * The body as it comes, for one reader; what has been read by `body` is in it once more. It breaks with
   * `PosternError` `BODY_TOO_LARGE` past the limit, `BODY_ABORTED` where the caller leaves.
   *
   * @param limit bytes at most
   * @returns `undefined` where there is none
   */
  stream(limit: number): ByteStream | undefined
  /**
   * Tells when the caller goes away before it has its answer.
   *
   * @returns to be called once nobody wants to know any more
   */
  whenGone(gone: () => void): () => void
  /** Sends an answer before the answer, `103 Early Hints` for one; left out where the server cannot. */
  inform?(status: number, headers: readonly string[]): void
  /** The connection of a request that asks for another protocol. */
  readonly upgrade?: Upgrade | undefined
}

/** A connection whose caller asks for another protocol. */
export interface Upgrade {
  /** What came behind the request's head. */
  readonly head: Uint8Array
  /**
   * Answers `101` and joins both sides until either ends.
   *
   * @param headers names and values in turn, `Upgrade` and `Connection` among them
   * @param head what the other side has sent already
   */
  accept(headers: readonly string[], other: Duplex, head: Uint8Array): void
}

/** One check of the pipeline: nothing to go on, an {@link Answer} or a {@link Refusal} to stop. */
export type Step = (exchange: Exchange) => Outcome | undefined | Promise<Outcome | undefined>
export type Integration = (exchange: Exchange) => Outcome | Passed | Promise<Outcome | Passed>

/** A route of a deployment. */
export interface Route {
  readonly method: string
  /** The path, in AWS's syntax: `/pets/{petId}`. */
  readonly path: string
  /** `GET /pets/{petId}` */
  readonly name: string
}

/** The stage that an exchange goes through. */
export interface Stage {
  readonly name: string
  readonly deployment: string
  readonly variables: Readonly<Record<string, string>>
  readonly canary: boolean
  /** Makes its answers. */
  readonly responder: { answer(exchange: Exchange, outcome: Outcome): Answer }
}

/** The caller, as its API key names it. */
export interface Client {
  readonly id: string
  readonly name: string | undefined
}

/** What the app is told: `req.gateway`. */
export interface GatewayContext {
  readonly requestId: string
  /** Who called, by API key; absent where the route asks for none. */
  readonly client: Client | undefined
  /** The client's usage plan. */
  readonly plan: string | undefined
  readonly stage: string | undefined
  readonly canary: boolean
  readonly variables: Readonly<Record<string, string>>
  /** `GET /pets/{petId}` */
  readonly route: string | undefined
  readonly params: Readonly<Record<string, string>>
  /** Who called, as an authorizer found out. */
  readonly principal: string | undefined
  /** What the authorizer says of the caller: a Lambda authorizer's context, a token's `claims`, a certificate's `subject`. */
  readonly authorizer: Readonly<Record<string, unknown>>
  /** The body, as its model made it; `undefined` where the route has none. */
  readonly body: unknown
  /** The parameters that the route declares, as their schemas made them. */
  readonly query: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, unknown>>
  /** The caller's address. */
  readonly sourceIp: string
}

/**
 * What a handler is given. `P` is its pattern, from which `params` is typed; `B` the schema value that its body is held
 * to, or the body's own type; `Q` and `H` are the types of `query` and `headers`.
 *
 * @example
 * const Pet = z.object({ name: z.string() })
 * const rename = ({ params, body }: Context<'PUT /pets/{petId}', typeof Pet>) => `${params.petId} is ${body.name}`
 * const list = ({ query }: Context<'GET /pets', unknown, { readonly limit?: number }>) => query.limit
 */
export interface Context<
  P extends string = string,
  B = unknown,
  Q = Readonly<Record<string, unknown>>,
  H = Readonly<Record<string, unknown>>,
> extends Omit<GatewayContext, 'params' | 'body' | 'query' | 'headers'> {
  readonly params: ParamsOf<P>
  readonly body: B extends StandardSchema ? OutputOf<B> : B
  readonly query: Q
  readonly headers: H
  readonly request: GatewayRequest
}

/** An API key that was presented and is valid. Kept while it is called with. */
export interface Identity {
  readonly key: KeyRecord
  /** Its plans, as they were looked up among which: the first, and those beside it. */
  among?: object | undefined
  plan?: CompletePlan | undefined
  others?: readonly CompletePlan[]
  /** The counters that are held open for it, by the limits of which plan. */
  openedFor: object | undefined
  opened: (Counter | undefined)[]
}

/** What is known of a caller whom policies have admitted. */
export interface Permits {
  /**
   * Whether they may do this, too.
   *
   * @param action `execute-api:InvalidateCache`
   */
  may(action: string): boolean
}

/** By what kind of authorizer a caller was found to be who it is. */
export type ProofKind = 'iam' | 'jwt' | 'token' | 'request' | 'mtls' | 'function'

const NOTHING_KNOWN: Readonly<Record<string, unknown>> = Object.freeze({})
const NONE: Readonly<Record<string, string>> = Object.freeze({})
/** What the takes of an exchange have charged, the last first. */
export interface Charged {
  readonly counters: readonly Counter[]
  readonly before: Charged | undefined
}

const NOTHING: readonly never[] = Object.freeze([])

/** One request on its way through. Steps read it and add to it; nobody else does. */
export class Exchange implements GatewayContext {
  /** The caller's address, behind trusted proxies. */
  sourceIp: string
  /** What stands for the address in limits: IPv4, or the /64 of an IPv6 one. */
  sourceKey = ''
  secure: boolean
  /** Whether the peer is a proxy of `trustProxy`, whose headers count. */
  proxied = false
  /** The path, once it is known to be one. */
  target:
    | {
        readonly segments: readonly string[]
        /** The path from this segment on, encoded. */
        canonical(from: number): string
        readonly encoded: boolean
      }
    | undefined = undefined
  /** How many of its segments led to the stage. */
  from = 0
  /** What the app gets instead of `request.localTarget`. */
  forwardTarget: string
  at: Stage | undefined = undefined
  on: Route | undefined = undefined
  cors: CompleteCors | undefined = undefined
  params: Readonly<Record<string, string>> = NONE
  identity: Identity | undefined = undefined
  plan: string | undefined = undefined
  /** Who called, as an authorizer (or a step of yours) found out. */
  principal: string | undefined = undefined
  authorizer: Readonly<Record<string, unknown>> = NOTHING_KNOWN
  /** By which kind of authorizer; `undefined` where none was asked, or a step of yours has found out. */
  proof: ProofKind | undefined = undefined
  /** The authorizers that were asked, by name: what one calls `7` is nobody whom another one calls so. */
  askedOf = ''
  /** How often a policy has asked for what the keys of an outer gate's cache may not have: who calls, what is sent. */
  demands = 0
  /** The client's certificate, where an authorizer has verified it. */
  certificate: X509Certificate | undefined = undefined
  /** The API key that the authorizer named. */
  usageKey: string | undefined = undefined
  /** What the policies that admitted the caller say of other actions. */
  permits: Permits | undefined = undefined
  body: unknown = undefined
  query: Readonly<Record<string, unknown>> = NOTHING_KNOWN
  headers: Readonly<Record<string, unknown>> = NOTHING_KNOWN
  /** What is wrong with what the caller sent. */
  faults: readonly ValidationFault[] = NOTHING
  /** The same in one text, where it was let pass: `$context.error.validationErrorString`, as it would have been refused. */
  misfit: string | undefined = undefined
  /** Is told of the answer. */
  tap: Tap | undefined = undefined
  /** Headers of the request that the app gets otherwise than they came: another value, or none. */
  forwardHeaders: ReadonlyMap<string, string | undefined> | undefined = undefined
  /** The value of `Cache-Status` (RFC 9211). */
  cacheStatus = ''
  refusal: Refusal | undefined = undefined
  /** What a crashed step threw. */
  error: unknown = undefined
  /** What was not refused only because its policy observes. */
  observed: readonly RefusalType[] = NOTHING
  /** Whether an outer gate has run already, and this is a route's own. */
  nested = false
  /** What has been charged. */
  charged: Charged | undefined = undefined
  /** The values of `RateLimit-Policy` and `RateLimit`. */
  ratePolicy = ''
  rateState = ''
  /** Clock, ms, when the app was handed the request; 0 before. */
  integratedAt = 0
  /** ms until the answer must begin. */
  timeout: number | false = false
  /** Whether an adapter will say when it has ended. */
  watched = false
  /** Whether its record has been made. */
  ended = false

  constructor(
    /** The gateway that it goes through: another one's word on caller and limits counts for nothing there. */
    readonly gateway: object,
    readonly request: GatewayRequest,
    readonly requestId: string,
    /** Clock, ms. */
    readonly startedAt: number,
  ) {
    this.sourceIp = request.peer
    this.secure = request.encrypted
    this.forwardTarget = request.localTarget
  }

  /** The host's name that the caller used: lower case, without port and trailing dot. */
  get host(): string {
    return (
      /^(\[[^\]]*\]|[^:]*)/.exec(this.request.header('host')?.toLowerCase() ?? '')?.[0]?.replace(/\.$/, '') ??
      ''
    )
  }

  /** As matched, without stage or base path; decoded, so for humans only. */
  get path(): string {
    const { target, from } = this
    if (target === undefined) return '/'
    return target.encoded ? `/${target.segments.slice(from).join('/')}` : target.canonical(from)
  }

  get key(): KeyRecord | undefined {
    return this.identity?.key
  }

  get client(): Client | undefined {
    return this.key && { id: this.key.id, name: this.key.name }
  }

  get stage(): string | undefined {
    return this.at?.name
  }

  get canary(): boolean {
    return this.at?.canary ?? false
  }

  get variables(): Readonly<Record<string, string>> {
    return this.at?.variables ?? NONE
  }

  get route(): string | undefined {
    return this.on?.name
  }

  /** AWS's `x-amz-apigw-id`: here another spelling of the request's id. */
  get extendedRequestId(): string {
    return `${Buffer.from(this.requestId.replaceAll('-', ''), 'hex').toString('base64url').slice(0, 15)}=`
  }

  /**
   * For logs and `JSON.stringify`: what the app is told, but for what the caller sent and what its token says, which
   * is nobody else's business, and nothing of how the gateway works.
   */
  toJSON(): Omit<GatewayContext, 'authorizer' | 'body' | 'query' | 'headers'> {
    const { requestId, client, plan, stage, canary, variables, route, params, principal, sourceIp } = this
    return { requestId, client, plan, stage, canary, variables, route, params, principal, sourceIp }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): object {
    return this.toJSON()
  }

  /** Records that a policy in `observe` would have refused, and why. */
  observe(type: RefusalType, detail?: string): void {
    this.observed = [...this.observed, type]
    if (type === 'BAD_REQUEST_PARAMETERS' || type === 'BAD_REQUEST_BODY') this.misfit ??= detail
  }
}
