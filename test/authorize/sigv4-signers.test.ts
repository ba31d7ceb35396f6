/** Others sign, the gateway verifies, over real sockets and through Express. */
import { request as httpRequest } from 'node:http'
import { Sha256 } from '@aws-crypto/sha256-js'
import {
  ApiGatewayManagementApiClient,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi'
import { DynamoDBClient, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { SignatureV4 } from '@smithy/signature-v4'
import aws4 from 'aws4'
import express from 'express'
import { createGateway, route } from 'postern'
import { toExpress } from 'postern/express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Served, serve, start, stop } from '../adapters/support.js'
import { fc } from '../laws.js'
import { ALICE, CALLER, CREDENTIAL } from './signing.js'

const TOKEN = 'FwoGZXIvYXdzEXAMPLE/token+with=signs'
const TEMPORARY = { ...CALLER, accessKeyId: 'ASIAEXAMPLE', sessionToken: TOKEN }

let served: Served
let authority: string

beforeAll(async () => {
  const gateway = createGateway({
    routes: [route('ANY /{proxy+}', { authorize: 'iam' }), route('ANY /', { authorize: 'iam' })],
    credentials: async (id) => {
      if (id === CALLER.accessKeyId) return CREDENTIAL
      return id === TEMPORARY.accessKeyId ? { ...CREDENTIAL, sessionToken: TOKEN } : undefined
    },
  })
  const app = express()
  app.use(toExpress(gateway))
  app.use(express.raw({ type: () => true }))
  app.use((req, res) => {
    const length = Buffer.isBuffer(req.body) ? req.body.length : 0
    res.set({ 'x-principal': req.gateway?.principal ?? 'nobody', 'x-length': String(length) })
    res.json({ connectedAt: '2026-01-01T00:00:00Z', TableNames: [req.get('x-amz-target')] })
  })
  served = await start(app)
  authority = `127.0.0.1:${served.port}`
})

afterAll(() => stop(served))

interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Got {
  readonly status: number
  readonly principal: unknown
  readonly length: unknown
  readonly text: string
}

/** Sends path and headers as they are. */
function send({ method, path, headers: given, body }: Sent, port = served.port): Promise<Got> {
  const told = body === '' || Object.keys(given).some((name) => name.toLowerCase() === 'content-length')
  const headers = told ? given : { ...given, 'content-length': String(Buffer.byteLength(body)) }
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, headers, agent: false }
    const req = httpRequest(options, (res) => {
      let text = ''
      res.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      res.on('end', () =>
        resolve({
          status: res.statusCode ?? 0,
          principal: res.headers['x-principal'],
          length: res.headers['x-length'],
          text,
        }),
      )
    })
    req.on('error', reject).end(body)
  })
}

/** What a caller wants to send, before it is signed. */
interface Wanted {
  readonly method: string
  readonly segments: readonly string[]
  readonly slash: boolean
  readonly query: readonly (readonly [string, string])[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const odd = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...' %+&=?#;:@!$\'()*,~-._/"<>[]{}|^`äß日😀'),
    fc.string({ maxLength: 1, minLength: 1 }),
  ),
  minLength: 1,
  maxLength: 8,
})
/** What a gateway lets through: no empty or dot segments, `..;` neither, no backslashes or NULs, however they are encoded. */
const segment = odd.filter(
  (text) => !(/[\\\0]/.test(text) || /(^|\/)\.{0,2}(\/|$)/.test(text) || /(^|\/)\.{1,2};/.test(text)),
)
/** The signers keep parameters in objects, which are born with some names. */
const name = odd.filter((text) => !(text in {}) && !/^x-amz-/i.test(text))
const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/)

const wanted: fc.Arbitrary<Wanted> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
  segments: fc.array(segment, { maxLength: 4 }),
  slash: fc.boolean(),
  query: fc.array(fc.tuple(name, fc.oneof(odd, fc.constant(''))), { maxLength: 4 }),
  headers: fc.dictionary(fc.stringMatching(/^x-[a-w][a-z0-9-]{0,8}$/), value, { maxKeys: 3 }),
  body: fc.oneof(fc.constant(''), odd),
})

/** Some encode more than they must. */
function pathOf({ segments, slash }: Wanted): string {
  const encoded = segments.map((text, at) => {
    const all = encodeURIComponent(text)
    return at % 2 === 0 ? all : all.replace(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent)
  })
  return `/${encoded.join('/')}${slash && encoded.length > 0 ? '/' : ''}`
}

function strictly(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
}

function queryOf(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => `${strictly(name)}=${strictly(value)}`).join('&')
}

function targetOf(given: Wanted): string {
  return given.query.length === 0 ? pathOf(given) : `${pathOf(given)}?${queryOf(given.query)}`
}

function bodyOf({ method, body }: Wanted): string {
  return ['GET', 'HEAD', 'OPTIONS'].includes(method) ? '' : body
}

/** `aws4`, in headers or in the query. */
function byAws4(given: Wanted, signQuery: boolean, caller: typeof CALLER): Sent {
  const body = bodyOf(given)
  const { path = '', headers = {} } = aws4.sign(
    {
      host: authority,
      method: given.method,
      path: targetOf(given),
      headers: given.headers,
      ...(body === '' ? {} : { body }),
      service: 'execute-api',
      signQuery,
    },
    caller,
  )
  const sent = Object.entries(headers).map(([name, value]) => [name, String(value)])
  return { method: given.method, path, headers: Object.fromEntries(sent), body }
}

function smithy(caller: typeof CALLER): SignatureV4 {
  return new SignatureV4({ service: 'execute-api', region: 'us-east-1', credentials: caller, sha256: Sha256 })
}

/** `@smithy/signature-v4`, in headers or in the query. */
async function bySmithy(given: Wanted, presigned: boolean, caller: typeof CALLER): Promise<Sent> {
  const body = bodyOf(given)
  const query: Record<string, string[]> = {}
  for (const [name, value] of given.query) query[name] = [...(query[name] ?? []), value]
  const parts = {
    method: given.method,
    protocol: 'http:',
    hostname: '127.0.0.1',
    path: pathOf(given),
    query,
    headers: { ...given.headers, host: authority },
    ...(body === '' ? {} : { body }),
  }
  const signer = smithy(caller)
  const signed = presigned ? await signer.presign(parts) : await signer.sign(parts)
  const pairs = Object.entries(signed.query ?? {}).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value ?? ''] as const),
  )
  const path = pairs.length === 0 ? signed.path : `${signed.path}?${queryOf(pairs)}`
  return { method: given.method, path, headers: signed.headers, body }
}

const SIGNERS: Record<string, (given: Wanted, caller: typeof CALLER) => Sent | Promise<Sent>> = {
  'aws4, in the header': (given, caller) => byAws4(given, false, caller),
  'aws4, in the query': (given, caller) => byAws4(given, true, caller),
  '@smithy/signature-v4, in the header': (given, caller) => bySmithy(given, false, caller),
  '@smithy/signature-v4, in the query': (given, caller) => bySmithy(given, true, caller),
}

describe.each(Object.entries(SIGNERS))('what %s signs', { timeout: 30_000 }, (_, signer) => {
  it('is admitted, and reaches the app with its body', async () => {
    await fc.assert(
      fc.asyncProperty(wanted, fc.constantFrom(CALLER, TEMPORARY), async (given, caller) => {
        const sent = await signer(given, caller)
        const { text, ...got } = await send(sent)
        const length = String(Buffer.byteLength(sent.body))
        expect({ ...got, text: got.status === 200 ? '' : text }).toEqual({
          status: 200,
          principal: ALICE,
          length,
          text: '',
        })
      }),
      { numRuns: 80 },
    )
  })

  it('is refused with something added to its query, path or body', async () => {
    await fc.assert(
      fc.asyncProperty(wanted, async (given) => {
        const sent = await signer(given, CALLER)
        const mark = sent.path.includes('?') ? '&' : '?'
        const [path, query = ''] = sent.path.split(/(?=\?)/)
        const altered = [
          { ...sent, path: `${sent.path}${mark}=evil` },
          { ...sent, path: `${sent.path}${mark}evil` },
          { ...sent, path: `${path}x${query}` },
          ...(sent.body === '' ? [] : [{ ...sent, body: `${sent.body}x`, headers: lengthened(sent) }]),
        ]
        for (const each of altered) expect((await send(each)).status).toBe(403)
      }),
      { numRuns: 15 },
    )
  })
})

/** Of a body that has one byte more. */
function lengthened({ headers, body }: Sent): Sent['headers'] {
  const name = Object.keys(headers).find((name) => name.toLowerCase() === 'content-length')
  return name === undefined || headers[name] === undefined
    ? headers
    : { ...headers, [name]: String(Buffer.byteLength(body) + 1) }
}

describe('a client of the AWS SDK', () => {
  const client = (credentials: typeof CALLER, path = '') =>
    new ApiGatewayManagementApiClient({
      endpoint: `http://${authority}${path}`,
      region: 'us-east-1',
      credentials,
      maxAttempts: 1,
    })

  it.each([CALLER, TEMPORARY])('is admitted ($accessKeyId)', async (credentials) => {
    for (const ConnectionId of ['L0SM9cOFvHcCIhw=', 'a b/c%d', 'é~*']) {
      for (const path of ['', '/prod']) {
        const Data = Buffer.from('{"hello":"world"}')
        const sdk = client(credentials, path)
        await expect(sdk.send(new PostToConnectionCommand({ ConnectionId, Data }))).resolves.toMatchObject({
          $metadata: { httpStatusCode: 200 },
        })
        await expect(sdk.send(new GetConnectionCommand({ ConnectionId }))).resolves.toMatchObject({
          ConnectedAt: new Date('2026-01-01T00:00:00Z'),
        })
      }
    }
  })

  it('understands why it is refused', async () => {
    const sdk = client({ ...CALLER, secretAccessKey: 'another' })
    await expect(sdk.send(new GetConnectionCommand({ ConnectionId: 'c' }))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining('does not match the signature you provided'),
    })
  })
})

/** Of another protocol: its commands are `POST /`, and named in a header; what they are for stands in the body. */
describe('a client of the AWS SDK whose commands are all one path', () => {
  type Signed = { headers: Record<string, string>; body: Uint8Array }
  /** @param tamper with what is signed, before it is sent */
  const client = (credentials: typeof CALLER, tamper: (request: Signed) => void = () => {}) => {
    const signer = smithy(credentials)
    const sign = ((request: never, options: object) =>
      signer.sign(request, { ...options, signingService: 'execute-api' })) as SignatureV4['sign']
    const sdk = new DynamoDBClient({
      endpoint: `http://${authority}`,
      region: 'us-east-1',
      credentials,
      maxAttempts: 1,
      // It signs as for DynamoDB, whose own endpoint says so, unless it is told otherwise.
      signer: { sign },
    })
    const handler = sdk.config.requestHandler
    const handle = handler.handle.bind(handler)
    handler.handle = (request, options) => {
      tamper(request)
      return handle(request, options)
    }
    return sdk
  }
  /** Another second of the same minute. */
  const another = (timestamp = '') =>
    timestamp.replace(/(\d)Z$/, (_, digit) => `${digit === '0' ? '1' : '0'}Z`)
  const ofCats = ({ body }: Signed) => Buffer.from(new TextDecoder().decode(body).replace('pets', 'cats'))
  const OTHER_BODY = "'x-amz-content-sha256' header does not match what was computed"
  const OTHER_TOKEN = 'The security token included in the request is invalid.'
  const put = new PutItemCommand({ TableName: 'pets', Item: { name: { S: 'Räx 日😀' } } })

  it.each([CALLER, TEMPORARY])('is admitted ($accessKeyId)', async (credentials) => {
    const sdk = client(credentials)
    await expect(sdk.send(put)).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } })
    const { TableNames } = await sdk.send(new ListTablesCommand({ Limit: 7 }))
    expect(TableNames).toEqual(['DynamoDB_20120810.ListTables'])
  })

  const MISMATCH = 'The request signature we calculated does not match the signature you provided.'
  it.each<[string, (request: Signed) => void, string]>([
    ['what it is for', (request) => (request.body = ofCats(request)), OTHER_BODY],
    ['what it does', ({ headers }) => (headers['x-amz-target'] = 'DynamoDB_20120810.Scan'), MISMATCH],
    ['when', ({ headers }) => (headers['x-amz-date'] = another(headers['x-amz-date'])), MISMATCH],
    ['whose session it is', ({ headers }) => (headers['x-amz-security-token'] += 'x'), OTHER_TOKEN],
    ['what Amazon may know besides', ({ headers }) => (headers['x-amz-more'] = '1'), "'x-amz-more' must be"],
  ])('is refused where somebody changes %s', async (_, tamper, message) => {
    await expect(client(TEMPORARY, tamper).send(put)).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
      message: expect.stringContaining(message),
    })
  })

  it('is refused with another secret, and understands why', async () => {
    await expect(client({ ...CALLER, secretAccessKey: 'another' }).send(put)).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining(MISMATCH),
    })
  })
})

describe('below a path of the app', () => {
  it('the whole path is signed, stage and mount included', async () => {
    const gateway = createGateway({
      routes: [route('GET /pets/{petId}', { authorize: 'iam' })],
      stages: { prod: {} },
      credentials: () => CREDENTIAL,
    })
    const app = express()
    app.use('/api', toExpress(gateway))
    app.get('/api/pets/:petId', (req, res) => {
      res.set('x-principal', req.gateway?.principal).send()
    })
    const { port } = await serve(app)
    const get = (path: string, signed = path) => {
      const headers = { host: `127.0.0.1:${port}` }
      const request = { method: 'GET', path: signed, headers, service: 'execute-api' }
      const sent = aws4.sign(request, CALLER).headers as Record<string, string>
      return send({ method: 'GET', path, headers: sent, body: '' }, port)
    }
    expect(await get('/api/prod/pets/7')).toMatchObject({ status: 200, principal: ALICE })
    for (const signed of ['/pets/7', '/prod/pets/7', '/api/pets/7'])
      expect(await get('/api/prod/pets/7', signed)).toMatchObject({ status: 403 })
  })

  it('a signature for once is not spent twice by a mounted gate and a route’s own', async () => {
    const once = { authorize: { iam: { once: true } } }
    const gateway = createGateway({ routes: [route('POST /pets', once)], credentials: () => CREDENTIAL })
    const gate = toExpress(gateway)
    const app = express()
    app.use(gate)
    app.post('/pets', gate.route('POST /pets', once), express.text(), (req, res) => {
      res.send(req.body)
    })
    const { port } = await serve(app)
    const headers = { host: `127.0.0.1:${port}`, 'content-type': 'text/plain' }
    const request = { method: 'POST', path: '/pets', headers, body: 'Rex', service: 'execute-api' }
    const sent = aws4.sign(request, CALLER).headers as Record<string, string>
    const call = () => send({ method: 'POST', path: '/pets', headers: sent, body: 'Rex' }, port)
    expect(await call()).toMatchObject({ status: 200, text: 'Rex' })
    expect(await call()).toMatchObject({ status: 403 })
  })
})
