/**
 * The `Authorization` header of a signed request:
 * `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=host;x-amz-date, Signature=…`
 */
import { Refusal } from '../exchange.js'
import type { GatewayRequest } from '../port.js'
import { refused, repeated } from './refused.js'
import { ALGORITHM, parseTerms, type Signature, type Terms } from './signature.js'

const PARTS = ['Credential', 'Signature', 'SignedHeaders'] as const

/** What most headers end with: 64 hexadecimal digits after it. */
const LAST = 'Signature='
const DIGITS = 64
/** Only so long ones are remembered, and so many: anybody may send others. */
const LONGEST = 384
const MOST = 1_000

/** Parses the headers. All but its end is the same in each request of a caller's day, and remembered. */
export class Authorizations {
  readonly #known = new Map<string, Terms>()

  /** @param request for the words of a refusal */
  parse(text: string, request: GatewayRequest): Signature | Refusal {
    const end = text.length - DIGITS
    if (end > LONGEST || !text.endsWith(LAST, end)) return parse(text, request)
    const head = text.slice(0, end)
    const terms = this.#known.get(head)
    if (terms !== undefined) return { terms, signature: text.slice(end) }
    const parsed = parse(text, request)
    if (parsed instanceof Refusal) return parsed
    if (this.#known.size >= MOST) this.#known.clear()
    this.#known.set(head, parsed.terms)
    return parsed
  }
}

function parse(text: string, request: GatewayRequest): Signature | Refusal {
  const space = text.indexOf(' ')
  const algorithm = space === -1 ? text : text.slice(0, space)
  if (algorithm !== ALGORITHM && algorithm.startsWith('AWS4-')) return refused(unsupported(algorithm))
  const parts = new Map<string, string>()
  for (const piece of algorithm === ALGORITHM ? text.slice(ALGORITHM.length).split(',') : []) {
    const equals = piece.indexOf('=')
    if (equals === -1) return refused(NO_PAIR)
    const name = piece.slice(0, equals).trim()
    if (parts.has(name)) return repeated(name)
    parts.set(name, piece.slice(equals + 1).trim())
  }
  const [credential, signature, signedHeaders] = PARTS.map((name) => parts.get(name))
  if (!credential || !signature || !signedHeaders) return incomplete(parts, request)
  const terms = parseTerms(credential, signedHeaders)
  return terms instanceof Refusal ? terms : { terms, signature }
}

const NO_PAIR = 'Authorization header holds what is not a valid key=value pair (missing equal-sign).'

export function unsupported(algorithm: string): string {
  return `Unsupported AWS 'algorithm': '${algorithm}'.`
}

/** What is missing, all of it at once. The header itself is not repeated: it may be another scheme's secret. */
function incomplete(parts: ReadonlyMap<string, string>, request: GatewayRequest): Refusal {
  const missing = PARTS.filter((name) => !parts.get(name)).map(
    (name) => `Authorization header requires '${name}' parameter.`,
  )
  const dated = request.header('x-amz-date') ?? request.header('date')
  return refused([...missing, ...(dated === undefined ? [UNDATED] : [])].join(' '))
}

export const UNDATED = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
