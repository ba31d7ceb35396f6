/** Who may call: credentials, policy documents and authorizers, as a user writes them. */
import type { Duration } from './clock.js'
import type { Exchange, Refusal } from './exchange.js'

/** So long: seconds, as AWS counts them, or a number with its unit: `60`, `'5m'`. */
export type Ttl = Extract<Duration, string> | number

/** One or several. */
type Some<T> = T | readonly T[]

/**
 * An IAM policy document.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export interface PolicyDocument {
  readonly Version?: '2012-10-17' | '2008-10-17'
  readonly Id?: string
  readonly Statement: Some<PolicyStatement>
}

/** One statement of a policy document, in IAM's words. */
export interface PolicyStatement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: PolicyPrincipal
  readonly NotPrincipal?: PolicyPrincipal
  /** `execute-api:Invoke`, `execute-api:*` */
  readonly Action?: Some<string>
  readonly NotAction?: Some<string>
  /** `arn:aws:execute-api:us-east-1:123456789012:api/prod/GET/pets/*`, or AWS's short `execute-api:/prod/GET/pets/*` */
  readonly Resource?: Some<string>
  readonly NotResource?: Some<string>
  /** By operator, then by condition key: `{ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }` */
  readonly Condition?: {
    readonly [operator: string]: { readonly [key: string]: Some<string | number | boolean> }
  }
}

/** Whom a statement of a resource policy is about. */
export type PolicyPrincipal =
  | '*'
  | {
      readonly AWS?: Some<string>
      readonly Service?: Some<string>
      readonly Federated?: Some<string>
      readonly CanonicalUser?: Some<string>
    }

/** What belongs to an access key id. */
export interface Credential {
  readonly secretAccessKey: string
  /** Of temporary credentials: the `X-Amz-Security-Token` that must come with the signature. */
  readonly sessionToken?: string
  /** When temporary credentials end: ms since the epoch. */
  readonly expiresAt?: number
  /** Who it is, as an ARN: `arn:aws:iam::123456789012:user/alice`. */
  readonly principal: string
  /** What it may do. None: what the resource policy allows, or with none of that either, nothing. */
  readonly policies?: readonly PolicyDocument[]
  /** `aws:PrincipalTag/…` */
  readonly tags?: { readonly [name: string]: string }
}

/** A credential as a table has it. */
export interface CredentialRow extends Omit<Credential, 'expiresAt'> {
  /** ms since the epoch, a `Date`, or ISO 8601: `'2027-01-31'`, `'2027-01-31T12:00:00Z'`. `null`: never, the default. */
  readonly expiresAt?: number | Date | string | null
}

/** A table of credentials by access key id: a database, a vault, a static table. */
export type CredentialSource = (
  accessKeyId: string,
) => CredentialRow | null | undefined | Promise<CredentialRow | null | undefined>

/** How callers who sign with SigV4 are admitted. */
export interface IamOptions {
  /** A signature is admitted once within its window. Default false, as in AWS. */
  readonly once?: boolean
  /** Whether callers normalise the path before they sign it. Default: either spelling verifies. */
  readonly normalizePath?: boolean
}

/** `authorize: { iam: { once: true } }` */
export interface IamAuthorizer {
  readonly iam: IamOptions
}

/** Bearer tokens of one issuer. */
export interface JwtOptions {
  /** As the token's `iss` has it: `https://issuer.example.com`. */
  readonly issuer: string
  /** One of them must be in the token's `aud`, or be its `client_id`. `'*'`: the issuer's tokens for whomever, as AWS's user pool authorizers take them. */
  readonly audience: Some<string>
  /** One of them must be in the token's `scope` or `scp`. A route's own scopes stand in their place. */
  readonly scopes?: readonly string[]
  /** Where the keys are: a URL, or the set itself. Default: as the issuer's `/.well-known/openid-configuration` says. */
  readonly jwks?: string | { readonly keys: readonly object[] }
  /** Default: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA. Never `none`, never a shared secret. */
  readonly algorithms?: readonly string[]
  /** Where the token stands. Default `authorization`, with or without `Bearer `. */
  readonly header?: string
  /** The claim that names the caller. Default `sub`. */
  readonly principal?: string
  /** How far clocks may be apart. Default 0. */
  readonly clockTolerance?: Duration
}

/** Callers show a token of an issuer. */
export interface JwtAuthorizer {
  readonly jwt: JwtOptions
}

/** What a Lambda authorizer of the type TOKEN is given. */
export interface TokenAuthorizerEvent {
  readonly type: 'TOKEN'
  readonly methodArn: string
  readonly authorizationToken: string
}

/** What a Lambda authorizer of the type REQUEST is given: AWS's event 1.0. */
export interface RequestAuthorizerEvent {
  readonly type: 'REQUEST'
  readonly methodArn: string
  readonly resource: string
  readonly path: string
  readonly httpMethod: string
  readonly headers: Readonly<Record<string, string>> | null
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>> | null
  readonly queryStringParameters: Readonly<Record<string, string>> | null
  readonly multiValueQueryStringParameters: Readonly<Record<string, readonly string[]>> | null
  readonly pathParameters: Readonly<Record<string, string>> | null
  readonly stageVariables: Readonly<Record<string, string>> | null
  readonly requestContext: Readonly<Record<string, unknown>>
}

/** What a Lambda authorizer answers. */
export interface AuthorizerResult {
  readonly principalId: string
  readonly policyDocument: PolicyDocument
  /** Reaches the app as strings. */
  readonly context?: { readonly [name: string]: string | number | boolean | null | undefined }
  /** The API key, where `apiKeySource` is `'authorizer'`. */
  readonly usageIdentifierKey?: string | null
}

/** A Lambda authorizer of the type TOKEN, as a function, given 10 s. It throws `new Error('Unauthorized')` for a 401. */
export interface TokenAuthorizer {
  /** Asked with the token alone. */
  readonly token: (event: TokenAuthorizerEvent) => AuthorizerResult | Promise<AuthorizerResult>
  /** Where the token stands. Default `authorization`. */
  readonly header?: string
  /** Tokens that it does not match as a whole are refused without a call. Runs in linear time. */
  readonly validation?: string
  /** How long a result is kept. Default 300 s, at most 3,600; 0 keeps none. */
  readonly ttl?: Ttl
}

/** A Lambda authorizer of the type REQUEST, as a function, given 10 s. */
export interface RequestAuthorizer {
  /** Asked with the request, but for its body. */
  readonly request: (event: RequestAuthorizerEvent) => AuthorizerResult | Promise<AuthorizerResult>
  /** What identifies a caller, in AWS's words: `method.request.header.Auth`, `method.request.querystring.key`, `stageVariables.x`, `context.identity.sourceIp`. Needed where results are kept. */
  readonly identitySources?: readonly string[]
  /** How long a result is kept. Default 300 s, at most 3,600; 0 keeps none. */
  readonly ttl?: Ttl
}

/** Client certificates. */
export interface MtlsOptions {
  /** The authorities whose certificates are believed: PEM, several in one text or a list. */
  readonly trustStore: Some<string>
  /**
   * The header in which a trusted proxy (see `trustProxy`) hands the certificate on: RFC 9440, URL-encoded or plain PEM.
   * Needed behind one, which must overwrite what callers send there.
   */
  readonly header?: string
}

/** Callers show a certificate. */
export interface MtlsAuthorizer {
  readonly mtls: MtlsOptions
}

/** Who called, as an authorizer of your own found out. */
export interface Principal {
  /** The caller's name: throttles `per: 'principal'`, records, caches go by it. */
  readonly principal: string
  /** For the app: `req.gateway.authorizer`. */
  readonly context?: Readonly<Record<string, unknown>>
  /** The API key, where `apiKeySource` is `'authorizer'`. */
  readonly usageIdentifierKey?: string
}

/** A plain function: who called, or a refusal; nothing at all is a 401. */
export type AuthorizerFunction = (
  exchange: Exchange,
) => string | Principal | Refusal | undefined | Promise<string | Principal | Refusal | undefined>

/** An authorizer of the definition, or one where it stands. */
export type AuthorizerDefinition =
  | IamAuthorizer
  | JwtAuthorizer
  | TokenAuthorizer
  | RequestAuthorizer
  | MtlsAuthorizer
  | AuthorizerFunction

/** How the caller of a route has to prove who it is: by an authorizer's name, or one where it stands. */
export type Authorize<A extends string = string> = A | NamedAuthorizer<A> | AuthorizerDefinition

/** `authorize: { authorizer: 'staff', scopes: ['pets:write'] }` */
export interface NamedAuthorizer<A extends string = string> {
  readonly authorizer: A
  /** One of them must be the token's, or in the `scopes` or `scope` of another authorizer's context. */
  readonly scopes?: readonly string[]
}
