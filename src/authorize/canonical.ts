/**
 * The canonical request: the one spelling of a request that its signature is over.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */

/** Anything but the unreserved characters of RFC 3986, 2.3. */
const RESERVED = /[^\w\-.~]/
const RESERVED_IN_PATH = /[^\w\-.~/]/
/** What `encodeURIComponent` leaves alone although it is reserved. */
const LEFT = /[!'()*]/g

/** Percent-encodes all but unreserved characters. */
export function encodeText(text: string): string {
  return RESERVED.test(text) ? encode(text) : text
}

/** Percent-encodes a path as received, which encodes its own percent signs once more; slashes stay. */
export function canonicalUri(path: string): string {
  return RESERVED_IN_PATH.test(path) ? encode(path).replaceAll('%2F', '/') : path
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(LEFT, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** A path without empty and dot segments, as callers sign it who normalise before they do. */
export function normalizePath(path: string): string {
  if (!path.includes('//') && !path.includes('/.')) return path
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}${kept.length > 0 && path.endsWith('/') ? '/' : ''}`
}

/** What of a request does not depend on how its path and its body are signed. */
export interface Canonical {
  readonly method: string
  readonly query: string
  /** `\nhost:example.com\nx-amz-date:20150830T123600Z` */
  readonly headers: string
  /** `host;x-amz-date` */
  readonly signedHeaders: string
}

/** @param payload SHA-256 of the body, hex, or `UNSIGNED-PAYLOAD` */
export function canonicalRequest(
  { method, query, headers, signedHeaders }: Canonical,
  uri: string,
  payload: string,
): string {
  return `${method}\n${uri}\n${query}${headers}\n\n${signedHeaders}\n${payload}`
}
