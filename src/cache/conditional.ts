/**
 * Conditional requests, answered from what is kept.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13
 */
import type { GatewayRequest } from '../port.js'
import { httpDate } from './fields.js'

/** What a caller has already. */
export interface Condition {
  readonly noneMatch: string | undefined
  readonly modifiedSince: string | undefined
}

export function conditionOf(request: GatewayRequest): Condition | undefined {
  const noneMatch = request.header('if-none-match')
  const modifiedSince = request.header('if-modified-since')
  return noneMatch === undefined && modifiedSince === undefined ? undefined : { noneMatch, modifiedSince }
}

/** Whether the caller has that very answer. `If-None-Match` goes before `If-Modified-Since` (RFC 9110, 13.2.2). */
export function isHeld(
  { noneMatch, modifiedSince }: Condition,
  etag: string | undefined,
  lastModified: string | undefined,
  now: number,
): boolean {
  if (noneMatch !== undefined) return etag !== undefined && matches(noneMatch, etag)
  const changed = httpDate(lastModified, now)
  const since = httpDate(modifiedSince, now)
  return changed !== undefined && since !== undefined && changed <= since
}

/** Tags are compared weakly (RFC 9110, 8.8.3.2). */
function matches(noneMatch: string, etag: string): boolean {
  if (noneMatch.trim() === '*') return true
  const wanted = opaque(etag)
  return noneMatch.match(TAGS)?.some((tag) => opaque(tag) === wanted) ?? false
}

/** A comma may stand within quotes. */
const TAGS = /(?:W\/)?"[^"]*"|[^,\s]+/g

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag
}
