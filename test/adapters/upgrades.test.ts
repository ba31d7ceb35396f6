/** Upgrades never come by any middleware: `gate.upgrade(server)` polices them. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect } from 'node:net'
import { before, type GatewayContext, type GatewayDefinition, route } from 'postern'
import { toExpress } from 'postern/express'
import { describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { EXPRESSES, guard, open, pause, serve, tell } from './support.js'

const HANDSHAKE = [
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '',
  '',
].join('\r\n')

const express =
  EXPRESSES[0]?.express ??
  (() => {
    throw new Error('no Express')
  })

/** A chat behind a gateway; its WebSocket server says what it is asked, and by whom. */
async function chat(order: 'before' | 'after', more: Partial<GatewayDefinition> = {}) {
  const guarded = guard({
    routes: [route('GET /chat/{room}', { apiKey: true }), route('GET /open')],
    stages: { prod: {} },
    plans: { free: {} },
    ...more,
  })
  const { value } = await guarded.gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
  const gate = toExpress(guarded.gateway)
  const app = express()
  app.use(gate)
  app.get('/open', (_req, res) => res.send('no socket'))
  const server = createServer(app)
  const urls: (string | undefined)[] = []
  const listen = (to: Server) => {
    const sockets = new WebSocketServer({ server: to })
    sockets.on('connection', (socket, req: IncomingMessage & { gateway?: GatewayContext }) => {
      socket.on('error', () => {})
      socket.on('message', (data) =>
        socket.send(`${req.gateway?.client?.name} in ${req.gateway?.params.room}: ${data}`),
      )
    })
    to.on('upgrade', (req) => urls.push(req.url))
  }
  if (order === 'before') listen(server)
  gate.upgrade(server)
  if (order === 'after') listen(server)
  return { ...guarded, ...(await serve(server)), value, urls }
}

describe.each(['before', 'after'] as const)('with a WebSocket server attached %s gate.upgrade', (order) => {
  it('a keyless upgrade is refused, and the WebSocket server never sees it', async () => {
    const { port, urls, record } = await chat(order)
    const { status, head, body, closed } = await tell(port, `GET /prod/chat/7 HTTP/1.1\r\n${HANDSHAKE}`)
    expect({ status, body, closed }).toEqual({ status: 403, body: '{"message":"Forbidden"}', closed: true })
    expect(head).toMatch(/content-type: application\/json/)
    expect(head).toMatch(/x-amzn-ErrorType: ForbiddenException/)
    expect(head).toMatch(/content-length: 23/)
    expect(urls).toEqual([])
    expect(await record()).toMatchObject({ status: 403, end: 'refused', refusal: 'INVALID_API_KEY' })
  })

  it('an admitted one talks, on a path without its stage, and is recorded when it is over', async () => {
    const { url, value, urls, records, record } = await chat(order)
    const socket = new WebSocket(`${url.replace('http', 'ws')}/prod/chat/7?a=1`, {
      headers: { 'x-api-key': value },
    })
    await new Promise((resolve) => socket.once('open', resolve))
    for (const text of ['hello', 'again']) {
      socket.send(text)
      const heard = await new Promise((resolve) => socket.once('message', (data) => resolve(String(data))))
      expect(heard).toBe(`acme in 7: ${text}`)
    }
    expect(urls).toEqual(['/chat/7?a=1'])
    expect(records).toEqual([])
    socket.close()
    expect(await record()).toMatchObject({
      status: 101,
      end: 'answered',
      route: 'GET /chat/{room}',
      plan: 'free',
    })
  })

  it.each([
    ['without its stage', 'GET /chat/7', 404],
    ['that nobody knows', 'GET /prod/other', 404],
    ['with dots in it', 'GET /prod/open/../chat/7', 400],
    ['in other case', 'GET /prod/CHAT/7', 404],
    ['by another method', 'POST /prod/chat/7', 405],
    ['in absolute form', 'GET http://localhost/prod/chat/7', 400],
  ])('a path %s is no way around', async (_how, line, status) => {
    const { port, urls } = await chat(order)
    expect((await tell(port, `${line} HTTP/1.1\r\n${HANDSHAKE}`)).status).toBe(status)
    expect(urls).toEqual([])
  })
})

describe('gate.upgrade', () => {
  it('waits for steps that take their time, bytes that came meanwhile included', async () => {
    const steps = [
      before('identify', async () => {
        await pause(50)
        return undefined
      }),
    ]
    const { port, urls, value } = await chat('after', { steps })
    const socket = await open(port)
    const keyed = HANDSHAKE.replace('Host', `x-api-key: ${value}\r\nHost`)
    // A masked text frame that says "hi", sent before the handshake is answered.
    const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69])
    socket.write(`GET /prod/chat/7 HTTP/1.1\r\n${keyed}`)
    await pause(20)
    socket.write(frame)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    await pause(150)
    expect(text).toContain('HTTP/1.1 101')
    expect(text).toContain('acme in 7: hi')
    expect(urls).toEqual(['/chat/7'])
  })

  it('ends the exchange of a caller that left while a step was waiting, without telling the app', async () => {
    const steps = [
      before('identify', async () => {
        await pause(80)
        return undefined
      }),
    ]
    const { port, urls, value, record } = await chat('after', { steps })
    const socket = await open(port)
    socket.write(`GET /prod/chat/7 HTTP/1.1\r\n${HANDSHAKE.replace('Host', `x-api-key: ${value}\r\nHost`)}`)
    await pause(20)
    socket.resetAndDestroy()
    expect(await record()).toMatchObject({ status: 0, end: 'aborted' })
    expect(urls).toEqual([])
  })

  it('closes the connection of a refused caller that stays and goes on sending', async () => {
    const { port } = await chat('after')
    const socket = await open(port)
    const started = Date.now()
    socket.write(`GET /prod/chat/7 HTTP/1.1\r\n${HANDSHAKE}`)
    const sending = setInterval(() => socket.write('x'.repeat(1000)), 5)
    let text = ''
    socket.on('data', (chunk) => {
      text += String(chunk)
    })
    await new Promise((resolve) => socket.once('close', resolve))
    clearInterval(sending)
    expect(text).toContain('HTTP/1.1 403')
    expect(Date.now() - started).toBeLessThan(2500)
  })

  it('leaves a server alone to which nobody listens for upgrades: they are requests like others', async () => {
    const { gateway, record } = guard({ routes: [route('GET /open')] })
    const gate = toExpress(gateway)
    const app = express()
    app.use(gate)
    app.get('/open', (_req, res) => res.set('Connection', 'close').send('no socket'))
    const server = createServer(app)
    gate.upgrade(server)
    const { port } = await serve(server)
    const { status, body } = await tell(port, `GET /open HTTP/1.1\r\n${HANDSHAKE}`)
    expect({ status, body }).toEqual({ status: 200, body: 'no socket' })
    expect(await record()).toMatchObject({ status: 200 })
  })

  it('leaves requests that are no upgrades to the middleware', async () => {
    const { url, recorded } = await chat('before')
    expect(await (await fetch(`${url}/prod/open`)).text()).toBe('no socket')
    expect((await fetch(`${url}/prod/chat/7`)).status).toBe(403)
    await recorded(2)
  })

  it('closes when a listener throws, who may have answered already, and the server goes on', async () => {
    const { gateway, errors, record } = guard({ routes: [route('GET /open')] })
    const server = createServer()
    server.on('upgrade', () => {
      throw new Error('no such socket')
    })
    toExpress(gateway).upgrade(server)
    const { port } = await serve(server)
    const closed = new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(`GET /open HTTP/1.1\r\n${HANDSHAKE}`))
      socket.on('close', () => resolve(socket.bytesRead))
    })
    expect(await closed).toBe(0)
    expect(errors).toEqual([new Error('no such socket')])
    expect(await record()).toMatchObject({ status: 101 })
  })

  it('takes a server, and nothing else', () => {
    const { gateway } = guard({ routes: [] })
    const words = 'gate.upgrade() takes the http.Server that app.listen() returns'
    expect(() => toExpress(gateway).upgrade(undefined as never)).toThrow(words)
    expect(() => toExpress(gateway).upgrade((() => {}) as never)).toThrow(words)
  })
})
