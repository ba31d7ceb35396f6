/** Certificates for tests, written in DER by hand (RFC 5280): with any dates, uses and mistakes, and no files. */
import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'

export interface TestCertificate {
  readonly pem: string
  readonly keyPem: string
  readonly certificate: X509Certificate
  readonly issue: (subject: string, options?: CertificateOptions) => TestCertificate
}

export interface CertificateOptions {
  readonly ca?: boolean
  readonly from?: string
  readonly to?: string
  /** Of the extended key usage; none: not limited. */
  readonly uses?: readonly ('client' | 'server' | 'any')[]
  readonly uri?: string
  /** A key that there is already: of an authority that is certified twice. */
  readonly keyOf?: TestCertificate
  /** The same, by the key itself. */
  readonly privateKey?: KeyObject
  readonly local?: boolean
  /** Of the basic constraints: authorities below it at most. */
  readonly pathLength?: number
  /** Others: by object identifier, in DER. */
  readonly more?: readonly MoreExtension[]
}

export interface MoreExtension {
  readonly oid: string
  readonly critical?: boolean
  readonly value: Uint8Array
}

const OIDS = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  basicConstraints: '2.5.29.19',
  subjectAltName: '2.5.29.17',
  extKeyUsage: '2.5.29.37',
  client: '1.3.6.1.5.5.7.3.2',
  server: '1.3.6.1.5.5.7.3.1',
  any: '2.5.29.37.0',
  C: '2.5.4.6',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  CN: '2.5.4.3',
}

interface Keys {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const keysOf = new WeakMap<TestCertificate, Keys>()

/** A root: an authority that certifies itself. @param subject `C=DE, O=Acme, CN=Root` */
export function root(subject: string, options: CertificateOptions = {}): TestCertificate {
  return certificate(subject, { ca: true, ...options }, undefined)
}

/** A certificate that is signed by its own key. */
export function selfSigned(subject: string, options: CertificateOptions = {}): TestCertificate {
  return certificate(subject, options, undefined)
}

function certificate(
  subject: string,
  options: CertificateOptions,
  issuer: { subject: string; keys: Keys } | undefined,
): TestCertificate {
  const keys = keysFor(options)
  const by = issuer ?? { subject, keys }
  const tbs = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    sequence(oid('ecdsaWithSha256')),
    name(by.subject),
    sequence(time(options.from ?? '20200101000000Z'), time(options.to ?? '21200101000000Z')),
    name(subject),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions(options))),
  )
  const signature = tlv(0x03, Buffer.from([0]), sign('sha256', tbs, by.keys.privateKey))
  const raw = sequence(tbs, sequence(oid('ecdsaWithSha256')), signature)
  const made: TestCertificate = {
    pem: `-----BEGIN CERTIFICATE-----\n${raw.toString('base64').replace(/.{64}(?!$)/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    keyPem: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: new X509Certificate(raw),
    issue: (to, more = {}) => certificate(to, more, { subject, keys }),
  }
  keysOf.set(made, keys)
  return made
}

function keysFor({ keyOf, privateKey }: CertificateOptions): Keys {
  if (privateKey !== undefined) return { privateKey, publicKey: createPublicKey(privateKey) }
  return (keyOf && keysOf.get(keyOf)) ?? generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function extensions({ ca, uses, uri, local, pathLength, more = [] }: CertificateOptions): Buffer[] {
  const all: Buffer[] = more.map(({ oid: name, critical, value }) =>
    sequence(identifier(name), ...(critical ? [TRUE] : []), tlv(0x04, value)),
  )
  if (ca) {
    const length = pathLength === undefined ? [] : [integer(Buffer.from([pathLength]))]
    all.push(extension('basicConstraints', sequence(TRUE, ...length)))
  }
  if (uses) all.push(extension('extKeyUsage', sequence(...uses.map(oid))))
  const names = [
    ...(uri === undefined ? [] : [tlv(0x86, Buffer.from(uri))]),
    ...(local ? [tlv(0x82, Buffer.from('localhost')), tlv(0x87, Buffer.from([127, 0, 0, 1]))] : []),
  ]
  if (names.length > 0) all.push(extension('subjectAltName', sequence(...names)))
  // There must be one at least.
  return all.length > 0 ? all : [extension('basicConstraints', sequence())]
}

function extension(kind: keyof typeof OIDS, content: Buffer): Buffer {
  return sequence(oid(kind), tlv(0x04, content))
}

/** `C=DE, O=Acme, CN=alice`: in this order, one part in each set; `\\,` is a comma. */
function name(subject: string): Buffer {
  const parts = subject === '' ? [] : subject.split(/(?<!\\), /)
  return sequence(
    ...parts.map((part) => {
      const [, kind = '', value = ''] = /^(\w+)=(.*)$/.exec(part) ?? []
      const text = tlv(0x0c, Buffer.from(value.replaceAll('\\,', ',')))
      return tlv(0x31, sequence(oid(kind as keyof typeof OIDS), text))
    }),
  )
}

function time(generalized: string): Buffer {
  return tlv(0x18, Buffer.from(generalized))
}

export function integer(bytes: Buffer): Buffer {
  return tlv(0x02, bytes)
}

export function sequence(...content: Uint8Array[]): Buffer {
  return tlv(0x30, ...content)
}

const TRUE = tlv(0x01, Buffer.from([0xff]))

function oid(kind: keyof typeof OIDS): Buffer {
  return identifier(OIDS[kind])
}

export function identifier(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)))
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

export function tlv(tag: number, ...content: Uint8Array[]): Buffer {
  const value = Buffer.concat(content)
  const { length } = value
  const short = [length]
  const long = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...(length < 128 ? short : long)]), value])
}
