/**
 * Signs a test's request with AWS Signature Version 4, by the code that verifies it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { canonicalRequest, canonicalUri, encodeText, normalizePath } from '../authorize/canonical.js'
import { canonicalQuery } from '../authorize/canonical-query.js'
import { ALGORITHM, UNSIGNED_PAYLOAD } from '../authorize/signature.js'
import { parseSignedHeaders, readHeaders, type SignedHeaders } from '../authorize/signed-headers.js'
import { SigningKey } from '../authorize/signing-key.js'
import { formatTimestamp } from '../authorize/timestamp.js'
import { milliseconds } from '../clock.js'
import { sha256 } from '../digest.js'
import { Refusal } from '../exchange.js'
import type { SentBody } from './body.js'
import { timeOf } from './clock.js'
import type { Fields } from './fields.js'
import type { Signer } from './options.js'

/** What is signed. Signing adds to its fields or to its target. */
export interface Unsigned {
  readonly method: string
  readonly target: string
  readonly fields: Fields
  readonly body: SentBody
}

export interface SigningScope {
  readonly region: string
  /** ms since the epoch. */
  readonly now: number
}

/** What signers leave out, since it may change on the way. */
const UNSIGNED = new Set([
  'connection',
  'expect',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amzn-trace-id',
])

const PAYLOAD = 'x-amz-content-sha256'

/** As long as AWS's own tools have presigned URLs hold, unless told otherwise. */
const FIFTEEN_MINUTES = 900_000

/** @returns the target that is to be sent */
export function sign(unsigned: Unsigned, signer: Signer, { region, now }: SigningScope): string {
  const timestamp = formatTimestamp(signer.at === undefined ? now : timeOf(signer.at))
  const scope = `${timestamp.slice(0, 8)}/${region}/execute-api/aws4_request`
  const terms: Terms = { signer, timestamp, scope, credential: `${signer.accessKeyId}/${scope}` }
  const { fields, body } = unsigned
  // The hash of a stream would be known too late to be sent; of what is there as a whole, it goes without saying.
  if (body.bytes === undefined && fields.get(PAYLOAD) === undefined) fields.set(PAYLOAD, UNSIGNED_PAYLOAD)
  const { presigned = false } = signer
  if (presigned === false) return signHeader(unsigned, terms)
  return presign(unsigned, terms, presigned === true ? FIFTEEN_MINUTES : milliseconds(presigned))
}

interface Terms {
  readonly signer: Signer
  readonly timestamp: string
  readonly scope: string
  readonly credential: string
}

function signHeader(unsigned: Unsigned, terms: Terms): string {
  const { fields, target } = unsigned
  const { signer, credential, timestamp } = terms
  fields.set('x-amz-date', timestamp)
  if (signer.sessionToken !== undefined) fields.set('x-amz-security-token', signer.sessionToken)
  const headers = signedHeaders(fields)
  const signature = signatureOf(unsigned, terms, headers)
  fields.set(
    'authorization',
    `${ALGORITHM} Credential=${credential}, SignedHeaders=${headers.text}, Signature=${signature}`,
  )
  return target
}

function presign(unsigned: Unsigned, terms: Terms, expires: number): string {
  const { signer, credential, timestamp } = terms
  const headers = signedHeaders(unsigned.fields)
  const added = {
    'X-Amz-Algorithm': ALGORITHM,
    'X-Amz-Credential': credential,
    'X-Amz-Date': timestamp,
    'X-Amz-Expires': String(Math.round(expires / 1000)),
    'X-Amz-SignedHeaders': headers.text,
    ...(signer.sessionToken === undefined ? {} : { 'X-Amz-Security-Token': signer.sessionToken }),
  }
  const query = Object.entries(added).map(([name, value]) => `${name}=${encodeText(value)}`)
  const target = `${unsigned.target}${unsigned.target.includes('?') ? '&' : '?'}${query.join('&')}`
  return `${target}&X-Amz-Signature=${signatureOf({ ...unsigned, target }, terms, headers)}`
}

function signedHeaders({ names }: Fields): SignedHeaders {
  const signed = names.filter((name) => !UNSIGNED.has(name)).sort()
  return orThrow(parseSignedHeaders(signed.join(';')))
}

function signatureOf(
  { method, target, fields, body }: Unsigned,
  { signer, timestamp, scope }: Terms,
  headers: SignedHeaders,
): string {
  const [path = ''] = target.split('?', 1)
  const { canonical } = orThrow(readHeaders(fields.raw, headers))
  const { text: query } = canonicalQuery(target)
  const request = canonicalRequest(
    { method, query, headers: canonical, signedHeaders: headers.text },
    canonicalUri(normalizePath(path)),
    fields.get(PAYLOAD) ?? sha256(body.bytes ?? ''),
  )
  return new SigningKey(signer.secretAccessKey, scope).sign(timestamp, sha256(request))
}

/** What no verifier could read, no signer can sign. */
function orThrow<T>(read: T | Refusal): T {
  if (read instanceof Refusal) throw new TypeError(`\`as\` cannot sign this request: ${read.detail}`)
  return read
}
