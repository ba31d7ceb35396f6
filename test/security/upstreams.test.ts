/** What callers and hostile upstreams try at integrations over HTTP, over real sockets. */
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { http } from '../../src/http.js'
import { type Echoed, echo, through, until, upstream } from '../integrate/http/support.js'
import { open, pause, tell, wire } from '../sockets.js'

/** The port of a server that is there until the test is over. */
async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** An upstream that says these very bytes to whatever it is sent. */
async function raw(answer: (request: string, nth: number) => string) {
  let asked = 0
  const heard: string[] = []
  const server = createTcp((socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      heard.push(bytes.toString('latin1'))
      socket.write(answer(bytes.toString('latin1'), ++asked), 'latin1')
    })
    onTestFinished(() => {
      socket.destroy()
    })
  })
  const port = await listening(server)
  return { url: `http://127.0.0.1:${port}`, heard }
}

describe('a parameter that is mapped', () => {
  it('is never what the caller says of it, even where there is nothing to say instead', async () => {
    const { url } = await upstream(echo)
    const parameters = {
      'integration.request.header.x-user': 'context.authorizer.sub',
      'integration.request.querystring.tenant': 'context.authorizer.tenant',
      'integration.request.path.proxy': 'context.authorizer.home',
    }
    const gate = await through(http(`${url}/homes/{proxy}`, { request: { parameters } }))
    const told = await tell(
      gate.port,
      wire('GET /bob?tenant=evil&%74enant=evil&a=1', ['X-User: admin', 'x-uSER: admin']),
    )
    const sent = JSON.parse(told.body) as Echoed
    expect(sent.url).toBe('/homes/?a=1')
    expect(sent.headers).not.toHaveProperty('x-user')
  })
})

describe('a path', () => {
  it.each([
    '/pets/..;/admin',
    '/pets/..;a=b/admin',
    '/pets/.;/admin',
    '/pets/..%3B/admin',
    '/pets/..%3bx%2fadmin',
  ])('that leads out of its route by a parameter of a segment is refused: %s', async (path) => {
    const { url } = await upstream(echo)
    const gate = await through(http(`${url}/pets/{proxy}`), {}, 'ANY /pets/{proxy+}')
    const told = await tell(gate.port, wire(`GET ${path}`))
    expect([told.status, told.body.includes('"url"')]).toEqual([400, false])
  })

  it.each(['../admin', '..\\admin', '..;/admin', '..', 'a/../../admin', '.', '../', '..\0', '..;'])(
    'does not lead elsewhere by a value that is mapped: %s',
    async (value) => {
      const { url } = await upstream(echo)
      const parameters = { 'integration.request.path.id': 'method.request.querystring.id' }
      const gate = await through(http(`${url}/pets/{id}/x`, { request: { parameters } }))
      const told = await tell(gate.port, wire(`GET /a?id=${encodeURIComponent(value)}`))
      expect([told.status, told.body.includes('"url"')]).toEqual([400, false])
    },
  )
})

describe('an upgrade', () => {
  const SWITCHES = (protocol: string) =>
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`

  it.each(['h2c, websocket', 'websocket, h2c', ' H2C ,x', 'h2c/1, h2c'])(
    'never offers HTTP/2, in which requests would pass the gateway unseen: %s',
    async (offer) => {
      const { url, heard } = await raw((request) =>
        /upgrade:.*h2c/i.test(request) ? SWITCHES('h2c') : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      )
      const gate = await through(http(`${url}/{proxy}`))
      const asked = wire('GET /a', [
        'Connection: Upgrade, HTTP2-Settings',
        `Upgrade: ${offer}`,
        'HTTP2-Settings: AAMAAABkAAQAAP__',
      ])
      const told = await tell(gate.port, asked, (text) => text.includes('\r\n\r\n'))
      expect(told.status).not.toBe(101)
      expect(heard.join('')).not.toMatch(/h2c/i)
    },
  )

  it('that the upstream answers with another protocol than was asked for is no answer', async () => {
    const { url } = await raw(() => SWITCHES('h2c'))
    const gate = await through(http(`${url}/{proxy}`))
    const told = await tell(
      gate.port,
      wire('GET /a', ['Connection: Upgrade', 'Upgrade: websocket']),
      (text) => text.includes('\r\n\r\n'),
    )
    expect(told.status).toBe(502)
    await until(() => gate.records.length === 1, 'a record')
    expect(gate.records[0]?.status).toBe(502)
  })
})

describe('an upstream that is hostile', () => {
  it('holds no mapped request longer than its time by dripping', async () => {
    const { url } = await upstream((_, res) => {
      res.write('a')
      setInterval(() => res.destroyed || res.write('a'), 20).unref()
    })
    const gate = await through(http(url, { proxy: false, timeout: 200 }))
    const told = await tell(gate.port, wire('GET /a'))
    expect([told.status, told.took < 2_000]).toEqual([504, true])
  })

  it('is left alone once the caller of a mapped request has gone', async () => {
    let gone = 0
    const { url } = await upstream((_, res) => {
      res.write('a')
      setInterval(() => res.destroyed || res.write('a'), 20).unref()
      res.on('close', () => gone++)
    })
    const gate = await through(http(url, { proxy: false }))
    const socket = await open(gate.port)
    socket.write(wire('GET /a'))
    await pause(150)
    socket.destroy()
    await until(() => gone === 1, 'the upstream being left')
    await until(() => gate.records.length === 1, 'a record')
    expect(gate.records[0]?.end).toBe('aborted')
  })

  it('does not fill the memory with answers before the answer, for a caller who reads none', async () => {
    const hint = `HTTP/1.1 103 Early Hints\r\nLink: <${'x'.repeat(8_000)}>\r\n\r\n`
    let sent = 0
    const server = createTcp((socket) => {
      socket.on('error', () => {})
      const more = () => {
        if (sent < 400e6 && !socket.destroyed)
          socket.write(hint.repeat(100), () => {
            sent += hint.length * 100
            setImmediate(more)
          })
      }
      socket.once('data', more)
      onTestFinished(() => {
        socket.destroy()
      })
    })
    const port = await listening(server)
    const gate = await through(http(`http://127.0.0.1:${port}/{proxy}`, { timeout: '20s' }))
    const held: number[] = []
    gate.server.on('connection', (socket) => {
      setInterval(() => held.push(socket.writableLength), 50).unref()
    })
    const socket = await open(gate.port)
    socket.pause()
    socket.write(wire('GET /a'))
    await until(() => sent > 40e6, 'many hints')
    expect(Math.max(...held)).toBeLessThan(2e6)
  })
})

describe('a breaker', () => {
  it('is not opened by callers whose own words make an answer too long', async () => {
    const { url, asked } = await echoing(3)
    const gate = await through(http(`${url}/{proxy}`, { breaker: { failures: 2 }, retries: false }))
    for (let nth = 0; nth < 4; nth++) {
      const told = await tell(gate.port, wire(`GET /a?${'x'.repeat(7_000)}`))
      expect([told.status, gate.records[nth]?.detail]).toEqual([502, `${url}: Headers Overflow Error`])
    }
    const told = await tell(gate.port, wire('GET /fine'))
    expect([told.status, asked()]).toEqual([302, 5])
  })
})

/** An upstream that says in its header fields what it was asked for, so many times. */
async function echoing(times: number) {
  let asked = 0
  const { url } = await upstream((req, res) => {
    asked++
    for (let nth = 0; nth < times; nth++) res.setHeader(`x-asked-${nth}`, req.url ?? '')
    res.writeHead(302).end()
  })
  return { url, asked: () => asked }
}
