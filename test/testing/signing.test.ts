/** Requests that `send` signs: our own verifier admits them, and other signers come to the same signature. */
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import aws4 from 'aws4'
import { before, createGateway, type GatewayDefinition, route } from 'postern'
import { records, type SendOptions, type Signer, send, testClock } from 'postern/testing'
import { describe, expect, it } from 'vitest'

const NOW = '2026-01-31T12:00:00Z'
const ALICE = { accessKeyId: 'AKIDALICE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const TOKEN = 'FwoGZXIvYXdzEXAMPLE/token+with=signs'
const BOB = { ...ALICE, accessKeyId: 'ASIABOB', sessionToken: TOKEN }

interface Sent {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
}

function signedGateway(definition: Partial<GatewayDefinition<never, never, never>> = {}) {
  const clock = testClock(NOW)
  const kept = records()
  const sent: Sent[] = []
  const gateway = createGateway({
    routes: [route('ANY /{path+}', { authorize: 'iam' })],
    region: 'eu-central-1',
    credentials: (id) => {
      if (id !== ALICE.accessKeyId && id !== BOB.accessKeyId) return undefined
      return {
        secretAccessKey: ALICE.secretAccessKey,
        ...(id === BOB.accessKeyId ? { sessionToken: TOKEN } : {}),
        principal: `arn:aws:iam::000000000000:user/${id.slice(4).toLowerCase()}`,
        policies: [{ Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' } }],
      }
    },
    steps: [
      before('screen', ({ request }) => {
        const raw = request.rawHeaders()
        const pairs = raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []))
        sent.push({ method: request.method, target: request.target, headers: Object.fromEntries(pairs) })
        return undefined
      }),
    ],
    clock,
    onRecord: kept,
    ...definition,
  })
  const call = async (request: string, as: Signer, options: SendOptions = {}) => {
    const { status, forwarded } = await send(gateway, request, { as, ...options })
    const last = sent.at(-1)
    if (last === undefined) throw new Error('nothing was sent')
    return { status, principal: forwarded?.gateway.principal, sent: last, detail: kept.last?.detail }
  }
  return { gateway, clock, call }
}

const REQUESTS: readonly (readonly [string, SendOptions])[] = [
  ['GET /pets', {}],
  ['GET /pets/a%20b?kind=dog&kind=cat&q=a%20b&e=', {}],
  ['POST /pets', { json: { name: 'Zoë' } }],
  ['PUT /pets/7', { form: { name: 'Rex & Tom' }, headers: { 'x-tenant': '  a   b ' } }],
  ['DELETE /pets/7', { headers: { host: 'api.acme.com', 'user-agent': 'tests' } }],
]

describe.each([
  ['by a lasting key', ALICE],
  ['with a session’s token', BOB],
])('a request that is signed %s', (_, caller) => {
  const name = caller === BOB ? 'bob' : 'alice'

  it.each(REQUESTS)('is admitted: %s', async (request, options) => {
    const { call } = signedGateway()
    const principal = `arn:aws:iam::000000000000:user/${name}`
    expect(await call(request, caller, options)).toMatchObject({ status: 200, principal })
    expect(await call(request, { ...caller, presigned: true }, options)).toMatchObject({
      status: 200,
      principal,
    })
  })

  it.each(REQUESTS)('is signed as aws4 does it: %s', async (request, options) => {
    const { call } = signedGateway()
    const { sent } = await call(request, caller, options)
    const { authorization, ...headers } = sent.headers
    const signed = {
      method: sent.method,
      path: sent.target,
      headers,
      body: await bodyOf(options),
      service: 'execute-api',
      region: 'eu-central-1',
    }
    aws4.sign(signed, caller)
    expect((signed.headers as Record<string, string>).Authorization).toBe(authorization)
  })

  it.each(REQUESTS)('is signed as the SDKs do it: %s', async (request, options) => {
    const { call } = signedGateway()
    const { sent } = await call(request, caller, options)
    const { authorization, 'x-amz-date': _date, 'x-amz-security-token': _token, ...headers } = sent.headers
    const signed = await signer(caller).sign(await smithy(sent, headers, options), {
      signingDate: new Date(NOW),
    })
    expect(signed.headers.authorization).toBe(authorization)
  })

  it.each(REQUESTS)('is presigned as the SDKs do it: %s', async (request, options) => {
    const { call } = signedGateway()
    const { sent } = await call(request, { ...caller, presigned: '1h' }, options)
    const [path = '', query = ''] = sent.target.split('?')
    const plain = query.split('&').filter((part) => !part.startsWith('X-Amz-'))
    const unsigned = await smithy(
      { ...sent, target: plain.length === 0 ? path : `${path}?${plain.join('&')}` },
      sent.headers,
      options,
    )
    const signed = await signer(caller).presign(unsigned, { signingDate: new Date(NOW), expiresIn: 3600 })
    expect(signed.query?.['X-Amz-Expires']).toBe(new URLSearchParams(query).get('X-Amz-Expires'))
    expect(new URLSearchParams(query).get('X-Amz-Signature')).toBe(signed.query?.['X-Amz-Signature'])
  })
})

async function bodyOf({ json, form }: SendOptions): Promise<string> {
  if (json !== undefined) return JSON.stringify(json)
  return form === undefined ? '' : new URLSearchParams(form as Record<string, string>).toString()
}

function signer(caller: Signer): SignatureV4 {
  return new SignatureV4({
    credentials: caller,
    region: 'eu-central-1',
    service: 'execute-api',
    sha256: Sha256,
    applyChecksum: false,
  })
}

async function smithy({ method, target }: Sent, headers: Record<string, string>, options: SendOptions) {
  const [path = '', query] = target.split('?')
  const parsed: Record<string, string | string[]> = {}
  for (const name of new Set(new URLSearchParams(query).keys())) {
    const values = new URLSearchParams(query).getAll(name)
    parsed[name] = values.length > 1 ? values : (values[0] ?? '')
  }
  return {
    method,
    protocol: 'https:',
    hostname: headers.host ?? '',
    path,
    query: parsed,
    headers,
    body: await bodyOf(options),
  }
}

describe('a signature', () => {
  it('is for the region and the time of the gateway', async () => {
    const { call, clock } = signedGateway()
    clock.set('2030-05-06T07:08:09Z')
    const { sent, status } = await call('GET /pets', ALICE)
    expect(status).toBe(200)
    expect(sent.headers['x-amz-date']).toBe('20300506T070809Z')
    expect(sent.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDALICE\/20300506\/eu-central-1\/execute-api\/aws4_request, SignedHeaders=host;x-amz-date, Signature=[\da-f]{64}$/,
    )
  })

  it('is over a stream that nobody has read yet', async () => {
    const { call } = signedGateway()
    const body = async function* () {
      yield 'Rex'
    }
    const { status, sent } = await call('POST /pets', ALICE, { body: body() })
    expect([status, sent.headers['x-amz-content-sha256']]).toEqual([200, 'UNSIGNED-PAYLOAD'])
    expect((await call('POST /pets', { ...ALICE, presigned: true }, { body: body() })).status).toBe(200)
  })

  it('is refused where the secret is not the caller’s', async () => {
    const { call } = signedGateway()
    expect(await call('GET /pets', { ...ALICE, secretAccessKey: 'guessed' })).toMatchObject({
      status: 403,
      detail: expect.stringContaining('the signature is of another request or by another key'),
    })
  })

  it('is refused when it is old: it says when it was made', async () => {
    const { call } = signedGateway()
    const at = '2026-01-31T11:54:59Z'
    expect(await call('GET /pets', { ...ALICE, at })).toMatchObject({
      status: 403,
      detail: expect.stringContaining('Signature expired'),
    })
    expect((await call('GET /pets', { ...ALICE, at, presigned: '10m' })).status).toBe(200)
    expect((await call('GET /pets', { ...ALICE, at, presigned: 60_000 })).status).toBe(403)
  })

  it('is not made of what no verifier would read', async () => {
    const { gateway } = signedGateway()
    const sent = send(gateway, 'GET /pets', { as: ALICE, headers: { host: ['a', 'b'] } })
    await expect(sent).rejects.toThrow('`as` cannot sign this request: ')
  })
})
