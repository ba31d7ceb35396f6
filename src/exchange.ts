/** One request on its way through, and all that is known of it. */
import type { X509Certificate } from 'node:crypto'
import type { Answer, Outcome, Passed, Refusal, Tap } from './answer.js'
import type { CompleteCors } from './complete.js'
import type { Client, GatewayContext } from './context.js'
import type { KeyRecord, ProxyHeader } from './definition.js'
import type { Identity } from './identity.js'
import type { GatewayRequest } from './port.js'
import type { RefusalType } from './refusal.js'
import type { ValidationFault } from './schema.js'
import type { Counter } from './store/contract.js'

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

export type { Identity, Limited } from './identity.js'

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
  /** Whether the peer is a proxy of `trustProxy`, whose headers count; the one that names callers, if others do not. */
  proxied = false
  proxyHeader: ProxyHeader | undefined = undefined
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
  /** What {@link forwardTarget} is made of, or it itself. */
  forwards:
    | string
    | {
        /** The path from this segment on, encoded. */
        canonical(from: number): string
        /** With its `?`; empty where there is none. */
        readonly query: string
      }
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
  /** Bytes that the body is to have, as its caller says; 0 where nothing was said. */
  announced = 0
  /** ms until the answer must begin. */
  timeout: number | false = false
  /** Whether it has been waited for since it began: others went by, and what the clock said then is past. */
  waited = false
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
    this.forwards = request.localTarget
  }

  /** The host's name that the caller used: lower case, without port and trailing dot. */
  get host(): string {
    return (
      /^(\[[^\]]*\]|[^:]*)/.exec(this.request.header('host')?.toLowerCase() ?? '')?.[0]?.replace(/\.$/, '') ??
      ''
    )
  }

  /** What the app gets instead of `request.localTarget`. Made when it is asked for: what is refused needs none. */
  get forwardTarget(): string {
    const { forwards, from } = this
    if (typeof forwards === 'string') return forwards
    const text = forwards.canonical(from) + forwards.query
    this.forwards = text
    return text
  }

  set forwardTarget(target: string) {
    this.forwards = target
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
