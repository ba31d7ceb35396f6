/** What callers prove themselves with. Other processes load this too: the keys behind it are the same in all of them. */
import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { root } from '../../authorize/certificates.js'
import { AUDIENCE, type TestKey } from '../../authorize/tokens.js'

function keyOf(seed: string): KeyObject {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(createHash('sha256').update(seed).digest())
  const point = pair.getPublicKey()
  const [d, x, y] = [pair.getPrivateKey(), point.subarray(1, 33), point.subarray(33)].map((part) =>
    part.toString('base64url'),
  )
  return createPrivateKey({ key: { kty: 'EC', crv: 'P-256', d, x, y }, format: 'jwk' })
}

const issuing = keyOf('the issuer of tokens')
const named = { kid: 'issuer', alg: 'ES256' } as const

/** Signs the tokens of {@link ISSUER}. */
export const ISSUER_KEY: TestKey = {
  ...{ ...named, privateKey: issuing },
  jwk: { ...createPublicKey(issuing).export({ format: 'jwk' }), ...named },
}

export const ISSUER = {
  issuer: 'https://issuer.example',
  audience: AUDIENCE,
  jwks: { keys: [ISSUER_KEY.jwk] },
} as const

/** Certifies clients. */
export const AUTHORITY = root('O=Acme, CN=Root', { privateKey: keyOf('the authority of clients') })
