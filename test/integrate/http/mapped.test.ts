/** HTTP without proxy: what mappings make of request and answer. */
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { http } from '../../../src/http.js'
import { answer } from '../../../src/index.js'
import { tell } from '../../sockets.js'
import { type Echoed, echo, through, upstream } from './support.js'

describe('a mapped integration', () => {
  it('sends what its template makes of the request, and nothing else', async () => {
    const { url } = await upstream(echo)
    const integration = http(`${url}/v1/{id}`, {
      method: 'PUT',
      request: {
        parameters: {
          'integration.request.header.x-user': 'method.request.querystring.user',
          'integration.request.querystring.q': "'a b'",
        },
        templates: { 'application/json': '{"name": "$input.path("$.pet.name")"}' },
      },
    })
    const gate = await through(integration, {}, 'ANY /pets/{id}')
    const answered = await fetch(`${gate.url}/pets/7?user=me&x=1`, {
      ...{ method: 'POST', body: '{"pet":{"name":"Rex"}}' },
      headers: { 'content-type': 'application/json', 'x-secret': '1', cookie: 'a=1' },
    })
    const sent = (await answered.json()) as Echoed
    expect([sent.method, sent.url, sent.body]).toEqual(['PUT', '/v1/7?q=a%20b', '{"name": "Rex"}'])
    expect(sent.headers).toMatchObject({
      'x-user': 'me',
      'content-type': 'application/json',
      accept: 'application/json',
    })
    expect(sent.headers['x-amzn-requestid']).toBe(answered.headers.get('x-amzn-requestid'))
    for (const name of ['x-secret', 'cookie', 'x-forwarded-for'])
      expect(sent.headers).not.toHaveProperty(name)
  })

  it('answers what is mapped of the status that came back', async () => {
    const { url } = await upstream((req, res) => {
      res.writeHead(req.url === '/7' ? 200 : 404, {
        'content-type': 'application/json',
        'x-version': '3',
        'x-inner': '1',
      })
      res.end('{"id":7,"owner":{"name":"Ann"}}')
    })
    const integration = http(`${url}/{id}`, {
      responses: [
        { selectionPattern: '4\\d{2}', statusCode: 410, templates: { 'application/json': '{"gone":true}' } },
        {
          statusCode: 203,
          parameters: { 'method.response.header.x-v': 'integration.response.header.x-version' },
          templates: { 'application/json': '{"owner":"$input.path("$.owner.name")"}' },
        },
      ],
    })
    const gate = await through(integration, {}, 'ANY /pets/{id}')
    const found = await fetch(`${gate.url}/pets/7`)
    expect([found.status, await found.json(), found.headers.get('x-v')]).toEqual([203, { owner: 'Ann' }, '3'])
    expect(found.headers.get('x-inner')).toBeNull()
    const gone = await fetch(`${gate.url}/pets/8`)
    expect([gone.status, await gone.json()]).toEqual([410, { gone: true }])
  })

  it('maps by functions as well', async () => {
    const { url } = await upstream(echo)
    const integration = http(`${url}/{tenant}`, {
      request: ({ params }, body) => ({
        headers: { 'x-length': String(body.length) },
        path: { tenant: `t/${params.id}` },
        query: { tag: ['a', 'b'] },
        body: { wrapped: Buffer.from(body).toString() },
      }),
      responses: (result) =>
        answer(result.status + 1, { got: JSON.parse(Buffer.from(result.body).toString()) }),
    })
    const gate = await through(integration, {}, 'ANY /pets/{id}')
    const answered = await fetch(`${gate.url}/pets/7`, { method: 'POST', body: 'hello' })
    const { got } = (await answered.json()) as { got: Echoed }
    expect(answered.status).toBe(201)
    expect([got.url, got.body, got.headers['x-length']]).toEqual([
      '/t%2F7?tag=a&tag=b',
      '{"wrapped":"hello"}',
      '5',
    ])
  })

  it('reads what is compressed, and streams, before it maps it', async () => {
    const { url } = await upstream((req, res) => {
      if (req.url === '/odd') return void res.writeHead(200, { 'content-encoding': 'compress' }).end('x')
      if (req.url === '/bomb')
        return void res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000)))
      if (req.url === '/broken') return void res.writeHead(200, { 'content-encoding': 'gzip' }).end('x')
      const bytes = gzipSync('{"name":"Rex"}')
      if (req.url === '/twice')
        return void res
          .writeHead(200, { 'content-encoding': 'gzip, br', 'content-type': 'application/json' })
          .end(brotliCompressSync(bytes))
      res.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' })
      res.write(bytes.subarray(0, 5))
      setTimeout(() => res.end(bytes.subarray(5)), 20)
    })
    const templates = { 'application/json': '$input.path("$.name")' }
    const gate = await through(http(`${url}/{proxy}`, { responses: [{ templates }] }), {
      limits: { body: 100_000 },
    })
    expect(await (await fetch(`${gate.url}/a`)).text()).toBe('Rex')
    expect((await fetch(`${gate.url}/odd`)).status).toBe(502)
    expect((await fetch(`${gate.url}/bomb`)).status).toBe(502)
    expect((await fetch(`${gate.url}/broken`)).status).toBe(502)
    expect(await (await fetch(`${gate.url}/twice`)).text()).toBe('Rex')
    expect(gate.records.map(({ detail }) => detail)).toEqual([
      undefined,
      "the answer could not be read: its encoding is 'compress'",
      'the answer could not be read: more than 100000 bytes, which is more than can be mapped',
      "the answer could not be read: it is no 'gzip'",
      undefined,
    ])
  })

  it('is told nothing of a compression that is undone', async () => {
    const { url } = await upstream((_, res) =>
      res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"name":"Rex"}')),
    )
    const parameters = {
      'method.response.header.content-encoding': 'integration.response.header.content-encoding',
    }
    const gate = await through(http(`${url}/{proxy}`, { responses: [{ parameters }] }))
    const answered = await fetch(`${gate.url}/a`)
    expect(answered.headers.get('content-encoding')).toBeNull()
    expect(await answered.json()).toEqual({ name: 'Rex' })
  })

  it('has no more time for its body than the upstream has to answer', async () => {
    const { url } = await upstream(echo)
    const template = { 'application/json': '$input.body' }
    const integration = http(`${url}/`, { timeout: 100, request: { templates: template } })
    const gate = await through(integration)
    const asked =
      'POST /a HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"a"'
    expect((await tell(gate.port, asked, (text) => text.includes('\r\n\r\n'))).status).toBe(504)
  })

  it('that breaks off is a malformed answer, and one that is too large, too', async () => {
    const { url } = await upstream((req, res) => {
      res.writeHead(200, { 'content-length': 300_000 })
      res.write('x'.repeat(1_000))
      if (req.url === '/large') res.end('x'.repeat(299_000))
      else setTimeout(() => res.destroy(), 20)
    })
    const gate = await through(http(`${url}/{proxy}`, { responses: [{}], retries: false }), {
      limits: { body: 100_000 },
    })
    expect((await fetch(`${gate.url}/short`)).status).toBe(502)
    expect((await fetch(`${gate.url}/large`)).status).toBe(502)
    expect(gate.records[1]?.detail).toBe(
      'the answer could not be read: more than 100000 bytes, which is more than can be mapped',
    )
  })

  it('has an integration that maps nothing pass the body alone', async () => {
    const { url } = await upstream(echo)
    const gate = await through(http(`${url}/{proxy}`, { proxy: false }))
    const answered = await fetch(`${gate.url}/a?b=c`, {
      method: 'POST',
      body: 'raw',
      headers: { 'content-type': 'text/x' },
    })
    const sent = (await answered.json()) as Echoed
    expect([sent.url, sent.body, sent.headers['content-type']]).toEqual(['/a', 'raw', 'text/x'])
    expect(answered.headers.get('content-type')).toBe('application/json')
  })
})
