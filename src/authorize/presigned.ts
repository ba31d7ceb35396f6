/** The signature in a presigned URL: `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=…&X-Amz-Signature=…` */
import { Refusal } from '../exchange.js'
import { unsupported } from './authorization.js'
import type { CanonicalQuery } from './canonical-query.js'
import { refused } from './refused.js'
import { ALGORITHM, parseTerms, type Signature } from './signature.js'

/** A signature with its time, and how long it holds. */
export interface Presigned extends Signature {
  readonly timestamp: string
  /** Seconds; `undefined`: as long as one in a header. */
  readonly expires: number | undefined
}

/** 7 days. */
const LONGEST = 604_800

const NEEDED = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
  'X-Amz-Date',
] as const

/** Whether the query says anything of a signature. */
export function isPresigned({ signing }: CanonicalQuery): boolean {
  if (signing.size === 0) return false
  return signing.has('x-amz-signature') || signing.has('x-amz-credential') || signing.has('x-amz-algorithm')
}

export function parsePresigned({ signing }: CanonicalQuery): Presigned | Refusal {
  const given = NEEDED.map((name) => signing.get(name.toLowerCase()) ?? '')
  const [algorithm = '', credential = '', signature = '', signedHeaders = '', timestamp = ''] = given
  if (given.includes('')) return incomplete(given)
  if (algorithm !== ALGORITHM) return refused(unsupported(algorithm))
  const expires = signing.get('x-amz-expires')
  const fault = expires === undefined ? undefined : expiryFault(expires)
  if (fault !== undefined) return refused(fault)
  const terms = parseTerms(credential, signedHeaders)
  if (terms instanceof Refusal) return terms
  return { terms, signature, timestamp, expires: expires === undefined ? undefined : Number(expires) }
}

function incomplete(given: readonly string[]): Refusal {
  const missing = NEEDED.filter((_, index) => given[index] === '')
  const words = missing.map((name) => `AWS query-string parameters must include '${name}'.`)
  return refused(`${words.join(' ')} Re-examine the query-string parameters.`)
}

function expiryFault(text: string): string | undefined {
  if (!/^-?\d{1,10}$/.test(text)) return 'X-Amz-Expires should be a number.'
  if (Number(text) < 1) return 'X-Amz-Expires must be greater than 0 seconds.'
  if (Number(text) > LONGEST) return `X-Amz-Expires must be at most a week (in seconds), that is ${LONGEST}.`
  return undefined
}
