/** Upstreams over TLS, and over HTTP/2. */

import type { Server } from 'node:http'
import {
  connect as connectHttp2,
  createServer as createHttp2,
  createSecureServer,
  type Http2SecureServer,
} from 'node:http2'
import { createServer as createHttps, get } from 'node:https'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { toNode } from '../../../adapters/node.js'
import { http } from '../../../src/http.js'
import { createGateway, route } from '../../../src/index.js'
import { root, selfSigned } from '../../authorize/certificates.js'
import { pause, tell, wire } from '../../sockets.js'
import { through, until, upstream } from './support.js'

const acme = root('CN=Acme Root')
const own = acme.issue('CN=localhost', { uses: ['server'], local: true })
const stranger = selfSigned('CN=localhost', { local: true })
const KEYS = { key: own.keyPem, cert: own.pem }

async function secure(options: object = {}) {
  const server = createHttps({ ...KEYS, ...options }, (req, res) => {
    const { subject } = (req.socket as import('node:tls').TLSSocket).getPeerCertificate() ?? {}
    res.end(`${req.headers.host} ${subject?.CN ?? 'nobody'}`)
  })
  const { port } = await upstream(server as unknown as Server)
  return { port, url: `https://localhost:${port}`, server }
}

async function outcome(url: string, options: Parameters<typeof http>[1]) {
  const gate = await through(http(`${url}/`, { retries: false, ...options }), {}, 'ANY /')
  const { status, body } = await tell(gate.port, wire('GET /'))
  return { status, body, detail: gate.records[0]?.detail }
}

describe('TLS', () => {
  it('is verified against the authorities that are given', async () => {
    const { url, port } = await secure()
    expect(await outcome(url, { tls: { ca: acme.pem } })).toMatchObject({
      status: 200,
      body: `localhost:${port} nobody`,
    })
    expect(await outcome(`https://127.0.0.1:${port}`, { tls: { ca: [acme.pem] } })).toMatchObject({
      status: 200,
    })
    expect(await outcome(url, {})).toMatchObject({
      status: 504,
      detail: `${url}: the authority of its certificate is not known: \`tls: { ca }\` names whom to trust`,
    })
    expect(await outcome(url, { tls: { ca: stranger.pem } })).toMatchObject({ status: 504 })
  })

  it('that nobody speaks there is told in words', async () => {
    const { port } = await upstream((_, res) => res.end())
    const { status, detail } = await outcome(`https://127.0.0.1:${port}`, {})
    expect([status, detail]).toEqual([
      504,
      `https://127.0.0.1:${port}: what listens there speaks no TLS: http:// asks it without`,
    ])
  })

  it('is for the name of the host, or the one that is said', async () => {
    const { url, port } = await secure()
    const other = await outcome(url, { tls: { ca: acme.pem, servername: 'pets.internal' } })
    expect(other).toMatchObject({
      status: 504,
      detail: expect.stringMatching(/does not match certificate's altnames/),
    })
    const named = { tls: { ca: acme.pem, servername: 'localhost' } }
    expect(await outcome(`https://127.0.0.1:${port}`, named)).toMatchObject({ status: 200 })
  })

  it('believes anybody only where that is said', async () => {
    const { url } = await secure({ key: stranger.keyPem, cert: stranger.pem })
    expect(await outcome(url, {})).toMatchObject({ status: 504 })
    expect(await outcome(url, { tls: { rejectUnauthorized: false } })).toMatchObject({ status: 200 })
  })

  it('shows a certificate to who asks for one', async () => {
    const { url, port } = await secure({ requestCert: true, ca: acme.pem })
    const client = acme.issue('CN=gateway', { uses: ['client'] })
    const tls = { ca: acme.pem, cert: client.pem, key: client.keyPem }
    expect(await outcome(url, { tls })).toMatchObject({ body: `localhost:${port} gateway` })
  })

  it('is not the name that a caller gives', async () => {
    const { url } = await secure()
    const gate = await through(http(`${url}/`, { tls: { ca: acme.pem } }), {}, 'ANY /')
    const told = await tell(gate.port, 'GET / HTTP/1.1\r\nHost: evil.com\r\nConnection: close\r\n\r\n')
    expect([told.status, told.body]).toEqual([200, expect.stringMatching(/^localhost:/)])
  })

  it('of the gateway itself takes on WebSockets, and leaves offers of HTTP/2', async () => {
    const plain = await upstream((_, res) => res.end('plain'))
    const sockets = new WebSocketServer({ server: plain.server })
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`heard ${data}`)))
    const gateway = createGateway({ routes: [route('GET /', {}, http(`${plain.url}/`))] })
    onTestFinished(() => gateway.close())
    const gate = toNode(gateway)
    const server = createHttps(KEYS, gate)
    gate.upgrade(server as unknown as Server)
    const { port } = await upstream(server as unknown as Server)
    const socket = new WebSocket(`wss://localhost:${port}/`, { ca: acme.pem })
    onTestFinished(() => socket.terminate())
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send('hi')
    expect(await new Promise((resolve) => socket.once('message', (data) => resolve(String(data))))).toBe(
      'heard hi',
    )
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' }
    const answered = await new Promise((resolve, reject) => {
      get({ port, host: 'localhost', ca: acme.pem, headers, agent: false }, (res) => {
        res.setEncoding('utf8').once('data', resolve)
      }).on('error', reject)
    })
    expect(answered).toBe('plain')
  })
})

interface Spoken {
  readonly url: string
  readonly sessions: Set<unknown>
  readonly versions: string[]
}

/** An upstream that speaks HTTP/2, and HTTP/1.1 to who does not. */
async function modern(
  server: Http2SecureServer | ReturnType<typeof createHttp2>,
  scheme: string,
): Promise<Spoken> {
  const sessions = new Set<unknown>()
  const versions: string[] = []
  server.on('session', (session) => sessions.add(session))
  server.on('request', (req) => versions.push(req.httpVersion))
  const all = new Set<import('node:http2').ServerHttp2Session>()
  server.on('session', (session) => all.add(session))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const session of all) session.destroy()
    server.close()
  })
  return { url: `${scheme}://localhost:${(server.address() as { port: number }).port}`, sessions, versions }
}

type Answer = (
  req: import('node:http2').Http2ServerRequest,
  res: import('node:http2').Http2ServerResponse,
) => void

const overTls = (answer: Answer) => modern(createSecureServer({ ...KEYS, allowHTTP1: true }, answer), 'https')

const HTTP2 = { http2: true, tls: { ca: acme.pem } } as const

describe('an upstream over HTTP/2', () => {
  it('has many requests on one connection', async () => {
    const { url, sessions, versions } = await overTls((req, res) => {
      setTimeout(() => res.end(req.url), 30)
    })
    const gate = await through(http(`${url}/{proxy}`, { ...HTTP2, connections: 1 }))
    await (await fetch(`${gate.url}/first`)).text()
    const started = Date.now()
    const texts = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => (await fetch(`${gate.url}/${index}`)).text()),
    )
    expect(texts).toEqual(Array.from({ length: 20 }, (_, index) => `/${index}`))
    expect(Date.now() - started).toBeLessThan(400)
    expect([sessions.size, new Set(versions)]).toEqual([1, new Set(['2.0'])])
  })

  it('is asked over HTTP/1.1 where nothing is said of it', async () => {
    const { url, versions } = await overTls((_, res) => res.end('ok'))
    const gate = await through(http(`${url}/{proxy}`, { tls: HTTP2.tls }))
    await (await fetch(`${gate.url}/a`)).text()
    expect(versions).toEqual(['1.1'])
  })

  it('gets bodies with any method, and gives answers with all their fields', async () => {
    const { url } = await overTls((req, res) => {
      const pieces: Buffer[] = []
      req.on('data', (piece: Buffer) => pieces.push(piece))
      req.on('end', () => {
        res.setHeader('set-cookie', ['a=1', 'b=2'])
        res.end(`${req.method} ${req.headers[':authority'] ?? 'HTTP/1.1'} ${Buffer.concat(pieces).length}`)
      })
    })
    const gate = await through(http(`${url}/{proxy}`, HTTP2))
    const host = url.slice('https://'.length)
    for (const [method, length, over] of [
      ['POST', 3, host],
      ['PUT', 200_000, host],
      ['PATCH', 0, host],
      ['DELETE', 3, 'HTTP/1.1'],
      ['OPTIONS', 70_000, 'HTTP/1.1'],
    ] as const) {
      const body = length === 0 ? undefined : 'x'.repeat(length)
      const answer = await fetch(`${gate.url}/a`, { method, ...(body && { body }) })
      expect(await answer.text(), method).toBe(`${method} ${over} ${length}`)
      expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    }
  })

  it('gives trailers, to callers of either version', async () => {
    const { url } = await overTls((_, res) => {
      res.setHeader('content-type', 'application/grpc')
      res.write('message')
      res.addTrailers({ 'grpc-status': '0' })
      res.end()
    })
    const gate = await through(http(`${url}/{proxy}`, HTTP2))
    expect((await tell(gate.port, wire('GET /a', ['TE: trailers']))).body).toMatch(/grpc-status: 0\r\n\r\n$/)
    const front = createHttp2(toNode(gate.gateway) as never)
    const { url: fronted } = await modern(front, 'http')
    const session = connectHttp2(fronted)
    onTestFinished(() => session.destroy())
    const stream = session.request({ ':path': '/a', te: 'trailers' })
    const trailers = await new Promise<object>((resolve) => stream.on('trailers', resolve).resume())
    expect(trailers).toMatchObject({ 'grpc-status': '0' })
  })

  it('that answers faster than its caller reads, never loses the end of it in silence', async () => {
    const size = 4 * 2 ** 20
    const { url } = await overTls((_, res) => {
      res.write(Buffer.alloc(size))
      res.addTrailers({ 'x-end': '1' })
      res.end()
    })
    const gate = await through(http(`${url}/{proxy}`, HTTP2))
    const { body } = await fetch(`${gate.url}/a`)
    let received = 0
    let broke = false
    try {
      for await (const piece of body ?? []) {
        received += piece.length
        await pause(2)
      }
    } catch {
      broke = true
    }
    expect(broke || received === size).toBe(true)
  })

  it('hears of a caller who leaves, and keeps its connection', async () => {
    let closed = 0
    const { url, sessions } = await overTls((req, res) => {
      if (req.url === '/fast') return void res.end('ok')
      res.stream.on('close', () => closed++)
    })
    const gate = await through(http(`${url}/{proxy}`, { ...HTTP2, connections: 1 }))
    await (await fetch(`${gate.url}/fast`)).text()
    const leaving = new AbortController()
    const left = fetch(`${gate.url}/slow`, { signal: leaving.signal })
    await pause(50)
    leaving.abort()
    await expect(left).rejects.toThrow()
    await until(() => closed === 1, 'an upstream that is told')
    expect(await (await fetch(`${gate.url}/fast`)).text()).toBe('ok')
    expect(sessions.size).toBe(1)
  })

  it('that resets a stream, or ends the session, is a failure', async () => {
    const { url } = await overTls((req, res) => {
      if (req.url === '/reset') res.stream.close(2)
      else if (req.url === '/goaway') req.stream.session?.destroy()
      else res.end('ok')
    })
    const gate = await through(http(`${url}/{proxy}`, { ...HTTP2, retries: false }))
    expect((await fetch(`${gate.url}/reset`)).status).toBe(504)
    expect((await fetch(`${gate.url}/goaway`)).status).toBe(504)
    expect(await (await fetch(`${gate.url}/ok`)).text()).toBe('ok')
  })

  it('takes WebSockets on all the same, over HTTP/1.1', async () => {
    const server = createSecureServer({ ...KEYS, allowHTTP1: true })
    const sockets = new WebSocketServer({ server: server as never })
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`heard ${data}`)))
    const { url } = await modern(server, 'https')
    const gate = await through(http(`${url}/{proxy}`, HTTP2))
    const socket = new WebSocket(`${gate.url.replace('http', 'ws')}/a`)
    onTestFinished(() => socket.terminate())
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    socket.send('hi')
    expect(await new Promise((resolve) => socket.once('message', (data) => resolve(String(data))))).toBe(
      'heard hi',
    )
    for (const each of sockets.clients) each.terminate()
  })

  it('needs no TLS where it is known to speak it', async () => {
    const { url, versions } = await modern(
      createHttp2((_, res) => res.end('ok')),
      'http',
    )
    const gate = await through(http(`${url}/{proxy}`, { http2: true }))
    expect(await (await fetch(`${gate.url}/a`)).text()).toBe('ok')
    expect(versions).toEqual(['2.0'])
  })
})
