/** What an authorizer finds out about a caller. */
import type { X509Certificate } from 'node:crypto'
import type { Exchange, ProofKind, Refusal } from '../exchange.js'
import type { CompiledPolicy } from './policy.js'

export interface Grant {
  /** Never empty: limits and caches tell callers apart by it. */
  readonly principal: string
  /** For the app: `req.gateway.authorizer`. Frozen. */
  readonly context: Readonly<Record<string, unknown>>
  /** The API key, where `apiKeySource` is `'authorizer'`. */
  readonly usageKey?: string | undefined
  /** What a Lambda authorizer lets the caller do. */
  readonly policy?: CompiledPolicy
  /** The one that was verified. */
  readonly certificate?: X509Certificate
}

/** Finds out who calls. */
export type Authenticate = (exchange: Exchange) => Grant | Refusal | Promise<Grant | Refusal>

/** Who called is put on the exchange by whoever has admitted it. */
export function grant(exchange: Exchange, found: Grant, proof: ProofKind): void {
  exchange.principal = found.principal
  exchange.authorizer = found.context
  exchange.usageKey = found.usageKey
  exchange.proof = proof
  exchange.certificate = found.certificate
}
