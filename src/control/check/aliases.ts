/** AWS's names, and those of its tools, for what is called otherwise here. */

const SCOPES = "Write `authorize: { authorizer: 'name', scopes: [ … ] }`."
const BODY = "Write `body: 'Pet'`, or `body: { models: { 'application/json': 'Pet' } }`."
const QUERY = 'It is called `query` here.'
const TTL = 'It is called `ttl` here: seconds, or a text such as `5m`.'

/** By name; the whole sentence that says what is right. */
const EVERYWHERE: ReadonlyMap<string, string> = new Map([
  ['apiKeyRequired', 'Write `apiKey: true`.'],
  ['authorizationType', "Write `authorize: 'iam'`, or the name of one of `authorizers`."],
  ['authorizationScopes', SCOPES],
  ['authorizerId', "Write `authorize: 'name'`, the name of one of `authorizers`."],
  ['requestModels', BODY],
  ['requestParameters', 'Write `parameters: { query: { limit: true } }`.'],
  ['requestValidator', 'Leave it out: what `body` and `parameters` say is always validated.'],
  ['requestValidatorId', 'Leave it out: what `body` and `parameters` say is always validated.'],
  ['methodResponses', 'It is called `responses` here.'],
  ['cacheTtlInSeconds', 'Write `cache: { ttl: 60 }`.'],
  ['cachingEnabled', 'Write `cache: true`, or `cache: { ttl: 60 }`.'],
  ['authorizerResultTtlInSeconds', TTL],
  ['identityValidationExpression', 'It is called `validation` here.'],
  ['identitySource', "Write a list: `identitySources: ['method.request.header.Auth']`."],
  ['jwksUri', 'It is called `jwks` here.'],
  ['jwks_uri', 'It is called `jwks` here.'],
  ['querystring', QUERY],
  ['queryStringParameters', QUERY],
  ['rateLimit', 'Write `throttle: { rate, burst }`.'],
  ['burstLimit', 'Write `throttle: { rate, burst }`.'],
])

/** Names that elsewhere mean something, or nothing, of their own. */
const IN: ReadonlyMap<string, string> = new Map([
  ['a policy scopes', SCOPES],
  ['a policy model', BODY],
  ['a policy models', BODY],
  ['a throttle rateLimit', 'It is called `rate` here.'],
  ['a throttle burstLimit', 'It is called `burst` here.'],
])

/** What to write for a field that is none. @param what it was written in: `a policy` */
export function alias(name: string, what: string): string | undefined {
  return IN.get(`${what} ${name}`) ?? EVERYWHERE.get(name)
}

const NAMED = 'Write the name of one of `authorizers`'

const AUTHORIZERS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ['AWS_IAM', "Write 'iam'."],
  ['IAM', "Write 'iam'."],
  ['NONE', 'Leave `authorize` out: then nobody is asked who calls.'],
  [false, 'Leave `authorize` out: then nobody is asked who calls.'],
  ['mtls', 'Write { mtls: { trustStore } }.'],
  ['jwt', 'Write { jwt: { issuer, audience } }.'],
  ['JWT', 'Write { jwt: { issuer, audience } }.'],
  ['CUSTOM', `${NAMED}, { token: function } or { request: function }.`],
  ['COGNITO_USER_POOLS', `${NAMED}, or { jwt: { issuer, audience } }.`],
])

/** What to write for AWS's word for how a caller proves who it is. */
export function authorizerAlias(value: unknown): string | undefined {
  return AUTHORIZERS.get(value)
}
