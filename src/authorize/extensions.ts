/**
 * What Node does not tell of a certificate: its extensions, read from its DER.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
import type { X509Certificate } from 'node:crypto'
import { BOOLEAN, type Element, elements, INTEGER, inside, numberOf, OCTETS, oidOf, SEQUENCE } from './der.js'

/** One extension of a certificate. */
export interface Extension {
  /** Whoever does not understand it must not believe the certificate. */
  readonly critical: boolean
  /** DER. */
  readonly value: Uint8Array
}

/** `extensions [3] EXPLICIT` */
const EXTENSIONS = 0xa3

/**
 * The extensions of a certificate, by their object identifiers: `2.5.29.19`.
 *
 * @param raw DER
 * @returns nothing where they cannot be read, or one comes twice
 */
export function extensionsOf(raw: Uint8Array): ReadonlyMap<string, Extension> | undefined {
  const [certificate] = elements(raw) ?? []
  const [body] = inside(certificate, SEQUENCE) ?? []
  const fields = inside(body, SEQUENCE)
  if (fields === undefined) return undefined
  const all = new Map<string, Extension>()
  // Certificates of versions 1 and 2 have none.
  const wrapped = fields.find(({ tag }) => tag === EXTENSIONS)
  if (wrapped === undefined) return all
  const [list] = inside(wrapped, EXTENSIONS) ?? []
  for (const each of inside(list, SEQUENCE) ?? [undefined]) {
    const [kind, ...rest] = inside(each, SEQUENCE) ?? []
    const name = oidOf(kind)
    const extension = extensionOf(rest)
    if (name === undefined || extension === undefined || all.has(name)) return undefined
    all.set(name, extension)
  }
  return all
}

/** `critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING` */
function extensionOf(parts: readonly Element[]): Extension | undefined {
  const [value, mark, ...more] = [...parts].reverse()
  if (value?.tag !== OCTETS || more.length > 0) return undefined
  if (mark === undefined) return { critical: false, value: value.content }
  if (mark.tag !== BOOLEAN || mark.content.length !== 1) return undefined
  return { critical: mark.content[0] !== 0, value: value.content }
}

/**
 * How many authorities may follow below one, as its `basicConstraints` say (RFC 5280, 4.2.1.9).
 *
 * @param value `SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }`
 * @returns nothing where it cannot be read
 */
export function pathLengthOf(value: Uint8Array): number | undefined {
  const [constraints, ...more] = elements(value) ?? []
  const parts = inside(constraints, SEQUENCE)
  if (parts === undefined || more.length > 0) return undefined
  const [length, ...others] = parts[0]?.tag === BOOLEAN ? parts.slice(1) : parts
  if (length === undefined) return Number.POSITIVE_INFINITY
  const { tag, content } = length
  // Four bytes are more than any path; the first bit is the sign.
  if (others.length > 0 || tag !== INTEGER || content.length === 0 || content.length > 4) return undefined
  return (content[0] ?? 0) < 0x80 ? numberOf(content) : undefined
}

const NAME_CONSTRAINTS = '2.5.29.30'
const BASIC_CONSTRAINTS = '2.5.29.19'

/**
 * What may be critical: what paths are held to, by OpenSSL or by `mtls.ts`, and what asks for nothing as long as
 * nobody asks for a policy. `policyConstraints` do ask for one, so they are not among them.
 */
const UNDERSTOOD = new Set([
  BASIC_CONSTRAINTS,
  /** Key identifiers of the subject and of the authority. */
  ...['2.5.29.14', '2.5.29.35'],
  /** `keyUsage`, `extKeyUsage`, `subjectAltName` */
  ...['2.5.29.15', '2.5.29.37', '2.5.29.17'],
  /** `certificatePolicies`, `policyMappings`, `inhibitAnyPolicy` */
  ...['2.5.29.32', '2.5.29.33', '2.5.29.54'],
  /** Where lists of revoked certificates are, and what else the authority has to say: nobody is asked. */
  ...['2.5.29.31', '1.3.6.1.5.5.7.1.1'],
])

/** What a certificate's extensions mean for paths that it is on. */
export interface Limits {
  /** Authorities below it at most; those that only certify themselves anew are not counted. */
  readonly pathLength: number
  /** Why it must not be believed, as it follows "the certificate of 'CN=…'". */
  readonly fault: string | undefined
}

export function limitsOf({ raw }: X509Certificate): Limits {
  const extensions = extensionsOf(raw)
  const constraints = extensions?.get(BASIC_CONSTRAINTS)
  const pathLength = constraints === undefined ? Number.POSITIVE_INFINITY : pathLengthOf(constraints.value)
  if (extensions === undefined || pathLength === undefined)
    return { pathLength: 0, fault: 'has extensions that cannot be read' }
  return { pathLength, fault: faultOf(extensions) }
}

/** RFC 5280, 4.2: a critical extension that is not understood has the certificate refused. */
function faultOf(extensions: ReadonlyMap<string, Extension>): string | undefined {
  if (extensions.has(NAME_CONSTRAINTS)) return 'has name constraints, which are not supported'
  const [unknown] = [...extensions].find(([oid, { critical }]) => critical && !UNDERSTOOD.has(oid)) ?? []
  return unknown && `has a critical extension that is not supported: ${unknown}`
}
