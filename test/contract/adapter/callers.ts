/** Callers who prove who they are, each in a way of AWS's: whom the app is told of, and who is refused. */
import { root } from '../../authorize/certificates.js'
import { token } from '../../authorize/tokens.js'
import type { Ask, Caller } from '../caller.js'
import { AUTHORITY, ISSUER_KEY } from '../scenario/proofs.js'
import { type Row, refused } from './requests.js'

const arnOf = (line: string) => `arn:aws:execute-api:us-east-1:000000000000:contract/{stage}/${line}`
const DENIED = 'User is not authorized to access this resource with an explicit deny'

/** A bearer's, of one minute. */
function bearer(claims: object, age = 0): (caller: Caller) => Promise<Ask> {
  return async (caller) => {
    const iat = Math.floor((await caller.clock()) / 1000) - age
    const authorization = `Bearer ${token(ISSUER_KEY, { ...claims, iat, exp: iat + 60 })}`
    return { headers: { authorization } }
  }
}

const STAFF = { route: 'GET /staff' }
const WRITING = { route: 'PUT /staff' }
const ALICE = { principal: 'alice' }

const TOKENS_OF_ISSUERS: readonly Row[] = [
  {
    ...{ title: 'a bearer token', line: 'GET /staff', status: 200 },
    ask: bearer({ tenant: 7, scope: 'pets:read pets:list' }),
    told: {
      gateway: {
        ...ALICE,
        authorizer: { claims: { sub: 'alice', tenant: 7 }, scopes: ['pets:read', 'pets:list'] },
      },
    },
    record: { ...STAFF, ...ALICE },
  },
  {
    ...{ title: 'a bearer token with the scope asked for', line: 'PUT /staff', status: 200 },
    ...{ ask: bearer({ scope: 'pets:write' }), told: { gateway: ALICE }, record: { ...WRITING, ...ALICE } },
  },
  refused('UNAUTHORIZED', 'no bearer token', 'GET /staff', 'no token in the authorization header', {
    ...{ headers: { 'www-authenticate': 'Bearer' }, record: STAFF },
  }),
  refused('UNAUTHORIZED', 'a bearer token of old', 'GET /staff', 'the token has expired', {
    ...{ ask: bearer({}, 60), record: STAFF },
    headers: {
      'www-authenticate': 'Bearer error="invalid_token", error_description="the token has expired"',
    },
  }),
  refused(
    ...(['ACCESS_DENIED', 'a bearer token without the scope', 'PUT /staff'] as const),
    'needs one of the scopes pets:write; the caller has: pets:read',
    {
      ...{ ask: bearer({ scope: 'pets:read' }), record: { ...WRITING, ...ALICE } },
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="pets:write"' },
    },
  ),
]

const shown = (said: string): Ask => ({ headers: { 'x-token': said } })
const UNIDENTIFIED = 'an identity source is missing, blank or not valid'
const TOKEN = { route: 'GET /token' }
const ASKED = { route: 'GET /asked/{id}' }
const ADA = { principal: 'ada' }

const LAMBDA_AUTHORIZERS: readonly Row[] = [
  {
    ...{ title: 'whom a TOKEN authorizer allows', line: 'GET /token', status: 200 },
    ask: shown('allow ada'),
    told: { gateway: { ...ADA, authorizer: { type: 'TOKEN' } } },
    record: { ...TOKEN, ...ADA },
  },
  {
    ...{ title: 'whom a REQUEST authorizer allows', line: 'GET /asked/a%20b?kind=dog%21', status: 200 },
    ask: shown('allow ada'),
    told: {
      gateway: {
        ...ADA,
        authorizer: {
          ...{ type: 'REQUEST', methodArn: arnOf('GET/asked/a%20b'), resource: '/asked/{id}' },
          ...{ path: '/asked/a%20b', httpMethod: 'GET', id: 'a b', kind: 'dog!', sourceIp: '127.0.0.1' },
        },
      },
    },
    record: { ...ASKED, ...ADA, path: '/asked/a b' },
  },
  refused(
    ...(['ACCESS_DENIED', 'whom a TOKEN authorizer denies', 'GET /token'] as const),
    `the caller's statement 0 denies it: ${arnOf('GET/token')}`,
    { ask: shown('deny ada'), body: { Message: DENIED }, record: { ...TOKEN, ...ADA } },
  ),
  refused(
    ...(['ACCESS_DENIED', 'whom a REQUEST authorizer denies', 'GET /asked/7?kind=dog'] as const),
    `the caller's statement 0 denies it: ${arnOf('GET/asked/7')}`,
    { ask: shown('deny ada'), body: { Message: DENIED }, record: { ...ASKED, ...ADA } },
  ),
  refused('UNAUTHORIZED', 'no token for a TOKEN authorizer', 'GET /token', UNIDENTIFIED, { record: TOKEN }),
  refused('UNAUTHORIZED', 'nothing for a REQUEST authorizer to go by', 'GET /asked/7', UNIDENTIFIED, {
    ...{ ask: shown('allow ada'), record: ASKED },
  }),
  refused('UNAUTHORIZED', 'whom a TOKEN authorizer does not know', 'GET /token', 'the authorizer says so', {
    ...{ ask: shown('unknown ada'), record: TOKEN },
  }),
  refused('ACCESS_DENIED', 'whom a plain function refuses', 'GET /me', 'mallory again', {
    ...{ ask: { headers: { 'x-user': 'mallory' } }, record: { route: 'GET /me' } },
  }),
]

/** A client whom the authority has certified. */
export const CARL = AUTHORITY.issue('O=Acme, CN=carl', { uses: ['client'] })
const EVE = root('O=Acme, CN=Another').issue('O=Acme, CN=eve', { uses: ['client'] })
const CARLS = { principal: 'CN=carl,O=Acme' }
const CERTIFIED = { route: 'GET /certified' }
const DIRECT = { ...CERTIFIED, sourceIp: '127.0.0.2' }

/** As RFC 9440 has a proxy hand it on. */
const handedOn = ({ certificate }: typeof CARL) => ({
  headers: { 'client-cert': `:${certificate.raw.toString('base64')}:` },
})

const WHOSE = {
  gateway: {
    ...CARLS,
    authorizer: { issuer: 'CN=Root,O=Acme', fingerprint256: CARL.certificate.fingerprint256 },
  },
}

const CERTIFICATES: readonly Row[] = [
  {
    ...{ title: 'a certificate that a trusted proxy hands on', line: 'GET /certified', status: 200 },
    ...{ ask: handedOn(CARL), told: WHOSE, record: { ...CERTIFIED, ...CARLS } },
  },
  refused('ACCESS_DENIED', 'no certificate', 'GET /certified', 'the proxy gave no client-cert header', {
    record: CERTIFIED,
  }),
  refused(
    ...(['ACCESS_DENIED', 'a certificate of another authority', 'GET /certified'] as const),
    "no authority of the trust store has issued 'CN=eve,O=Acme'; its issuer is 'CN=Another,O=Acme'",
    { ask: handedOn(EVE), record: CERTIFIED },
  ),
  {
    ...{ title: 'a certificate that comes by the socket', line: 'GET /certified', status: 200 },
    ...{ needs: 'certificates', ask: { direct: CARL, ...handedOn(EVE) } },
    ...{ told: WHOSE, record: { ...DIRECT, ...CARLS } },
  },
  refused(
    ...(['ACCESS_DENIED', 'the header of who is no trusted proxy', 'GET /certified'] as const),
    'the caller gave no certificate, or the server asks for none: ' +
      'https.createServer({ requestCert: true, rejectUnauthorized: false })',
    { needs: 'certificates', ask: { direct: 'nameless', ...handedOn(CARL) }, record: DIRECT },
  ),
]

const denial = (line: string) => ({
  Message: `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${arnOf(line)} with an explicit deny`,
})

/** All others are admitted, as all other rows show. */
const RESOURCE_POLICY: readonly Row[] = [
  refused(
    ...(['ACCESS_DENIED', 'an address that the resource policy denies', 'GET /items/7'] as const),
    `the resource policy's statement Address denies it: ${arnOf('GET/items/7')}`,
    {
      ask: { headers: { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' } },
      body: denial('GET/items/7'),
      record: { route: 'GET /items/{id}', sourceIp: '192.0.2.7' },
    },
  ),
  refused(
    ...(['ACCESS_DENIED', 'a User-Agent that it denies, whoever it is', 'GET /me'] as const),
    `the resource policy's statement Program denies it: ${arnOf('GET/me')}`,
    {
      ask: { headers: { 'user-agent': 'scraper/1.0', 'x-user': 'ada' } },
      ...{ body: denial('GET/me'), record: { route: 'GET /me' } },
    },
  ),
  {
    ...{ title: 'another User-Agent', line: 'GET /me', status: 200 },
    ask: { headers: { 'user-agent': 'browser/1.0', 'x-user': 'ada' } },
    ...{ told: { gateway: ADA }, record: { route: 'GET /me', ...ADA } },
  },
]

export const CALLERS: readonly Row[] = [
  ...TOKENS_OF_ISSUERS,
  ...LAMBDA_AUTHORIZERS,
  ...CERTIFICATES,
  ...RESOURCE_POLICY,
]
