/** A signed request, taken apart: all that its signature is over, and what it says of it. */
import { Refusal } from '../exchange.js'
import type { GatewayRequest } from '../port.js'
import { type Authorizations, UNDATED } from './authorization.js'
import type { Canonical } from './canonical.js'
import { type CanonicalQuery, canonicalQuery } from './canonical-query.js'
import { isPresigned, type Presigned, parsePresigned } from './presigned.js'
import { refused, repeated } from './refused.js'
import { type Signature, UNSIGNED_PAYLOAD } from './signature.js'
import { readHeaders, type SentHeaders } from './signed-headers.js'
import { timestampOfDate } from './timestamp.js'

export interface SignedRequest extends Canonical, Presigned {
  /** As received. */
  readonly path: string
  readonly presigned: boolean
  readonly token: string | undefined
  /** What the caller says of the payload, and has signed: its SHA-256, or `UNSIGNED-PAYLOAD`. */
  readonly payload: string | undefined
}

/** @returns a refusal where it is not signed, or in no way that can be verified */
export function readSigned(request: GatewayRequest, authorizations: Authorizations): SignedRequest | Refusal {
  const authorization = request.header('authorization')
  const query = canonicalQuery(request.target)
  if (authorization === undefined && !isPresigned(query)) return new Refusal('MISSING_AUTHENTICATION_TOKEN')
  const signature =
    authorization === undefined ? parsePresigned(query) : authorizations.parse(authorization, request)
  if (signature instanceof Refusal) return signature
  if (authorization !== undefined && query.signing.size > 0) return refused(TWO_WAYS)
  if (query.repeated !== undefined) return repeated(query.repeated)
  if (query.malformed) return refused('The query string holds what is no percent-encoding of UTF-8.')
  const headers = readHeaders(request.rawHeaders(), signature.terms.signedHeaders)
  return headers instanceof Refusal ? headers : joined(request, signature, query, headers)
}

const TWO_WAYS = 'A request is signed in its Authorization header or in its query string, not in both.'

function joined(
  request: GatewayRequest,
  signature: Signature | Presigned,
  query: CanonicalQuery,
  headers: SentHeaders,
): SignedRequest | Refusal {
  const { signing } = query
  const twice = signing.size === 0 ? undefined : givenTwice(query, headers)
  if (twice !== undefined) return repeated(twice)
  const presigned = 'timestamp' in signature
  const timestamp = presigned ? signature.timestamp : timestampOf(headers)
  if (timestamp === undefined) return refused(UNDATED)
  const payload = headers.payload ?? signing.get(PAYLOAD)
  if (payload !== undefined && payload !== UNSIGNED_PAYLOAD && !SHA256.test(payload)) return refused(NO_HASH)
  return {
    method: request.method,
    path: pathOf(request.target),
    query: query.text,
    headers: headers.canonical,
    signedHeaders: signature.terms.signedHeaders.text,
    terms: signature.terms,
    signature: signature.signature,
    timestamp,
    presigned,
    expires: presigned ? signature.expires : undefined,
    token: headers.token ?? signing.get(TOKEN),
    payload,
  }
}

const TOKEN = 'x-amz-security-token'
const PAYLOAD = 'x-amz-content-sha256'
const DATE = 'x-amz-date'

/** What may be in a header or in the query, and is in both. */
function givenTwice(
  { signing }: CanonicalQuery,
  { token, payload, amzDate }: SentHeaders,
): string | undefined {
  if (token !== undefined && signing.has(TOKEN)) return TOKEN
  if (payload !== undefined && signing.has(PAYLOAD)) return PAYLOAD
  return amzDate !== undefined && signing.has(DATE) ? DATE : undefined
}

const SHA256 = /^[\da-f]{64}$/
const NO_HASH = "'x-amz-content-sha256' must be UNSIGNED-PAYLOAD or a SHA-256, in lower-case hexadecimal."

function timestampOf({ amzDate, date }: SentHeaders): string | undefined {
  if (amzDate !== undefined) return amzDate
  return date === undefined ? undefined : timestampOfDate(date)
}

function pathOf(target: string): string {
  const mark = target.indexOf('?')
  return mark === -1 ? target : target.slice(0, mark)
}
