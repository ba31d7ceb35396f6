/** Callers who leave, at every stage of the way. */

import type { IncomingMessage } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2 } from 'node:http2'
import { describe, expect, it, onTestFinished } from 'vitest'
import { toFetch } from '../../../adapters/fetch.js'
import { toNode } from '../../../adapters/node.js'
import { http } from '../../../src/http.js'
import { before } from '../../../src/index.js'
import { send } from '../../../src/testing.js'
import { open, pause } from '../../sockets.js'
import { through, until, upstream } from './support.js'

/** An upstream that keeps what it was asked, and whether the asking was broken off. */
async function listening(
  answer: (req: IncomingMessage, res: import('node:http').ServerResponse) => void = () => {},
) {
  const asked: string[] = []
  const gone: string[] = []
  const served = await upstream((req, res) => {
    asked.push(req.url ?? '')
    res.on('close', () => res.writableFinished || gone.push(req.url ?? ''))
    answer(req, res)
  })
  return { ...served, asked, gone }
}

describe('a caller who leaves', () => {
  it('while the upstream thinks, ends the call', async () => {
    const { url, asked, gone } = await listening()
    const gate = await through(http(`${url}/{proxy}`))
    const caller = await open(gate.port)
    caller.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(() => asked.length === 1)
    caller.destroy()
    await until(() => gone.length === 1, 'an upstream that is told')
    await until(() => gate.records.length === 1)
    expect(gate.records[0]).toMatchObject({ status: 0, end: 'aborted' })
    expect(gate.errors).toEqual([])
  })

  it('while its request stands in line for a connection, is never told of', async () => {
    const finish: (() => void)[] = []
    const { url, asked } = await listening((_, res) => finish.push(() => res.end('ok')))
    const gate = await through(http(`${url}/{proxy}`, { connections: 1 }))
    const [one, two] = [await open(gate.port), await open(gate.port)]
    one.write('GET /first HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(() => asked.length === 1)
    two.write('GET /second HTTP/1.1\r\nHost: a\r\n\r\n')
    await pause(30)
    two.destroy()
    await until(() => gate.records.length === 1)
    finish[0]?.()
    // The connection is as good as before: the next one goes over it.
    await until(() => gate.records.length === 2)
    const third = fetch(`${gate.url}/third`)
    await until(() => asked.length === 2)
    finish[1]?.()
    expect(await (await third).text()).toBe('ok')
    expect(asked).toEqual(['/first', '/third'])
  })

  it('before a call is made again, has it made no more', async () => {
    const { url, asked } = await listening((req) => req.socket.destroy())
    const gate = await through(http(`${url}/{proxy}`, { retries: { backoff: 400 } }))
    const caller = await open(gate.port)
    caller.write('GET /again HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(() => asked.length === 1)
    await pause(20)
    caller.destroy()
    await until(() => gate.records.length === 1)
    await pause(400)
    expect(asked).toEqual(['/again'])
  })

  it('in the middle of the body, breaks off the call', async () => {
    let received = 0
    const { url, gone } = await listening((req) => req.on('data', (piece) => (received += piece.length)))
    const gate = await through(http(`${url}/{proxy}`))
    const caller = await open(gate.port)
    caller.write(`POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(200_000)}`)
    await until(() => received === 200_000)
    caller.destroy()
    await until(() => gone.length === 1, 'an upstream that is told')
    await until(() => gate.records.length === 1)
    expect(gate.records[0]).toMatchObject({ status: 0, end: 'aborted' })
  })

  it('in the middle of the answer, ends it', async () => {
    const { url, gone } = await listening((_, res) => {
      const timer = setInterval(() => res.write('x'.repeat(1_000)), 5)
      res.on('close', () => clearInterval(timer))
    })
    const gate = await through(http(`${url}/{proxy}`))
    const caller = await open(gate.port)
    let seen = 0
    caller.on('data', (piece) => {
      seen += piece.length
    })
    caller.write('GET /down HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(() => seen > 5_000)
    caller.destroy()
    await until(() => gone.length === 1, 'an upstream that is told')
    await until(() => gate.records.length === 1)
    expect(gate.records[0]).toMatchObject({ status: 200, end: 'aborted' })
  })

  it.each([0, 8])(
    'over HTTP/2, with code %i, is heard of, too, before the answer and in it',
    async (code) => {
      const { url, asked, gone } = await listening((req, res) => {
        if (req.url === '/drip') setInterval(() => res.destroyed || res.write('drip'), 5).unref()
      })
      const { gateway, records } = await through(http(`${url}/{proxy}`))
      const server = createHttp2(toNode(gateway) as never)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const session = connectHttp2(`http://127.0.0.1:${(server.address() as { port: number }).port}`)
      onTestFinished(() => {
        session.destroy()
        server.close()
      })
      const slow = session.request({ ':path': '/slow' }).on('error', () => {})
      await until(() => asked.length === 1)
      slow.close(code)
      await until(() => gone.includes('/slow'), 'an upstream that is told')
      let seen = 0
      const drip = session.request({ ':path': '/drip' }).on('error', () => {})
      drip.on('data', (piece) => {
        seen += piece.length
      })
      await until(() => seen > 50)
      drip.close(code)
      await until(() => gone.includes('/drip'), 'an upstream that is told of the end')
      await until(() => records.length === 2)
      expect(records.map(({ status, end }) => [status, end])).toEqual([
        [0, 'aborted'],
        [200, 'aborted'],
      ])
    },
  )

  it('without a server between, is heard of, too', async () => {
    const { url, asked, gone } = await listening()
    const { gateway } = await through(http(`${url}/{proxy}`))
    const leaving = new AbortController()
    const sent = send(gateway, 'GET /slow', { signal: leaving.signal })
    await until(() => asked.length === 1)
    leaving.abort(new Error('enough'))
    await expect(sent).rejects.toThrow('enough')
    await until(() => gone.length === 1, 'an upstream that is told')
  })

  it('before the call is made, has none made', async () => {
    const { url, asked } = await listening((_, res) => res.end('ok'))
    const leaving = new AbortController()
    const { gateway, errors } = await through(http(`${url}/{proxy}`), {
      steps: [before('integrate', async () => void leaving.abort())],
    })
    const fetch = toFetch(gateway, () => new Response('the app'))
    await fetch(new Request('http://localhost/early', { signal: leaving.signal }))
    await pause(50)
    expect([asked, errors]).toEqual([[], []])
  })
})

describe('a caller who reads slowly', () => {
  it('has the upstream wait, and gets everything', async () => {
    let written = 0
    const size = 48 * 2 ** 20
    const { url } = await listening(async (_, res) => {
      res.setHeader('content-length', size)
      const piece = Buffer.alloc(65_536, 7)
      while (written < size) {
        written += piece.length
        if (!res.write(piece)) await new Promise((resolve) => res.once('drain', resolve))
      }
      res.end()
    })
    const gate = await through(http(`${url}/{proxy}`))
    const caller = await open(gate.port)
    caller.pause()
    caller.write('GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await until(() => written > 2 ** 20)
    await pause(300)
    const held = written
    await pause(200)
    expect(written).toBe(held)
    expect(held).toBeLessThan(size / 2)
    let received = 0
    caller.on('data', (piece) => {
      received += piece.length
    })
    caller.resume()
    await until(() => received >= size, 'all of it')
    await until(() => gate.records.length === 1)
    expect(gate.records[0]).toMatchObject({ end: 'answered', bytesOut: size })
  })
})
