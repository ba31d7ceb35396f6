/** WebSocket and other protocols, on to the upstream. */
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { toExpress } from '../../../adapters/express.js'
import { toNode } from '../../../adapters/node.js'
import { http } from '../../../src/http.js'
import { createGateway, route } from '../../../src/index.js'
import { EXPRESSES } from '../../adapters/support.js'
import { pause, serve, tell, wire } from '../../sockets.js'
import { through, until, upstream } from './support.js'

/** A chat that is asked for a protocol of its own, and says back what it is told. */
async function chat() {
  const server = createServer((_, res) => res.writeHead(426).end('a socket, please'))
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'v2' })
  const urls: (string | undefined)[] = []
  sockets.on('connection', (socket, req) => {
    urls.push(req.url)
    socket.on('error', () => {})
    socket.on('message', (data, isBinary) =>
      socket.send(isBinary ? data : `heard ${data}`, { binary: isBinary }),
    )
    socket.on('close', (code) => urls.push(`closed ${code}`))
  })
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
  })
  return { ...(await upstream(server)), urls, sockets }
}

function said(socket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('message', (data) => resolve(String(data)))
    socket.once('error', reject)
  })
}

async function opened(url: string, protocols: string[] = []): Promise<WebSocket> {
  const socket = new WebSocket(url, protocols)
  onTestFinished(() => socket.terminate())
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return socket
}

describe('a WebSocket', () => {
  it('goes on to the upstream, and is recorded when it is over', async () => {
    const { url, urls } = await chat()
    const gate = await through(http(`${url}/v1/{proxy}`))
    const socket = await opened(`${gate.url.replace('http', 'ws')}/rooms/7?a=1`, ['v1', 'v2'])
    expect(socket.protocol).toBe('v2')
    for (const text of ['hello', 'x'.repeat(300_000)]) {
      socket.send(text)
      expect(await said(socket)).toBe(`heard ${text}`)
    }
    expect(urls).toEqual(['/v1/rooms/7?a=1'])
    expect(gate.records).toEqual([])
    socket.close(1000)
    await until(() => gate.records.length === 1, 'a record')
    await until(() => urls.length === 2, 'the end at the upstream')
    expect(gate.records[0]).toMatchObject({ status: 101, end: 'answered', route: 'ANY /{proxy+}' })
    expect(gate.records[0]?.bytesIn).toBeGreaterThan(300_000)
    expect(urls[1]).toBe('closed 1000')
  })

  it('ends where the upstream ends it', async () => {
    const { url, sockets } = await chat()
    const gate = await through(http(`${url}/{proxy}`))
    const socket = await opened(`${gate.url.replace('http', 'ws')}/a`)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    for (const each of sockets.clients) each.close(4001, 'enough')
    expect(await closed).toBe(4001)
    const other = await opened(`${gate.url.replace('http', 'ws')}/a`)
    other.on('error', () => {})
    const broken = new Promise((resolve) => other.once('close', resolve))
    for (const each of sockets.clients) each.terminate()
    expect(await broken).toBe(1006)
  })

  it('passes the steps of its route first', async () => {
    const { url, urls } = await chat()
    const routes = [route('GET /chat', { apiKey: true }, http(`${url}/`))]
    const gate = await through(http(url), { routes, plans: { free: {} } })
    const { value } = await gate.gateway.control.createApiKey({ name: 'acme', plans: ['free'] as never[] })
    const refused = new WebSocket(`${gate.url.replace('http', 'ws')}/chat`)
    const status = await new Promise((resolve) =>
      refused.once('unexpected-response', (_, res) => resolve(res.statusCode)).on('error', () => {}),
    )
    expect([status, urls]).toEqual([403, []])
    const admitted = new WebSocket(`${gate.url.replace('http', 'ws')}/chat`, {
      headers: { 'x-api-key': value },
    })
    onTestFinished(() => admitted.terminate())
    await new Promise((resolve) => admitted.once('open', resolve))
    expect(urls).toEqual(['/'])
  })

  it('that the upstream refuses, is refused in its words', async () => {
    const { url } = await upstream((_, res) => res.end('never'))
    const refusing = createServer().on('upgrade', (_, socket) =>
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\nX-Why: full\r\n\r\nno way'),
    )
    const { url: full } = await upstream(refusing)
    const gate = await through(http(`${full}/{proxy}`))
    const told = await tell(gate.port, wire('GET /a', ['Connection: Upgrade', 'Upgrade: websocket']))
    expect([told.status, told.body, told.closed]).toEqual([403, 'no way', true])
    expect(told.head).toMatch(/x-why: full/i)
    // One that does not know of upgrades just answers.
    const plain = await through(http(`${url}/{proxy}`))
    expect((await tell(plain.port, wire('GET /a', ['Connection: Upgrade', 'Upgrade: websocket']))).body).toBe(
      'never',
    )
  })

  it('that nobody answers in time, is refused', async () => {
    const { url } = await upstream(createServer().on('upgrade', () => {}))
    const gate = await through(http(`${url}/{proxy}`, { timeout: 80, retries: false }))
    const told = await tell(gate.port, wire('GET /a', ['Connection: Upgrade', 'Upgrade: websocket']))
    expect([told.status, gate.records[0]?.refusal]).toEqual([504, 'INTEGRATION_TIMEOUT'])
  })

  it('is heard of by the upstream when its caller leaves before it is answered', async () => {
    let closed = false
    let asked = false
    const silent = createServer().on('upgrade', (_, socket) => {
      asked = true
      socket
        .on('error', () => {})
        .on('end', () => {
          closed = true
        })
        .resume()
    })
    const { url } = await upstream(silent)
    const gate = await through(http(`${url}/{proxy}`))
    const caller = connect(gate.port, '127.0.0.1')
    caller.write('GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    await until(() => asked)
    caller.destroy()
    await until(() => closed, 'an upstream that is told')
    await until(() => gate.records.length === 1)
    expect(gate.records[0]).toMatchObject({ status: 0, end: 'aborted' })
  })

  it('stands beside those that the app itself answers', async () => {
    const { url } = await chat()
    const gateway = createGateway({
      routes: [route('GET /far/{proxy+}', {}, http(`${url}/{proxy}`)), route('GET /near')],
      httpsOnly: false,
    })
    onTestFinished(() => gateway.close())
    const express = EXPRESSES[0]?.express as () => {
      use(gate: unknown): void
      get(path: string, answer: unknown): void
    }
    const app = express()
    const gate = toExpress(gateway)
    app.use(gate)
    app.get('/near', (_: unknown, res: { send(text: string): void }) => res.send('plain'))
    const server = createServer(app as never)
    const { port } = await serve(server)
    gate.upgrade(server)
    // Nobody listens for upgrades yet: what the app answers is a usual request to it.
    const near = await tell(port, wire('GET /near', ['Connection: Upgrade', 'Upgrade: websocket']))
    expect([near.status, near.body]).toEqual([200, 'plain'])
    const own = new WebSocketServer({ server, path: '/near' })
    own.on('connection', (socket) => socket.send('from the app'))
    onTestFinished(() => own.close())
    const far = await opened(`ws://127.0.0.1:${port}/far/a`)
    far.send('hi')
    expect(await said(far)).toBe('heard hi')
    const closer = new WebSocket(`ws://127.0.0.1:${port}/near`)
    onTestFinished(() => closer.terminate())
    expect(await said(closer)).toBe('from the app')
  })
})

describe('another protocol', () => {
  it('that is no WebSocket goes on as well, with what comes right behind the head', async () => {
    const server: Server = createServer().on('upgrade', (req, socket, head) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${req.headers.upgrade}\r\n\r\nwelcome;`,
      )
      socket.write(`head ${head};`)
      socket.on('data', (data: Buffer) => socket.write(`echo ${data};`))
    })
    const { url } = await upstream(server)
    const gate = await through(http(`${url}/{proxy}`))
    const told = await tell(
      gate.port,
      'POST /a HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: chess/1\r\n\r\ne2e4',
      (text) => text.includes('e2e4'),
    )
    expect(told.head).toMatch(/^HTTP\/1.1 101 Switching Protocols\r\n/)
    expect(told.head).toMatch(/\r\nUpgrade: chess\/1/)
    expect(told.head).toMatch(/x-amzn-RequestId: /)
    expect(told.body).toMatch(/^welcome;/)
    expect(told.body).toContain('e2e4')
  })
})

describe('an offer of HTTP/2', () => {
  it('is not taken: the request is answered as any other, with its body, and the connection goes on', async () => {
    const { url } = await upstream((req, res) => {
      let body = ''
      req.on('data', (piece) => {
        body += piece
      })
      req.on('end', () => res.end(`${req.method} ${body} ${req.headers.upgrade}`))
    })
    const gate = await through(http(`${url}/{proxy}`))
    const offer = [
      'Host: a',
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
    ]
    const text = ['POST /a HTTP/1.1', ...offer, 'Content-Length: 5', '', 'hello'].join('\r\n')
    const told = await tell(gate.port, `${text}${wire('GET /b')}`)
    expect(told.text).toMatch(/^HTTP\/1.1 200.*POST hello undefined.*HTTP\/1.1 200.*GET {2}undefined$/s)
    expect(gate.records).toHaveLength(2)
  })

  it('in pieces is answered, too', async () => {
    const { url } = await upstream((req, res) => req.pipe(res))
    const gate = await through(http(`${url}/{proxy}`))
    const caller = connect(gate.port, '127.0.0.1')
    onTestFinished(() => {
      caller.destroy()
    })
    let text = ''
    caller.on('data', (data) => {
      text += data
    })
    caller.write(
      'POST /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 10\r\n\r\n',
    )
    await pause(30)
    caller.write('hello')
    await pause(30)
    caller.write('world')
    await until(() => text.endsWith('helloworld'), 'an answer')
  })
})

describe('without gate.upgrade()', () => {
  it('an upgrade is a request like any other', async () => {
    const { url } = await upstream((req, res) => res.end(String(req.headers.upgrade)))
    const gateway = createGateway({ routes: [route('GET /', {}, http(`${url}/`))], httpsOnly: false })
    onTestFinished(() => gateway.close())
    const { port } = await serve(createServer(toNode(gateway)))
    const told = await tell(port, wire('GET /', ['Connection: Upgrade', 'Upgrade: websocket']))
    expect([told.status, told.body]).toEqual([200, 'undefined'])
  })
})
