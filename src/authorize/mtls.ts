/**
 * Client certificates: a path is built from the caller's to an authority of the trust store, and every certificate
 * on it has to hold now. That the caller has the private key was proven by TLS, or to the proxy.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-6
 */
import type { X509Certificate } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { type Exchange, Refusal } from '../exchange.js'
import {
  type CertificateInfo,
  certificateFromHeader,
  certificateInfo,
  isForClients,
  parseTrustStore,
  type Validity,
  validityOf,
} from './certificate.js'
import { limitsOf } from './extensions.js'
import type { Grant } from './grant.js'

/** An authority, and those by whom it is certified in turn. */
interface Authority {
  readonly certificate: X509Certificate
  readonly validity: Validity
  /** Authorities below it at most. */
  readonly pathLength: number
  /** It certifies one of its own name, of another key or another time: that is no step down. */
  readonly selfIssued: boolean
  /** None: the path ends here. */
  issuers: readonly Authority[]
}

/** What never changes of a caller's certificate. */
interface Examined {
  readonly info: CertificateInfo
  readonly context: Grant['context']
  readonly validity: Validity
  /** Whether it stands in the trust store itself. */
  readonly pinned: boolean
  readonly issuers: readonly Authority[]
}

/** Certificates on a path at most, the caller's included. AWS allows four. */
const LONGEST_PATH = 8
const MOST_KNOWN = 1_000

export class ClientCertificates {
  readonly #pinned: ReadonlySet<string>
  readonly #authorities: readonly Authority[]
  /** By fingerprint, so that a signature is checked once for each certificate. */
  readonly #known = new LRUCache<string, Examined | Refusal>({ max: MOST_KNOWN })
  readonly #header: string | undefined

  /** @throws TypeError for a trust store that cannot be read */
  constructor({ trustStore, header }: { trustStore: readonly string[]; header: string | undefined }) {
    const store = parseTrustStore(trustStore)
    this.#pinned = new Set(store.map((each) => each.fingerprint256))
    this.#authorities = authoritiesOf(store)
    this.#header = header
  }

  /** Who holds the certificate, or a refusal. */
  authenticate(exchange: Exchange): Grant | Refusal {
    const certificate = this.#presented(exchange)
    if (certificate instanceof Refusal) return certificate
    const known = this.#examined(certificate)
    if (known instanceof Refusal) return known
    const { info, validity, pinned, issuers } = known
    const now = exchange.startedAt
    if (!holds(validity, now))
      return denied(`the certificate of '${info.subject}' has expired, or is not valid yet`)
    if (!pinned && !leadsToAnchor(issuers, now)) {
      return denied(`no authority of the trust store that holds now has issued '${info.subject}'`)
    }
    const principal = info.subject || info.subjectAltName || info.fingerprint256
    return { principal, context: known.context, certificate }
  }

  /** Behind a proxy the socket's certificate is the proxy's own; from anybody else the header is mere words. */
  #presented({ proxied, request }: Exchange): X509Certificate | Refusal {
    if (!proxied) return request.certificate ?? denied(NONE_GIVEN)
    if (this.#header === undefined) {
      return denied('a trusted proxy is in between: name the header of the certificate, `mtls: { header }`')
    }
    const value = request.header(this.#header)
    if (value === undefined || value === '') return denied(`the proxy gave no ${this.#header} header`)
    return certificateFromHeader(value) ?? denied(`the ${this.#header} header holds no certificate`)
  }

  #examined(certificate: X509Certificate): Examined | Refusal {
    const { fingerprint256 } = certificate
    const known = this.#known.get(fingerprint256)
    if (known !== undefined) return known
    const examined = this.#examine(certificate)
    this.#known.set(fingerprint256, examined)
    return examined
  }

  #examine(certificate: X509Certificate): Examined | Refusal {
    const info = certificateInfo(certificate)
    if (!isForClients(certificate))
      return denied(`the certificate of '${info.subject}' is not for TLS clients`)
    const { fault } = limitsOf(certificate)
    if (fault !== undefined) return denied(`the certificate of '${info.subject}' ${fault}`)
    const issuers = this.#authorities.filter((authority) => isIssuedBy(certificate, authority.certificate))
    const pinned = this.#pinned.has(info.fingerprint256)
    if (!pinned && issuers.length === 0) {
      return denied(
        `no authority of the trust store has issued '${info.subject}'; its issuer is '${info.issuer}'`,
      )
    }
    return { info, context: Object.freeze({ ...info }), validity: validityOf(certificate), pinned, issuers }
  }
}

/** Who has certified whom does not change: signatures between authorities are checked once. */
function authoritiesOf(store: readonly X509Certificate[]): readonly Authority[] {
  const all: Authority[] = store.filter((each) => each.ca && isForClients(each)).map(authorityOf)
  for (const authority of all) {
    authority.issuers = isIssuedBy(authority.certificate, authority.certificate)
      ? []
      : all.filter((other) => isIssuedBy(authority.certificate, other.certificate))
  }
  return all
}

function authorityOf(certificate: X509Certificate): Authority {
  const { subject, issuer } = certificate
  const { pathLength } = limitsOf(certificate)
  const validity = validityOf(certificate)
  return { certificate, validity, pathLength, selfIssued: subject === issuer, issuers: [] }
}

/**
 * Whether one of these holds now, and so does what certifies it, up to a root, or to an authority whose own issuer
 * the trust store does not have. Authorities that only certify each other in a circle lead nowhere.
 */
function leadsToAnchor(authorities: readonly Authority[], now: number): boolean {
  let level = new Map<Authority, number>()
  for (const each of authorities) reach(level, each, 0, now)
  for (let length = 2; length <= LONGEST_PATH && level.size > 0; length++) {
    const above = new Map<Authority, number>()
    for (const [{ issuers, selfIssued }, below] of level) {
      if (issuers.length === 0) return true
      for (const each of issuers) reach(above, each, selfIssued ? below : below + 1, now)
    }
    level = above
  }
  return false
}

/** @param below the authorities below it; of several ways to one, that with the fewest leads wherever the others do */
function reach(level: Map<Authority, number>, authority: Authority, below: number, now: number): void {
  if (!holds(authority.validity, now) || below > authority.pathLength) return
  level.set(authority, Math.min(below, level.get(authority) ?? below))
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
  } catch {
    // A key of a kind that OpenSSL does not know.
    return false
  }
}

function holds({ from, to }: Validity, now: number): boolean {
  return from <= now && now <= to
}

const NONE_GIVEN =
  'the caller gave no certificate, or the server asks for none: ' +
  'https.createServer({ requestCert: true, rejectUnauthorized: false })'

/** AWS refuses during the handshake, or with a 403. */
function denied(detail: string): Refusal {
  return new Refusal('ACCESS_DENIED', detail)
}
