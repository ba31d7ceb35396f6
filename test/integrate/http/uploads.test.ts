/** Bodies that are slow to come or too much for the upstream, and who is to blame for what comes of that. */
import type { RequestListener } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2 } from 'node:http2'
import type { Socket } from 'node:net'
import { createServer as createTls } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { toFetch } from '../../../adapters/fetch.js'
import { toNode } from '../../../adapters/node.js'
import { systemClock } from '../../../src/clock.js'
import { http } from '../../../src/http.js'
import type { HttpOptions } from '../../../src/integrate/http/options.js'
import { root } from '../../authorize/certificates.js'
import { open, pause, tell, wire } from '../../sockets.js'
import { speaking, type Through, through, until, upstream } from './support.js'

/** One failure that counts, and the target is called no more. */
const STRICT: HttpOptions = { retries: false, breaker: { failures: 1, cooldown: '1h' }, outliers: false }

/** An upstream that answers what it has read as a whole, `/slow` a while later. */
async function reading(delay = 0) {
  const asked: string[] = []
  const listener: RequestListener = (req, res) => {
    asked.push(req.url ?? '')
    req.resume().on('end', () => setTimeout(() => res.end('ok'), req.url === '/slow' ? delay : 0))
  }
  return { ...(await upstream(listener)), asked }
}

/** A caller whose body comes a piece at a time, until it is told to end. */
async function uploading(gate: Through, piece: number, every: number) {
  const caller = await open(gate.port)
  let text = ''
  caller.on('data', (chunk) => {
    text += chunk
  })
  caller.write('POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
  const more = () => caller.write(`${piece.toString(16)}\r\n${'x'.repeat(piece)}\r\n`)
  more()
  const timer = setInterval(more, every)
  const end = () => {
    clearInterval(timer)
    caller.write('0\r\n\r\n')
  }
  onTestFinished(() => clearInterval(timer))
  return { caller, end, answer: () => text }
}

/** What the gateway says of the one that it was asked for last. */
const lastOf = ({ records }: Through) => records.at(-1)

describe('slow uploads that hold all connections of a target', () => {
  it('leave others without an answer in time, and the target without blame', async () => {
    const { url, asked } = await reading()
    const gate = await through(http(`${url}/{proxy}`, { ...STRICT, connections: 3, timeout: 300 }))
    const uploads = [0, 1, 2].map(() => uploading(gate, 70_000, 100))
    const callers = await Promise.all(uploads)
    await until(() => asked.length === 3, 'uploads')
    const waiting = await Promise.all([0, 1].map(() => tell(gate.port, wire('GET /waiting'))))
    expect(waiting.map(({ status }) => status)).toEqual([504, 504])
    expect(lastOf(gate)).toMatchObject({ refusal: 'INTEGRATION_TIMEOUT' })
    expect(lastOf(gate)?.detail).toMatch(/: no connection was free for most of 300 ms$/)
    for (const { end } of callers) end()
    await until(() => callers.every(({ answer }) => answer().includes('ok')), 'answers')
    expect((await tell(gate.port, wire('GET /fine'))).status).toBe(200)
    expect(asked).not.toContain('/waiting')
  })

  it('leave it without blame, too, for what it is sent when little time is left', async () => {
    const { url, asked } = await reading(1_000)
    const options = { ...STRICT, connections: 1, timeout: 600 }
    const gate = await through(http(`${url}/{proxy}`, options), { clock: systemClock })
    const { end } = await uploading(gate, 70_000, 100)
    await until(() => asked.length === 1, 'the upload')
    const waiting = tell(gate.port, wire('GET /slow'))
    await pause(450)
    end()
    expect((await waiting).status).toBe(504)
    expect(asked).toEqual(['/upload', '/slow'])
    expect((await tell(gate.port, wire('GET /fine'))).status).toBe(200)
  })

  it('end in time where they trickle', async () => {
    const { url } = await reading()
    const gate = await through(http(`${url}/{proxy}`, { ...STRICT, connections: 1, timeout: 300 }))
    const { answer } = await uploading(gate, 10, 20)
    await until(() => answer().includes('504'), 'an end')
    expect(lastOf(gate)).toMatchObject({
      refusal: 'INTEGRATION_TIMEOUT',
      detail: 'the caller sent less than 65536 bytes of its body within 300 ms',
    })
    expect((await tell(gate.port, wire('GET /fine'))).status).toBe(200)
  })

  it('end in time over HTTP/2 as well', async () => {
    const { url } = await reading()
    const gate = await through(http(`${url}/{proxy}`, { ...STRICT, connections: 1, timeout: 300 }))
    const server = createHttp2(toNode(gate.gateway) as never)
    const { port } = await speaking(server as never)
    const session = connectHttp2(`http://127.0.0.1:${port}`).on('error', () => {})
    onTestFinished(() => session.destroy())
    const stream = session.request({ ':method': 'POST', ':path': '/upload' }).on('error', () => {})
    const timer = setInterval(() => stream.writable && stream.write('x'), 20)
    onTestFinished(() => clearInterval(timer))
    const status = await new Promise((resolve) => stream.on('response', (head) => resolve(head[':status'])))
    expect(status).toBe(504)
    expect((await tell(gate.port, wire('GET /fine'))).status).toBe(200)
  })
})

describe('a target over HTTP/2', () => {
  it('is not to blame for slow uploads, and answers others meanwhile', async () => {
    const server = createHttp2((req, res) => {
      req.on('error', () => {}).resume()
      if (req.method === 'GET') res.end('ok')
    })
    const { url } = await speaking(server as never)
    const gate = await through(http(`${url}/{proxy}`, { ...STRICT, http2: true, timeout: 300 }))
    const { answer } = await uploading(gate, 10, 20)
    await pause(100)
    expect((await tell(gate.port, wire('GET /meanwhile'))).status).toBe(200)
    await until(() => answer().includes('504'), 'an end')
    expect(lastOf(gate)?.detail).toMatch(/^the caller sent less than/)
    expect((await tell(gate.port, wire('GET /fine'))).status).toBe(200)
  })

  it('answers others over the connection of a caller who leaves in the middle', async () => {
    const server = createHttp2((req, res) => {
      req.on('error', () => {}).resume()
      if (req.method === 'GET') setTimeout(() => res.end('ok'), 150)
    })
    const { url, sockets } = await speaking(server as never)
    const gate = await through(http(`${url}/{proxy}`, { ...STRICT, http2: true, connections: 1 }))
    const uploads = await Promise.all([0, 1, 2].map(() => uploading(gate, 70_000, 10)))
    const others = Promise.all([0, 1, 2].map(() => tell(gate.port, wire('GET /meanwhile'))))
    await pause(80)
    for (const { caller } of uploads) caller.destroy()
    expect((await others).map(({ status }) => status)).toEqual([200, 200, 200])
    await until(() => gate.records.length === 6, 'records')
    expect([sockets.size, gate.errors]).toEqual([1, []])
  })

  it('that has had enough of a body is heard', async () => {
    const server = createHttp2((req, res) => {
      req.on('error', () => {})
      if (req.method === 'GET') res.end('ok')
      else res.writeHead(413).end('big')
    })
    const { url } = await speaking(server as never)
    const gate = await through(http(`${url}/{proxy}`, { ...STRICT, http2: true }))
    const { answer } = await uploading(gate, 70_000, 10)
    await until(() => answer().includes('big'), 'the answer')
    expect(answer()).toMatch(/^HTTP\/1.1 413/)
    expect((await tell(gate.port, wire('GET /fine'))).status).toBe(200)
  })
})

describe('a target', () => {
  it('has its whole time from the end of the body on', async () => {
    const { url } = await reading()
    const slow = await upstream((req, res) => {
      req.resume().on('end', () => setTimeout(() => res.end(url), 250))
    })
    const gate = await through(http(`${slow.url}/{proxy}`, { ...STRICT, timeout: 400 }))
    const { end, answer } = await uploading(gate, 10, 60)
    await pause(300)
    end()
    await until(() => answer().includes('\r\n\r\n'), 'an answer')
    expect(answer()).toMatch(/^HTTP\/1.1 200/)
  })

  it('that nobody gets through to is to blame for those in line, too', async () => {
    const silent = await speaking(() => {})
    const options = { ...STRICT, connections: 1, timeout: 150, connectTimeout: 400 } as const
    const gate = await through(http(`https://127.0.0.1:${silent.port}/{proxy}`, options))
    const both = await Promise.all([0, 1].map(() => tell(gate.port, wire('GET /a'))))
    expect(both.map(({ status }) => status)).toEqual([504, 504])
    await tell(gate.port, wire('GET /a'))
    expect(lastOf(gate)?.detail).toMatch(/: not called, for all calls of late have failed$/)
  })

  it('is not to blame for a body that breaks off', async () => {
    const { url, asked } = await reading()
    const { gateway } = await through(http(`${url}/{proxy}`, STRICT))
    const answer = toFetch(gateway, undefined as never, { caller: { address: () => '127.0.0.1' } })
    const body = new ReadableStream({
      async pull(controller) {
        if (asked.length === 0) return controller.enqueue(Buffer.alloc(1_000))
        controller.error(new Error('the connection of the caller broke'))
      },
    })
    const request = new Request('http://127.0.0.1/a', { method: 'POST', body, duplex: 'half' } as RequestInit)
    await Promise.resolve(answer(request)).catch(() => {})
    const fine = await answer(new Request('http://127.0.0.1/fine'))
    expect(fine.status).toBe(200)
  })
})

/** An upstream that speaks bytes once something has come, and is asked for `/fine` as well. */
async function breaking(speak: (socket: Socket) => void): Promise<string> {
  const { url } = await speaking((socket) =>
    socket.once('data', (asked) => {
      if (asked.includes('/fine')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      else speak(socket.pause())
    }),
  )
  return url
}

const TOO_LARGE = 'HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig'

describe('an upstream that has had enough of a body', () => {
  const ENOUGH = {
    'and leaves the connection open': (socket: Socket) => socket.write(TOO_LARGE),
    'and closes the connection': (socket: Socket) => socket.end(TOO_LARGE),
    'and breaks the connection': (socket: Socket) => socket.end(TOO_LARGE, () => socket.destroy()),
  }
  for (const [how, speak] of Object.entries(ENOUGH))
    it.each(['at once', 'slowly'])(`${how} is heard by a caller who still sends, %s`, async (pace) => {
      const url = await breaking(speak)
      const gate = await through(http(`${url}/{proxy}`, STRICT))
      for (let nth = 0; nth < 5; nth++) {
        const upload = await uploading(gate, pace === 'at once' ? 500_000 : 70_000, 10)
        await until(() => upload.answer().includes('big'), 'the answer')
        expect(upload.answer()).toMatch(/^HTTP\/1.1 413/)
        upload.end()
        upload.caller.destroy()
      }
      expect((await tell(gate.port, wire('GET /fine'))).status).toBe(200)
    })

  it('and breaks the connection is heard over TLS as well', async () => {
    const acme = root('CN=Acme Root')
    const { keyPem: key, pem: cert } = acme.issue('CN=localhost', { uses: ['server'], local: true })
    const server = createTls({ key, cert }, (socket) => {
      socket
        .on('error', () => {})
        .once('data', () => {
          socket.pause()
          socket.end(TOO_LARGE, () => socket.destroy())
        })
    })
    const { port } = await speaking(server)
    const options = { ...STRICT, breaker: false, tls: { ca: acme.pem } } as const
    const gate = await through(http(`https://localhost:${port}/{proxy}`, options))
    for (let nth = 0; nth < 5; nth++) {
      const upload = await uploading(gate, 500_000, 10)
      await until(() => upload.answer().includes('\r\n\r\n'), 'an answer')
      expect(upload.answer()).toMatch(/^HTTP\/1.1 413/)
      upload.end()
      upload.caller.destroy()
    }
  })

  it('and breaks the connection without a word, has failed', async () => {
    const url = await breaking((socket) => socket.resetAndDestroy())
    const gate = await through(http(`${url}/{proxy}`, STRICT))
    const { answer } = await uploading(gate, 70_000, 20)
    await until(() => answer().includes('504'), 'an answer')
    expect(lastOf(gate)).toMatchObject({ refusal: 'INTEGRATION_FAILURE' })
    await tell(gate.port, wire('GET /fine'))
    expect(lastOf(gate)?.detail).toMatch(/: not called, for all calls of late have failed$/)
  })
})

describe('an upstream that ends a connection without an answer', () => {
  /** It has its part of a body, and then the caller has `passed` ms go by. */
  async function ended(passed: number, isWhole = false) {
    let fall: (() => void) | undefined
    const url = await breaking((socket) => {
      fall = () => socket.resetAndDestroy()
      socket.resume()
    })
    const gate = await through(http(`${url}/{proxy}`, STRICT))
    const { answer, end } = await uploading(gate, 10, 1e6)
    if (isWhole) end()
    await until(() => fall !== undefined, 'the upload')
    await pause(50)
    gate.clock.advance(passed)
    fall?.()
    await until(() => answer().includes('504'), 'an answer')
    const { detail } = lastOf(gate) ?? {}
    return [detail?.replace(/^\S+ /, ''), (await tell(gate.port, wire('GET /fine'))).status]
  }

  it('while the caller dawdles with the body is not to blame', async () => {
    const [detail, fine] = await ended(1_000)
    expect(detail).toMatch(/, while the caller sent no more$/)
    expect(fine).toBe(200)
  })

  it('is to blame where the caller has not kept it waiting', async () => {
    const [detail, fine] = await ended(999)
    expect(detail).not.toMatch(/while the caller/)
    expect(fine).toBe(504)
  })

  it('is to blame where it has all of the body, however long ago', async () => {
    const [detail, fine] = await ended(20_000, true)
    expect(detail).not.toMatch(/while the caller/)
    expect(fine).toBe(504)
  })
})
