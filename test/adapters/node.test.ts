/** `toNode`: the gateway in front of anything that listens to Node's servers. */
import { type ClientHttp2Session, connect, createServer, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import express from 'express'
import Koa from 'koa'
import { answer, before, createGateway, route } from 'postern'
import { toExpress } from 'postern/express'
import { type NodeListener, toNode } from 'postern/node'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { guard, open, pause, serve, tell, wire } from './support.js'

const KEYED = { plans: { free: {} }, keys: { find: () => ({ id: 'k', name: 'acme', plans: ['free'] }) } }
const PET = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } }

/** Says what it was asked, and the body that it read. */
const echo: NodeListener = async (req, res) => {
  const body = await text(req)
  res.setHeader('content-type', 'application/json')
  res.end(JSON.stringify({ method: req.method, url: req.url, body, client: req.gateway?.client?.name }))
}

describe('toNode', () => {
  test('hands what is admitted on to a listener, without its stage', async () => {
    const { gateway, record } = guard({
      routes: [route('GET /pets/{petId}')],
      stages: { prod: {}, beta: {} },
    })
    const { url } = await serve(toNode(gateway, echo))
    const response = await fetch(`${url}/prod/pets/7?a=1`)
    expect(await response.json()).toEqual({ method: 'GET', url: '/pets/7?a=1', body: '' })
    expect(response.headers.get('x-amzn-requestid')).toBe((await record()).requestId)
  })

  test('hands on under another path where a step has said so', async () => {
    const { gateway } = guard({
      routes: [route('GET /pets/{petId}')],
      stages: { prod: {} },
      steps: [
        before('integrate', (exchange) => {
          exchange.forwardTarget = `/v2${exchange.forwardTarget}`
          return undefined
        }),
      ],
    })
    const { url } = await serve(toNode(gateway, echo))
    expect(await (await fetch(`${url}/prod/pets/7?a=1`)).json()).toMatchObject({ url: '/v2/pets/7?a=1' })
  })

  test('reads a body for its model, and leaves every byte of it to the app', async () => {
    const { gateway } = guard({
      ...KEYED,
      routes: [route('POST /pets', { apiKey: true, body: 'Pet' })],
      models: { Pet: PET },
    })
    const { url } = await serve(toNode(gateway, echo))
    const post = (body: unknown, headers = { 'x-api-key': 'k' }) =>
      fetch(`${url}/pets`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      })
    expect(await (await post({ name: 'Rex' })).json()).toMatchObject({
      body: '{"name":"Rex"}',
      client: 'acme',
    })
    expect((await post({})).status).toBe(400)
  })

  test('stands in front of Express, whose own routes may be gated by the same gateway', async () => {
    const { gateway, recorded } = guard({
      ...KEYED,
      routes: [route('GET /pets/{petId}')],
      stages: { prod: {} },
    })
    const gate = toExpress(gateway)
    const app = express()
    app.get('/pets/:petId', gate.route({ apiKey: true }), (req, res) => {
      res.json({ id: req.params.petId, original: req.originalUrl, client: req.gateway?.client?.name })
    })
    const { url } = await serve(toNode(gateway, app))
    expect((await fetch(`${url}/prod/pets/7`)).status).toBe(403)
    const admitted = await fetch(`${url}/prod/pets/7`, { headers: { 'x-api-key': 'k' } })
    expect(await admitted.json()).toEqual({ id: '7', original: '/prod/pets/7', client: 'acme' })
    await recorded(2)
  })

  test('stands in front of Koa', async () => {
    const { gateway } = guard({ routes: [route('GET /pets')], stages: { prod: {} } })
    const koa = new Koa()
    koa.use((ctx) => {
      ctx.body = { path: ctx.path, stage: ctx.req.gateway?.stage }
    })
    const { url } = await serve(toNode(gateway, koa.callback()))
    expect(await (await fetch(`${url}/prod/pets`)).json()).toEqual({ path: '/pets', stage: 'prod' })
    expect((await fetch(`${url}/prod/cats`)).status).toBe(404)
  })

  test('needs no app where each route has a handler', async () => {
    const { gateway } = guard({ routes: [route('GET /pets', {}, () => ['Rex'])] })
    const { url } = await serve(toNode(gateway))
    expect(await (await fetch(`${url}/pets`)).json()).toEqual(['Rex'])
  })

  test('says so where neither a handler nor an app would answer', () => {
    const gateway = createGateway({ routes: [route('GET /pets', {}, () => []), route('POST /pets')] })
    expect(() => toNode(gateway)).toThrow(
      "'POST /pets' has no handler, and there is no app to answer it: toNode(gateway, app), or route('POST /pets', policy, handler)",
    )
  })

  test('answers 500 where a listener throws or rejects, and reports it', async () => {
    for (const fails of [
      () => {
        throw new Error('no pets')
      },
      () => Promise.reject(new Error('no pets')),
    ]) {
      const { gateway, errors, record } = guard({ routes: [route('GET /pets')] })
      const { url } = await serve(toNode(gateway, fails))
      const response = await fetch(`${url}/pets`)
      expect([response.status, await response.json()]).toEqual([500, { message: 'Internal server error' }])
      expect(errors).toEqual([new Error('no pets')])
      expect(await record()).toMatchObject({ status: 500, end: 'crashed' })
    }
  })

  test('breaks the connection off where a listener fails in the middle of its answer', async () => {
    const { gateway, record } = guard({ routes: [route('GET /pets')] })
    const { port } = await serve(
      toNode(gateway, async (_req, res) => {
        res.write('half of ')
        await pause(10)
        throw new Error('no more')
      }),
    )
    const { body } = await tell(port, wire('GET /pets'))
    expect(body).not.toContain('0\r\n\r\n')
    expect(await record()).toMatchObject({ status: 200, end: 'aborted' })
  })

  test('refuses the disguises of a route, and lets an app that tells case apart have them', async () => {
    const routes = [route('GET /admin', { apiKey: true }), route('GET /{proxy+}')]
    const status = async (caseSensitive: boolean) => {
      const { gateway } = guard({ ...KEYED, routes })
      const { url } = await serve(toNode(gateway, echo, { caseSensitive }))
      return (await fetch(`${url}/ADMIN`)).status
    }
    expect([await status(false), await status(true)]).toEqual([404, 200])
  })

  describe('gate.route', () => {
    test('guards one listener, and finds the parameters of its path', async () => {
      const { gateway } = guard({ ...KEYED, routes: [] })
      const gate = toNode(gateway, echo)
      const one = gate.route('GET /pets/{petId}', { apiKey: true }, (req, res) => {
        res.end(JSON.stringify(req.gateway?.params))
      })
      const { url } = await serve(one)
      const headers = { 'x-api-key': 'k' }
      expect((await fetch(`${url}/pets/7`)).status).toBe(403)
      expect(await (await fetch(`${url}/pets/7`, { headers })).json()).toEqual({ petId: '7' })
      expect((await fetch(`${url}/cats/7`, { headers })).status).toBe(404)
      expect((await fetch(`${url}/pets/7`, { headers, method: 'DELETE' })).status).toBe(405)
    })

    test('is an error where the same route is gated by another policy already', () => {
      const gate = toNode(createGateway({ routes: [], ...KEYED }), echo)
      gate.route('GET /pets', { apiKey: true }, echo)
      gate.route('GET /pets', { apiKey: true }, echo)
      expect(() => gate.route('GET /pets', {}, echo)).toThrow(
        "'GET /pets' is gated twice, by different policies: give both places the same policy, or one of them another pattern",
      )
    })
  })
})

describe('a handler', () => {
  const served = async (handler: () => unknown, policy = {}) => {
    const kept = guard({ routes: [route('GET /pets', policy, handler)] })
    return { ...kept, ...(await serve(toNode(kept.gateway))) }
  }

  test('may answer with a Response', async () => {
    const headers = new Headers({ 'content-type': 'text/plain', 'x-own': '1' })
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2')
    const { url, record } = await served(() => new Response('Rex', { status: 201, headers }))
    const response = await fetch(`${url}/pets`)
    expect([response.status, await response.text(), response.headers.getSetCookie()]).toEqual([
      201,
      'Rex',
      ['a=1', 'b=2'],
    ])
    expect(await record()).toMatchObject({ status: 201, bytesOut: 3, end: 'answered' })
  })

  test.each([
    ['a Node stream', () => Readable.from(['Rex, ', Buffer.from('Tom')])],
    ['a web stream', () => new Blob(['Rex, Tom']).stream()],
    [
      'a generator',
      async function* () {
        yield 'Rex, '
        yield Buffer.from('Tom')
      },
    ],
  ])('may answer with %s', async (_, handler) => {
    const { url, record } = await served(() => answer(200, handler(), { 'content-type': 'text/plain' }))
    const response = await fetch(`${url}/pets`)
    expect([await response.text(), response.headers.get('transfer-encoding')]).toEqual([
      'Rex, Tom',
      'chunked',
    ])
    expect(await record()).toMatchObject({ status: 200, bytesOut: 8, end: 'answered' })
  })

  test('is told to stop when nobody reads its stream any more', async () => {
    const stopped = vi.fn()
    const { port, record } = await served(async function* () {
      try {
        for (;;) {
          yield Buffer.alloc(65_536, 'x')
          await pause(1)
        }
      } finally {
        stopped()
      }
    })
    const socket = await open(port)
    socket.write(wire('GET /pets'))
    await new Promise((resolve) => socket.once('data', resolve))
    socket.destroy()
    await vi.waitFor(() => expect(stopped).toHaveBeenCalledOnce())
    expect(await record()).toMatchObject({ status: 200, end: 'aborted' })
  })

  test('whose stream breaks breaks the connection, and is reported', async () => {
    const { port, record, errors } = await served(async function* () {
      yield 'half of '
      throw new Error('no more')
    })
    const { body } = await tell(port, wire('GET /pets'))
    expect(body).not.toContain('0\r\n\r\n')
    expect(await record()).toMatchObject({ status: 200, end: 'aborted' })
    expect(errors).toEqual([new Error('no more')])
  })

  test('has its stream thrown away where the caller asks for the head alone', async () => {
    const stream = Readable.from(['Rex'])
    const { url, record } = await served(() => stream)
    const response = await fetch(`${url}/pets`, { method: 'HEAD' })
    expect([response.status, await response.text(), stream.destroyed]).toEqual([200, '', true])
    expect(await record()).toMatchObject({ bytesOut: 0, end: 'answered' })
  })

  test('whose stream is not of bytes or text is reported', async () => {
    const { port, record, errors } = await served(() => Readable.from([{ name: 'Rex' }]))
    await tell(port, wire('GET /pets'))
    await record()
    expect(errors).toEqual([new TypeError('a stream of an answer gives bytes or text, not object')])
  })
})

describe('over HTTP/2', () => {
  interface Heard {
    readonly status: number
    readonly headers: Record<string, unknown>
    readonly body: string
  }

  const session = async (listener: NodeListener): Promise<ClientHttp2Session> => {
    const server: Http2Server = createServer(listener as never)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(async () => {
      client.destroy()
      await new Promise((resolve) => server.close(resolve))
    })
    return client
  }

  const ask = (client: ClientHttp2Session, headers: Record<string, string>, body?: string) =>
    new Promise<Heard>((resolve, reject) => {
      const stream = client.request(headers, { endStream: body === undefined })
      let head: Record<string, unknown> = {}
      stream.on('response', (fields) => {
        head = fields
      })
      stream.on('error', reject)
      text(stream).then(
        (told) => resolve({ status: Number(head[':status']), headers: head, body: told }),
        reject,
      )
      if (body !== undefined) stream.end(body)
    })

  test('a request passes, its host being the authority', async () => {
    const { gateway, record } = guard({ routes: [route('GET /pets/{petId}')], stages: { prod: {} } })
    const client = await session(toNode(gateway, echo))
    const { status, headers, body } = await ask(client, { ':path': '/prod/pets/7' })
    expect([status, JSON.parse(body)]).toEqual([200, { method: 'GET', url: '/pets/7', body: '' }])
    expect(headers['x-amzn-requestid']).toBe((await record()).requestId)
  })

  test('a refusal is an answer like any other, and leaves the connection open', async () => {
    const { gateway, recorded } = guard({ ...KEYED, routes: [route('POST /pets', { apiKey: true })] })
    const client = await session(toNode(gateway, echo))
    const refused = await ask(client, { ':path': '/pets', ':method': 'POST' }, 'x'.repeat(100_000))
    expect([refused.status, refused.body]).toEqual([403, '{"message":"Forbidden"}'])
    const admitted = await ask(client, { ':path': '/pets', ':method': 'POST', 'x-api-key': 'k' }, 'Rex')
    expect(JSON.parse(admitted.body)).toMatchObject({ body: 'Rex', client: 'acme' })
    await recorded(2)
  })

  test('a body without a length is read by the gateway, and once more by the app', async () => {
    const { gateway, recorded } = guard({
      routes: [route('POST /pets', { body: 'Pet' })],
      models: { Pet: PET },
    })
    const client = await session(toNode(gateway, echo))
    const post = (body: string) =>
      ask(client, { ':path': '/pets', ':method': 'POST', 'content-type': 'application/json' }, body)
    expect(JSON.parse((await post('{"name":"Rex"}')).body)).toMatchObject({ body: '{"name":"Rex"}' })
    expect((await post('{}')).status).toBe(400)
    const [first] = await recorded(2)
    expect(first).toMatchObject({ bytesIn: 14, end: 'answered' })
  })

  test('what a body without a length is answered is kept for no other one, nor for none', async () => {
    const cache = { ttl: 60, methods: ['GET', 'POST'] }
    const { gateway } = guard({
      routes: [route('POST /search', { cache }), route('GET /search', { cache })],
      stages: { prod: { cache: {} } },
    })
    const client = await session(toNode(gateway, echo))
    const told = async (method: string, body?: string) => {
      const headers = { ':path': '/prod/search', ':method': method }
      const { body: answered } = await ask(client, headers, body)
      return (JSON.parse(answered) as { body: string }).body
    }
    expect([await told('POST', 'alice'), await told('POST', 'bob'), await told('POST')]).toEqual([
      'alice',
      'bob',
      '',
    ])
    expect([await told('GET', 'evil'), await told('GET')]).toEqual(['evil', ''])
  })

  test('a body without a length is bounded', async () => {
    const { gateway } = guard({ routes: [route('POST /pets')], limits: { body: 1000 } })
    const client = await session(toNode(gateway, echo))
    const { status } = await ask(client, { ':path': '/pets', ':method': 'POST' }, 'x'.repeat(5000))
    expect(status).toBe(413)
  })

  test('answers are counted on a connection that carries several at a time', async () => {
    const { gateway, recorded } = guard({ routes: [route('GET /{size}')] })
    const sized: NodeListener = (req, res) => {
      res.write('x'.repeat(Number(req.url?.slice(1)) - 1))
      res.end('x')
    }
    const client = await session(toNode(gateway, sized))
    await Promise.all(['/10', '/2000', '/300'].map((path) => ask(client, { ':path': path })))
    const sizes = (await recorded(3)).map(({ bytesOut, end }) => `${bytesOut} ${end}`)
    expect(sizes.sort()).toEqual(['10 answered', '2000 answered', '300 answered'])
  })

  test('a caller that breaks its stream off is recorded as gone, and its connection goes on', async () => {
    const { gateway, recorded } = guard({ routes: [route('GET /pets'), route('GET /slow')] })
    const client = await session(
      toNode(gateway, (req, res) => {
        if (req.url === '/pets') res.end('Rex')
        else res.write('slow')
      }),
    )
    const stream = client.request({ ':path': '/slow' })
    stream.on('error', () => {})
    await new Promise((resolve) => stream.once('data', resolve))
    stream.close(8)
    expect((await recorded(1))[0]).toMatchObject({ status: 200, end: 'aborted' })
    expect((await ask(client, { ':path': '/pets' })).body).toBe('Rex')
  })

  test('a second host beside the authority is refused', async () => {
    const { gateway } = guard({ routes: [route('GET /pets')] })
    const client = await session(toNode(gateway, echo))
    const { status } = await ask(client, {
      ':path': '/pets',
      ':authority': '127.0.0.1',
      host: 'evil.example',
    })
    expect(status).toBe(400)
  })

  test('an answer is kept, and given again', async () => {
    const { gateway } = guard({ routes: [route('GET /pets', { cache: true })] })
    const calls = vi.fn()
    const client = await session(
      toNode(gateway, (_req, res) => {
        calls()
        res.end('Rex')
      }),
    )
    const bodies = [await ask(client, { ':path': '/pets' }), await ask(client, { ':path': '/pets' })]
    expect(bodies.map(({ body }) => body)).toEqual(['Rex', 'Rex'])
    expect(bodies.map(({ headers }) => headers['cache-status'])).toEqual([
      'postern; fwd=uri-miss; stored',
      expect.stringContaining('hit'),
    ])
    expect(calls).toHaveBeenCalledOnce()
  })

  test('an app that is too slow is answered for', async () => {
    const { gateway, record } = guard({ routes: [route('GET /pets', { timeout: 50 })] })
    const client = await session(toNode(gateway, () => {}))
    expect((await ask(client, { ':path': '/pets' })).status).toBe(504)
    expect(await record()).toMatchObject({ status: 504, end: 'refused' })
  })
})
