/** Authorize: whoever calls proves who it is, and policies say what it may. */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.js'
import type { CompleteAuthorize, CompleteAuthorizer } from '../complete.js'
import type { CredentialSource, Runtime } from '../definition.js'
import type { Step } from '../exchange.js'
import type { Counters } from '../store/contract.js'
import { bearer } from './bearer.js'
import type { Authenticate } from './grant.js'
import { IdentityPolicies } from './iam.js'
import { KeySets } from './jwks.js'
import { JwtVerifier } from './jwt.js'
import { LambdaAuthorizer, type LambdaAuthorizerDefinition } from './lambda.js'
import { ClientCertificates } from './mtls.js'
import { plainFunction } from './plain.js'
import type { CompiledPolicy } from './policy.js'
import { SigV4Verifier } from './sigv4.js'
import { type Asker, anonymousStep, provenStep, signedStep } from './steps.js'

/** What authorizers are run with: one for each gateway, as keys, signatures and results are kept over deployments. */
export interface AuthorizersOptions {
  readonly clock: Clock
  readonly api: string
  readonly region: string
  readonly accountId: string
  readonly credentials: CredentialSource | undefined
  readonly conditionKeys: Runtime['conditionKeys']
  /** ms that a look-up may take. */
  readonly timeout: number
  /** Bytes of a body at most. */
  readonly bodyLimit: number
  /** For replay protection; refuses where the store is away. */
  readonly counters: Counters
  readonly report: (error: unknown) => void
}

/** What a route is authorized by. */
export interface Authorization {
  /** `undefined`: the resource policy alone. */
  readonly authorize: (CompleteAuthorize & { readonly authorizer: CompleteAuthorizer }) | undefined
  readonly resourcePolicy: CompiledPolicy | undefined
}

/** A route's demand, with the authorizer that it names. */
export function authorizationOf(
  authorize: CompleteAuthorize,
  named: ReadonlyMap<string, CompleteAuthorizer>,
): NonNullable<Authorization['authorize']> {
  const { authorizer: given } = authorize
  const authorizer = typeof given === 'string' ? named.get(given) : given
  if (authorizer === undefined) throw new TypeError(`an authorizer '${String(given)}' that is not there`)
  return { ...authorize, authorizer }
}

/** Verifiers with equal settings are one, whichever deployment they come from. */
const MOST_VERIFIERS = 100

export class Authorizers {
  readonly #asker: Asker
  readonly #signatures: SigV4Verifier
  readonly #policies = new IdentityPolicies()
  readonly #keySets: KeySets
  readonly #tokens = new LRUCache<string, JwtVerifier>({ max: MOST_VERIFIERS })
  /** By function, then by settings: other code gives other answers. */
  readonly #lambdas = new WeakMap<object, Map<string, LambdaAuthorizer>>()
  readonly #epoch = { number: 0 }

  constructor(readonly options: AuthorizersOptions) {
    this.#asker = { parts: options, conditionKeys: options.conditionKeys, report: options.report }
    this.#signatures = new SigV4Verifier(options)
    this.#keySets = new KeySets(options.report)
  }

  /** The step that lets a caller through, or refuses it. */
  step({ authorize, resourcePolicy }: Authorization): Step {
    if (authorize === undefined) return anonymousStep(this.#asker, resourcePolicy)
    const { authorizer, scopes } = authorize
    if (authorizer.kind === 'iam') {
      const signed = { verifier: this.#signatures, policies: this.#policies, demand: authorizer, scopes }
      return signedStep(this.#asker, resourcePolicy, signed)
    }
    const authenticate = this.#authenticate(authorizer)
    const own = authorizer.kind === 'jwt' ? authorizer.scopes : []
    const wanted = scopes.length > 0 ? scopes : own
    return provenStep(this.#asker, resourcePolicy, { kind: authorizer.kind, authenticate, scopes: wanted })
  }

  /** Forgets what Lambda authorizers have answered: something was changed that they are told of. */
  forget(): void {
    this.#epoch.number++
  }

  #authenticate(authorizer: Exclude<CompleteAuthorizer, { readonly kind: 'iam' }>): Authenticate {
    switch (authorizer.kind) {
      case 'jwt':
        return bearer(this.#verifier(authorizer), authorizer.header, this.options.report)
      case 'mtls': {
        const certificates = new ClientCertificates(authorizer)
        return (exchange) => certificates.authenticate(exchange)
      }
      case 'function':
        return plainFunction(authorizer.call, this.options.report)
      default: {
        const lambda = this.#lambda(authorizer)
        return (exchange) => lambda.authenticate(exchange)
      }
    }
  }

  #verifier(authorizer: Extract<CompleteAuthorizer, { readonly kind: 'jwt' }>): JwtVerifier {
    // Scopes and the header are a route's, not the token's.
    const settings = JSON.stringify({ ...authorizer, scopes: [], header: '' })
    const known = this.#tokens.get(settings)
    if (known !== undefined) return known
    const verifier = new JwtVerifier(authorizer, this.#keySets)
    this.#tokens.set(settings, verifier)
    return verifier
  }

  #lambda(authorizer: LambdaAuthorizerDefinition): LambdaAuthorizer {
    const { call, ...rest } = authorizer
    const settings = JSON.stringify(rest)
    const ofFunction = this.#lambdas.get(call) ?? new Map<string, LambdaAuthorizer>()
    this.#lambdas.set(call, ofFunction)
    const known = ofFunction.get(settings)
    if (known !== undefined) return known
    const lambda = new LambdaAuthorizer(authorizer, this.options, this.#epoch)
    ofFunction.set(settings, lambda)
    return lambda
  }
}
