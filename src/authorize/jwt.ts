/**
 * JSON Web Tokens: signed by their issuer, for this audience, and valid now by the gateway's clock. The rules are
 * those of the JWT authorizers of AWS's HTTP APIs.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
import type { JSONWebKeySet, JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import { dateAt } from '../clock.js'
import type { CompleteJwt } from '../complete.js'
import { digestApiKey } from '../digest.js'
import { deepFreeze } from './freeze.js'
import { jose } from './jose.js'
import type { KeySet, KeySets, Keys } from './jwks.js'
import { unlike } from './words.js'

/** A token that was found good. */
export interface Verified {
  readonly principal: string
  /** `{ claims, scopes }`, frozen. */
  readonly context: Readonly<Record<string, unknown>>
}

/** A token that is no good, and why, in words fit for the caller. */
export class Unverified {
  constructor(
    readonly reason: string,
    /** For the operator. */
    readonly detail = reason,
  ) {}
}

interface Known {
  readonly verified: Verified
  readonly version: object
  /** Clock, ms. */
  readonly since: number
  readonly until: number
}

/** The longest that a token is believed without another look at its signature, ms. */
const KEPT = 60_000
const MOST_KNOWN = 5_000
/** An audience that every token is for. */
const ANYBODY = '*'
/** Three parts in base64url (RFC 7515, 7.1). Encrypted ones have five. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/

export class JwtVerifier {
  readonly #options: CompleteJwt
  /** `undefined`: the set is the definition's own. */
  readonly #remote: KeySet | undefined
  #own: Promise<Keys> | undefined
  readonly #ownVersion = {}
  /** By the token's digest: the table is no place to steal tokens from. */
  readonly #known = new LRUCache<string, Known>({ max: MOST_KNOWN })

  constructor(options: CompleteJwt, sets: KeySets) {
    this.#options = options
    const { jwks, issuer } = options
    if (typeof jwks === 'string') this.#remote = sets.get({ url: jwks })
    else if (jwks === undefined) this.#remote = sets.get({ issuer })
    jose().catch(() => {})
  }

  /**
   * @param now clock, ms
   * @throws what keeps the issuer's keys from being had; or a promise rejected with it
   */
  verify(token: string, now: number): Verified | Unverified | Promise<Verified | Unverified> {
    if (!COMPACT.test(token)) return new Unverified('the token is malformed')
    const digest = digestApiKey(token)
    const known = this.#known.get(digest)
    if (known !== undefined && this.#isGood(known, now)) return known.verified
    return this.#verify(token, digest, now)
  }

  #isGood({ version, since, until }: Known, now: number): boolean {
    const current = this.#remote === undefined ? this.#ownVersion : this.#remote.version(now)
    return since <= now && now < until && version === current
  }

  async #verify(token: string, digest: string, now: number): Promise<Verified | Unverified> {
    const keys = await this.#keys(now)
    const found = await this.#verifyBy(keys, token, digest, now)
    if (found !== 'unknown key') return found
    const newer = (await this.#remote?.newer(keys, now)) ?? keys
    const again = newer.version === keys.version ? found : await this.#verifyBy(newer, token, digest, now)
    return again === 'unknown key' ? new Unverified('the token is signed by an unknown key') : again
  }

  async #verifyBy(keys: Keys, token: string, digest: string, now: number) {
    const claims = await this.#claims(token, keys, now)
    return claims === 'unknown key' || claims instanceof Unverified
      ? claims
      : this.#keep(claims, keys, digest, now)
  }

  #keys(now: number): Promise<Keys> {
    return this.#remote?.keys(now) ?? this.#ownKeys()
  }

  #ownKeys(): Promise<Keys> {
    this.#own ??= jose().then(({ createLocalJWKSet }) => ({
      key: createLocalJWKSet(this.#options.jwks as JSONWebKeySet),
      version: this.#ownVersion,
    }))
    return this.#own
  }

  async #claims(token: string, { key }: Keys, now: number): Promise<JWTPayload | Unverified | 'unknown key'> {
    const { issuer, algorithms, clockTolerance } = this.#options
    const { jwtVerify, errors } = await jose()
    try {
      const { payload } = await jwtVerify(token, key, {
        issuer,
        algorithms: [...algorithms],
        clockTolerance: clockTolerance / 1000,
        currentDate: dateAt(now),
        requiredClaims: ['exp'],
      })
      return payload
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return 'unknown key'
      if (!(error instanceof errors.JOSEError)) throw error
      const claim = 'claim' in error ? String(error.claim) : ''
      const reason = reasonOf(error.code, claim)
      return claim === 'iss' && error instanceof errors.JWTClaimValidationFailed
        ? new Unverified(reason, unlike(reason, error.payload.iss, [issuer]))
        : new Unverified(reason)
    }
  }

  #keep(claims: JWTPayload, { version }: Keys, digest: string, now: number): Verified | Unverified {
    const verified = this.#checked(claims, now)
    if (verified instanceof Unverified) return verified
    const until = Math.min(now + KEPT, (claims.exp ?? 0) * 1000 + this.#options.clockTolerance)
    this.#known.set(digest, { verified, version, since: now, until })
    return verified
  }

  /** What AWS asks of a token beside what every verifier does. */
  #checked(claims: JWTPayload, now: number): Verified | Unverified {
    const { audience, principal: claim, clockTolerance } = this.#options
    // The client's id counts only where there is no audience.
    const meant: unknown = Object.hasOwn(claims, 'aud') ? claims.aud : claims.client_id
    const audiences: unknown[] = Array.isArray(meant) ? meant : [meant]
    if (
      !(
        audience.includes(ANYBODY) ||
        audiences.some((each) => typeof each === 'string' && audience.includes(each))
      )
    ) {
      const reason = 'the token is for another audience'
      return new Unverified(reason, unlike(reason, meant, audience))
    }
    const { iat } = claims
    if (iat !== undefined && iat > Math.floor(now / 1000) + clockTolerance / 1000) {
      return new Unverified('the token was issued in the future')
    }
    const principal: unknown = Object.hasOwn(claims, claim) ? claims[claim] : undefined
    if (typeof principal !== 'string' || principal === '') {
      const reason = 'the token does not say who calls'
      return new Unverified(reason, `${reason}: it has no claim '${claim}'`)
    }
    return { principal, context: deepFreeze({ claims, scopes: scopesOf(claims) }) }
  }
}

/** RFC 8693, 4.2, has them in one text; some issuers write a list, or call it `scp`. */
function scopesOf({ scope, scp }: JWTPayload): readonly string[] {
  const given: unknown = scope ?? scp
  const all: unknown[] = Array.isArray(given) ? given : String(given ?? '').split(' ')
  return all.filter((each): each is string => typeof each === 'string' && each !== '')
}

/** In words of our own, the same for all versions of what verifies. */
function reasonOf(code: string, claim: string): string {
  switch (code) {
    case 'ERR_JWT_EXPIRED':
      return 'the token has expired'
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      return CLAIMS[claim] ?? 'the claims of the token are not as demanded'
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      return 'the signature of the token does not match'
    case 'ERR_JWKS_MULTIPLE_MATCHING_KEYS':
      return 'the token does not say by which key it is signed'
    case 'ERR_JOSE_ALG_NOT_ALLOWED':
      return 'the token is signed by an algorithm that is not allowed'
    default:
      return 'the token is malformed'
  }
}

const CLAIMS: Readonly<Record<string, string>> = {
  iss: 'the token is of another issuer',
  nbf: 'the token is not valid yet',
  exp: 'the token does not say when it expires',
}
