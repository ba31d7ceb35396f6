/** Hostile bytes over a real socket: never a hang, never a crash, never a 5xx, and one record for each exchange. */
import { before, type ExchangeRecord, type Gateway, route } from 'postern'
import { toExpress } from 'postern/express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXPRESSES, guard, pause, type Served, start, stop, tell } from './adapters/support.js'
import { fc } from './laws.js'

const crashes: unknown[] = []
const onCrash = (error: unknown) => crashes.push(error)
beforeAll(() => process.on('uncaughtException', onCrash).on('unhandledRejection', onCrash))
afterAll(() => process.off('uncaughtException', onCrash).off('unhandledRejection', onCrash))

/** Any byte, as a character of latin1. */
const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
const bytes = (maxLength: number) => fc.array(byte, { maxLength }).map((all) => all.join(''))
/** What some part of the way could trip over. */
const spice = fc.constantFrom(
  '/',
  '//',
  '.',
  '..',
  '%',
  '%2',
  '%2F',
  '%2f',
  '%5c',
  '%00',
  '%25',
  '%zz',
  '%ff',
  '%C3%A9',
  '%E2%84%AA',
  '\\',
  ';',
  '?',
  '#',
  '&',
  '=',
  '[',
  ']',
  '{proxy+}',
  '{id}',
  ':id',
  '*',
  '$default',
  '__proto__',
  'constructor',
  'toString',
  'prod',
  'PROD',
  'beta',
  'pets',
  'Pets',
  'files',
  'open',
  '7',
  '~',
  '@',
  '+',
  ',',
  '\u00e9',
  '\u00ff',
  '\t',
  ' ',
  '\x7f',
  'x'.repeat(300),
  'http://',
  '"',
)
const path = fc.array(fc.oneof({ weight: 5, arbitrary: spice }, { weight: 1, arbitrary: bytes(3) }), {
  maxLength: 12,
})
const target = fc
  .tuple(
    fc.constantFrom('/', '/prod/', '/prod/pets/', '/beta/files/', '', 'http://localhost/', '//', '*', '/?'),
    path,
  )
  .map(([first, rest]) => first + rest.join(''))
const method = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'GET',
      'HEAD',
      'POST',
      'PUT',
      'DELETE',
      'OPTIONS',
      'PATCH',
      'TRACE',
      'PROPFIND',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('get', 'CONNECT', 'PRI', 'FOO', '', '__proto__', 'G\0T') },
)
const name = fc.oneof(
  fc.constantFrom(
    'x-api-key',
    'X-API-Key',
    'Host',
    'Origin',
    'Access-Control-Request-Method',
    'Access-Control-Request-Headers',
    'Accept',
    'Content-Length',
    'Content-Type',
    'Transfer-Encoding',
    'Connection',
    'Upgrade',
    'Expect',
    'Cookie',
    'x-amzn-RequestId',
    'Range',
    'If-None-Match',
    'X-HTTP-Method-Override',
    '__proto__',
    'constructor',
    'Trailer',
    'TE',
    '',
  ),
  bytes(8),
)
const value = fc.oneof(
  fc.constantFrom(
    '',
    '*',
    'localhost',
    'LOCALHOST:99999',
    '[::1]',
    '[',
    'a b',
    'null',
    'https://acme.com',
    'GET',
    'x, y',
    '*/*;q=0',
    'chunked',
    'gzip, chunked',
    '5',
    '-1',
    '99999999999999999999',
    '0x10',
    '1e3',
    'close',
    'keep-alive',
    'Upgrade',
    'h2c',
    'websocket',
    '100-continue',
    'bytes=0-0',
    '\u00e9',
    'x'.repeat(3000),
    '9d0a8f4e-2c52-4b7a-9d3c-6d1e3f0a2b11',
    '__proto__',
  ),
  bytes(20),
)
const line = fc.tuple(name, value).map((pair) => pair.join(': '))
const wild = fc
  .record({
    method,
    target,
    host: fc.oneof({ weight: 8, arbitrary: fc.constant('Host: localhost\r\n') }, fc.constant('')),
    lines: fc.array(line, { maxLength: 5 }),
    body: fc.oneof(
      fc.constant(''),
      bytes(30),
      fc.constantFrom('5\r\nhello\r\n0\r\n\r\n', 'hello', '{"a":1}'),
    ),
  })
  .map(
    (each) =>
      `${each.method} ${each.target} HTTP/1.1\r\n${each.host}${each.lines.map((text) => `${text}\r\n`).join('')}\r\n${each.body}`,
  )

/** What a parser of HTTP lets through, so that the gateway has to deal with it. */
const PARSED = /^[!-~]+$/
const FRAMING = /^(?:host|content-length|transfer-encoding|connection|upgrade|expect|te|trailer|)$/i
const tame = fc
  .record({
    method: method.filter((text) => /^(?!CONNECT|PRI|FOO)[A-Z]+$/.test(text)),
    target: target.filter((text) => text.startsWith('/') && PARSED.test(text)),
    lines: fc.array(
      fc
        .tuple(
          name.filter((text) => /^[\w-]*$/.test(text) && !FRAMING.test(text)),
          value.filter((text) => /^[\t -~\x80-\xff]*$/.test(text)),
        )
        .map((pair) => pair.join(': ')),
      { maxLength: 5 },
    ),
    body: fc.oneof(
      fc.constant('\r\n'),
      bytes(30).map((text) => `Content-Length: ${text.length}\r\n\r\n${text}`),
      fc.array(bytes(2000), { maxLength: 3 }).map((parts) => {
        const chunks = parts
          .filter((part) => part !== '')
          .map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
        return `Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`
      }),
    ),
  })
  .map(
    (each) =>
      `${each.method} ${each.target} HTTP/1.1\r\nHost: localhost\r\n${each.lines.map((text) => `${text}\r\n`).join('')}${each.body}`,
  )

const request = fc.oneof({ weight: 3, arbitrary: tame }, { weight: 1, arbitrary: wild })

/** A well-behaved last one: until its answer has come, nothing hangs. */
const LAST = 'GET /prod/open?last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

describe.each(EXPRESSES)('$name behind the gateway', ({ express }) => {
  let served: Served
  let gateway: Gateway
  let records: ExchangeRecord[]
  let errors: unknown[]
  /** The requests that reached Express at all. */
  let arrived = 0

  beforeAll(async () => {
    ;({ gateway, records, errors } = guard({
      routes: [
        route('GET /pets/{id}', { cors: true }),
        route('POST /pets', { apiKey: true, cors: { origins: ['https://acme.com'], credentials: true } }),
        route('ANY /files/{path+}', { throttle: { rate: 1e6, burst: 1e6, per: 'address' } }),
        route('GET /v{major}.{minor}'),
        route('GET /open'),
        route('POST /open'),
      ],
      stages: { prod: {}, beta: {} },
      plans: { free: { throttle: { rate: 1, burst: 1 } } },
      refusals: {
        DEFAULT_4XX: {
          headers: { 'x-why': '$context.path $context.httpMethod $context.error.message' },
          templates: {
            'application/json': '{"m":$context.error.messageString,"p":"$context.path"}',
            'text/html': '<p>$context.path</p>',
          },
        },
      },
      steps: [
        before('validate', async (exchange) => {
          if (exchange.request.method === 'POST') await exchange.request.body(1000)
          return undefined
        }),
      ],
    }))
    const app = express()
    app.use((_req, _res, next) => {
      arrived++
      next()
    })
    app.use(toExpress(gateway))
    app.use(express.text({ type: () => true, limit: 5000 }))
    app.use((req, res) => res.json({ url: req.url, params: req.gateway?.params }))
    served = await start(app)
    // A caller that announces more than it sends is not waited for.
    served.server.requestTimeout = 1000
    served.server.headersTimeout = 500
    served.server.keepAliveTimeout = 500
    served.server.setTimeout(700, (socket) => socket.destroy())
  })

  afterAll(() => stop(served))

  it('answers anything, or closes, and records it once', async () => {
    let answered = 0
    let admitted = 0
    const property = fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 2 }), async (requests) => {
      const { text, took } = await tell(
        served.port,
        requests.join('') + LAST,
        (all) => /HTTP\/1\.1 [2-5]/.test(all) && all.includes('?last'),
      )
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
      answered += statuses.length
      admitted += statuses.filter((status) => status < 300).length
      expect(statuses.filter((status) => status >= 500)).toEqual([])
      expect(took).toBeLessThan(4000)
    })
    await fc.assert(property, { numRuns: 300, interruptAfterTimeLimit: 60_000, endOnFailure: true })
    expect(answered).toBeGreaterThan(300)
    expect(admitted).toBeGreaterThan(50)
    expect(arrived).toBeGreaterThan(300)
    await pause(1500)
    expect(records).toHaveLength(arrived)
    expect(new Set(records.map((record) => record)).size).toBe(arrived)
    expect(errors).toEqual([])
    expect(crashes).toEqual([])
    const { status } = await tell(served.port, LAST)
    expect(status).toBe(200)
  }, 90_000)

  it('answers anything that a proxy might add', async () => {
    const forwarding = fc.constantFrom(
      'Forwarded',
      'Via',
      'X-Forwarded-For',
      'X-Forwarded-Proto',
      'X-Forwarded-Host',
      'X-Real-IP',
    )
    const said = fc.oneof(
      value,
      fc.constantFrom(
        '1.2.3.4',
        'for=1.2.3.4;proto=https',
        'for="[::1]:80"',
        'for=',
        '::ffff:1.2.3.4',
        '999.1.1.1',
        ',,,',
        'https',
        'unknown',
      ),
      fc
        .array(fc.constantFrom('1.2.3.4', '::1', '127.0.0.1', 'x', ''), { maxLength: 50 })
        .map((all) => all.join(',')),
    )
    const {
      gateway: behind,
      records: seen,
      errors: failed,
    } = guard({ routes: [route('GET /open')], trustProxy: ['loopback'] })
    const app = express()
    let count = 0
    app.use((_req, _res, next) => {
      count++
      next()
    })
    app.use(toExpress(behind))
    app.use((_req, res) => res.send('open'))
    const own = await start(app)
    const lines = fc.array(
      fc.tuple(forwarding, said).map((pair) => pair.join(': ')),
      { minLength: 1, maxLength: 4 },
    )
    const property = fc.asyncProperty(lines, async (all) => {
      const head = ['GET /open HTTP/1.1', 'Host: localhost', 'Connection: close', ...all, '', ''].join('\r\n')
      const { status } = await tell(own.port, head)
      expect([200, 400, 403, 431]).toContain(status)
    })
    await fc.assert(property, { numRuns: 200, interruptAfterTimeLimit: 30_000, endOnFailure: true })
    await pause(50)
    expect(seen).toHaveLength(count)
    // That nobody can say who calls is told once, and nothing else.
    expect(failed.map(String).join('\n')).toMatch(
      /^(?:Error: (?:the proxy writes '.+' where the caller's address belongs|`Forwarded` and `X-Forwarded-For` say .+))?$/,
    )
    await stop(own)
  }, 60_000)
})
