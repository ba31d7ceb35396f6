/** What of a request goes to the upstream, and what of an answer comes back. */
import { describe, expect, it, vi } from 'vitest'
import { http } from '../../../src/http.js'
import { route } from '../../../src/index.js'
import { send } from '../../../src/testing.js'
import { tell, wire } from '../../sockets.js'
import { type Echoed, echo, through, upstream } from './support.js'

async function echoed(url: string, init?: RequestInit): Promise<Echoed> {
  return (await (await fetch(url, init)).json()) as Echoed
}

describe('the path', () => {
  const at = async (pattern: `ANY /${string}`, path: string, asked: string) => {
    const { url } = await upstream(echo)
    const gate = await through(http(`${url}${path}`), {}, pattern)
    const { body, status } = await tell(gate.port, wire(`GET ${asked}`))
    return status === 200 ? (JSON.parse(body) as Echoed).url : status
  }

  it('is filled with the parameters of the route', async () => {
    expect(await at('ANY /pets/{id}/toys/{toy}', '/v2/{toy}-of-{id}', '/pets/7/toys/ball')).toBe(
      '/v2/ball-of-7',
    )
  })

  it('keeps what a greedy parameter has as it came, slash and all', async () => {
    expect(await at('ANY /files/{proxy+}', '/f/{proxy}', '/files/a%2Fb/c%20d/')).toBe('/f/a%2Fb/c%20d/')
    expect(await at('ANY /{proxy+}', '/{proxy+}', '/x/y;v=1/z')).toBe('/x/y;v=1/z')
    expect(await at('ANY /files/{proxy+}', '/{proxy}/end', '/files/a%2Fb/')).toBe('/a%2Fb/end')
  })

  it('is the URL own, where that has no parameters', async () => {
    expect(await at('ANY /files/{proxy+}', '/fixed', '/files/a/b')).toBe('/fixed')
    expect(await at('ANY /files/{proxy+}', '', '/files/a/b')).toBe('/')
  })

  it('is never left by what a caller puts into it', async () => {
    expect(await at('ANY /pets/{id}', '/pets/{id}/public', '/pets/..%2F..%2Fadmin')).toBe(400)
    expect(await at('ANY /pets/{id}', '/pets/{id}/public', '/pets/a%3Fb%23c')).toBe('/pets/a%3Fb%23c/public')
    expect(await at('ANY /pets/{id}', '/{id}', '/pets/%2Fevil.com')).toBe('/%2Fevil.com')
    expect(await at('ANY /pets/{id}', '/pets/{id}', '/pets/%25%32%65')).toBe('/pets/%252e')
  })

  it('is followed by the query as it came, behind what the URL has', async () => {
    expect(await at('ANY /pets', '/p', '/pets?a=1&b=%20&a=2&c')).toBe('/p?a=1&b=%20&a=2&c')
    expect(await at('ANY /pets', '/p?key=s3cret', '/pets?a=1')).toBe('/p?key=s3cret&a=1')
    expect(await at('ANY /pets/{id}', '/p?id={id}', '/pets/a&b?c=1')).toBe('/p?id=a%26b&c=1')
  })

  it('keeps what the URL says of a name in the query, whatever the caller says of it', async () => {
    expect(await at('ANY /pets', '/p?key=s3cret', '/pets?key=mine&%6Bey=mine&a=1')).toBe('/p?key=s3cret&a=1')
  })
})

describe('the header fields of a request', () => {
  const sentBy = async (headers: readonly string[], definition = {}) => {
    const { url, port } = await upstream(echo)
    const gate = await through(http(`${url}/`), definition, 'ANY /')
    const { body } = await tell(gate.port, wire('GET /', headers))
    return { ...(JSON.parse(Buffer.from(body, 'latin1').toString()) as Echoed), port, gate }
  }

  it('go on as they came, keys and credentials too', async () => {
    const { headers, raw } = await sentBy([
      'X-Api-Key: k',
      'Authorization: Bearer t',
      'X-Odd: é',
      'Cookie: a=1',
    ])
    expect(headers).toMatchObject({
      'x-api-key': 'k',
      authorization: 'Bearer t',
      'x-odd': 'é',
      cookie: 'a=1',
    })
    expect(raw).toContain('X-Odd')
  })

  it('name the upstream as the host', async () => {
    const { headers, port } = await sentBy([])
    expect(headers.host).toBe(`127.0.0.1:${port}`)
  })

  it('are without those of the connection, and those that it names', async () => {
    const { headers } = await sentBy([
      ...['Connection: x-secret , Keep-Alive', 'X-Secret: 1', 'Keep-Alive: timeout=5', 'TE: gzip, trailers'],
      ...['Proxy-Authorization: Basic x', 'Proxy-Connection: close', 'HTTP2-Settings: AA', 'Upgrade: h2c'],
    ])
    expect(headers).toMatchObject({ connection: 'keep-alive', te: 'trailers' })
    for (const gone of [
      'x-secret',
      'keep-alive',
      'proxy-authorization',
      'proxy-connection',
      'http2-settings',
      'upgrade',
    ])
      expect(headers, gone).not.toHaveProperty(gone)
  })

  it('say where the request comes from, in place of what the caller says of that', async () => {
    const { url } = await upstream(echo)
    const { gateway } = await through(http(`${url}/`), {}, 'ANY /')
    const headers = {
      ...{
        host: 'api.acme.com:8443',
        'x-forwarded-for': '6.6.6.6',
        'x-forwarded-proto': 'http',
        'x-forwarded-port': '1',
      },
      ...{ 'x-forwarded-host': 'evil.com', forwarded: 'for=6.6.6.6', via: '1.0 fred' },
    }
    const sent = await send(gateway, 'GET /', { sourceIp: '2001:db8::7', headers })
    expect(sent.json<Echoed>().headers).toMatchObject({
      ...{
        'x-forwarded-for': '2001:db8::7',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'api.acme.com:8443',
      },
      ...{ 'x-forwarded-port': '8443', via: '1.0 fred, 1.1 postern' },
      forwarded: 'for="[2001:db8::7]";host="api.acme.com:8443";proto=https',
    })
  })

  it('add to what a trusted proxy has said', async () => {
    const { headers } = await sentBy(
      [
        'X-Forwarded-For: 192.0.2.7',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: api.acme.com',
        'X-Forwarded-Port: 443',
      ],
      { trustProxy: ['127.0.0.1'] },
    )
    expect(headers).toMatchObject({
      ...{ 'x-forwarded-for': '192.0.2.7, 127.0.0.1', 'x-forwarded-proto': 'https' },
      ...{ 'x-forwarded-host': 'api.acme.com', 'x-forwarded-port': '443' },
    })
  })

  it('do not hand on what callers write into the header that proxies do not', async () => {
    const sent = ['X-Forwarded-For: 192.0.2.7', 'X-Forwarded-Proto: https', 'Forwarded: for=10.0.0.9']
    const usual = await sentBy(sent, { trustProxy: ['127.0.0.1'], proxyHeader: 'X-Forwarded-For' })
    expect(usual.headers['x-forwarded-for']).toBe('192.0.2.7, 127.0.0.1')
    expect(usual.headers.forwarded).toMatch(/^for=127\.0\.0\.1;/)
    const standard = await sentBy(sent, {
      ...{ trustProxy: ['127.0.0.1'], proxyHeader: 'Forwarded', httpsOnly: false },
    })
    expect(standard.headers['x-forwarded-for']).toBe('127.0.0.1')
    expect(standard.headers.forwarded).toMatch(/^for=10\.0\.0\.9, for=127\.0\.0\.1;/)
  })

  it('carry the id of the exchange', async () => {
    const id = '0f6f0e1c-5f0a-4c9e-9e57-2f4b8f0c1a2b'
    const { headers, gate } = await sentBy(['X-Amzn-RequestId: forged'])
    expect(headers['x-amzn-requestid']).toBe(gate.records[0]?.requestId)
    expect((await sentBy([`X-Amzn-RequestId: ${id}`])).headers['x-amzn-requestid']).toBe(id)
  })
})

describe('an answer that is kept', () => {
  it('is asked for once', async () => {
    let calls = 0
    const { url } = await upstream((_, res) => {
      calls++
      res.write('streamed ')
      setTimeout(() => res.end(String(calls)), 10)
    })
    const routes = [route('GET /pets/{id}', { cache: { ttl: 60 } }, http(`${url}/{id}`))]
    const gate = await through(http(url), { routes, stages: { $default: { cache: {} } } })
    const texts = []
    for (let call = 0; call < 3; call++) texts.push(await (await fetch(`${gate.url}/pets/7`)).text())
    expect([texts, calls]).toEqual([['streamed 1', 'streamed 1', 'streamed 1'], 1])
  })
})

describe('parameters that are mapped', () => {
  it('stand in place of what the caller has sent', async () => {
    const { url } = await upstream(echo)
    const integration = http(`${url}/{tenant}/{id}`, {
      request: {
        parameters: {
          'integration.request.path.tenant': 'method.request.header.x-tenant',
          'integration.request.querystring.page': "'1'",
          'integration.request.header.x-stage': 'context.stage',
          'integration.request.header.x-tenant': "'hidden'",
        },
      },
    })
    const gate = await through(integration, {}, 'ANY /pets/{id}')
    const { url: target, headers } = await echoed(`${gate.url}/pets/7?page=9&a=b`, {
      headers: { 'x-tenant': 'a/b' },
    })
    expect(target).toBe('/a%2Fb/7?a=b&page=1')
    expect(headers).toMatchObject({ 'x-stage': '$default', 'x-tenant': 'hidden' })
    const climbing = await fetch(`${gate.url}/pets/7`, { headers: { 'x-tenant': '..' } })
    expect(climbing.status).toBe(400)
  })
})

describe('the body of a request', () => {
  it('is passed on, of known length and in chunks', async () => {
    const { url } = await upstream(echo)
    const gate = await through(http(`${url}/`), {}, 'ANY /')
    const small = await tell(gate.port, wire('PUT /', ['Content-Length: 5'], 'hello'))
    expect(JSON.parse(small.body)).toMatchObject({ body: 'hello', headers: { 'content-length': '5' } })
    const chunked = await tell(
      gate.port,
      wire('POST /', ['Transfer-Encoding: chunked'], '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'),
    )
    expect(JSON.parse(chunked.body)).toMatchObject({
      body: 'abcde',
      headers: { 'transfer-encoding': 'chunked' },
    })
    const large = 'x'.repeat(300_000)
    const known = await echoed(`${gate.url}/`, { method: 'POST', body: large })
    expect([known.body.length, known.headers['content-length']]).toEqual([300_000, '300000'])
    await vi.waitFor(() => expect(gate.records.map(({ bytesIn }) => bytesIn)).toEqual([5, 5, 300_000]))
  })

  it('is passed on with any method', async () => {
    const { url } = await upstream(echo)
    const gate = await through(http(`${url}/`), {}, 'ANY /')
    for (const method of ['GET', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
      const { body } = await tell(gate.port, wire(`${method} /`, ['Content-Length: 2'], 'hi'))
      expect(JSON.parse(body), method).toMatchObject({ method, body: 'hi' })
    }
  })

  it('that is too large is refused, told or not', async () => {
    const { url } = await upstream(echo)
    const gate = await through(http(`${url}/`), { limits: { body: 100_000 } }, 'ANY /')
    const told = await tell(gate.port, wire('POST /', ['Content-Length: 100001']), (text) =>
      text.includes('\r\n\r\n'),
    )
    expect(told.status).toBe(413)
    const piece = `8000\r\n${'x'.repeat(0x8000)}\r\n`
    const untold = await tell(
      gate.port,
      wire('POST /', ['Transfer-Encoding: chunked'], piece.repeat(5)),
      (text) => text.includes('\r\n\r\n'),
    )
    expect(untold.status).toBe(413)
  })
})

describe('an answer', () => {
  it('comes back as it is: status, fields, repeated ones too, and bytes', async () => {
    const { url } = await upstream((_, res) => {
      res.writeHead(418, 'Teapot', [
        ...[
          'Set-Cookie',
          'a=1',
          'Set-Cookie',
          'b=2',
          'X-Odd',
          'caf\xe9',
          'Content-Type',
          'text/x',
          'X-Amzn-RequestId',
          'theirs',
        ],
        ...['Connection', 'x-hop, keep-alive', 'X-Hop', '1', 'Content-Length', '2', 'Date', 'yesterday'],
      ])
      res.end(Buffer.from([0xff, 0x00]))
    })
    const gate = await through(http(`${url}/`), {}, 'ANY /')
    const { text, status, head } = await tell(gate.port, wire('GET /'))
    expect(status).toBe(418)
    expect(head).toContain('Set-Cookie: a=1\r\nSet-Cookie: b=2')
    expect(head).toContain('X-Odd: caf\xe9')
    expect(head).toContain('Date: yesterday')
    expect(head.match(/date:/gi)).toHaveLength(1)
    expect(head.match(/content-length: 2/gi)).toHaveLength(1)
    expect(head.match(/x-amzn-requestid: /gi)).toHaveLength(1)
    expect(head).not.toMatch(/x-hop|theirs/i)
    expect(text.endsWith('\r\n\r\n\xff\x00')).toBe(true)
  })

  it('that is compressed is left alone', async () => {
    const bytes = Buffer.from('H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==', 'base64')
    const { url } = await upstream((_, res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes))
    const gate = await through(http(`${url}/`), {}, 'ANY /')
    const { head, text } = await tell(gate.port, wire('GET /', ['Accept-Encoding: gzip']))
    expect(head).toMatch(/content-encoding: gzip/)
    expect(Buffer.from(text.slice(-bytes.length), 'latin1').equals(bytes)).toBe(true)
  })

  it('that leads elsewhere is passed on', async () => {
    const { url } = await upstream((_, res) =>
      res.writeHead(302, { location: 'https://other.example/' }).end(),
    )
    const gate = await through(http(`${url}/`), {}, 'ANY /')
    const answer = await fetch(`${gate.url}/`, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://other.example/'])
  })

  it('keeps what it says of a body that is not sent', async () => {
    const { url } = await upstream((req, res) => {
      if (req.url === '/304') res.writeHead(304, { etag: '"a"', 'content-length': '99' }).end()
      else if (req.url === '/204') res.writeHead(204).end()
      else res.writeHead(200, { 'content-length': '1234' }).end()
    })
    const gate = await through(http(`${url}/{proxy}`))
    const head = await tell(gate.port, wire('HEAD /a'))
    expect([head.status, head.body]).toEqual([200, ''])
    expect(head.head).toMatch(/content-length: 1234/i)
    const unchanged = await tell(gate.port, wire('GET /304'))
    expect(unchanged.head).toMatch(/content-length: 99/i)
    expect((await tell(gate.port, wire('GET /204'))).head).not.toMatch(/content-length|transfer-encoding/i)
  })

  it('of unknown length comes in chunks, one of known length with it', async () => {
    const { url } = await upstream((req, res) => {
      if (req.url === '/known') res.setHeader('content-length', 6)
      res.write('abc')
      setTimeout(() => res.end('def'), 30)
    })
    const gate = await through(http(`${url}/{proxy}`))
    const chunked = await tell(gate.port, wire('GET /chunked'))
    expect([/transfer-encoding: chunked/i.test(chunked.head), chunked.body]).toEqual([
      true,
      '3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n',
    ])
    const known = await tell(gate.port, wire('GET /known'))
    expect([/content-length: 6/i.test(known.head), known.body]).toEqual([true, 'abcdef'])
  })

  it('is followed by its trailers, whether it is there at once or not', async () => {
    const { url } = await upstream((req, res) => {
      res.writeHead(200, { trailer: 'x-sum' })
      res.write('abc')
      res.addTrailers({ 'x-sum': '42' })
      if (req.url === '/later') setTimeout(() => res.end(), 30)
      else res.end()
    })
    const gate = await through(http(`${url}/{proxy}`))
    for (const path of ['/now', '/later'])
      expect((await tell(gate.port, wire(`GET ${path}`))).body).toBe('3\r\nabc\r\n0\r\nx-sum: 42\r\n\r\n')
  })

  it('is preceded by what the upstream has to say before', async () => {
    const { url } = await upstream((_, res) => {
      res.writeProcessing()
      res.writeEarlyHints({ link: '</a.css>; rel=preload' })
      setTimeout(() => res.end('late'), 20)
    })
    const gate = await through(http(`${url}/`), {}, 'ANY /')
    const { text } = await tell(gate.port, wire('GET /'))
    expect(text).toMatch(
      /^HTTP\/1.1 102 Processing\r\n\r\nHTTP\/1.1 103 Early Hints\r\nLink: <\/a.css>; rel=preload\r\n\r\nHTTP\/1.1 200/i,
    )
    const old = await tell(gate.port, 'GET / HTTP/1.0\r\n\r\n')
    expect(old.text).toMatch(/^HTTP\/1.1 200/)
  })

  it('leaves what browsers are told of other origins to the gateway, where the route says it', async () => {
    const { url } = await upstream((_, res) =>
      res.setHeader('access-control-allow-origin', 'https://b.example').end(),
    )
    const cors = { origins: ['https://a.example'] }
    const asked = { headers: { origin: 'https://a.example' } }
    const ours = await through(http(`${url}/`), { routes: [route('GET /', { cors }, http(`${url}/`))] })
    expect((await fetch(`${ours.url}/`, asked)).headers.get('access-control-allow-origin')).toBe(
      'https://a.example',
    )
    const theirs = await through(http(`${url}/`), {}, 'ANY /')
    expect((await fetch(`${theirs.url}/`, asked)).headers.get('access-control-allow-origin')).toBe(
      'https://b.example',
    )
  })
})

describe('a connection', () => {
  it('is made for each call where none is to be kept', async () => {
    const ports = new Set<number | undefined>()
    const { url } = await upstream((req, res) => {
      ports.add(req.socket.remotePort)
      res.end(req.headers.connection)
    })
    const gate = await through(http(`${url}/`, { keepAlive: false }), {}, 'ANY /')
    for (let call = 0; call < 3; call++) expect(await (await fetch(`${gate.url}/`)).text()).toBe('close')
    expect(ports.size).toBe(3)
  })

  it('to the upstream serves one request after another', async () => {
    const ports = new Set<number | undefined>()
    const { url } = await upstream((req, res) => {
      ports.add(req.socket.remotePort)
      res.end('ok')
    })
    const gate = await through(http(`${url}/`), {}, 'ANY /')
    for (let call = 0; call < 5; call++) await (await fetch(`${gate.url}/`)).text()
    expect(ports.size).toBe(1)
    expect(gate.records[4]).toMatchObject({
      status: 200,
      end: 'answered',
      bytesOut: 2,
      integrationLatency: 0,
    })
  })

  it('of the caller is kept', async () => {
    const { url } = await upstream((_, res) => res.end('ok'))
    const gate = await through(http(`${url}/`), {}, 'ANY /')
    const told = await tell(
      gate.port,
      'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    )
    expect(told.text.match(/HTTP\/1.1 200/g)).toHaveLength(2)
  })
})
