/**
 * `Cache-Status`: how the cache came to its answer.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9211
 */

const CACHE = 'postern'

/** Why a request went on to the app (RFC 9211, 2.2). */
export type Forwarded = 'bypass' | 'method' | 'uri-miss' | 'vary-miss' | 'request' | 'stale'

export function hit(remaining: number): string {
  return `${CACHE}; hit; ttl=${Math.floor(remaining / 1000)}`
}

export function forwarded(why: Forwarded, also = ''): string {
  return `${CACHE}; fwd=${why}${also}`
}
