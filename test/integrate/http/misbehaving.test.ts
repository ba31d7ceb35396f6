/** Upstreams that misbehave in every way, and what callers see of it. */
import { createServer, type Server, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { http } from '../../../src/http.js'
import type { HttpOptions } from '../../../src/integrate/http/options.js'
import { pause, tell, wire } from '../../sockets.js'
import { through, until, upstream } from './support.js'

/** An upstream that speaks bytes: what it does with a connection once something has come on it. */
async function raw(
  speak: (socket: Socket, asked: string) => void,
): Promise<{ url: string; sockets: Set<Socket>; server: Server }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket.once('data', (asked) => speak(socket, asked.toString('latin1')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as { port: number }
  return { url: `http://127.0.0.1:${port}`, sockets, server }
}

const CALM: HttpOptions = { retries: false, breaker: false, timeout: 400 }

async function answered(
  speak: (socket: Socket, asked: string) => void,
  options: HttpOptions = {},
  request = wire('GET /'),
) {
  const { url } = await raw(speak)
  const gate = await through(http(`${url}/`, { ...CALM, ...options }), {}, 'ANY /')
  const told = await tell(gate.port, request)
  await until(() => gate.records.length > 0, 'a record')
  return { ...told, ...gate, record: gate.records[0] }
}

describe('an upstream that gives no answer', () => {
  it('but resets the connection, is a failure', async () => {
    const { status, record } = await answered((socket) => socket.resetAndDestroy())
    expect([status, record?.refusal, record?.end]).toEqual([504, 'INTEGRATION_FAILURE', 'refused'])
    expect(record?.detail).toMatch(/^http:\/\/127\.0\.0\.1:\d+: .*ECONNRESET/)
  })

  it('but closes the connection, is a failure', async () => {
    const { status, record } = await answered((socket) => socket.end())
    expect([status, record?.refusal]).toEqual([504, 'INTEGRATION_FAILURE'])
    expect(record?.detail).toMatch(/: other side closed$/)
  })

  it('but half of its head, is a failure', async () => {
    const { status, record } = await answered((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le'))
    expect([status, record?.refusal]).toEqual([504, 'INTEGRATION_FAILURE'])
  })

  it('in time, is refused, however slowly it trickles its head', async () => {
    const { status, record, took } = await answered((socket) => {
      const head = 'HTTP/1.1 200 OK\r\nX-Slow: '.padEnd(400, 'x')
      let at = 0
      const timer = setInterval(() => socket.write(head[at++] ?? 'x'), 20)
      socket.on('close', () => clearInterval(timer))
    })
    expect([status, record?.refusal]).toEqual([504, 'INTEGRATION_TIMEOUT'])
    expect(record?.detail).toMatch(/: no answer within 400 ms$/)
    expect(took).toBeLessThan(1_500)
  })

  it('loses the connection on which it was too late', async () => {
    const { url, sockets } = await raw(() => {})
    const gate = await through(http(`${url}/`, { ...CALM, timeout: 60 }), {}, 'ANY /')
    expect((await tell(gate.port, wire('GET /'))).status).toBe(504)
    await until(() => sockets.size === 0, 'an upstream without connections')
  })

  it('and is never through with connecting, is refused in time', async () => {
    const { url, sockets } = await raw(() => {})
    const secure = http(url.replace('http:', 'https:'), { ...CALM, timeout: 150, connectTimeout: 400 })
    const gate = await through(secure, {}, 'ANY /')
    const { status, took } = await tell(gate.port, wire('GET /'))
    expect([status, gate.records[0]?.refusal]).toEqual([504, 'INTEGRATION_TIMEOUT'])
    expect(took).toBeLessThan(1_000)
    await until(() => sockets.size === 0, 'an upstream without connections')
  })

  it('by that name, is a failure', async () => {
    const gate = await through(http('http://nowhere.invalid/', CALM), {}, 'ANY /')
    expect((await tell(gate.port, wire('GET /'))).status).toBe(504)
    expect(gate.records[0]?.detail).toMatch(
      /http:\/\/nowhere\.invalid: getaddrinfo (ENOTFOUND|EAI_AGAIN) nowhere\.invalid/,
    )
  })
})

describe('an upstream that answers what is no HTTP', () => {
  const MALFORMED = {
    'another protocol': 'SSH-2.0-OpenSSH_9.6\r\n',
    'a status that is none': 'HTTP/1.1 9999 Odd\r\n\r\n',
    'a name with a space in it': 'HTTP/1.1 200 OK\r\nX Y: 1\r\n\r\n',
    'a NUL in a value': 'HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n',
    'a length that is none': 'HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n',
    'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    'length and chunks at once':
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'another protocol that nobody asked for':
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    'a status past all': 'HTTP/1.1 700 Odd\r\nContent-Length: 0\r\n\r\n',
  }
  for (const [what, bytes] of Object.entries(MALFORMED))
    it(`${what}: a 502 that tells nothing of it`, async () => {
      const { status, body, record } = await answered((socket) => socket.write(Buffer.from(bytes, 'latin1')))
      expect([status, body, record?.refusal]).toEqual([
        502,
        '{"message":"Internal server error"}',
        'MALFORMED_INTEGRATION_ANSWER',
      ])
    })

  it('a flood of header fields: a 502, and no more of it is read', async () => {
    const { status, record } = await answered((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const flood = () => {
        while (!socket.destroyed && socket.write(`X-${Math.random()}: ${'y'.repeat(500)}\r\n`));
      }
      socket.on('drain', flood)
      flood()
    })
    expect([status, record?.refusal]).toEqual([502, 'MALFORMED_INTEGRATION_ANSWER'])
    expect(record?.detail).toMatch(/: Headers Overflow Error$/)
  })
})

describe('an answer that breaks off', () => {
  const BROKEN = {
    'short of its length': (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
    'in the middle of its chunks': (socket: Socket) =>
      socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'),
    'by a reset': (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')
      setTimeout(() => socket.resetAndDestroy(), 30)
    },
    'with a chunk that is none': (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n')
      setTimeout(() => socket.write('zz\r\n'), 30)
    },
  }
  for (const [how, speak] of Object.entries(BROKEN))
    it(`${how} is never taken for a whole one`, async () => {
      const { text, closed, record, errors } = await answered(speak)
      expect(closed).toBe(true)
      expect(text).toMatch(/^HTTP\/1.1 200/)
      expect(text).not.toMatch(/\r\n0\r\n\r\n$/)
      expect(/content-length: 10/i.test(text) || /transfer-encoding: chunked/i.test(text)).toBe(true)
      expect(record).toMatchObject({ status: 200, end: 'aborted' })
      expect(errors).toHaveLength(1)
    })

  it('by silence is given up after the idle time', async () => {
    const { record, closed } = await answered(
      (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
      { idleTimeout: 200 },
    )
    expect([closed, record?.end]).toEqual([true, 'aborted'])
  })

  it('is whole where its end is that of the connection', async () => {
    const { body, record } = await answered((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc')
      setTimeout(() => socket.end('def'), 30)
    })
    expect([body, record?.end]).toEqual(['3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n', 'answered'])
  })
})

describe('an answer with more than it says', () => {
  it('leaves nothing behind for the next one', async () => {
    const bytes =
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale'
    let connections = 0
    const { url } = await raw((socket) => {
      connections++
      socket.write(bytes)
    })
    const gate = await through(http(`${url}/`, CALM), {}, 'ANY /')
    for (let call = 0; call < 3; call++) expect((await tell(gate.port, wire('GET /'))).body).toBe('ok')
    expect(connections).toBe(3)
  })
})

describe('an upstream that answers before it has read the request', () => {
  it('is heard, and the rest of the body goes nowhere', async () => {
    const { url } = await raw((socket) =>
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno'),
    )
    const gate = await through(http(`${url}/`, CALM), {}, 'ANY /')
    const { status, body } = await tell(
      gate.port,
      wire('POST /', ['Content-Length: 1000000'], 'x'.repeat(100_000)),
      (text) => text.endsWith('no'),
    )
    expect([status, body]).toEqual([403, 'no'])
  })
})

describe('an upstream that answers and lets a whole body lie', () => {
  it('leaves the connection of the caller as good as new', async () => {
    const { url } = await raw((socket) =>
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno'),
    )
    const gate = await through(http(`${url}/`, CALM), {}, 'ANY /')
    const first = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n${'x'.repeat(200_000)}`
    const told = await tell(gate.port, `${first}${wire('GET /')}`)
    // Either both are answered, or the connection is closed behind the first: nothing is ever stuck.
    expect(told.closed).toBe(true)
    expect(told.text).toMatch(/^HTTP\/1.1 403/)
    if (!/connection: close/i.test(told.head)) expect(told.text.match(/HTTP\/1.1 403/g)).toHaveLength(2)
  })
})

describe('an upstream that never reads', () => {
  it('makes the caller wait, and is refused in time', async () => {
    const { url, sockets, server } = await raw(() => {})
    server.on('connection', (socket) => socket.pause())
    const gate = await through(
      http(`${url}/`, { ...CALM, timeout: 500 }),
      { limits: { body: 2 ** 30 } },
      'ANY /',
    )
    let sent = 0
    const { connect } = await import('node:net')
    const caller = connect(gate.port, '127.0.0.1').on('error', () => {})
    onTestFinished(() => {
      caller.destroy()
    })
    let text = ''
    caller.on('data', (chunk) => {
      text += chunk
    })
    caller.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${2 ** 29}\r\n\r\n`)
    const piece = Buffer.alloc(65_536)
    const pump = () => {
      while (!caller.destroyed && caller.write(piece)) sent += piece.length
    }
    caller.on('drain', pump)
    pump()
    await until(() => text.includes('\r\n\r\n'), 'an answer')
    expect(text).toMatch(/^HTTP\/1.1 504/)
    // What fits into the buffers of four sockets on the way.
    expect(sent).toBeLessThan(64 * 2 ** 20)
    // Only who reads learns that a connection is gone.
    for (const socket of sockets) socket.resume()
    await pause(100)
    const cutShort = () => {
      for (const socket of sockets) socket.resume()
      // One that came to be too late for this call is kept for the next.
      return [...sockets].every(({ bytesRead }) => bytesRead === 0)
    }
    await until(cutShort, 'the end of what was sent')
  })
})

describe('a caller who is slow with the body', () => {
  it('is waited for, as long as enough comes', async () => {
    const { url } = await upstream((req, res) => {
      let size = 0
      req.on('data', (piece) => {
        size += piece.length
      })
      req.on('end', () => res.end(String(size)))
    })
    const gate = await through(http(`${url}/`, { ...CALM, timeout: 200 }), {}, 'ANY /')
    const { open } = await import('../../sockets.js')
    const caller = await open(gate.port)
    let text = ''
    caller.on('data', (chunk) => {
      text += chunk
    })
    caller.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
    for (let piece = 0; piece < 6; piece++) {
      caller.write(`10000\r\n${'x'.repeat(65_536)}\r\n`)
      await pause(80)
    }
    caller.write('0\r\n\r\n')
    await until(() => text.includes(String(6 * 65_536)), 'an answer')
    expect(text).toMatch(/^HTTP\/1.1 200/)
  })

  it('and sends no more, does the upstream no harm', async () => {
    const { url } = await upstream((req, res) => req.resume().on('end', () => res.end('ok')))
    const slow: HttpOptions = { retries: false, breaker: { failures: 1, cooldown: '1h' }, timeout: 100 }
    const gate = await through(http(`${url}/`, slow), {}, 'ANY /')
    const stalled = await tell(gate.port, wire('POST /', ['Content-Length: 100000'], 'x'), (text) =>
      text.includes('}'),
    )
    expect(stalled.status).toBe(504)
    expect(gate.records[0]?.detail).toBe('the caller sent less than 65536 bytes of its body within 100 ms')
    const small = await tell(gate.port, wire('POST /', ['Content-Length: 100'], 'x'), (text) =>
      text.includes('}'),
    )
    expect(small.status).toBe(504)
    expect(gate.records[1]?.detail).toBe('the body did not come within 100 ms')
    expect((await tell(gate.port, wire('GET /'))).body).toBe('ok')
  })
})
