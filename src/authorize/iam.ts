/** Callers who sign, and their own policies. */
import { LRUCache } from 'lru-cache'
import type { PolicyDocument } from '../access.js'
import { Refusal } from '../exchange.js'
import type { Grant } from './grant.js'
import { type CompiledPolicy, compilePolicy } from './policy.js'
import type { Signer } from './sigv4.js'

const MOST_KEPT = 1_000

/** Policy documents of credentials, compiled once: by identity, and by text for tables that make them anew each time. */
export class IdentityPolicies {
  readonly #byIdentity = new WeakMap<PolicyDocument, CompiledPolicy>()
  readonly #byText = new LRUCache<string, CompiledPolicy>({ max: MOST_KEPT })

  /** @returns a refusal where a document has faults: what it denies is not known then */
  of(
    { accessKeyId, credential }: Signer,
    report: (error: unknown) => void,
  ): readonly CompiledPolicy[] | Refusal {
    const { policies } = credential
    try {
      return (policies ?? []).map((document) => this.#byIdentity.get(document) ?? this.#compile(document))
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      const error = new TypeError(`of access key id ${accessKeyId}, ${reason}`, { cause })
      report(error)
      return new Refusal('AUTHORIZER_CONFIGURATION_ERROR', error.message)
    }
  }

  #compile(document: PolicyDocument): CompiledPolicy {
    const text = JSON.stringify(document)
    const compiled = this.#byText.get(text) ?? compilePolicy(document, 'identity')
    this.#byText.set(text, compiled)
    this.#byIdentity.set(document, compiled)
    return compiled
  }
}

export function signerGrant({ accessKeyId, credential }: Signer): Grant {
  const { principal } = credential
  return { principal, context: Object.freeze({ accessKeyId, userArn: principal }) }
}
