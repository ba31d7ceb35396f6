/** One request on its way through, and all that is known of it. */
import type { CompleteCors } from './complete.js'
import type { KeyRecord } from './definition.js'
import type { ParamsOf } from './params.js'
import { REFUSALS, type RefusalType } from './refusal.js'
import type { Counter } from './store/contract.js'

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
}

/** What goes back. */
export class Answer {
  constructor(
    readonly status: number,
    /** Names and values in turn. */
    readonly headers: readonly string[],
    readonly body: string | Uint8Array = '',
  ) {}
}

/**
 * An answer of your own, from a step or a handler.
 *
 * @param body text or bytes as they are; anything else as JSON; nothing when left out
 *
 * @example
 * const teapot = answer(418, { error: 'short and stout' }, { 'retry-after': '60' })
 */
export function answer(
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new TypeError(
      `an answer begins with its status, 200 to 599, not ${String(status)}: answer(404, 'none')`,
    )
  }
  const flat = Object.entries(headers).flat()
  if (body === undefined || body === null) return new Answer(status, flat)
  const named = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  const typed = (type: string) => (named ? flat : ['content-type', type, ...flat])
  if (typeof body === 'string') return new Answer(status, typed('text/plain; charset=utf-8'), body)
  if (body instanceof Uint8Array) return new Answer(status, typed('application/octet-stream'), body)
  return new Answer(status, typed('application/json'), JSON.stringify(body))
}

/** The gateway's own no, before it has become an answer. */
export class Refusal {
  constructor(
    readonly type: RefusalType,
    /** For the operator: the record, the log, `$context.error.validationErrorString`. */
    readonly detail: string | undefined = undefined,
    /** Public words instead of the type's own. */
    readonly message: string | undefined = undefined,
    /** Names and values in turn. */
    readonly headers: readonly string[] = [],
  ) {}
}

/**
 * A refusal, from a step of your own.
 *
 * @example
 * const noSundays = before('validate', () => refuse('ACCESS_DENIED', 'closed on Sundays'))
 */
export function refuse(type: RefusalType, detail?: string): Refusal {
  if (!Object.hasOwn(REFUSALS, type)) {
    throw new TypeError(
      `'${String(type)}' is no type of refusal; there are ${Object.keys(REFUSALS).join(', ')}`,
    )
  }
  return new Refusal(type, detail)
}

/** The app is answering by itself. */
export const passed: unique symbol = Symbol('postern.passed')
export type Passed = typeof passed

export type Outcome = Answer | Refusal
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
  readonly principal: string | undefined
  /** The caller's address. */
  readonly sourceIp: string
}

/** What a handler is given: `Context<'GET /pets/{petId}'>` knows that there is `params.petId`. */
export interface Context<P extends string = string> extends Omit<GatewayContext, 'params'> {
  readonly params: ParamsOf<P>
  readonly request: GatewayRequest
}

/** An API key that was presented and is valid. Kept while it is called with. */
export interface Identity {
  readonly key: KeyRecord
  /** The counters that are held open for it, by the limits of which plan. */
  openedFor: object | undefined
  opened: (Counter | undefined)[]
}

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
  /** The path, once it is known to be one. */
  target:
    | { readonly segments: readonly string[]; canonical(from: number): string; readonly encoded: boolean }
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

  /** What the app is told, and nothing of how the gateway works: for logs and `JSON.stringify`. */
  toJSON(): GatewayContext {
    const { requestId, client, plan, stage, canary, variables, route, params, principal, sourceIp } = this
    return { requestId, client, plan, stage, canary, variables, route, params, principal, sourceIp }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): GatewayContext {
    return this.toJSON()
  }

  /** Records that a policy in `observe` would have refused. */
  observe(type: RefusalType): void {
    this.observed = [...this.observed, type]
  }
}
