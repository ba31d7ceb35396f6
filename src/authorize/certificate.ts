/** What is in a certificate, and how it comes in a header. */
import type { X509Certificate } from 'node:crypto'
import { nodeCrypto } from '../crypto.js'
import { limitsOf } from './extensions.js'

/** The certificate's holder, for the app: `req.gateway.authorizer`. */
export interface CertificateInfo {
  /** As RFC 4514 writes names, the most specific part first: `CN=alice,O=Acme,C=DE`. */
  readonly subject: string
  readonly issuer: string
  /** Hex, upper case. */
  readonly serialNumber: string
  /** SHA-256 of the whole, `AB:CD:…`. */
  readonly fingerprint256: string
  /** `Aug  5 00:28:21 2120 GMT` */
  readonly validFrom: string
  readonly validTo: string
  /** `DNS:client.example.com, URI:spiffe://example.com/client` */
  readonly subjectAltName: string | undefined
}

export function certificateInfo(certificate: X509Certificate): CertificateInfo {
  const { serialNumber, fingerprint256, validFrom, validTo, subjectAltName } = certificate
  const names = { subject: nameOf(certificate.subject), issuer: nameOf(certificate.issuer) }
  return { ...names, serialNumber, fingerprint256, validFrom, validTo, subjectAltName }
}

/** Node writes one part a line, the least specific first, and escapes what is special in it. */
function nameOf(lines: string | undefined): string {
  return (lines ?? '').split('\n').reverse().join(',')
}

/** When a certificate holds: ms since the epoch, both included. */
export interface Validity {
  readonly from: number
  readonly to: number
}

export function validityOf({ validFrom, validTo }: X509Certificate): Validity {
  return { from: Date.parse(validFrom), to: Date.parse(validTo) }
}

/** `extKeyUsage`: for TLS clients, or for anything (RFC 5280, 4.2.1.12). */
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
const ANY_USE = '2.5.29.37.0'

/** Node calls the extended key usage `keyUsage`; `undefined` where the certificate does not limit it. */
export function isForClients({ keyUsage }: X509Certificate): boolean {
  return keyUsage === undefined || keyUsage.includes(CLIENT_AUTH) || keyUsage.includes(ANY_USE)
}

/** Why a certificate of a trust store must not be believed, in words; nothing where it may be, or never is. */
export function trustFault(certificate: X509Certificate): string | undefined {
  const fault = isForClients(certificate) ? limitsOf(certificate).fault : undefined
  return fault && `the certificate of '${certificateInfo(certificate).subject}' ${fault}`
}

const BLOCK = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g

/**
 * The certificates of a trust store.
 *
 * @param texts PEM, several certificates in one text or each in its own; comments between them are passed over
 * @throws TypeError for a text without a certificate, and for a certificate that cannot be read
 */
export function parseTrustStore(texts: readonly string[]): X509Certificate[] {
  return texts.flatMap((text) => {
    const blocks = [...text.matchAll(BLOCK)]
    if (blocks.length === 0) throw new TypeError('there is no certificate in it')
    if (blocks.length < text.split('BEGIN CERTIFICATE').length - 1)
      throw new TypeError('a certificate in it has no end')
    return blocks.map(([, base64 = ''], index) => {
      const certificate = fromBase64(base64.replace(/\s/g, ''))
      if (certificate === undefined) throw new TypeError(`its certificate ${index + 1} cannot be read`)
      return certificate
    })
  })
}

/**
 * The certificate that a proxy hands on; of several in one value the first one, which is the client's.
 *
 * @param value a byte sequence `:MIIB…:` (RFC 9440), PEM, or PEM with its line breaks as spaces or URL-encoded
 * @returns nothing where it is none of these
 */
export function certificateFromHeader(value: string): X509Certificate | undefined {
  // Where the header came twice, the first one may be the caller's own: certificates are no secrets.
  if (value.includes(',')) return undefined
  const sequence = /^:([^:]*):$/.exec(value.trim())?.[1]
  if (sequence !== undefined) return fromBase64(sequence)
  const text = value.includes('%') ? decoded(value) : value
  const [, base64] = /^\s*-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/.exec(text ?? '') ?? []
  return base64 === undefined ? undefined : fromBase64(base64.replace(/\s/g, ''))
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}

function fromBase64(base64: string): X509Certificate | undefined {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined
  const { X509Certificate } = nodeCrypto()
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch {
    return undefined
  }
}
