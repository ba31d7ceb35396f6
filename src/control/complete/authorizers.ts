/** Authorizers, and what routes ask of them. */
import { milliseconds } from '../../clock.js'
import type { CompleteAuthorize, CompleteAuthorizer } from '../../complete.js'
import type { AuthorizerDefinition, IamOptions, JwtOptions, MtlsOptions, Policy } from '../../definition.js'
import { ttlOf } from '../check/ttl.js'
import { ALGORITHMS, DEFAULT_AUTHORIZER_TTL, DEFAULT_TOKEN_HEADER } from './defaults.js'

export function authorizerOf(given: AuthorizerDefinition): CompleteAuthorizer {
  if (typeof given === 'function') return { kind: 'function', call: given }
  if ('iam' in given) return iamOf(given.iam)
  if ('jwt' in given) return jwtOf(given.jwt)
  if ('mtls' in given) return mtlsOf(given.mtls)
  const ttl = ttlOf(given.ttl ?? DEFAULT_AUTHORIZER_TTL)
  if ('request' in given) {
    return { kind: 'request', call: given.request, identitySources: given.identitySources ?? [], ttl }
  }
  const { token: call, header = DEFAULT_TOKEN_HEADER, validation } = given
  return { kind: 'token', call, header: header.toLowerCase(), validation, ttl }
}

export function authorizeOf(given: NonNullable<Policy['authorize']>, observe: boolean): CompleteAuthorize {
  if (typeof given === 'object' && 'authorizer' in given) {
    return { authorizer: namedOf(given.authorizer), scopes: given.scopes ?? [], observe }
  }
  const authorizer = typeof given === 'string' ? namedOf(given) : authorizerOf(given)
  return { authorizer, scopes: [], observe }
}

/** `'iam'` stands for itself, as nothing has to be said of it. */
function namedOf(name: string): string | CompleteAuthorizer {
  return name === 'iam' ? iamOf({}) : name
}

function iamOf({ once = false, normalizePath }: IamOptions): CompleteAuthorizer {
  return { kind: 'iam', once, normalizePath }
}

function jwtOf(given: JwtOptions): CompleteAuthorizer {
  const { header = DEFAULT_TOKEN_HEADER, clockTolerance = 0 } = given
  return {
    kind: 'jwt',
    issuer: given.issuer,
    audience: listOf(given.audience),
    scopes: given.scopes ?? [],
    jwks: given.jwks,
    algorithms: given.algorithms ?? ALGORITHMS,
    header: header.toLowerCase(),
    principal: given.principal ?? 'sub',
    clockTolerance: milliseconds(clockTolerance),
  }
}

function mtlsOf({ trustStore, header }: MtlsOptions): CompleteAuthorizer {
  return { kind: 'mtls', trustStore: listOf(trustStore), header: header?.toLowerCase() }
}

function listOf(given: string | readonly string[]): readonly string[] {
  return typeof given === 'string' ? [given] : given
}
