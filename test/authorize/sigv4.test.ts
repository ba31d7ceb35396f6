import aws4 from 'aws4'
import { memoryStore, PosternError, passed, route } from 'postern'
import { send, testClock } from 'postern/testing'
import { describe, expect, it } from 'vitest'
import type { CredentialSource } from '../../src/definition.js'
import { fc } from '../laws.js'
import { asyncCounters } from '../store/async.js'
import {
  ALICE,
  ask,
  CALLER,
  CREDENTIAL,
  HOST,
  NOW,
  RawRequest,
  sign,
  signedGateway,
  TIMESTAMP,
} from './signing.js'

const MISMATCH = /^The request signature we calculated does not match the signature you provided\./
const UNRECOGNIZED = 'The security token included in the request is invalid.'
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const TOKEN = 'FwoGZXIvYXdzEXAMPLE/token+with=signs'

const gateway = signedGateway()
const told = (request: RawRequest, of = gateway) => ask(of, request)

describe('a signed request', () => {
  it('is admitted, and the app is told who signed', async () => {
    expect(await told(sign())).toMatchObject({ status: 200, principal: ALICE })
  })

  it('is admitted through `send`, too', async () => {
    const { headers } = sign()
    const answer = await send(gateway, 'GET /pets/7', { headers: Object.fromEntries(headers) })
    expect(answer.forwarded?.gateway.principal).toBe(ALICE)
  })

  it('passes without a promise where credentials are at hand', () => {
    expect(gateway.handle(sign(), () => passed)).toBe(passed)
  })

  it('is admitted with a body, which we hash', async () => {
    const request = sign({ method: 'POST', target: '/pets', body: '{"name":"Rex"}' })
    expect(await told(request)).toMatchObject({ status: 200 })
    expect(request.reads).toBe(1)
    expect((await told(request.with({ content: '{"name":"Max"}' }))).message).toMatch(MISMATCH)
  })

  it('is refused without a signature, in AWS’s words', async () => {
    const unsigned = new RawRequest('GET', '/pets/7', [['Host', HOST]])
    expect(await told(unsigned)).toMatchObject({
      status: 403,
      message: 'Missing Authentication Token',
      error: 'MissingAuthenticationTokenException',
    })
  })

  it('is refused with another secret, and told what should have been signed', async () => {
    const other = { ...CALLER, secretAccessKey: 'another' }
    const { status, message, error } = await told(sign({ target: '/pets/7?b=2&a=1', caller: other }))
    expect({ status, error }).toEqual({ status: 403, error: 'InvalidSignatureException' })
    expect(message).toMatch(MISMATCH)
    expect(message).toContain(
      `The Canonical String for this request should have been\n'GET\n/pets/7\na=1&b=2\nhost:${HOST}\nx-amz-date:${TIMESTAMP}\n\nhost;x-amz-date\n${EMPTY}'\n`,
    )
    expect(message).toContain(
      `The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n${TIMESTAMP}\n20260131/us-east-1/execute-api/aws4_request\n`,
    )
  })
})

describe('credentials', () => {
  const withSource = (credentials: CredentialSource, errors: unknown[] = []) =>
    signedGateway({ credentials, storeTimeout: 20, onError: (error) => errors.push(error) })

  it('that nobody knows are refused, and nothing more is told', async () => {
    const request = sign({ caller: { ...CALLER, accessKeyId: 'AKIDUNKNOWN' } })
    expect(await told(request)).toMatchObject({ status: 403, message: UNRECOGNIZED })
  })

  it('are never those that every object seems to have', async () => {
    const table: Record<string, typeof CREDENTIAL> = { [CALLER.accessKeyId]: CREDENTIAL }
    const errors: unknown[] = []
    const gateway = withSource((id) => table[id], errors)
    for (const accessKeyId of ['__proto__', 'constructor', 'toString']) {
      const request = sign({ caller: { ...CALLER, accessKeyId } })
      expect(await told(request, gateway)).toMatchObject({ status: 403, message: UNRECOGNIZED })
    }
    expect(errors).toEqual([])
  })

  it('may come later, and requests at the same time share the look-up', async () => {
    let asked = 0
    const gateway = withSource(async () => {
      asked++
      return CREDENTIAL
    })
    const all = await Promise.all([told(sign(), gateway), told(sign(), gateway), told(sign(), gateway)])
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(asked).toBe(1)
    await told(sign(), gateway)
    expect(asked).toBe(2)
  })

  it.each([undefined, null])('that are %s are none', async (none) => {
    expect(
      await told(
        sign(),
        withSource(async () => none),
      ),
    ).toMatchObject({ message: UNRECOGNIZED })
  })

  it.each([
    ['sync', (secret: () => string) => () => ({ ...CREDENTIAL, secretAccessKey: secret() })],
    ['async', (secret: () => string) => async () => ({ ...CREDENTIAL, secretAccessKey: secret() })],
  ])('that are rotated verify with the new secret alone (%s)', async (_, source) => {
    let secret = CALLER.secretAccessKey
    const gateway = withSource(source(() => secret))
    const renewed = sign({ caller: { ...CALLER, secretAccessKey: 'renewed' } })
    expect(await told(sign(), gateway)).toMatchObject({ status: 200 })
    secret = 'renewed'
    expect((await told(sign(), gateway)).message).toMatch(MISMATCH)
    expect(await told(renewed, gateway)).toMatchObject({ status: 200 })
    secret = CALLER.secretAccessKey
    expect((await told(renewed, gateway)).message).toMatch(MISMATCH)
  })

  it.each([
    ['throws', () => Promise.reject(new Error('away'))],
    [
      'throws at once',
      () => {
        throw new Error('away')
      },
    ],
    ['never answers', () => new Promise<undefined>(() => {})],
  ])('are refused with 503 where the table %s, which is reported once', async (_, source) => {
    const errors: unknown[] = []
    const gateway = withSource(source, errors)
    for (let count = 0; count < 2; count++)
      expect(await told(sign(), gateway)).toMatchObject({ status: 503, message: 'Service Unavailable' })
    expect(errors).toHaveLength(1)
    expect(errors[0]).toBeInstanceOf(PosternError)
    expect(errors[0]).toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })

  it.each([
    { secretAccessKey: '' },
    { secretAccessKey: undefined },
    { principal: undefined },
    { principal: '' },
    { sessionToken: 7 },
    { expiresAt: 'soon' },
    { expiresAt: new Date(Number.NaN) },
    { expiresAt: Number.NaN },
  ])('that are none are the operator’s error, and admit nobody: %j', async (wrong) => {
    const errors: unknown[] = []
    const gateway = withSource(() => ({ ...CREDENTIAL, ...wrong }) as typeof CREDENTIAL, errors)
    expect(await told(sign(), gateway)).toMatchObject({ status: 500 })
    expect(String(errors[0])).toContain('no credential')
  })

  it('may say null, as tables do, for what they have not', async () => {
    const row = { ...CREDENTIAL, sessionToken: null, expiresAt: null } as unknown as typeof CREDENTIAL
    expect(
      await told(
        sign(),
        withSource(() => row),
      ),
    ).toMatchObject({ status: 200 })
    expect(
      await told(
        sign({ sessionToken: TOKEN }),
        withSource(() => row),
      ),
    ).toMatchObject({ status: 403 })
  })

  it('end at the time that they have', async () => {
    const clock = testClock(NOW)
    const expiresAt = clock.now() + 1000
    const gateway = signedGateway({ clock, credentials: () => ({ ...CREDENTIAL, expiresAt }) })
    clock.advance(999)
    expect(await told(sign(), gateway)).toMatchObject({ status: 200 })
    clock.advance(1)
    expect(await told(sign(), gateway)).toMatchObject({
      status: 403,
      message: 'The security token included in the request is expired',
      error: 'ExpiredTokenException',
    })
  })
})

describe('a session token', () => {
  const temporary = signedGateway({ credentials: () => ({ ...CREDENTIAL, sessionToken: TOKEN }) })

  it.each([false, true])('must be the credential’s (presigned: %s)', async (presigned) => {
    const ask = (sessionToken: string | undefined) =>
      told(sign({ presigned, ...(sessionToken === undefined ? {} : { sessionToken }) }), temporary)
    expect(await ask(TOKEN)).toMatchObject({ status: 200 })
    for (const wrong of [undefined, `${TOKEN}x`, TOKEN.slice(1), TOKEN.replace('F', 'G'), 'ü'])
      expect(await ask(wrong)).toMatchObject({ status: 403, message: UNRECOGNIZED })
  })

  it.each([false, true])('is refused where the credential has none (presigned: %s)', async (presigned) => {
    const request = sign({ presigned, sessionToken: TOKEN })
    expect(await told(request)).toMatchObject({ status: 403, message: UNRECOGNIZED })
  })

  it('must be signed', async () => {
    const request = sign().and(['X-Amz-Security-Token', TOKEN])
    expect((await told(request, temporary)).message).toContain(
      "'x-amz-security-token' must be a 'SignedHeader'",
    )
  })

  it('is not taken from the header and the query at once', async () => {
    const headers = { 'X-Amz-Security-Token': TOKEN }
    const request = sign({ presigned: true, sessionToken: TOKEN, headers })
    expect((await told(request, temporary)).message).toBe("'x-amz-security-token' must be given once.")
  })
})

describe('the time of a signature', () => {
  const at = (seconds: number, request: RawRequest) => {
    const clock = testClock(NOW)
    clock.advance(`${seconds}s`)
    return told(request, signedGateway({ clock }))
  }

  it('may be five minutes off, either way', async () => {
    for (const seconds of [-300, 0, 300]) expect(await at(seconds, sign())).toMatchObject({ status: 200 })
    expect(await at(301, sign())).toMatchObject({
      status: 403,
      error: 'InvalidSignatureException',
      message:
        'Signature expired: 20260131T120000Z is now earlier than 20260131T120001Z (20260131T120501Z - 5 min.)',
    })
    expect(await at(-301, sign())).toMatchObject({
      message:
        'Signature not yet current: 20260131T120000Z is still later than 20260131T115959Z (20260131T115459Z + 5 min.)',
    })
  })

  it.each([1, 90, 604_800])('holds as long as a presigned URL says: %i s', async (expires) => {
    const request = sign({ presigned: true, target: `/pets/7?X-Amz-Expires=${expires}` })
    for (const seconds of [-300, 0, expires])
      expect(await at(seconds, request)).toMatchObject({ status: 200 })
    expect((await at(expires + 1, request)).message).toMatch(
      /^Signature expired: 20260131T120000Z is now earlier/,
    )
    expect((await at(-301, request)).message).toMatch(/^Signature not yet current/)
  })

  it('is as short in a presigned URL that says nothing', async () => {
    const request = sign({ presigned: true })
    expect(await at(300, request)).toMatchObject({ status: 200 })
    expect((await at(301, request)).message).toMatch(/^Signature expired/)
  })

  it.each([
    ['0', 'greater than 0'],
    ['-5', 'greater than 0'],
    ['604801', 'at most a week'],
    ['1e3', 'a number'],
    ['', 'a number'],
    ['Infinity', 'a number'],
  ])('is not taken from X-Amz-Expires=%s', async (expires, words) => {
    const request = sign({ presigned: true, target: `/pets/7?X-Amz-Expires=${expires}` })
    const { status, message } = await at(0, request)
    expect(status).toBe(403)
    expect(message).toContain(words)
  })

  it('may stand in a Date header, signed or not', async () => {
    const dated = signByDate('Sat, 31 Jan 2026 12:00:00 GMT')
    expect(await told(dated)).toMatchObject({ status: 200 })
    for (const date of ['Sat, 31 Jan 2026 12:00:01 GMT', 'Sat, 31 Jan 2026 12:00', '2026', ''])
      expect(await told(dated.altered('date', () => date))).toMatchObject({ status: 403 })
  })

  it('is that of X-Amz-Date where there are both', async () => {
    const request = sign({ headers: { Date: 'Thu, 01 Jan 1970 00:00:00 GMT' } })
    expect(await told(request)).toMatchObject({ status: 200 })
  })

  it('must be there', async () => {
    const { message } = await told(without(sign().altered('x-amz-date'), 'x-amz-date'))
    expect(message).toBe(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    )
  })

  it.each([
    '20260131T120000',
    '2026-01-31T12:00:00Z',
    '20260131T246000Z',
    '20260231T120000Z',
    'yesterday',
    '',
  ])('is not %j', async (date) => {
    const day = date.slice(0, 8)
    const request = sign()
      .altered('x-amz-date', () => date)
      .altered('authorization', (value) => value.replace('/20260131/', `/${day}/`))
    expect(await told(request)).toMatchObject({ status: 403 })
    expect((await told(request)).message).toMatch(/^(Date must be in|Date in Credential|Signature)/)
  })
})

it('a signature of a day that is none is refused, though it might be taken for another', async () => {
  const gateway = signedGateway({ clock: testClock('2026-03-03T12:00:00Z') })
  const message = "Date must be in ISO-8601 'basic format', e.g. '20150830T123600Z'."
  expect(await told(sign({ timestamp: '20260303T120000Z' }), gateway)).toMatchObject({ status: 200 })
  expect(await told(sign({ timestamp: '20260231T120000Z' }), gateway)).toMatchObject({ status: 403, message })
})

/** Without `X-Amz-Date`. */
function signByDate(date: string): RawRequest {
  const { headers = {} } = aws4.sign(
    {
      host: HOST,
      path: '/pets/7',
      service: 'execute-api',
      headers: { Host: HOST, Date: date },
      doNotModifyHeaders: true,
    },
    CALLER,
  )
  const sent = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)])
  return new RawRequest('GET', '/pets/7', sent)
}

/** As if a header had never been in the list of those that are signed. */
function without(request: RawRequest, name: string): RawRequest {
  return request.altered('authorization', (value) => value.replace(`;${name}`, ''))
}

describe('the scope', () => {
  it.each([
    [{ region: 'eu-west-1' }, "Credential should be scoped to a valid region, not 'eu-west-1'. "],
    [{ service: 's3' }, "Credential should be scoped to correct service: 'execute-api'. "],
  ])('must be the gateway’s: %j', async (other, words) => {
    expect(await told(sign({ headers: { host: HOST }, ...other }))).toMatchObject({
      status: 403,
      message: words,
    })
  })

  it('must be of the region that the definition names', async () => {
    const gateway = signedGateway({ region: 'eu-west-1' })
    expect(await told(sign({ region: 'eu-west-1' }), gateway)).toMatchObject({ status: 200 })
    expect(await told(sign(), gateway)).toMatchObject({ status: 403 })
  })

  it.each([
    [
      '/aws4_request',
      '/aws4',
      "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws4'. ",
    ],
    ['/20260131/', '/20260130/', "'20260130' != '20260131', from '20260131T120000Z'."],
    ['/aws4_request', '', 'Credential must have exactly 5 slash-delimited elements'],
    ['/aws4_request', '/aws4_request/x', 'Credential must have exactly 5 slash-delimited elements'],
    ['AKIDEXAMPLE/', '/', 'Credential must have exactly 5 slash-delimited elements'],
  ])('is as it is signed: not with %j as %j', async (part, other, words) => {
    const request = sign().altered('authorization', (value) => value.replace(part, other))
    const { status, message } = await told(request)
    expect(status).toBe(403)
    expect(message).toContain(words)
  })

  it('is of the day that is signed, though the gateway’s clock is past midnight', async () => {
    const clock = testClock('2026-02-01T00:01:00Z')
    const request = sign({ timestamp: '20260131T235800Z' })
    expect(await told(request, signedGateway({ clock }))).toMatchObject({ status: 200 })
  })
})

describe('the Authorization header', () => {
  const authorized = (value: string) => sign().altered('authorization', () => value)

  it.each(['', 'Bearer abc.def', 'Basic YTpi', 'AWS4'])('%j is told what it lacks', async (value) => {
    const { status, message } = await told(authorized(value))
    expect(status).toBe(403)
    expect(message).toBe(
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
        "Authorization header requires 'SignedHeaders' parameter.",
    )
  })

  it('is told of a missing date as well, and its own secrets are not repeated', async () => {
    const request = authorized('Bearer secret').altered('x-amz-date')
    const { message } = await told(request)
    expect(message).toContain("either a 'X-Amz-Date' or a 'Date' header.")
    expect(message).not.toContain('secret')
  })

  it.each([
    ['Credential', "Authorization header requires 'Credential' parameter."],
    ['SignedHeaders', "Authorization header requires 'SignedHeaders' parameter."],
    ['Signature', "Authorization header requires 'Signature' parameter."],
  ])('is refused without %s', async (name, words) => {
    const request = sign().altered('authorization', (value) =>
      value.replace(new RegExp(`${name}=[^,]*(, )?`), '').replace(/, $/, ''),
    )
    expect((await told(request)).message).toBe(words)
  })

  it('may be written with other spaces and in another order', async () => {
    const request = sign().altered('authorization', (value) => {
      const [credential, headers, signature] = value.replace('AWS4-HMAC-SHA256 ', '').split(', ')
      return `AWS4-HMAC-SHA256 ${signature},${headers} ,  ${credential}`
    })
    expect(await told(request)).toMatchObject({ status: 200 })
  })

  it.each([
    ['AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA1', "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'."],
    ['AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256', "Unsupported AWS 'algorithm'"],
    [', Signature', ', nothing, Signature', 'not a valid key=value pair'],
    [', Signature', ', Signature=0, Signature', "'Signature' must be given once."],
    ['=host;', '=Host;', 'lower-case'],
    ['host;x-amz-date', 'x-amz-date;host', 'sorted'],
    ['host;x-amz-date', 'host;host;x-amz-date', 'sorted'],
    ['host;x-amz-date', 'host;x-amz-date;', 'lower-case'],
    ['host;x-amz-date', 'x-amz-date', "'Host' or ':authority' must be a 'SignedHeader'"],
    ['host;x-amz-date', 'host', "'x-amz-date' must be a 'SignedHeader'"],
    ['host;x-amz-date', 'host;x-absent;x-amz-date', "'x-absent' is not in the request"],
    ['host;x-amz-date', 'host;x-amz-date;x-pet', "'x-pet' is not in the request"],
  ])('is refused with %j as %j', async (part, other, words) => {
    const request = sign().altered('authorization', (value) => value.replace(part, other))
    const { status, message } = await told(request)
    expect(status).toBe(403)
    expect(message).toContain(words)
  })

  it('is refused in capitals: a signature has one spelling', async () => {
    const request = sign().altered('authorization', (value) =>
      value.replace(/[0-9a-f]{64}$/, (digits) => digits.toUpperCase()),
    )
    expect((await told(request)).message).toMatch(MISMATCH)
  })

  it('stands there once, as do the other headers that have a meaning', async () => {
    const request = sign({
      headers: { 'X-Amz-Content-Sha256': EMPTY, Date: 'Sat, 31 Jan 2026 12:00:00 GMT' },
    })
    expect(await told(request)).toMatchObject({ status: 200 })
    for (const name of ['Authorization', 'X-Amz-Date', 'X-Amz-Content-Sha256', 'Date']) {
      const again = request.and([name, request.header(name.toLowerCase()) ?? ''])
      expect((await told(again)).message).toBe(`'${name.toLowerCase()}' must be given once.`)
    }
  })

  it('is not believed beside a presigned query', async () => {
    const presigned = sign({ presigned: true })
    const { headers } = sign({ target: presigned.target })
    expect((await told(presigned.with({ headers }))).message).toContain('not in both')
    expect((await told(presigned.and(['Authorization', 'Bearer x']))).status).toBe(403)
  })
})

describe('signed headers', () => {
  it('may be spelt in any case, and sent in any order', async () => {
    const request = sign({ headers: { 'X-Pet': 'Rex', accept: 'text/plain' } })
    const headers = request.headers.toReversed().map(([name, value]) => [name.toUpperCase(), value] as const)
    expect(await told(request.with({ headers }))).toMatchObject({ status: 200 })
  })

  it('are trimmed, and white space within is one space', async () => {
    const request = sign({ headers: { 'X-Pet': 'a b c' } })
    for (const value of ['a  b c', ' a b c', 'a b c ', '\ta\t b  c\t', 'a\r\n b\n  c'])
      expect(await told(request.altered('x-pet', () => value))).toMatchObject({ status: 200 })
    for (const value of ['ab c', 'a b c.', 'a b  d', 'A b c', ''])
      expect((await told(request.altered('x-pet', () => value))).message).toMatch(MISMATCH)
  })

  it('are trimmed wherever they stand among the others', async () => {
    const request = sign({ headers: { accept: 'text/plain', 'X-Pet': 'Rex' } })
    for (const value of [' text/plain', 'text/plain ', 'text/plain\t'])
      expect(await told(request.altered('accept', () => value))).toMatchObject({ status: 200 })
  })

  it('with several values are joined in the order in which they came', async () => {
    const request = sign({ headers: { 'X-Pet': 'b,a,c' } }).altered('x-pet')
    const ordered = request.and(['X-Pet', ' b'], ['x-pet', 'a '], ['X-PET', 'c'])
    expect(await told(ordered)).toMatchObject({ status: 200 })
    const other = request.and(['X-Pet', 'a'], ['X-Pet', 'b'], ['X-Pet', 'c'])
    expect((await told(other)).message).toMatch(MISMATCH)
  })

  it('cannot be added to by a second field', async () => {
    const request = sign({ headers: { 'X-Pet': 'Rex', 'Content-Type': 'text/plain' } })
    for (const name of ['X-Pet', 'Content-Type'])
      for (const value of ['evil', ''])
        expect((await told(request.and([name, value]))).message).toMatch(MISMATCH)
  })

  it('can be empty, but not left out', async () => {
    const request = sign({ headers: { 'X-Pet': '' } })
    expect(await told(request)).toMatchObject({ status: 200 })
    expect((await told(request.altered('x-pet'))).message).toContain("'x-pet' is not in the request")
  })

  it('are all those that are Amazon’s, but for what CloudFront adds', async () => {
    expect((await told(sign().and(['X-Amz-Meta', 'evil']))).message).toContain("'x-amz-meta' must be a")
    expect(await told(sign().and(['X-Amz-Cf-Id', 'abc']))).toMatchObject({ status: 200 })
    expect(await told(sign().and(['X-Amzn-Trace-Id', 'Root=1']))).toMatchObject({ status: 200 })
    expect((await told(sign({ presigned: true }).and(['X-Amz-Date', TIMESTAMP]))).status).toBe(403)
  })
})

describe('the payload', () => {
  const body = '{"name":"Rex"}'
  const post = (hash: string) =>
    sign({ method: 'POST', target: '/pets', body, headers: { 'X-Amz-Content-Sha256': hash } })

  it('is not taken from the caller’s hash of it', async () => {
    const request = post('9d9b2a7b7c6e54a70c8a2f6c1c2bd7a2e9d2f2f0d7c4b1a09f8e7d6c5b4a3928')
    expect((await told(request)).message).toContain("'x-amz-content-sha256' header does not match")
    expect((await told(post(EMPTY))).message).toContain("'x-amz-content-sha256' header does not match")
  })

  it('is not read before the signature of its hash is known to be right', async () => {
    const request = post(EMPTY).altered('authorization', (value) => value.replace(/.$/, 'g'))
    expect((await told(request)).message).toMatch(MISMATCH)
    expect(request.reads).toBe(0)
  })

  it('may be left out where that is signed', async () => {
    const request = post('UNSIGNED-PAYLOAD')
    expect(await told(request.with({ content: 'anything' }))).toMatchObject({ status: 200 })
    expect(request.reads).toBe(0)
  })

  it('is not left out because somebody says so later', async () => {
    const plain = sign({ method: 'POST', target: '/pets', body })
    const unsigned = plain.and(['X-Amz-Content-Sha256', 'UNSIGNED-PAYLOAD'])
    expect((await told(unsigned)).message).toContain("'x-amz-content-sha256' must be a 'SignedHeader'")
    const changed = post(EMPTY).altered('x-amz-content-sha256', () => 'UNSIGNED-PAYLOAD')
    expect((await told(changed)).message).toMatch(MISMATCH)
  })

  it.each(['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', EMPTY.toUpperCase(), 'unsigned-payload', ''])(
    'is refused as %j',
    async (hash) => {
      expect((await told(sign({ headers: { 'X-Amz-Content-Sha256': hash } }))).message).toContain(
        'must be UNSIGNED-PAYLOAD or a SHA-256',
      )
    },
  )

  it('of a request without one is nothing', async () => {
    const request = sign({ headers: { 'X-Amz-Content-Sha256': EMPTY } })
    expect(await told(request)).toMatchObject({ status: 200 })
    expect(request.reads).toBe(0)
  })

  it('cannot be added to a request that was signed without', async () => {
    for (const header of [
      ['Content-Length', '4'],
      ['Transfer-Encoding', 'chunked'],
      // As over HTTP/2, where no field has to say so.
      ['Accept', '*/*'],
    ] as const) {
      const request = sign({ method: 'DELETE' }).and(header).with({ content: 'evil' })
      expect((await told(request)).message).toMatch(MISMATCH)
    }
  })

  it('is read within the bound', async () => {
    const gateway = signedGateway({ limits: { body: 4 } })
    const request = sign({ method: 'POST', target: '/pets', body })
    const headers = Object.fromEntries(request.headers)
    expect((await send(gateway, 'POST /pets', { headers, body })).status).toBe(413)
  })
})

describe('a presigned URL', () => {
  it('is admitted', async () => {
    expect(await told(sign({ presigned: true, target: '/pets/7?b=2&a=1' }))).toMatchObject({ status: 200 })
  })

  it('may be for a body, which we hash', async () => {
    const request = sign({ presigned: true, method: 'POST', target: '/pets', body: 'Rex' })
    expect(await told(request)).toMatchObject({ status: 200 })
    expect((await told(request.with({ content: 'Max' }))).message).toMatch(MISMATCH)
  })

  it.each(['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-SignedHeaders', 'X-Amz-Signature'])(
    'is refused without %s, or with two of them',
    async (name) => {
      const request = sign({ presigned: true, target: '/pets/7?a=1' })
      const lacking = request.with({ target: request.target.replace(new RegExp(`&${name}=[^&]*`), '') })
      expect((await told(lacking)).message).toContain(`AWS query-string parameters must include '${name}'.`)
      const value = new URL(request.target, 'http://x').searchParams.get(name) ?? ''
      for (const spelling of [name, name.replace('-', '%2D'), name.replace('A', '%41')]) {
        const twice = request.with({ target: `${request.target}&${spelling}=${encodeURIComponent(value)}` })
        expect((await told(twice)).message).toBe(`'${name}' must be given once.`)
      }
    },
  )

  it('is refused with a signature of another spelling', async () => {
    const request = sign({ presigned: true })
    const target = request.target.replace('X-Amz-Signature', 'x-amz-signature')
    expect((await told(request.with({ target }))).message).toMatch(MISMATCH)
  })
})

describe('a signature for once', () => {
  const once = (extra: object = {}) =>
    signedGateway({ routes: [route('ANY /{proxy+}', { authorize: { iam: { once: true } } })], ...extra })

  it('is admitted once, and another one is, too', async () => {
    const gateway = once()
    expect(await told(sign(), gateway)).toMatchObject({ status: 200 })
    expect(await told(sign(), gateway)).toMatchObject({
      status: 403,
      message: 'The signature has been used before: each is admitted once.',
    })
    expect(await told(sign({ target: '/pets/8' }), gateway)).toMatchObject({ status: 200 })
  })

  it('is not spent by whoever cannot sign', async () => {
    const gateway = once()
    const forged = sign({ caller: { ...CALLER, secretAccessKey: 'another' } })
    expect((await told(forged, gateway)).message).toMatch(MISMATCH)
    expect(await told(sign(), gateway)).toMatchObject({ status: 200 })
  })

  it('cannot be used again by writing the same request otherwise', async () => {
    const gateway = once()
    const request = sign({ target: '/pets/7?a=1&b=2', headers: { 'X-Pet': 'a b' } })
    expect(await told(request, gateway)).toMatchObject({ status: 200 })
    const other = request.with({ target: '/pets/7?b=2&a=%31' }).altered('x-pet', () => 'a  b')
    expect((await told(other, gateway)).message).toContain('used before')
  })

  it.each([
    [undefined, 300],
    [1, 1],
    [3_601, 3_601],
    [86_400, 86_400],
    [604_800, 604_800],
  ])('is remembered for as long as it holds (X-Amz-Expires: %s)', async (expires, holds) => {
    const clock = testClock(NOW)
    const gateway = once({ clock })
    const target = `/pets/7${expires === undefined ? '' : `?X-Amz-Expires=${expires}`}`
    const request = sign({ presigned: expires !== undefined, target })
    clock.advance('-5m')
    expect(await told(request, gateway)).toMatchObject({ status: 200 })
    for (const part of [0.25, 0.5, 0.75, 1]) {
      clock.set(Date.parse(NOW) - 300_000 + (holds + 300) * 1000 * part)
      expect((await told(request, gateway)).message).toContain('used before')
    }
  })

  /** Signed, with a body that has not come yet. */
  function slow(target: string) {
    let arrives = () => {}
    const request = sign({ method: 'POST', body: 'rex', target })
    const body = new Promise<Uint8Array>((resolve) => {
      arrives = () => resolve(Buffer.from('rex'))
    })
    return { request: Object.assign(request, { body: () => body }), arrives: () => arrives() }
  }

  it('is remembered as long, whatever others wait for', async () => {
    const clock = testClock(NOW)
    const gateway = once({ clock })
    clock.advance('-5m')
    const held = ['/a', '/b', '/c'].map((target) => {
      const { request, arrives } = slow(target)
      return { answer: told(request, gateway), arrives }
    })
    clock.advance('10m')
    const request = sign()
    expect(await told(request, gateway)).toMatchObject({ status: 200 })
    for (const { answer, arrives } of held) {
      arrives()
      expect(await answer).toMatchObject({ status: 200 })
      expect((await told(request, gateway)).message).toContain('used before')
    }
  })

  it('does not hold for what came too slowly: by then it would be forgotten', async () => {
    const clock = testClock(NOW)
    const gateway = once({ clock })
    const { request, arrives } = slow('/a')
    const answer = told(request, gateway)
    clock.advance(300_001)
    arrives()
    expect((await answer).message).toMatch(/^Signature expired: /)
  })

  it('is remembered by a store that answers later', async () => {
    const { counters, records } = memoryStore()
    const gateway = once({ store: { counters: asyncCounters(counters), records } })
    expect(await told(sign(), gateway)).toMatchObject({ status: 200 })
    expect((await told(sign(), gateway)).message).toContain('used before')
  })

  it.each(['local', 'admit', 'refuse'] as const)(
    'is refused while the store is away, whenStoreFails being %j',
    async (whenStoreFails) => {
      const { counters, records } = memoryStore()
      const away = { ...asyncCounters(counters), take: () => Promise.reject(new Error('away')) }
      const store = { counters: away, records }
      const account = { throttle: false } as const
      const gateway = once({ store, whenStoreFails, account, onError: () => {} })
      expect(await told(sign(), gateway)).toMatchObject({ status: 503 })
    },
  )
})

describe('the query', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', 'b', 'é', ' ', '+', '&', '=', '%', '-', '~', "'", '*', '/'),
    minLength: 1,
  })
  const parameters = fc.array(fc.tuple(word, fc.oneof(word, fc.constant(''))), { maxLength: 6 })
  const written = (pairs: readonly (readonly [string, string])[]) =>
    pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')
  const targeted = (query: string) => `/pets/7${query === '' ? '' : `?${query}`}`

  it('verifies in any order and spelling of the same parameters', async () => {
    await fc.assert(
      fc.asyncProperty(parameters, fc.infiniteStream(fc.nat(2)), async (pairs, choices) => {
        const spell = (text: string) =>
          [...Buffer.from(text)].map((byte) => spelling(byte, choices.next().value ?? 0)).join('')
        const request = sign({ target: targeted(written(pairs)) })
        const shuffled = pairs.toSorted(() => (choices.next().value ?? 0) - 1)
        const query = shuffled.map(([name, value]) => `${spell(name)}=${spell(value)}`).join('&')
        expect(await told(request.with({ target: targeted(query) }))).toMatchObject({ status: 200 })
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    [
      'a=1',
      [
        'a=1&',
        '&a=1',
        'a=1&&',
        'a=1&=',
        'a=1&=evil',
        'a=1&evil',
        'a=1&evil=',
        'a=1&a=1',
        'a=2',
        'A=1',
        '',
        'a=1%00',
      ],
    ],
    ['a=1&b=2', ['a=1', 'b=2', 'a=1&&b=2', 'a=1;b=2', 'a=1%26b=2', 'a%3D1&b=2', 'a=2&b=1']],
    ['a', ['a=1', 'a=%20', '']],
    ['', ['a', '&', '=', '?', 'a=']],
    ['a=%2B', ['a=+', 'a=%20', 'a=%252B']],
    ['a=b%26c', ['a=b&c']],
  ])('signed as %j verifies as nothing else', async (query, others) => {
    const request = sign({ target: targeted(query) })
    expect(await told(request)).toMatchObject({ status: 200 })
    for (const other of others) {
      const { status, message } = await told(request.with({ target: `/pets/7?${other}` }))
      if (other === '' && query === '') continue
      expect({ other, status }).toEqual({ other, status: 403 })
      expect(message).toMatch(MISMATCH)
    }
  })

  it.each(['a=%', 'a=%z1', 'a=%ff', 'a=%C3', '%E0%A4=1'])(
    '%j is refused: it cannot be decoded',
    async (query) => {
      const request = sign({ target: '/pets/7' }).with({ target: `/pets/7?${query}` })
      expect((await told(request)).message).toContain('no percent-encoding')
    },
  )
})

/** A byte as a query may have it: by itself where it may stand there, or encoded, in either case. */
function spelling(byte: number, choice: number): string {
  const char = String.fromCharCode(byte)
  if (choice === 0 && /[\w\-.~'*/]/.test(char)) return char
  if (choice === 1 && char === ' ') return '+'
  const digits = byte.toString(16).padStart(2, '0')
  return `%${choice === 2 ? digits : digits.toUpperCase()}`
}

describe('the path', () => {
  it.each([
    ['/a%20b', ['/a+b', '/a%2520b', '/ab']],
    ['/a%2Fb', ['/a/b', '/a%2fb', '/a%252Fb']],
    ["/it's(*)!", ['/it%27s(*)!', '/it’s', "/it's(*)%21"]],
    ['/pets/', ['/pets']],
    ['/pets', ['/pets/', '/Pets', '/pet%73']],
  ])('signed as %j verifies as nothing else', async (path, others) => {
    const request = sign({ target: path })
    expect(await told(request)).toMatchObject({ status: 200 })
    for (const target of others) {
      const { status } = await told(request.with({ target }))
      expect({ target, status: status >= 400 }).toEqual({ target, status: true })
    }
  })

  it.each(['/pets/../pets/7', '/pets/./7', '//pets/7', '/pets//7'])(
    'signed in its normal form does not let %j in',
    async (target) => {
      expect(await told(sign().with({ target }))).toMatchObject({ status: 400 })
    },
  )
})
