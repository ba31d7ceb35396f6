/**
 * Callers with a bearer token.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750
 */
import { type Exchange, Refusal } from '../exchange.js'
import { isPromise } from '../store/bounded.js'
import type { Authenticate, Grant } from './grant.js'
import { KeysAway } from './jwks.js'
import { type JwtVerifier, Unverified, type Verified } from './jwt.js'

/** @param header where the token stands, lower case */
export function bearer(
  verifier: JwtVerifier,
  header: string,
  report: (error: unknown) => void,
): Authenticate {
  const failed = (error: unknown) => {
    if (!(error instanceof KeysAway)) report(error)
    return new Refusal('AUTHORIZER_FAILURE', error instanceof Error ? error.message : undefined)
  }
  return (exchange: Exchange) => {
    const token = tokenOf(exchange.request.header(header))
    // Section 3.1: who gives none is told the scheme and nothing else.
    if (token === undefined) return unauthorized('Bearer', `no token in the ${header} header`)
    const found = verifier.verify(token, exchange.startedAt)
    return isPromise(found) ? found.then(granted).catch(failed) : granted(found)
  }
}

/** With or without its scheme, as AWS takes it. */
function tokenOf(value: string | undefined): string | undefined {
  return value?.replace(/^bearer(?: +|$)/i, '').trim() || undefined
}

function granted(found: Verified | Unverified): Grant | Refusal {
  if (found instanceof Unverified) {
    return unauthorized(`Bearer error="invalid_token", error_description="${found.reason}"`, found.detail)
  }
  const { principal, context } = found
  return { principal, context }
}

function unauthorized(challenge: string, detail: string): Refusal {
  return new Refusal('UNAUTHORIZED', detail, undefined, ['WWW-Authenticate', challenge])
}

/** A refusal where the caller has none of these scopes; any will do where there are none. */
export function scopeless(
  { context }: Grant,
  scopes: readonly string[],
  tokens: boolean,
): Refusal | undefined {
  if (scopes.length === 0) return undefined
  const has = scopesOf(context)
  if (scopes.some((scope) => has.includes(scope))) return undefined
  const headers = ['WWW-Authenticate', `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`]
  const detail = `needs one of the scopes ${scopes.join(', ')}; the caller has: ${has.join(', ') || 'none'}`
  return new Refusal('ACCESS_DENIED', detail, undefined, tokens ? headers : [])
}

/** A token's; or what an authorizer of another kind says of its caller: `scopes: ['a', 'b']`, `scope: 'a b'`. */
function scopesOf({ scopes, scope }: Grant['context']): readonly unknown[] {
  const given = scopes ?? scope
  if (Array.isArray(given)) return given
  return typeof given === 'string' ? given.split(' ') : []
}
