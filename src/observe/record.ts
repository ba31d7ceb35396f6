/** What is known of an exchange when it has ended. */
import type { Exchange } from '../exchange.js'
import type { RefusalType } from '../refusal.js'
import type { ValidationFault } from '../schema.js'

/**
 * How an exchange ended. `aborted`: the caller went away, or the connection broke, before the answer was whole.
 * `passed`: handed on to where no answer is seen; the status is 0 then.
 */
export type ExchangeEnd = 'answered' | 'refused' | 'crashed' | 'aborted' | 'passed'

/** The one record of an exchange, given to `onRecord` when it has ended. */
export interface ExchangeRecord {
  readonly requestId: string
  readonly api: string
  readonly stage: string | undefined
  readonly canary: boolean
  /** The deployment's id. */
  readonly deployment: string | undefined
  readonly method: string
  /** `GET /pets/{petId}`; absent where no route was found. */
  readonly route: string | undefined
  /** Decoded, without stage; for humans, never to decide by. */
  readonly path: string
  readonly sourceIp: string
  readonly keyId: string | undefined
  readonly plan: string | undefined
  readonly principal: string | undefined
  /** The status sent; 0 where nothing was. */
  readonly status: number
  readonly end: ExchangeEnd
  readonly refusal: RefusalType | undefined
  /** Why, for the operator. */
  readonly detail: string | undefined
  /** What is wrong with what the caller sent. */
  readonly faults: readonly ValidationFault[]
  /** `Cache-Status` (RFC 9211), where the route has answers kept. */
  readonly cache: string | undefined
  /** What a crashed step threw. */
  readonly error: unknown
  /** What would have been refused, were it not observed only. */
  readonly observed: readonly RefusalType[]
  /** ms since the epoch, by the gateway's clock. */
  readonly startedAt: number
  /** ms from the request's arrival until the answer was out. */
  readonly latency: number
  /** ms of that in the app. */
  readonly integrationLatency: number | undefined
  /** Bytes of the request's body that the caller announced or sent. */
  readonly bytesIn: number
  /** Bytes of the answer's body; where it announced no length, as they went over the wire, in their chunks. */
  readonly bytesOut: number
}

/** What went over the wire. */
export interface Sent {
  /** 0: nothing was. */
  readonly status: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** Whether the caller got all of it. */
  readonly whole: boolean
  /** Nobody will tell what is answered. */
  readonly unseen?: boolean
}

/** The record of an exchange that has ended. */
export function recordOf(exchange: Exchange, api: string, now: number, sent: Sent): ExchangeRecord {
  const { at, startedAt, integratedAt } = exchange
  return {
    requestId: exchange.requestId,
    api,
    stage: at?.name,
    canary: exchange.canary,
    deployment: at?.deployment,
    method: exchange.request.method,
    route: exchange.route,
    path: exchange.path,
    sourceIp: exchange.sourceIp,
    keyId: exchange.identity?.key.id,
    plan: exchange.plan,
    principal: exchange.principal,
    status: sent.status,
    end: endOf(exchange, sent),
    refusal: exchange.refusal?.type,
    detail: exchange.refusal?.detail,
    faults: exchange.faults,
    cache: exchange.cacheStatus || undefined,
    error: exchange.error,
    observed: exchange.observed,
    startedAt,
    latency: Math.max(0, now - startedAt),
    integrationLatency: integratedAt === 0 ? undefined : Math.max(0, now - integratedAt),
    bytesIn: sent.bytesIn,
    bytesOut: sent.bytesOut,
  }
}

function endOf(exchange: Exchange, { whole, unseen }: Sent): ExchangeEnd {
  if (unseen) return 'passed'
  if (!whole) return 'aborted'
  if (exchange.error !== undefined) return 'crashed'
  return exchange.refusal === undefined ? 'answered' : 'refused'
}
