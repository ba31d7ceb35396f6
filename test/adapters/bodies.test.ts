/** The bytes of a request's body: the app gets all of them, whoever read them before, and never too many. */
import { createHash, randomBytes } from 'node:crypto'
import { type ClientRequest, request } from 'node:http'
import { Readable } from 'node:stream'
import axios from 'axios'
import type { Express, RequestHandler } from 'express'
import httpProxy from 'http-proxy'
import multer from 'multer'
import { before, PosternError, route, type StepDefinition } from 'postern'
import { toExpress } from 'postern/express'
import { describe, expect, it } from 'vitest'
import { EXPRESSES, guard, open, pause, serve, tell, wire } from './support.js'

const MB = 1_048_576
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** A step that reads the body, and keeps its digest. */
function reader(digests: string[], limit = 10 * MB): StepDefinition {
  return before('validate', async (exchange) => {
    digests.push(digest(await exchange.request.body(limit)))
    return undefined
  })
}

/** The ways in which a gateway may meet a body. */
const STEPS: readonly { readonly how: string; readonly steps: (digests: string[]) => StepDefinition[] }[] = [
  { how: 'untouched by the gateway', steps: () => [] },
  { how: 'read by the gateway', steps: (digests) => [reader(digests)] },
  {
    how: 'read by the gateway twice',
    steps: (digests) => [reader(digests), reader(digests)],
  },
  {
    how: 'read by the gateway after all of it has come',
    steps: (digests) => [
      before('identify', async () => {
        await pause(30)
        return undefined
      }),
      reader(digests),
    ],
  },
  {
    how: 'read by the gateway, which then takes its time',
    steps: (digests) => [
      reader(digests),
      before('integrate', async () => {
        await pause(30)
        return undefined
      }),
    ],
  },
]

const hash: RequestHandler = (req, res) => {
  const all = createHash('sha256')
  let size = 0
  req.on('data', (chunk: Buffer) => {
    size += chunk.length
    all.update(chunk)
  })
  req.on('end', () => res.json({ size, digest: all.digest('hex') }))
}

/** Posts bytes with a length, or in chunks. */
function post(url: string, body: Uint8Array, options: { chunked?: boolean; type?: string } = {}) {
  const { chunked = false, type = 'application/octet-stream' } = options
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = { 'content-type': type, ...(chunked ? {} : { 'content-length': body.length }) }
    const sent: ClientRequest = request(url, { method: 'POST', headers }, (res) => {
      let text = ''
      res.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      res.on('end', () => resolve({ status: res.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    if (!chunked) return sent.end(body)
    for (let at = 0; at < body.length; at += 50_000) sent.write(body.subarray(at, at + 50_000))
    return sent.end()
  })
}

const SIZES = [0, 1, 16_384, 16_385, 65_536, 100_000, 3 * MB]

describe.each(EXPRESSES)('$name behind the gateway', ({ express }) => {
  /** An app behind a gateway for `POST /{path+}`. */
  function app(steps: readonly StepDefinition[], build: (app: Express) => void) {
    const guarded = guard({ routes: [route('POST /{path+}')], steps })
    const built = express()
    built.use(toExpress(guarded.gateway))
    build(built)
    return { ...guarded, app: built }
  }

  describe.each(STEPS)('with a body $how', ({ steps }) => {
    it.each(SIZES)('the app gets the identical %i bytes, by length and in chunks', async (size) => {
      const digests: string[] = []
      const { app: built, recorded } = app(steps(digests), (each) => each.post('/bytes', hash))
      const { url } = await serve(built)
      const body = randomBytes(size)
      for (const chunked of [false, true]) {
        const { text } = await post(`${url}/bytes`, body, { chunked })
        expect(JSON.parse(text)).toEqual({ size, digest: digest(body) })
      }
      expect(digests.every((each) => each === digest(body))).toBe(true)
      expect(digests).toHaveLength(2 * steps([]).filter(({ before: place }) => place === 'validate').length)
      for (const record of await recorded(2)) expect(record).toMatchObject({ bytesIn: size, end: 'answered' })
    })

    it('its parsers parse it', async () => {
      const { app: built } = app(steps([]), (each) => {
        each.use(express.json({ limit: '4mb' }), express.urlencoded({ extended: true }), express.raw())
        each.post('/parsed', (req, res) => {
          res.json({ parsed: Buffer.isBuffer(req.body) ? digest(req.body) : req.body })
        })
      })
      const { url } = await serve(built)
      const json = { name: 'Rex', notes: 'ä€😀'.repeat(100_000) }
      const asJson = Buffer.from(JSON.stringify(json))
      const bytes = randomBytes(80_000)
      for (const chunked of [false, true]) {
        const first = await post(`${url}/parsed`, asJson, { chunked, type: 'application/json' })
        expect(JSON.parse(first.text)).toEqual({ parsed: json })
        const form = { chunked, type: 'application/x-www-form-urlencoded' }
        const second = await post(`${url}/parsed`, Buffer.from('a=1&b[c]=%C3%A4'), form)
        expect(JSON.parse(second.text)).toEqual({ parsed: { a: '1', b: { c: 'ä' } } })
        const third = await post(`${url}/parsed`, bytes, { chunked })
        expect(JSON.parse(third.text)).toEqual({ parsed: digest(bytes) })
      }
    })

    it('multer gets its files', async () => {
      const { app: built } = app(steps([]), (each) => {
        each.post('/files', multer().single('file'), ({ file, body }, res) => {
          res.json({ size: file?.size, digest: file && digest(file.buffer), name: body.name })
        })
      })
      const { url } = await serve(built)
      const bytes = randomBytes(3 * MB)
      const form = new FormData()
      form.set('name', 'Rex')
      form.set('file', new Blob([bytes]), 'rex.jpg')
      const answer = await fetch(`${url}/files`, { method: 'POST', body: form })
      expect(await answer.json()).toEqual({ size: bytes.length, digest: digest(bytes), name: 'Rex' })
    })

    it('http-proxy passes it on', async () => {
      const target = express()
      target.post('/bytes', hash)
      const behind = await serve(target)
      const proxy = httpProxy.createProxyServer({ target: behind.url })
      const { app: built } = app(steps([]), (each) => each.use((req, res) => proxy.web(req, res)))
      const { url } = await serve(built)
      const body = randomBytes(MB)
      for (const chunked of [false, true]) {
        const { text } = await post(`${url}/bytes`, body, { chunked })
        expect(JSON.parse(text)).toEqual({ size: MB, digest: digest(body) })
      }
    })
  })

  it('a body that comes drop by drop is read whole', async () => {
    const digests: string[] = []
    const { app: built } = app([reader(digests)], (each) => each.post('/bytes', hash))
    const { port } = await serve(built)
    const socket = await open(port)
    socket.write(
      'POST /bytes HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n',
    )
    for (const part of ['3\r\nabc\r\n', '2\r\nde\r\n', '0\r\n', '\r\n']) {
      await pause(15)
      socket.write(part)
    }
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text).toContain(`{"size":5,"digest":"${digest(Buffer.from('abcde'))}"}`)
    expect(digests).toEqual([digest(Buffer.from('abcde'))])
  })

  it('an empty body in chunks, in one packet with its head or later, still ends for the app', async () => {
    const digests: string[] = []
    const { app: built } = app([reader(digests)], (each) => {
      each.post('/bytes', hash)
      each.use(express.text({ type: () => true }))
      each.post('/text', (req, res) => res.json({ body: req.body }))
    })
    const { port } = await serve(built)
    for (const path of ['/bytes', '/text']) {
      const { text } = await tell(port, wire(`POST ${path}`, ['Transfer-Encoding: chunked'], '0\r\n\r\n'))
      expect(text).toContain('HTTP/1.1 200')
    }
    const socket = await open(port)
    socket.write(
      'POST /text HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n',
    )
    await pause(20)
    socket.write('0\r\n\r\n')
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text).toContain('HTTP/1.1 200')
    expect(digests).toEqual(Array(3).fill(digest(Buffer.alloc(0))))
  })

  it('a parser before the gateway and a step that needs the bytes: 500, and the operator is told the fix', async () => {
    const { gateway, errors, record } = guard({ routes: [route('POST /pets')], steps: [reader([])] })
    const built = express()
    built.use(express.json())
    built.use(toExpress(gateway))
    built.post('/pets', (_req, res) => res.send('never'))
    const { url } = await serve(built)
    const answer = await fetch(`${url}/pets`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"Rex"}',
    })
    expect(answer.status).toBe(500)
    expect(await answer.json()).toEqual({ message: 'Internal server error' })
    expect(errors).toHaveLength(1)
    expect(errors[0]).toBeInstanceOf(PosternError)
    expect(errors[0]).toMatchObject({ code: 'BODY_CONSUMED' })
    expect(String(errors[0])).toContain('above `app.use(express.json())`')
    expect(await record()).toMatchObject({ status: 500, refusal: 'API_CONFIGURATION_ERROR' })
  })

  it('a parser before the gateway does no harm where nobody needs the bytes', async () => {
    const { gateway, record } = guard({ routes: [route('POST /pets')] })
    const built = express()
    built.use(express.json())
    built.use(toExpress(gateway))
    built.post('/pets', (req, res) => res.json(req.body))
    const { url } = await serve(built)
    const { text } = await post(`${url}/pets`, Buffer.from('{"name":"Rex"}'), {
      chunked: true,
      type: 'application/json',
    })
    expect(text).toBe('{"name":"Rex"}')
    expect(await record()).toMatchObject({ status: 200, end: 'answered' })
  })

  describe('a body that is too large', () => {
    const limits = { body: 100_000 }

    function bounded(steps: readonly StepDefinition[] = []) {
      const guarded = guard({ routes: [route('POST /bytes')], limits, steps })
      const seen: string[] = []
      const built = express()
      built.use(toExpress(guarded.gateway))
      built.post('/bytes', (req, res) => {
        seen.push('started')
        req.on('data', () => {})
        req.on('aborted', () => seen.push('aborted'))
        req.on('error', () => seen.push('error'))
        req.on('end', () => {
          seen.push('end')
          res.send('whole')
        })
      })
      return { ...guarded, built, seen }
    }

    it('by its length is refused before the app sees it, to fetch and to axios', async () => {
      const { built, seen, recorded } = bounded()
      const { url } = await serve(built)
      const body = Buffer.alloc(3 * MB)
      const answer = await fetch(`${url}/bytes`, { method: 'POST', body })
      expect(answer.status).toBe(413)
      expect(await answer.json()).toEqual({ message: 'Request Too Long' })
      const other = await axios.post(`${url}/bytes`, body, { validateStatus: () => true })
      expect(other.status).toBe(413)
      expect(other.data).toEqual({ message: 'Request Too Long' })
      expect(seen).toEqual([])
      for (const record of await recorded(2)) {
        expect(record).toMatchObject({ status: 413, refusal: 'REQUEST_TOO_LARGE', end: 'refused' })
      }
    })

    it.each([
      ['while the app reads it', []],
      ['while the gateway reads it', [reader([])]],
    ])('in chunks is refused midway, %s, to fetch and to axios', async (_who, steps) => {
      const { built, seen, recorded } = bounded(steps)
      const { url } = await serve(built)
      const stream = () =>
        new ReadableStream({
          pull(controller) {
            controller.enqueue(new Uint8Array(20_000))
          },
        })
      const answer = await fetch(`${url}/bytes`, {
        method: 'POST',
        body: stream(),
        duplex: 'half',
      } as RequestInit)
      expect(answer.status).toBe(413)
      expect(await answer.json()).toEqual({ message: 'Request Too Long' })
      const endless = Readable.from(
        (async function* () {
          for (let count = 0; count < 1000; count++) {
            yield Buffer.alloc(20_000)
            await pause(1)
          }
        })(),
      )
      const other = await axios.post(`${url}/bytes`, endless, {
        validateStatus: () => true,
        maxRedirects: 0,
        headers: { 'content-type': 'application/octet-stream' },
      })
      expect(other.status).toBe(413)
      await pause(1200)
      expect(seen).not.toContain('end')
      if (steps.length === 0) expect(seen.filter((each) => each === 'aborted')).toHaveLength(2)
      else expect(seen).toEqual([])
      for (const record of await recorded(2)) {
        expect(record).toMatchObject({ status: 413, refusal: 'REQUEST_TOO_LARGE', end: 'refused' })
      }
    })

    it.each([
      ['by length', 'Content-Length: 90000000', false],
      ['in chunks', 'Transfer-Encoding: chunked', true],
    ])(
      '%s: the connection is closed within two seconds, though the caller goes on sending',
      async (_how, header, chunked) => {
        const { built, seen, recorded } = bounded()
        const { port } = await serve(built)
        const socket = await open(port)
        const started = Date.now()
        socket.write(`POST /bytes HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n`)
        const data = 'x'.repeat(10_000)
        const part = chunked ? `2710\r\n${data}\r\n` : data
        const sending = setInterval(() => socket.write(part), 1)
        let text = ''
        socket.on('data', (chunk) => {
          text += String(chunk)
        })
        await new Promise((resolve) => socket.once('close', resolve))
        clearInterval(sending)
        expect(Date.now() - started).toBeLessThan(2500)
        expect(text).toContain('HTTP/1.1 413 ')
        expect(text).toMatch(/\r\nconnection: close\r\n/i)
        expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1)
        expect(seen).not.toContain('end')
        await recorded(1)
      },
    )

    it('in chunks that end just past the limit shows the app no clean end', async () => {
      const { built, seen, recorded } = bounded()
      const { url } = await serve(built)
      expect((await post(`${url}/bytes`, Buffer.alloc(100_000), { chunked: true })).text).toBe('whole')
      const over = await post(`${url}/bytes`, Buffer.alloc(100_001), { chunked: true })
      expect(over.status).toBe(413)
      await pause(1200)
      expect(seen).toEqual(['started', 'end', 'started', 'aborted'])
      await recorded(2)
    })

    it('once the answer has begun can only be cut off', async () => {
      const { gateway, record } = guard({ routes: [route('POST /bytes')], limits })
      const built = express()
      built.use(toExpress(gateway))
      built.post('/bytes', (req, res) => {
        res.write('begun')
        req.on('data', () => {})
        req.on('end', () => res.end('whole'))
      })
      const { port } = await serve(built)
      const socket = await open(port)
      socket.write('POST /bytes HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n')
      const sending = setInterval(() => socket.write(`2710\r\n${'x'.repeat(10_000)}\r\n`), 1)
      let text = ''
      socket.on('data', (chunk) => {
        text += String(chunk)
      })
      await new Promise((resolve) => socket.once('close', resolve))
      clearInterval(sending)
      expect(text).toContain('begun')
      expect(text).not.toContain('whole')
      expect(await record()).toMatchObject({ status: 200, end: 'aborted', refusal: 'REQUEST_TOO_LARGE' })
    })

    it('that a step lets pass after all reaches the app whole', async () => {
      const lenient = before('validate', async ({ request: asked }) => {
        await asked.body(1000).catch(() => {})
        return undefined
      })
      const { app: built } = app([lenient], (each) => each.post('/bytes', hash))
      const { url } = await serve(built)
      const body = randomBytes(70_000)
      for (const chunked of [false, true]) {
        const { text } = await post(`${url}/bytes`, body, { chunked })
        expect(JSON.parse(text)).toEqual({ size: 70_000, digest: digest(body) })
      }
    })
  })

  it('a connection goes on after a refusal that left a small body unread', async () => {
    const { gateway, recorded } = guard({
      routes: [route('POST /pets', { apiKey: true }), route('GET /pets')],
      plans: {},
    })
    const built = express()
    built.use(toExpress(gateway))
    built.get('/pets', (_req, res) => res.send('pets'))
    const { port } = await serve(built)
    const refused = `POST /pets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello`
    const { text } = await tell(port, refused + refused + wire('GET /pets'))
    expect(text.match(/HTTP\/1\.1 403/g)).toHaveLength(2)
    expect(text).toContain('HTTP/1.1 200')
    expect(text.endsWith('pets')).toBe(true)
    await recorded(3)
  })

  it('a caller that leaves in the middle of its body ends its exchange as aborted', async () => {
    const { gateway, recorded } = guard({ routes: [route('POST /read'), route('POST /app')], steps: [] })
    const { gateway: second, recorded: alsoRecorded } = guard({
      routes: [route('POST /read')],
      steps: [reader([])],
    })
    const built = express()
    built.use('/second', toExpress(second))
    built.use(toExpress(gateway))
    built.post('/app', hash)
    const { port } = await serve(built)
    for (const path of ['/app', '/second/read']) {
      const socket = await open(port)
      socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\nabc`)
      await pause(50)
      socket.destroy()
    }
    expect(await recorded(1)).toMatchObject([{ end: 'aborted', status: 0 }])
    expect(await alsoRecorded(1)).toMatchObject([{ end: 'aborted', status: 0 }])
  })

  it('a caller that has left before its body is asked for ends its exchange as aborted', async () => {
    const slow = before('identify', async () => {
      await pause(80)
      return undefined
    })
    const { app: built, record } = app([slow, reader([])], (each) => each.post('/bytes', hash))
    const { port } = await serve(built)
    const socket = await open(port)
    socket.write('POST /bytes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\nabc')
    await pause(20)
    socket.destroy()
    expect(await record()).toMatchObject({ end: 'aborted', status: 0 })
  })
})
