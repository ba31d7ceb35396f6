/** What the app answers is what the caller gets, byte for byte: the gateway only adds headers of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Express } from 'express'
import { Answer, answer, type GatewayDefinition, refuse, route } from 'postern'
import { toExpress } from 'postern/express'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { EXPRESSES, guard, open, pause, serve, tell, wire } from './support.js'

const folder = mkdtempSync(join(tmpdir(), 'postern-answers-'))
const file = join(folder, 'pets.txt')
writeFileSync(file, 'Rex, Bello, Minka\n'.repeat(10_000))
// Express prints what nobody catches.
beforeAll(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterAll(() => rmSync(folder, { recursive: true }))

/** An app that answers in every way there is. */
function build(app: Express, express: (typeof EXPRESSES)[number]['express']): void {
  // Stack traces tell of the gateway's frames.
  app.set('env', 'production')
  app.get('/json', (_req, res) => res.json({ name: 'Rex ä😀' }))
  app.get('/text', (_req, res) => res.type('text').send('x'.repeat(100_000)))
  app.get('/bytes', (_req, res) => res.send(Buffer.from([0, 1, 2, 255])))
  app.get('/plain-end', (_req, res) => res.end('as Node has it'))
  app.get('/empty', (_req, res) => res.end())
  app.get('/no-content', (_req, res) => res.status(204).send('dropped'))
  app.get('/redirect', (_req, res) => res.redirect('/json'))
  app.get('/not-modified', (_req, res) => res.status(304).end())
  app.get('/cookies', (_req, res) => res.cookie('a', '1').cookie('b', '2', { httpOnly: true }).send('two'))
  app.get('/headers', (_req, res) => {
    res.append('X-Many', 'one').append('X-Many', 'two').vary('Accept').set('X-Amzn-Of-The-App', 'kept')
    res.send('headers')
  })
  app.get('/format', (_req, res) =>
    res.format({ text: () => res.send('text'), json: () => res.json('json') }),
  )
  app.get('/head-object', (_req, res) =>
    res.writeHead(201, { 'Content-Length': 2, 'X-One': ['1', '2'] }).end('ok'),
  )
  app.get('/head-array', (_req, res) => {
    res.writeHead(202, ['Content-Type', 'text/x', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']).end('ok')
  })
  app.get('/head-reason', (_req, res) => res.writeHead(200, 'Fine Indeed', { 'X-One': '1' }).end('ok'))
  app.get('/stream', (_req, res) => {
    Readable.from(['one', 'two', 'three'].map((text) => text.repeat(1000))).pipe(res)
  })
  app.get('/flushed', async (_req, res) => {
    res.flushHeaders()
    await pause(20)
    res.write('late')
    res.end('r')
  })
  app.get('/trailers', (_req, res) => {
    res.setHeader('Trailer', 'X-Sum')
    res.write('body')
    res.addTrailers({ 'X-Sum': '42' })
    res.end()
  })
  app.get('/hints', (_req, res) => {
    res.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => res.send('hinted'))
  })
  app.get('/file', (_req, res) => res.sendFile(file, { lastModified: false }))
  app.get('/download', (_req, res) => res.download(file, 'renamed.txt'))
  app.use('/static', express.static(folder, { maxAge: 1000 }))
  app.get('/throws', () => {
    throw new Error('thrown')
  })
  app.get('/passes-on', (_req, _res, next) => next(Object.assign(new Error('passed'), { status: 418 })))
  app.get('/rejects', (_req, _res, next) => Promise.reject(new Error('rejected')).catch(next))
  app.get('/caught', () => {
    throw new Error('for our own handler')
  })
  app.get('/throws-late', (_req, res) => {
    res.status(201).set('X-One', '1')
    throw new Error('after the head was prepared')
  })
  app.post('/parsed', express.json(), (req, res) => res.json(req.body))
  app.use((error: Error, _req: unknown, res: { end(text: string): void }, next: (error: Error) => void) => {
    if (error.message === 'for our own handler') res.end('caught by the app')
    else next(error)
  })
}

/** Without what differs by nature, and what the gateway adds. */
function comparable(text: string): string {
  return text.replace(/^(?:Date|x-amzn-RequestId|Last-Modified): .*\r\n/gim, '')
}

const CALLS: readonly (readonly [line: string, headers?: readonly string[], body?: string])[] = [
  ...[
    'json',
    'text',
    'bytes',
    'plain-end',
    'empty',
    'no-content',
    'redirect',
    'not-modified',
    'cookies',
  ].flatMap((path) => [[`GET /${path}`], [`HEAD /${path}`]] as const),
  ...['headers', 'head-object', 'head-array', 'head-reason', 'stream', 'flushed', 'hints'].flatMap(
    (path) => [[`GET /${path}`], [`HEAD /${path}`]] as const,
  ),
  ['GET /trailers'],
  ['GET /json', ['If-None-Match: *']],
  ['GET /json?callback=f&a[b]=c'],
  ['GET /format', ['Accept: application/json']],
  ['GET /format', ['Accept: image/png']],
  ['GET /file'],
  ['HEAD /file'],
  ['GET /file', ['Range: bytes=0-9']],
  ['GET /file', ['Range: bytes=-9']],
  ['GET /file', ['Range: bytes=0-9,20-29']],
  ['GET /file', ['Range: bytes=9999999-']],
  ['GET /download'],
  ['GET /static/pets.txt', ['Range: bytes=100-199']],
  ['GET /static/absent.txt'],
  ['GET /static'],
  ['POST /static/pets.txt'],
  ['GET /throws'],
  ['HEAD /throws'],
  ['GET /throws-late'],
  ['GET /passes-on'],
  ['GET /rejects'],
  ['GET /caught'],
  ['GET /absent'],
  ['GET /JSON'],
  ['GET /json/'],
  ['OPTIONS /json'],
  ['DELETE /json'],
  ['POST /parsed', ['Content-Type: application/json', 'Content-Length: 14'], '{"name":"Rex"}'],
  ['POST /parsed', ['Content-Type: application/json', 'Content-Length: 4'], '{"na'],
  [
    'POST /parsed',
    ['Content-Type: application/json', 'Transfer-Encoding: chunked'],
    '5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n',
  ],
  ['POST /parsed', ['Expect: 100-continue', 'Content-Type: application/json', 'Content-Length: 2'], '{}'],
]

describe.each(EXPRESSES)('an app of $name behind the gateway', ({ express }) => {
  function pair() {
    const bare = express()
    build(bare, express)
    const guarded = guard({ routes: [route('ANY /{path+}')] })
    const gated = express()
    gated.use(toExpress(guarded.gateway))
    build(gated, express)
    return { ...guarded, bare, gated }
  }

  it.each(CALLS.map(([line, headers = [], body = '']) => ({ line, headers, body })))(
    'answers $line $headers as it does without',
    async ({ line, headers, body }) => {
      const { bare, gated, record } = pair()
      const alone = await tell((await serve(bare)).port, wire(line, headers, body))
      const behind = await tell((await serve(gated)).port, wire(line, headers, body))
      expect(comparable(behind.text)).toBe(comparable(alone.text))
      expect(behind.text.match(/^x-amzn-RequestId: /gim)).toHaveLength(1)
      const { status, end, bytesOut } = await record()
      expect(end).toBe('answered')
      const final = behind.text.slice(behind.text.lastIndexOf('HTTP/1.1 '))
      expect(status).toBe(Number(final.slice(9, 12)))
      const sent = final.length - final.indexOf('\r\n\r\n') - 4
      if (/^content-length/im.test(final)) expect(bytesOut).toBe(sent)
      else expect(bytesOut).toBeGreaterThanOrEqual(sent)
    },
  )

  it('answers a conditional request for a file with 304', async () => {
    const { gated, recorded } = pair()
    const { port } = await serve(gated)
    const first = await tell(port, wire('GET /file'))
    expect(first.body.length).toBe(180_000)
    const etag = /^ETag: (.*)$/im.exec(first.head)?.[1]
    const second = await tell(port, wire('GET /file', [`If-None-Match: ${etag}`]))
    expect(second).toMatchObject({ status: 304, body: '' })
    expect(await recorded(2)).toMatchObject([
      { status: 200, bytesOut: 180_000 },
      { status: 304, bytesOut: 0 },
    ])
  })

  it('sends events as they are written', async () => {
    const { gateway, record } = guard({ routes: [route('GET /events')] })
    const app = express()
    app.use(toExpress(gateway))
    let write: (text: string) => void = () => {}
    let end = () => {}
    app.get('/events', (_req, res) => {
      res.set('Content-Type', 'text/event-stream').flushHeaders()
      write = (text) => res.write(`data: ${text}\n\n`)
      end = () => res.end()
    })
    const { url } = await serve(app)
    const answer = await fetch(`${url}/events`)
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    for (const text of ['one', 'two', 'three']) {
      write(text)
      expect(await reader?.read()).toEqual({ done: false, value: `data: ${text}\n\n` })
    }
    end()
    expect(await reader?.read()).toMatchObject({ done: true })
    expect(await record()).toMatchObject({ status: 200, end: 'answered' })
  })

  it('keeps to the pace of a slow reader', async () => {
    const { gateway, record } = guard({ routes: [route('GET /much')] })
    const app = express()
    app.use(toExpress(gateway))
    let produced = 0
    app.get('/much', (_req, res) => {
      const source = Readable.from(
        (function* () {
          for (; produced < 500; produced++) yield Buffer.alloc(65_536)
        })(),
      )
      source.pipe(res)
    })
    const { port } = await serve(app)
    const socket = await open(port)
    socket.pause()
    socket.write(wire('GET /much'))
    await pause(200)
    expect(produced).toBeLessThan(400)
    let bytes = 0
    for await (const chunk of socket) bytes += (chunk as Buffer).length
    expect(bytes).toBeGreaterThan(500 * 65_536)
    expect(await record()).toMatchObject({ end: 'answered' })
  })

  it('an async handler that fails reaches the error handler', async () => {
    if (express !== EXPRESSES[0]?.express) return
    const { gateway, record } = guard({ routes: [route('GET /fails')] })
    const app = express()
    app.set('env', 'production')
    app.use(toExpress(gateway))
    app.get('/fails', async () => {
      await pause(5)
      throw new Error('later')
    })
    const { url } = await serve(app)
    expect((await fetch(`${url}/fails`)).status).toBe(500)
    expect(await record()).toMatchObject({ status: 500, end: 'answered', error: undefined })
  })

  it('carries the headers of its exchange: request id, rate limits, cross-origin rules', async () => {
    const { gateway } = guard({
      routes: [route('GET /json', { apiKey: true, cors: { origins: ['https://acme.com'] } })],
      plans: { free: { throttle: { rate: 1, burst: 5 } } },
    })
    const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    const app = express()
    app.use(toExpress(gateway))
    build(app, express)
    const { url } = await serve(app)
    const answer = await fetch(`${url}/json`, { headers: { 'x-api-key': value, origin: 'https://acme.com' } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('ratelimit')).toMatch(/r=4/)
    expect(answer.headers.get('ratelimit-policy')).toMatch(/q=5/)
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://acme.com')
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[\da-f-]{36}$/)
    const preflight = await fetch(`${url}/json`, {
      method: 'OPTIONS',
      headers: { origin: 'https://acme.com', 'access-control-request-method': 'GET' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, HEAD')
  })

  it('refuses a HEAD without a body', async () => {
    const { gateway, record } = guard({ routes: [route('GET /json', { apiKey: true })], plans: {} })
    const app = express()
    app.use(toExpress(gateway))
    const { port } = await serve(app)
    const { status, head, body } = await tell(port, wire('HEAD /json'))
    expect(status).toBe(403)
    expect(head).toMatch(/content-length: 23/i)
    expect(body).toBe('')
    expect(await record()).toMatchObject({ status: 403, bytesOut: 0 })
  })
})

describe.each(EXPRESSES)('an answer of the gateway’s own in $name', ({ express }) => {
  it('keeps its headers behind middleware that reads them pair by pair, as on-headers did before 1.1', async () => {
    const { gateway } = guard({ routes: [] })
    const app = express()
    app.use((_req, res, next) => {
      const { writeHead } = res
      const patched = (status: number, message: string, headers: readonly string[] = []) => {
        for (const header of headers) if (header) res.setHeader(header[0] ?? '', header[1] ?? '')
        return Reflect.apply(writeHead, res, [status, message])
      }
      Object.assign(res, { writeHead: patched })
      next()
    })
    app.use(toExpress(gateway))
    const { url } = await serve(app)
    const { status, headers } = await fetch(url)
    expect([status, headers.get('content-type'), headers.get('x')]).toEqual([404, 'application/json', null])
    expect(headers.get('x-amzn-requestid')).toMatch(/^[\da-f-]{36}$/)
  })

  const answers = (made: () => unknown, more: Partial<GatewayDefinition> = {}) => {
    const guarded = guard({ routes: [route('GET /made', {}, made)], ...more })
    const app = express()
    app.use(toExpress(guarded.gateway))
    return { ...guarded, app }
  }

  it('comes from a handler of the definition, at once or later', async () => {
    for (const made of [() => ({ name: 'Rex' }), async () => answer(200, { name: 'Rex' })]) {
      const { app, record } = answers(made)
      const { url } = await serve(app)
      const got = await fetch(`${url}/made`)
      expect(got.headers.get('content-type')).toBe('application/json')
      expect(await got.text()).toBe('{"name":"Rex"}')
      expect(await record()).toMatchObject({ status: 200, bytesOut: 14, end: 'answered' })
    }
  })

  it.each([
    ['a status that is none', () => new Answer(99, [])],
    ['a status of an upgrade', () => answer(101)],
    ['a status that is no number', () => new Answer(Number.NaN, [])],
    ['a line break in a header', () => answer(200, 'x', { 'x-one': 'a\r\nset-cookie: b=1' })],
    ['a header without a name', () => answer(200, 'x', { '': 'a' })],
    ['a header with a space in its name', () => answer(200, 'x', { 'x one': 'a' })],
    ['a header that no byte can say', () => answer(200, 'x', { 'x-one': '😀' })],
  ])('with %s is a 500, which the operator is told of', async (_what, made) => {
    for (const each of [made, async () => made()]) {
      const { app, record, errors } = answers(each)
      const { url } = await serve(app)
      const got = await fetch(`${url}/made`)
      expect(got.status).toBe(500)
      expect(await got.json()).toEqual({ message: 'Internal server error' })
      expect(errors).toHaveLength(1)
      expect(await record()).toMatchObject({ status: 500, end: 'crashed' })
    }
  })

  it('is framed by the gateway alone, whatever its headers say', async () => {
    const headers = {
      'Content-Length': '999',
      'Transfer-Encoding': 'chunked',
      Connection: 'upgrade',
      'x-one': '1',
    }
    const { app } = answers(() => answer(200, 'four', headers))
    const { port } = await serve(app)
    const { head, body } = await tell(port, wire('GET /made'))
    expect(body).toBe('four')
    expect(head).toMatch(/content-length: 4/i)
    expect(head).not.toMatch(/999|chunked|upgrade/i)
    expect(head).toMatch(/x-one: 1/)
  })

  it('made of nonsense by onRefusal is a 500', async () => {
    const { app, errors } = answers(() => refuse('ACCESS_DENIED'), {
      onRefusal: () => ({ status: 'teapot' }) as never,
    })
    const { url } = await serve(app)
    expect((await fetch(`${url}/made`)).status).toBe(500)
    expect(errors).toHaveLength(1)
  })
})

describe.each(EXPRESSES)('a handler of the definition in $name', ({ express }) => {
  it('may set several cookies', async () => {
    const cookies = new Answer(200, ['Set-Cookie', 'a=1', 'x-one', '1', 'set-cookie', 'b=2'], 'ok')
    const { gateway } = guard({ routes: [route('GET /in', {}, () => cookies)] })
    const app = express()
    app.use(toExpress(gateway))
    const { url } = await serve(app)
    const answer = await fetch(`${url}/in`)
    expect([answer.headers.getSetCookie(), answer.headers.get('x-one')]).toEqual([['a=1', 'b=2'], '1'])
  })
})
