/**
 * Verifies AWS Signature Version 4: who signed, and that nothing was changed since. Path, query and headers are those
 * that were received, and the body's hash is our own: nothing of it is taken on trust.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
import type { Clock } from '../clock.js'
import type { Credential, CredentialSource } from '../definition.js'
import { sha256 } from '../digest.js'
import { type Exchange, Refusal } from '../exchange.js'
import { isPromise } from '../store/bounded.js'
import type { Counters } from '../store/contract.js'
import { Authorizations } from './authorization.js'
import { canonicalRequest, canonicalUri, normalizePath } from './canonical.js'
import { Credentials } from './credentials.js'
import { mismatched, refused, unrecognized } from './refused.js'
import { Replays } from './replay.js'
import { type Scope, scopeFault, timeFault } from './scope.js'
import { UNSIGNED_PAYLOAD } from './signature.js'
import { readSigned, type SignedRequest } from './signed-request.js'
import { isEqual, isSignature, SigningKeys, stringToSign } from './signing-key.js'

export interface SigV4Options {
  readonly credentials: CredentialSource | undefined
  readonly api: string
  readonly region: string
  /** ms that a look-up of credentials may take. */
  readonly timeout: number
  /** Bytes of a body at most. */
  readonly bodyLimit: number
  /** For replay protection; refuses where the store is away. */
  readonly counters: Counters
  readonly clock: Clock
  /** Told when look-ups of credentials begin to fail. */
  readonly report?: (error: unknown) => void
  /** What signatures are for. Default `execute-api`. */
  readonly service?: string
}

/** How requests are to be signed. */
export interface SignatureDemand {
  /** Whether a signature is admitted once only. */
  readonly once: boolean
  /** Whether the path is normalised before it is signed; `undefined`: either spelling verifies. */
  readonly normalizePath: boolean | undefined
}

/** Who signed a request. */
export interface Signer {
  readonly accessKeyId: string
  readonly credential: Credential
}

type Verified = Signer | Refusal | Promise<Signer | Refusal>

/** A signed request that is to be verified. */
interface Claim {
  readonly exchange: Exchange
  readonly demand: SignatureDemand
  readonly signed: SignedRequest
}

/** SHA-256 of nothing. */
const NO_PAYLOAD = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

export class SigV4Verifier {
  readonly #credentials: Credentials | undefined
  readonly #keys = new SigningKeys()
  readonly #replays: Replays
  readonly #authorizations = new Authorizations()
  readonly #scope: Scope
  readonly #bodyLimit: number

  constructor(options: SigV4Options) {
    const { credentials, timeout, report = () => {}, counters, clock, api, region } = options
    this.#credentials = credentials && new Credentials(credentials, timeout, report)
    this.#replays = new Replays(counters, clock, api)
    this.#scope = { region, service: options.service ?? 'execute-api' }
    this.#bodyLimit = options.bodyLimit
  }

  /** @throws PosternError `STORE_UNAVAILABLE` and what reading a body throws, or a promise rejected with it */
  verify(exchange: Exchange, demand: SignatureDemand): Verified {
    const signed = readSigned(exchange.request, this.#authorizations)
    if (signed instanceof Refusal) return signed
    const { timestamp, expires, terms } = signed
    const fault =
      scopeFault(terms.credential, timestamp, this.#scope) ??
      timeFault(timestamp, expires, exchange.startedAt)
    if (fault !== undefined) return fault
    if (this.#credentials === undefined) return new Refusal('AUTHORIZER_CONFIGURATION_ERROR', NO_CREDENTIALS)
    const claim = { exchange, demand, signed }
    const found = this.#credentials.find(terms.credential.accessKeyId)
    return isPromise(found) ? found.then((late) => this.#identify(claim, late)) : this.#identify(claim, found)
  }

  #identify(claim: Claim, credential: Credential | undefined): Verified {
    const { exchange, signed } = claim
    const { accessKeyId } = signed.terms.credential
    if (credential === undefined) return unrecognized(`access key id '${accessKeyId}' is unknown`)
    if (!isToken(signed.token, credential.sessionToken || undefined))
      return unrecognized(`the security token is not that of access key id '${accessKeyId}'`)
    if (exchange.startedAt >= (credential.expiresAt ?? Number.POSITIVE_INFINITY))
      return new Refusal('EXPIRED_TOKEN', `access key id '${accessKeyId}' has expired`)
    return this.#read(claim, credential)
  }

  /** A body is held to the hash that is signed, or hashed for the signature. */
  #read(claim: Claim, credential: Credential): Verified {
    const { exchange, signed } = claim
    const { payload } = signed
    // Where the hash is told, the signature comes first: nothing is read for who is not known.
    const fault = payload === undefined ? undefined : this.#mismatch(claim, credential, payload)
    if (fault !== undefined) return fault
    if (payload === UNSIGNED_PAYLOAD) return this.#admit(claim, credential)
    if (!exchange.request.hasBody) return this.#compare(claim, credential, NO_PAYLOAD)
    return exchange.request
      .body(this.#bodyLimit)
      .then((body) => this.#compare(claim, credential, sha256(body)))
  }

  #compare(claim: Claim, credential: Credential, hash: string): Verified {
    const { payload } = claim.signed
    if (payload !== undefined && payload !== hash) return refused(OTHER_PAYLOAD)
    const fault = payload === undefined ? this.#mismatch(claim, credential, hash) : undefined
    return fault ?? this.#admit(claim, credential)
  }

  /** A refusal where the signature is of no spelling of the request. */
  #mismatch(
    { signed, demand }: Claim,
    { secretAccessKey }: Credential,
    payload: string,
  ): Refusal | undefined {
    let fault: Refusal | undefined
    for (const path of pathsOf(signed.path, demand)) {
      for (const hash of payloadsOf(signed, payload)) {
        const other = this.#differs(
          signed,
          secretAccessKey,
          canonicalRequest(signed, canonicalUri(path), hash),
        )
        if (other === undefined) return undefined
        fault ??= other
      }
    }
    return fault
  }

  #differs(signed: SignedRequest, secret: string, canonical: string): Refusal | undefined {
    const { terms, timestamp, signature } = signed
    const { credential } = terms
    const hash = sha256(canonical)
    if (isSignature(signature, this.#keys.of(credential, secret).sign(timestamp, hash))) return undefined
    return mismatched(canonical, stringToSign(credential.scope, timestamp, hash))
  }

  #admit({ exchange, demand, signed }: Claim, credential: Credential): Verified {
    const signer = { accessKeyId: signed.terms.credential.accessKeyId, credential }
    if (!demand.once) return signer
    const replayed = this.#replays.admit(exchange, signed)
    return isPromise(replayed) ? replayed.then((late) => late ?? signer) : (replayed ?? signer)
  }
}

/** Temporary credentials have one, others must not have. */
function isToken(given: string | undefined, wanted: string | undefined): boolean {
  return given === undefined || wanted === undefined ? given === wanted : isEqual(given, wanted)
}

/** Paths that are their own normal form, and the gateway admits no others, have but one spelling. */
function pathsOf(path: string, { normalizePath: normalizes }: SignatureDemand): readonly string[] {
  if (normalizes === false) return [path]
  const normalized = normalizePath(path)
  return normalizes === true || normalized === path ? [normalized] : [path, normalized]
}

/** Presigned URLs may leave the payload out without saying so, as those for S3 do. */
function payloadsOf({ presigned, payload: told }: SignedRequest, payload: string): readonly string[] {
  return presigned && told === undefined ? [payload, UNSIGNED_PAYLOAD] : [payload]
}

const OTHER_PAYLOAD = "The provided 'x-amz-content-sha256' header does not match what was computed."
const NO_CREDENTIALS = 'the definition has no `credentials` to verify signatures with'
