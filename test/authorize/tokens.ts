/** Token issuers for tests: tokens are signed with Node's own crypto, not with the library that verifies them. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** 2026-01-01T00:00:00Z, where a test's clock begins. */
export const START = Date.UTC(2026, 0, 1)
export const AUDIENCE = 'https://api.example.com'

type Algorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA'

export interface TestKey {
  readonly kid: string
  readonly alg: Algorithm
  readonly jwk: Record<string, unknown>
  readonly privateKey: KeyObject
}

export function testKey(kid: string, alg: Algorithm = 'ES256'): TestKey {
  const { privateKey, publicKey } = pair(alg)
  return { kid, alg, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' } }
}

function pair(alg: Algorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  if (alg === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519')
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
}

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** A token of that key; what is `undefined` in `claims` or `header` is left out. */
export function token(key: TestKey, claims: object = {}, header: object = {}): string {
  const seconds = START / 1000
  const all = {
    iss: 'https://issuer.example',
    aud: AUDIENCE,
    sub: 'alice',
    iat: seconds,
    exp: seconds + 3600,
  }
  const head = { alg: key.alg, kid: key.kid, typ: 'JWT', ...header }
  const signed = `${encode(head)}.${encode({ ...all, ...claims })}`
  return `${signed}.${signature(key, signed).toString('base64url')}`
}

function signature({ alg, privateKey }: TestKey, text: string): Buffer {
  const data = Buffer.from(text)
  if (alg === 'EdDSA') return sign(null, data, privateKey)
  if (alg === 'ES256') return sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  // 6: RSA_PKCS1_PSS_PADDING, with a salt as long as the hash (RFC 7518, 3.5).
  return alg === 'PS256'
    ? sign('sha256', data, { key: privateKey, padding: 6, saltLength: 32 })
    : sign('sha256', data, privateKey)
}

/** The classic forgery: the public key's bytes, which everybody has, as a shared secret. */
export function forgedByPublicKey(key: TestKey, secret: string | Buffer): string {
  const [, claims] = token(key).split('.')
  const signed = `${encode({ alg: 'HS256', kid: key.kid })}.${claims}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

/** A token that is not signed at all. */
export function unsigned(key: TestKey): string {
  const [, claims] = token(key).split('.')
  return `${encode({ alg: 'none' })}.${claims}.`
}

export interface Issuer {
  readonly url: string
  readonly jwks: string
  /** How often the key set was asked for, and the metadata. */
  readonly count: { keys: number; metadata: number }
  /** What it publishes. */
  keys: readonly TestKey[]
  /** Answers instead. */
  instead: ((req: IncomingMessage, res: ServerResponse) => void) | undefined
  metadata: Record<string, unknown>
  close(): Promise<void>
}

/** An issuer on this machine, over real sockets. */
export async function issuerOf(...keys: readonly TestKey[]): Promise<Issuer> {
  const server = createServer((req, res) => {
    const isKeys = req.url === '/jwks'
    issuer.count[isKeys ? 'keys' : 'metadata']++
    if (issuer.instead !== undefined) return issuer.instead(req, res)
    const body = isKeys ? { keys: issuer.keys.map(({ jwk }) => jwk) } : issuer.metadata
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer: Issuer = {
    url,
    jwks: `${url}/jwks`,
    count: { keys: 0, metadata: 0 },
    keys,
    instead: undefined,
    metadata: { issuer: url, jwks_uri: `${url}/jwks` },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return issuer
}
