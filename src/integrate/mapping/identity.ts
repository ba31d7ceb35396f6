/** `$context.identity`: who calls, in AWS's words. */
import type { Exchange } from '../../exchange.js'
import { type JavaMap, newMap } from './values.js'

type Read = (exchange: Exchange) => unknown

const IDENTITY: Readonly<Record<string, Read>> = {
  accessKey: (exchange) => signed(exchange) && exchange.authorizer.accessKeyId,
  accountId: (exchange) => signed(exchange) && exchange.principal?.split(':')[4],
  apiKey: ({ identity, request, usageKey }) => identity && (usageKey ?? request.header('x-api-key')),
  apiKeyId: ({ key }) => key?.id,
  caller: (exchange) => signed(exchange) && exchange.principal,
  clientCert: certificateOf,
  // Cognito's and an organization's are not known here.
  cognitoAuthenticationProvider: () => undefined,
  cognitoAuthenticationType: () => undefined,
  cognitoIdentityId: () => undefined,
  cognitoIdentityPoolId: () => undefined,
  principalOrgId: () => undefined,
  sourceIp: ({ sourceIp }) => sourceIp,
  user: (exchange) => signed(exchange) && exchange.principal,
  userAgent: ({ request }) => request.header('user-agent'),
  userArn: (exchange) => signed(exchange) && exchange.principal,
  vpcId: () => undefined,
  vpceId: () => undefined,
}

/** The names of what there is. */
export const IDENTITY_NAMES: readonly string[] = Object.keys(IDENTITY)

export function identityOf(exchange: Exchange): JavaMap {
  const identity = newMap()
  for (const [name, read] of Object.entries(IDENTITY)) {
    const value = read(exchange)
    if (value !== undefined && value !== false) identity[name] = value
  }
  return identity
}

/** Whether the caller has signed: then that is who calls. */
function signed({ authorizer, principal }: Exchange): boolean {
  return principal !== undefined && authorizer.userArn === principal && authorizer.accessKeyId !== undefined
}

/** Of callers who have shown a certificate. */
function certificateOf({ authorizer, request, proxied }: Exchange): JavaMap | undefined {
  const { subject, issuer, serialNumber, fingerprint256, validFrom, validTo } = authorizer
  if (fingerprint256 === undefined || subject === undefined || serialNumber === undefined) return undefined
  return Object.assign(newMap(), {
    clientCertPem: proxied ? undefined : request.certificate?.toString(),
    subjectDN: subject,
    issuerDN: issuer,
    serialNumber,
    validity: Object.assign(newMap(), { notBefore: validFrom, notAfter: validTo }),
  })
}
