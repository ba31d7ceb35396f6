/**
 * An app that we did not write, behind a gateway: json-server 0.17, an Express app, as npm has it. By itself and
 * behind the gateway it answers the same, byte for byte.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import autocannon from 'autocannon'
import axios from 'axios'
import express4 from 'express4'
import jsonServer from 'json-server'
import { route } from 'postern'
import { toExpress } from 'postern/express'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { guard, serve, tell, wire } from '../adapters/support.js'

const data = () => ({
  posts: Array.from({ length: 25 }, (_, at) => ({
    id: at + 1,
    title: `post ${at + 1}`,
    author: at % 2 ? 'ä' : 'b',
  })),
  comments: [
    { id: 1, body: 'nice', postId: 1 },
    { id: 2, body: 'nicer', postId: 1 },
  ],
  profile: { name: 'typicode' },
})

/** json-server as its own command builds it. */
function jsonServerApp() {
  const app = jsonServer.create()
  app.use(jsonServer.defaults({ logger: false }))
  app.use(jsonServer.router(data()))
  return app
}

/** The same behind a gateway: everything wants a key, `api` is open wide, `slow` is throttled. */
async function gated() {
  const guarded = guard({
    routes: [
      route('GET /'),
      route('ANY /{resource}', { apiKey: true }),
      route('ANY /{resource}/{id}', { apiKey: true }),
      route('GET /posts/{id}/comments', { apiKey: true }),
      route('GET /index.html'),
    ],
    plans: {
      wide: { throttle: { rate: 10_000, burst: 10_000 }, quota: { limit: 1_000_000, period: 'day' } },
      narrow: { throttle: { rate: 0.001, burst: 2 } },
    },
  })
  const wide = await guarded.gateway.control.createApiKey({ name: 'wide', plans: ['wide'] })
  const narrow = await guarded.gateway.control.createApiKey({ name: 'narrow', plans: ['narrow'] })
  const app = express4()
  app.use(toExpress(guarded.gateway))
  app.use(jsonServerApp())
  return { ...guarded, wide: wide.value, narrow: narrow.value, ...(await serve(app)) }
}

const JSON_TYPE = 'Content-Type: application/json'

const post = (line: string, json: unknown): [string, string[], string] => {
  const body = Buffer.from(JSON.stringify(json)).toString('latin1')
  return [line, [JSON_TYPE, `Content-Length: ${body.length}`], body]
}

/** One after the other: each sees what those before have changed. */
const CALLS: readonly (readonly [line: string, headers?: readonly string[], body?: string])[] = [
  ['GET /'],
  ['GET /index.html', ['Accept-Encoding: gzip']],
  ['GET /posts'],
  ['HEAD /posts'],
  ['GET /posts', ['Accept-Encoding: gzip']],
  ['GET /posts?author=%C3%A4'],
  ['GET /posts?title_like=1$&_sort=title&_order=desc'],
  ['GET /posts?_page=2&_limit=5'],
  ['GET /posts?_page=2'],
  ['GET /posts?_start=3&_end=7'],
  ['GET /posts?q=post%202&id_ne=20'],
  ['GET /posts/1'],
  ['GET /posts/1?_embed=comments'],
  ['GET /posts/1/comments'],
  ['GET /comments?_expand=post', ['Origin: https://acme.com']],
  ['GET /profile'],
  ['GET /db'],
  ['GET /posts/999'],
  ['GET /absent'],
  ['OPTIONS /posts', ['Origin: https://acme.com', 'Access-Control-Request-Method: POST']],
  post('POST /posts', { title: 'new', author: 'ü' }),
  post('POST /posts', { id: 1, title: 'taken already' }),
  ['POST /posts', [JSON_TYPE, 'Content-Length: 5'], '{"a":'],
  ['POST /posts', ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 9'], 'title=abc'],
  ['POST /posts', [JSON_TYPE, 'Transfer-Encoding: chunked'], '7\r\n{"a":1}\r\n0\r\n\r\n'],
  post('PUT /posts/1', { title: 'put' }),
  post('PATCH /posts/2', { title: 'patched' }),
  post('PATCH /posts/999', { title: 'nobody' }),
  post('PUT /profile', { name: 'else' }),
  ['DELETE /posts/3'],
  ['DELETE /posts/3'],
  ['GET /posts?_limit=3'],
]

/** Without what differs by nature, and without the gateway's own headers; Link names the port. */
function comparable(text: string, port: number): string {
  return text
    .replace(/^(?:Date|x-amzn-RequestId|RateLimit|RateLimit-Policy): .*\r\n/gim, '')
    .replaceAll(`127.0.0.1:${port}`, '127.0.0.1')
}

describe('json-server behind the gateway', () => {
  // json-server prints the one body that is no JSON.
  beforeAll(() => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
  })

  it('answers as it does by itself: status, headers and bytes', async () => {
    const alone = await serve(jsonServerApp())
    const behind = await gated()
    for (const [line, headers = [], body] of CALLS) {
      const bare = await tell(
        alone.port,
        wire(line, headers, body).replace('Host: 127.0.0.1', `Host: 127.0.0.1:${alone.port}`),
      )
      const host = `Host: 127.0.0.1:${behind.port}`
      const keyed = wire(line, [...headers, `x-api-key: ${behind.wide}`], body).replace(
        'Host: 127.0.0.1',
        host,
      )
      const got = await tell(behind.port, keyed)
      expect(got.status, line).toBeGreaterThanOrEqual(200)
      expect(comparable(got.text, behind.port), line).toBe(comparable(bare.text, alone.port))
    }
    const records = await behind.recorded(CALLS.length)
    expect(records.every(({ end }) => end === 'answered')).toBe(true)
    expect(behind.errors).toEqual([])
  }, 20_000)

  it('gives its pages by Link headers that lead on', async () => {
    const { url, wide } = await gated()
    const headers = { 'x-api-key': wide }
    const first = await fetch(`${url}/posts?_page=1&_limit=10`, { headers })
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1]
    expect(next).toBe(`${url}/posts?_page=2&_limit=10`)
    const second = await fetch(next ?? '', { headers })
    expect(((await second.json()) as { id: number }[]).map(({ id }) => id)[0]).toBe(11)
  })

  it('is not reached without a key, save for what is open', async () => {
    const { url, port, records } = await gated()
    for (const [line] of CALLS.filter(([each]) => !/^GET \/(?:index\.html)?$/.test(each))) {
      const { status, body } = await tell(port, wire(line))
      expect(status, line).toBe(403)
      if (!line.startsWith('HEAD')) expect(body).toBe('{"message":"Forbidden"}')
    }
    expect((await fetch(`${url}/`)).status).toBe(200)
    expect((await fetch(`${url}/posts/1/x/y`)).status).toBe(404)
    expect(records.every(({ refusal, status }) => refusal !== undefined || status === 200)).toBe(true)
  })

  it('is throttled by plan', async () => {
    const { url, narrow } = await gated()
    const client = axios.create({
      baseURL: url,
      headers: { 'x-api-key': narrow },
      validateStatus: () => true,
    })
    const answers = [
      await client.get('/posts'),
      await client.post('/posts', { title: 'x' }),
      await client.get('/posts'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 201, 429])
    expect(answers[2]?.data).toEqual({ message: 'Too Many Requests' })
    expect(answers[2]?.headers['retry-after']).toBe('1000')
  })

  it('bears a load: autocannon gets a 2xx for each request, and each has its record', async () => {
    const { url, wide, records, recorded } = await gated()
    const run = { url: `${url}/posts/1`, headers: { 'x-api-key': wide }, amount: 1500, connections: 20 }
    const result = await autocannon(run)
    expect(result).toMatchObject({ errors: 0, timeouts: 0, non2xx: 0, '2xx': 1500 })
    await recorded(1500)
    expect(
      records.every(({ status, end, keyId }) => status === 200 && end === 'answered' && keyId !== undefined),
    ).toBe(true)
  }, 30_000)

  it.runIf(existsSync('/usr/bin/curl'))('is asked by curl', async () => {
    const { url, wide, recorded } = await gated()
    const curl = async (...args: string[]) =>
      (await promisify(execFile)('/usr/bin/curl', ['-s', '--max-time', '5', ...args])).stdout
    expect(await curl(`${url}/posts/1`)).toBe('{"message":"Forbidden"}')
    expect(JSON.parse(await curl('-H', `x-api-key: ${wide}`, `${url}/posts/1`))).toMatchObject({
      id: 1,
      title: 'post 1',
    })
    const posted = await curl(
      '-i',
      '-H',
      `x-api-key: ${wide}`,
      '-H',
      JSON_TYPE,
      '-d',
      '{"title":"curled"}',
      `${url}/posts`,
    )
    expect(posted).toMatch(/^HTTP\/1\.1 201 Created/)
    const head = await curl('-I', '-H', `x-api-key: ${wide}`, `${url}/posts`)
    expect(head).toMatch(/^HTTP\/1\.1 200 OK/)
    // As it is, with dots and all.
    expect(await curl('--path-as-is', `${url}/x/../posts/1`)).toBe('{"message":"Bad Request"}')
    await recorded(5)
  })
})
