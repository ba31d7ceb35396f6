/** The canonical query, and what it says of a signature. */
import { encodeText } from './canonical.js'

export interface CanonicalQuery {
  /** Sorted and encoded, without the signature itself. */
  readonly text: string
  /** The parameters that presigning adds, by lower-case name, decoded. */
  readonly signing: ReadonlyMap<string, string>
  /** One of those that stands there twice. */
  readonly repeated: string | undefined
  /** Whether it cannot be decoded. */
  readonly malformed: boolean
}

const SIGNATURE = 'X-Amz-Signature'

/** What presigning adds to a query. Signers move other `x-amz-` headers there as well, the payload's hash among them. */
const SIGNING = new Set(
  ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Security-Token', 'Signature']
    .concat('Content-Sha256')
    .map((name) => `x-amz-${name.toLowerCase()}`),
)

const NONE: CanonicalQuery = { text: '', signing: new Map(), repeated: undefined, malformed: false }
const MALFORMED: CanonicalQuery = { ...NONE, malformed: true }

interface Parameter {
  readonly name: string
  readonly value: string
}

/**
 * What stands between two `&` is a parameter, even if that is nothing: whatever is added changes the text. A `+` is a
 * space, as it is for the apps that read the query.
 *
 * @param target path and query, raw
 */
export function canonicalQuery(target: string): CanonicalQuery {
  const mark = target.indexOf('?')
  if (mark === -1 || mark === target.length - 1) return NONE
  try {
    return canonical(target.slice(mark + 1))
  } catch (error) {
    if (error instanceof URIError) return MALFORMED
    throw error
  }
}

function canonical(query: string): CanonicalQuery {
  const parameters: Parameter[] = []
  const signing = new Map<string, string>()
  let repeated: string | undefined
  for (const piece of query.split('&')) {
    const equals = piece.indexOf('=')
    const name = canonicalText(equals === -1 ? piece : piece.slice(0, equals))
    const value = equals === -1 ? '' : canonicalText(piece.slice(equals + 1))
    if (name !== SIGNATURE) parameters.push({ name, value })
    const lower = name.toLowerCase()
    if (!SIGNING.has(lower)) continue
    if (signing.has(lower)) repeated = name
    signing.set(lower, decodeURIComponent(value))
  }
  return { text: joined(parameters), signing, repeated, malformed: false }
}

/** Decoded and encoded anew. @throws URIError for what is no percent-encoding, or not of UTF-8 */
function canonicalText(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  return encodeText(spaced.includes('%') ? decodeURIComponent(spaced) : spaced)
}

function joined(parameters: Parameter[]): string {
  if (parameters.length > 1) parameters.sort(byNameAndValue)
  let text = ''
  for (const { name, value } of parameters) text += text === '' ? `${name}=${value}` : `&${name}=${value}`
  return text
}

/** By code point, names first: `a-b=1` comes after `a=1`, though `-` comes before `=`. */
function byNameAndValue(one: Parameter, other: Parameter): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1
  if (one.value === other.value) return 0
  return one.value < other.value ? -1 : 1
}
