/** What operators are told of what goes wrong while requests come in. */
import aws4 from 'aws4'
import {
  type AuthorizerDefinition,
  type Credential,
  createGateway,
  type GatewayDefinition,
  route,
} from 'postern'
import { type SendOptions, send, testClock } from 'postern/testing'
import { describe, expect, it } from 'vitest'
import { selfSigned } from './certificates.js'
import { START, testKey, token } from './tokens.js'

const ALICE = 'arn:aws:iam::123456789012:user/alice'
const key = testKey('one')

/** What is reported of one request, and what the record says of it. */
async function told(
  authorize: AuthorizerDefinition | 'iam',
  headers: SendOptions['headers'] & {},
  runtime: Partial<GatewayDefinition> = {},
) {
  const reported: string[] = []
  const recorded: (string | undefined)[] = []
  const gateway = createGateway({
    clock: testClock(START),
    ...runtime,
    onError: (error) => reported.push((error as Error).message),
    onRecord: ({ detail }) => recorded.push(detail),
    routes: [route('GET /pets', { authorize })],
  })
  const { status } = await send(gateway, 'GET /pets', { headers })
  return { status, reported, recorded }
}

function signed(credentials: GatewayDefinition['credentials'] & {}) {
  const headers = { host: 'localhost', 'x-amz-date': '20260101T000000Z' }
  const options = { service: 'execute-api', region: 'us-east-1', method: 'GET', path: '/pets', headers }
  const sent = aws4.sign(options, { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' })
  return told('iam', sent.headers as SendOptions['headers'] & {}, { credentials, storeTimeout: 20 })
}

describe('of credentials', () => {
  const ROW = '`credentials` gave a row that is no credential (access key id AKIDEXAMPLE): '

  it.each<[object, string]>([
    [{ secretAccessKey: 'secret\n' }, 'its `secretAccessKey` begins or ends with white space: trim it'],
    [{ secretAccessKey: 7 }, 'give `secretAccessKey`, a text'],
    [{ principal: '' }, "give `principal: 'arn:aws:iam::123456789012:user/alice'`"],
    [
      { policies: { Statement: [] } },
      'give `policies` as a list of policy documents: [{ Version, Statement }]',
    ],
    [
      { expiresAt: '31.01.2027' },
      "give `expiresAt` in ms since the epoch, as a Date, or in ISO 8601: '2027-01-31T12:00:00Z'",
    ],
    [{ sessionToken: 7 }, 'give `sessionToken` as a text, or leave it out'],
  ])('%j is told with its access key id', async (row, fault) => {
    const credential = { secretAccessKey: 'secret', principal: ALICE, ...row } as unknown as Credential
    expect((await signed(() => credential)).reported).toEqual([ROW + fault])
  })

  it.each<[unknown, number]>([
    [new Date('2026-01-01T00:00:00.001Z'), 200],
    [new Date('2026-01-01T00:00:00Z'), 403],
    ['2026-01-02', 200],
    ['2026-01-01', 403],
    ['2026-01-01T01:00:01+01:00', 200],
    ['2026-01-01T01:00:00+01:00', 403],
    [null, 200],
  ])('the end may be %j', async (expiresAt, status) => {
    const Statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' } as const
    // As an object of a class has it: not its own.
    const row = Object.create({ policies: [{ Statement }], principal: ALICE, expiresAt })
    row.secretAccessKey = 'secret'
    expect(await signed(() => row)).toMatchObject({ status, reported: [] })
  })

  it('a malformed policy is told with its access key id', async () => {
    const policies = [[]] as unknown as NonNullable<Credential['policies']>
    const { status, reported } = await signed(() => ({
      secretAccessKey: 'secret',
      principal: ALICE,
      policies,
    }))
    expect(status).toBe(500)
    expect(reported).toEqual([
      'of access key id AKIDEXAMPLE, a policy document is not valid: a list is not a policy document',
    ])
  })

  it('no answer in time is told with the time', async () => {
    const { reported } = await signed(() => new Promise(() => {}))
    expect(reported).toEqual(['`credentials` gave no answer within 20 ms (`storeTimeout`)'])
  })

  it('a failure is told as theirs', async () => {
    const { reported } = await signed(() => Promise.reject(new Error('no connection')))
    expect(reported).toEqual(['`credentials` failed: no connection'])
  })
})

describe('of tokens', () => {
  const jwt = {
    issuer: 'https://issuer.example',
    audience: 'https://api.example.com',
    jwks: { keys: [key.jwk] },
  }
  const bearer = (claims: object) => told({ jwt }, { authorization: `Bearer ${token(key, claims)}` })

  it('both values are recorded where they differ', async () => {
    expect((await bearer({ iss: 'https://issuer.example/' })).recorded).toEqual([
      'the token is of another issuer: it has "https://issuer.example/", and not "https://issuer.example"',
    ])
    expect((await bearer({ aud: ['a', 'b'] })).recorded).toEqual([
      'the token is for another audience: it has ["a","b"], and not "https://api.example.com"',
    ])
    expect((await bearer({ aud: undefined })).recorded).toEqual([
      'the token is for another audience: it has none, and not "https://api.example.com"',
    ])
  })

  it('why keys cannot be fetched is told', async () => {
    const jwks = 'http://127.0.0.1:1/keys'
    const { reported } = await told({ jwt: { ...jwt, jwks } }, { authorization: `Bearer ${token(key)}` })
    expect(reported).toEqual([
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:1\/keys cannot be fetched: .+: \S+/),
    ])
  })
})

describe('of authorizers', () => {
  const headers = { authorization: 'x' }
  const throwing = (text: string) => () => {
    throw new Error(text)
  }

  it.each(['Unauthorised', 'unauthorized', 'UNAUTHORIZED: no such user'])('%j is hinted at', async (text) => {
    expect((await told({ token: throwing(text) }, headers)).reported).toEqual([
      `an authorizer threw '${text}': for a 401 throw new Error('Unauthorized'), in just this spelling`,
    ])
    expect((await told(throwing(text), headers)).reported).toEqual([
      `an authorizer threw '${text}': for a 401 return nothing at all`,
    ])
  })

  it('other errors are told as they are', async () => {
    expect((await told({ token: throwing('no table') }, headers)).reported).toEqual(['no table'])
  })

  it('a malformed policy is told as an authorizer’s', async () => {
    const answer = { principalId: 'a', policyDocument: { Version: '2012-10-17' } } as never
    const { reported } = await told({ token: () => answer }, headers)
    expect(reported).toEqual([
      "of a Lambda authorizer's answer, a policy document is not valid: Statement: a policy document has at least one statement",
    ])
  })
})

describe('of certificates', () => {
  const alice = selfSigned('CN=alice', { uses: ['client'] })
  const gateway = (recorded: unknown[]) =>
    createGateway({
      clock: testClock(START),
      onRecord: ({ detail }) => recorded.push(detail),
      routes: [route('GET /pets', { authorize: { mtls: { trustStore: alice.pem } } })],
    })

  it('none at all may be for want of asking', async () => {
    const recorded: unknown[] = []
    expect((await send(gateway(recorded), 'GET /pets')).status).toBe(403)
    expect(recorded).toEqual([
      'the caller gave no certificate, or the server asks for none: https.createServer({ requestCert: true, rejectUnauthorized: false })',
    ])
  })

  it('PEM will do in a test', async () => {
    expect((await send(gateway([]), 'GET /pets', { certificate: alice.pem })).status).toBe(200)
    await expect(send(gateway([]), 'GET /pets', { certificate: './alice.pem' })).rejects.toThrow(
      '`certificate` is no certificate: give an X509Certificate, or its PEM',
    )
  })
})
