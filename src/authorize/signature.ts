/** What a request says of its signature, in its `Authorization` or in its query. */
import { Refusal } from '../exchange.js'
import { refused } from './refused.js'
import { parseSignedHeaders, type SignedHeaders } from './signed-headers.js'

export const ALGORITHM = 'AWS4-HMAC-SHA256'
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/** An access key id and a scope: `AKIDEXAMPLE/20150830/us-east-1/execute-api/aws4_request`. */
export interface ScopedCredential {
  readonly text: string
  readonly accessKeyId: string
  /** `20150830/us-east-1/execute-api/aws4_request` */
  readonly scope: string
  readonly date: string
  readonly region: string
  readonly service: string
  readonly terminator: string
}

/** Who signs, for what, and which headers: the same in many requests. */
export interface Terms {
  readonly credential: ScopedCredential
  readonly signedHeaders: SignedHeaders
}

export interface Signature {
  readonly terms: Terms
  /** Hex, lower case. */
  readonly signature: string
}

export function parseTerms(credential: string, signedHeaders: string): Terms | Refusal {
  const scoped = parseCredential(credential)
  if (scoped instanceof Refusal) return scoped
  const headers = parseSignedHeaders(signedHeaders)
  return headers instanceof Refusal ? headers : { credential: scoped, signedHeaders: headers }
}

function parseCredential(text: string): ScopedCredential | Refusal {
  const [accessKeyId = '', date = '', region = '', service = '', terminator, ...more] = text.split('/')
  if (accessKeyId === '' || terminator === undefined || more.length > 0) return refused(ELEMENTS)
  const scope = text.slice(accessKeyId.length + 1)
  return { text, accessKeyId, scope, date, region, service, terminator }
}

const ELEMENTS =
  'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.'
