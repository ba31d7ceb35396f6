import { createServer } from 'node:http'
import { gunzipSync, inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { toNode } from '../../adapters/node.js'
import { answer, createGateway, route } from '../../src/index.js'
import { send } from '../../src/testing.js'
import { start, stop } from '../sockets.js'

const TEXT = 'one pet and another '.repeat(100)

async function* pieces() {
  yield TEXT
  yield TEXT
}

const gateway = (minimumCompressionSize?: number) =>
  createGateway({
    ...(minimumCompressionSize !== undefined && { minimumCompressionSize }),
    routes: [
      route('GET /text', {}, () => answer(200, TEXT, { etag: '"v1"', vary: 'Origin' })),
      route('GET /small', {}, () => 'small'),
      route('GET /stream', {}, () => answer(200, pieces(), { 'content-type': 'text/plain' })),
      route('GET /encoded', {}, () => answer(200, TEXT, { 'content-encoding': 'br' })),
      route('GET /fixed', {}, () => answer(200, TEXT, { 'cache-control': 'public, no-transform' })),
      route('GET /photo', {}, () => answer(200, TEXT, { 'content-type': 'image/png' })),
      route('GET /part', {}, () => answer(206, TEXT, { 'content-range': 'bytes 0-9/99' })),
    ],
  })

const ask = (path: string, encoding?: string, minimum = 100, method = 'GET') =>
  send(gateway(minimum), `${method} ${path}`, {
    ...(encoding !== undefined && { headers: { 'accept-encoding': encoding } }),
  })

describe('an answer of the size at least', () => {
  it.each([
    ['gzip, deflate, br', 'gzip', gunzipSync],
    ['deflate', 'deflate', inflateSync],
    ['gzip;q=0.5, deflate', 'deflate', inflateSync],
    ['*', 'gzip', gunzipSync],
  ])('is compressed for a caller who takes %s', async (accept, coding, inflate) => {
    const sent = await ask('/text', accept)
    expect(sent.headers['content-encoding']).toBe(coding)
    expect(inflate(sent.body).toString()).toBe(TEXT)
    expect(sent.body.length).toBeLessThan(TEXT.length / 4)
  })

  it('says by what it varies, and that its tag is weak', async () => {
    const { headers } = await ask('/text', 'gzip')
    expect(headers).toMatchObject({ vary: 'Origin, Accept-Encoding', etag: 'W/"v1"' })
    expect(headers).not.toHaveProperty('content-length')
  })

  it.each([[undefined], ['br'], ['gzip;q=0'], ['identity, gzip;q=0.5']])(
    'is sent as it is to a caller who takes %s',
    async (accept) => {
      const sent = await ask('/text', accept)
      expect(sent.headers).toMatchObject({ vary: 'Origin, Accept-Encoding', etag: '"v1"' })
      expect([sent.headers['content-encoding'], sent.text()]).toEqual([undefined, TEXT])
    },
  )

  it('is compressed piece by piece where it comes so', async () => {
    const sent = await ask('/stream', 'gzip')
    expect(gunzipSync(sent.body).toString()).toBe(TEXT + TEXT)
  })

  it.each(['/encoded', '/fixed', '/photo', '/part'])('is left alone: %s', async (path) => {
    const sent = await ask(path, 'gzip')
    expect(sent.headers['content-encoding']).toBe(path === '/encoded' ? 'br' : undefined)
    expect(sent.body.toString()).toBe(TEXT)
  })

  it('is told to a HEAD as it would be without', async () => {
    expect((await ask('/text', 'gzip', 100, 'HEAD')).headers['content-length']).toBe(String(TEXT.length))
  })
})

describe('minimumCompressionSize', () => {
  it('leaves smaller answers alone, and all where it is not given', async () => {
    expect((await ask('/small', 'gzip')).headers['content-encoding']).toBeUndefined()
    expect((await ask('/small', 'gzip', 0)).headers['content-encoding']).toBe('gzip')
    const sent = await send(gateway(), 'GET /text', { headers: { 'accept-encoding': 'gzip' } })
    expect(sent.headers).not.toHaveProperty('content-encoding')
  })

  it('is 0 to 10,485,760 bytes', () => {
    expect(() => gateway(10_485_761)).toThrow(
      'minimumCompressionSize: 10485761 is not an integer from 0 to 10485760 (NUMBER_INVALID)',
    )
  })

  it('lets events through as they come, over a socket', async () => {
    let go: () => void = () => {}
    const second = new Promise<void>((resolve) => {
      go = resolve
    })
    async function* events() {
      yield 'data: 1\n\n'
      await second
      yield 'data: 2\n\n'
    }
    const routes = [
      route('GET /events', {}, () => answer(200, events(), { 'content-type': 'text/event-stream' })),
    ]
    const served = await start(createServer(toNode(createGateway({ routes, minimumCompressionSize: 0 }))))
    try {
      const response = await fetch(`http://127.0.0.1:${served.port}/events`)
      const reader = response.body!.getReader()
      expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: 1\n\n')
      go()
      expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: 2\n\n')
    } finally {
      await stop(served)
    }
  })
})
