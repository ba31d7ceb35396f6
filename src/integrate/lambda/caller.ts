/**
 * Who calls, as events have it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
import type { X509Certificate } from 'node:crypto'
import type { Exchange } from '../../exchange.js'
import type { LambdaClientCertificate, LambdaIdentity } from './types.js'

type Fields = Readonly<Record<string, unknown>>

/** Format 1.0's. What AWS knows and we do not is null, as it is there where there is none. */
export function identityOf(exchange: Exchange): LambdaIdentity {
  const { sourceIp, request, key, certificate, proof } = exchange
  const signer = proof === 'iam' ? signerOf(exchange) : undefined
  const identity = {
    cognitoIdentityPoolId: null,
    accountId: signer?.accountId ?? null,
    cognitoIdentityId: null,
    caller: signer?.arn ?? null,
    sourceIp,
    principalOrgId: null,
    accessKey: signer?.accessKeyId ?? null,
    cognitoAuthenticationType: null,
    cognitoAuthenticationProvider: null,
    userArn: signer?.arn ?? null,
    userAgent: request.header('user-agent') ?? null,
    user: signer?.arn ?? null,
  }
  if (key === undefined && certificate === undefined) return identity
  return {
    ...identity,
    ...(key !== undefined && { apiKey: apiKeyOf(exchange), apiKeyId: key.id }),
    ...(certificate !== undefined && { clientCert: clientCert(certificate) }),
  }
}

function apiKeyOf({ usageKey, request }: Exchange): string | null {
  return usageKey ?? request.header('x-api-key') ?? null
}

/** Format 1.0's: what a Lambda authorizer says as texts, a token's claims apart. Nothing for who signs: see the identity. */
export function authorizerV1(exchange: Exchange): Record<string, unknown> | undefined {
  const { proof, principal, authorizer } = exchange
  if (principal === undefined || proof === 'iam' || proof === 'mtls') return undefined
  if (proof === 'jwt') return tokenOf(authorizer)
  const texts: Record<string, unknown> = { principalId: principal }
  for (const [name, value] of Object.entries(authorizer)) if (value != null) texts[name] = textOf(value)
  return texts
}

/** Format 2.0's. */
export function authorizerV2(exchange: Exchange): Record<string, unknown> | undefined {
  const { proof, principal, authorizer } = exchange
  if (principal === undefined || proof === 'mtls') return undefined
  if (proof === 'jwt') return { jwt: tokenOf(authorizer) }
  if (proof === 'iam') {
    const { accessKeyId: accessKey, accountId, arn } = signerOf(exchange)
    const unknown = { cognitoIdentity: null, principalOrgId: null }
    return { iam: { accessKey, accountId, callerId: arn, ...unknown, userArn: arn, userId: arn } }
  }
  // Of a Lambda authorizer AWS tells the context alone; a function of ours has nothing else to say who it is.
  const isLambda = proof === 'token' || proof === 'request'
  return { lambda: isLambda ? { ...authorizer } : { principalId: principal, ...authorizer } }
}

/** AWS has unique ids of principals, which nobody here knows: the ARN is as unique. */
function signerOf({ principal = '', authorizer }: Exchange) {
  return {
    arn: principal,
    accountId: principal.split(':')[4] ?? null,
    accessKeyId: typeof authorizer.accessKeyId === 'string' ? authorizer.accessKeyId : null,
  }
}

function tokenOf({ claims, scopes }: Fields): Record<string, unknown> {
  const texts = Object.entries(isFields(claims) ? claims : {}).map(([name, value]) => [
    name,
    claimText(value),
  ])
  return {
    claims: Object.fromEntries(texts),
    scopes: Array.isArray(scopes) && scopes.length > 0 ? [...scopes] : null,
  }
}

/** All claims are texts in AWS; a list's items stand in brackets. */
function claimText(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(textOf).join(' ')}]` : textOf(value)
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

/** Certificates come again and again. */
const certificates = new WeakMap<X509Certificate, LambdaClientCertificate>()

export function clientCert(certificate: X509Certificate): LambdaClientCertificate {
  const known = certificates.get(certificate) ?? {
    clientCertPem: certificate.toString(),
    subjectDN: nameOf(certificate.subject),
    issuerDN: nameOf(certificate.issuer),
    serialNumber: (certificate.serialNumber.toLowerCase().match(/../g) ?? []).join(':'),
    validity: { notBefore: certificate.validFrom, notAfter: certificate.validTo },
  }
  certificates.set(certificate, known)
  return { ...known, validity: { ...known.validity } }
}

/** Node writes one part a line. */
function nameOf(lines: string | undefined): string {
  return (lines ?? '').split('\n').join(',')
}
