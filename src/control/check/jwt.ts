/** Bearer tokens. */
import { isSafeUrl } from '../../authorize/fetchkeys.js'
import { nodeCrypto } from '../../crypto.js'
import type { JwtOptions } from '../../definition.js'
import { ALGORITHMS } from '../complete/defaults.js'
import { type Check, duration, formed, list, object, oneOf, oneOrMore, text } from './shapes.js'
import { isFields } from './snapshot.js'
import { type Spot, show } from './spot.js'

/** ms: so far apart are clocks that nobody sets. */
const MOST_TOLERANCE = 600_000
/** Bits (RFC 7518, 3.3). */
const SHORTEST_RSA = 2048

const filled = (fix: string) =>
  text('a text', (at, value) => {
    if (value === '') at.fault('VALUE_INVALID', 'is empty', fix)
  })

const ISSUER = "Write what tokens have as `iss`: 'https://issuer.example.com'."
const AUDIENCE = "Write what tokens for this API have as `aud` or `client_id`: 'https://api.acme.com'."

/** RFC 6749, 3.3. */
export const scopes = list(
  'a list of scopes',
  formed('a scope', /^[\x21\x23-\x5b\x5d-\x7e]+$/, `a scope without spaces: 'pets:read'`),
)

const shape = object<JwtOptions>(
  'token options',
  {
    issuer: filled(ISSUER),
    audience: some(
      oneOrMore(filled(AUDIENCE)),
      'no token would be for anybody',
      "Name one: 'https://api.acme.com'.",
    ),
    scopes,
    jwks,
    algorithms: some(
      list('a list of algorithms', oneOf(...ALGORITHMS)),
      'no signature would do',
      "Name one: 'RS256'.",
    ),
    header: formed(
      'a header name',
      /^[!#$%&'*+\-.^_`|~\w]+$/,
      `a header name: 'authorization'`,
      'HEADER_INVALID',
    ),
    principal: filled('Name a claim, or leave it out for `sub`.'),
    clockTolerance: duration(0, MOST_TOLERANCE),
  },
  ['issuer', 'audience'],
)

export const jwt = object<{ readonly jwt: JwtOptions }>('an authorizer by tokens', {
  jwt: (at) => {
    shape(at)
    const issuer = at.at('issuer')
    if (!at.at('jwks').given && typeof issuer.value === 'string') discoverable(issuer, issuer.value)
  },
})

/** What the issuer says of itself is asked at its own address. */
function discoverable(at: Spot, issuer: string): void {
  if (issuer === '' || (isSafeUrl(issuer) && !/[?#]/.test(issuer))) return
  const fix =
    "Write an https address without a query, 'https://issuer.example.com', or say in `jwks` where the keys are."
  at.fault('ISSUER_INVALID', `the keys of ${show(issuer)} cannot be looked for`, fix)
}

function some(check: Check, message: string, fix: string): Check {
  return (at) => {
    check(at)
    if (Array.isArray(at.value) && at.value.length === 0) at.fault('VALUE_INVALID', message, fix)
  }
}

function jwks(at: Spot): void {
  if (typeof at.value === 'string') return keysAddress(at, at.value)
  const keys = at.at('keys')
  if (!Array.isArray(keys.value) || keys.value.length === 0) {
    const fix = "Write its https address, or the set itself: { keys: [{ kty: 'RSA', n, e }] }."
    return at.fault('JWKS_INVALID', `${show(at.value)} is no key set`, fix)
  }
  for (const key of keys.items) {
    const reason = keyFault(key.value)
    const fix = 'Give public keys as JWK: RSA of 2,048 bits or more, EC, or OKP.'
    if (reason !== undefined) key.fault('JWKS_INVALID', reason, fix)
  }
}

function keysAddress(at: Spot, address: string): void {
  if (isSafeUrl(address)) return
  const fix = "Write an address that begins with 'https://'; plain http will do on this machine only."
  at.fault('JWKS_INVALID', `${show(address)} is no address that keys can be believed from`, fix)
}

function keyFault(key: unknown): string | undefined {
  if (!isFields(key)) return `${show(key)} is no key`
  if (key.kty === 'oct' || key.k !== undefined)
    return 'is a shared secret: whoever can verify with it could sign, too'
  if (key.d !== undefined) return 'is a private key, which verifying does not need'
  try {
    const { asymmetricKeyDetails } = nodeCrypto().createPublicKey({ key: { ...key }, format: 'jwk' })
    const bits = asymmetricKeyDetails?.modulusLength ?? SHORTEST_RSA
    return bits < SHORTEST_RSA ? `is an RSA key of ${bits} bits` : undefined
  } catch {
    return 'is no public key'
  }
}
