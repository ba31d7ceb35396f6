/**
 * Apps that were built for Lambda, unmodified: behind the gateway, as a function in this process, they answer over real
 * sockets as the very same apps do by themselves.
 */
import { createServer, type RequestListener } from 'node:http'
import serverlessExpress from '@codegenie/serverless-express'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import { Hono } from 'hono'
import { handle, streamHandle } from 'hono/aws-lambda'
import { createGateway, route } from 'postern'
import { awslambda, type LambdaHandler, lambda } from 'postern/lambda'
import { toNode } from 'postern/node'
import serverlessHttp from 'serverless-http'
import { describe, expect, it } from 'vitest'
import { serve, tell } from '../../sockets.js'

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452ff00fe01', 'hex')

function expressApp() {
  const app = express()
  app.set('query parser', 'extended')
  app.get(
    '/pets/:name',
    (req, res) => void res.json({ params: req.params, query: req.query, path: req.path }),
  )
  app.get('/cookies', (req, res) => {
    res.cookie('a', '1').cookie('b', '2', { httpOnly: true }).set('x-tag', ['one', 'two'])
    res.send(`got ${req.get('cookie')}`)
  })
  app.get('/photo', (_req, res) => void res.type('png').send(PNG))
  app.post('/json', express.json(), (req, res) => void res.status(201).json({ got: req.body }))
  app.post('/form', express.urlencoded({ extended: true }), (req, res) => void res.json(req.body))
  app.post('/bytes', express.raw({ type: '*/*', limit: '2mb' }), (req, res) => {
    // AWS's REST APIs take a `Content-Length: 0` away, after which there is no body for the parser.
    const bytes: Buffer = req.body ?? Buffer.alloc(0)
    res.json({ length: bytes.length, first: [...bytes.subarray(0, 4)], last: bytes.at(-1) })
  })
  app.get('/moved', (_req, res) => res.redirect(302, '/pets/rex?a=1'))
  app.delete('/pets/:name', (_req, res) => void res.status(204).end())
  app.get(
    '/headers',
    (req, res) => void res.json({ accept: req.get('accept'), tag: req.get('x-tag')?.split(/, ?/) }),
  )
  // Express's own word for it takes a real socket, which @codegenie/serverless-express has not.
  app.use((req, res) => void res.status(404).send(`no ${req.path}`))
  return app
}

function honoApp() {
  const app = new Hono()
  app.get('/pets/:name', (c) =>
    c.json({ name: c.req.param('name'), query: c.req.queries(), url: new URL(c.req.url).pathname }),
  )
  app.get('/cookies', (c) => {
    c.header('set-cookie', 'a=1; Path=/', { append: true })
    c.header('set-cookie', 'b=2; HttpOnly', { append: true })
    return c.text(`got ${c.req.header('cookie')}`)
  })
  app.get('/photo', (c) => c.body(new Uint8Array(PNG), 200, { 'content-type': 'image/png' }))
  app.post('/json', async (c) => c.json({ got: await c.req.json() }, 201))
  app.post('/form', async (c) => c.json(await c.req.parseBody()))
  app.post('/bytes', async (c) => {
    const bytes = new Uint8Array(await c.req.arrayBuffer())
    return c.json({ length: bytes.length, first: [...bytes.subarray(0, 4)], last: bytes.at(-1) })
  })
  app.get('/moved', (c) => c.redirect('/pets/rex?a=1', 302))
  app.delete('/pets/:name', (c) => c.body(null, 204))
  app.get('/headers', (c) =>
    c.json({ accept: c.req.header('accept'), tag: c.req.header('x-tag')?.split(/, ?/) }),
  )
  return app
}

/** What is the connection's, the gateway's own, or made of the time. */
const OWN = /^(?:date|connection|keep-alive|transfer-encoding|x-amzn-.*|content-length)$/

/** An answer, as a caller sees it. */
async function ask(port: number, line: string, headers: readonly string[], body: Uint8Array) {
  const length = body.length > 0 || line.startsWith('POST') ? [`Content-Length: ${body.length}`] : []
  const head = [`${line} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...length, ...headers, '', '']
  const told = await tell(port, Buffer.concat([Buffer.from(head.join('\r\n')), body]))
  const fields = told.head
    .split('\r\n')
    .slice(1)
    .map(
      (each) => [each.slice(0, each.indexOf(':')).toLowerCase(), each.slice(each.indexOf(':') + 2)] as const,
    )
  const chunked = fields.some(([name, value]) => name === 'transfer-encoding' && value === 'chunked')
  return {
    status: told.status,
    headers: fields
      .filter(([name]) => !OWN.test(name))
      // A list is one in one field and in several (RFC 9110, 5.3).
      .flatMap(([name, value]) =>
        (name === 'x-tag' ? value.split(/, ?/) : [value]).map((each) => `${name}: ${each}`),
      )
      .sort(),
    body: chunked ? unchunked(told.body) : told.body,
  }
}

function unchunked(body: string): string {
  let text = ''
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.slice(at, end), 16)
    if (!(size > 0)) return text
    text += body.slice(end + 2, end + 2 + size)
    at = end + 2 + size + 2
  }
}

const EMPTY = new Uint8Array(0)
const FORM = 'Content-Type: application/x-www-form-urlencoded'
const REQUESTS: readonly (readonly [line: string, headers?: readonly string[], body?: Uint8Array])[] = [
  ['GET /pets/rex'],
  ['GET /pets/rex?tag=a&tag=b&name=x%20y&empty='],
  ['GET /pets/a%20b%2Fc?q=%C3%A4%26%3D'],
  ['GET /cookies', ['Cookie: a=1; b=2']],
  ['GET /photo', ['Accept: image/png']],
  ['GET /photo', ['Accept: */*']],
  ['HEAD /pets/rex'],
  ['POST /json', ['Content-Type: application/json'], Buffer.from('{"name":"Räx"}')],
  ['POST /form', [FORM], Buffer.from('a=1&b=%C3%A4')],
  ['POST /bytes', ['Content-Type: application/octet-stream'], PNG],
  ['POST /bytes', ['Content-Type: image/png'], Buffer.alloc(1_000_000, 0xfe)],
  ['POST /bytes', ['Content-Type: text/plain'], EMPTY],
  ['GET /moved'],
  ['DELETE /pets/rex'],
  ['GET /headers', ['Accept: text/html', 'X-Tag: a']],
  ['GET /nowhere'],
]
const SEVERAL = ['GET /headers', ['X-Tag: a', 'X-Tag: b']] as const

/** Of a function in this process, whose every body may be bytes. */
async function behind(handler: unknown, payload: '1.0' | '2.0') {
  const integration = lambda(handler as LambdaHandler, { payload } as { payload: '2.0' })
  const gateway = createGateway({
    routes: [route('ANY /{proxy+}', {}, integration)],
    binaryMediaTypes: ['*/*'],
  })
  return serve(toNode(gateway))
}

/** Where an app does not say of what type an empty body is, AWS says that it is JSON. */
const DEFAULT_TYPE = 'content-type: application/json'

async function compare(
  app: RequestListener,
  gated: { readonly port: number },
  requests = [...REQUESTS, SEVERAL],
) {
  const alone = await serve(createServer(app))
  for (const [line, headers = [], body = EMPTY] of requests) {
    const expected = await ask(alone.port, line, headers, body)
    const { headers: all, ...found } = await ask(gated.port, line, headers, body)
    const typed = expected.headers.some((each) => each.startsWith('content-type:'))
    const own = typed ? all : all.filter((each) => each !== DEFAULT_TYPE)
    expect.soft({ line, ...found, headers: own }).toEqual({ line, ...expected })
    expect(expected.status).toBeLessThan(500)
  }
}

describe.each(['1.0', '2.0'] as const)('with events %s, an app', (payload) => {
  it('of Express by @codegenie/serverless-express answers as by itself', async () => {
    const binarySettings = { isBinary: true }
    const handler = serverlessExpress({ app: expressApp(), binarySettings } as never)
    await compare(expressApp(), await behind(handler, payload))
  })

  it('of Express by serverless-http answers as by itself', async () => {
    const handler = serverlessHttp(expressApp(), { binary: ['*/*'] })
    // It reads no maps of several values.
    const requests = payload === '1.0' ? REQUESTS : [...REQUESTS, SEVERAL]
    await compare(expressApp(), await behind(handler, payload), [...requests])
  })

  it('of Hono by its own adapter answers as by itself', async () => {
    await compare(getRequestListener(honoApp().fetch), await behind(handle(honoApp()), payload))
  })
})

describe('an app that streams', () => {
  it('of Hono by its own adapter answers as by itself, piece by piece', async () => {
    Object.assign(globalThis, { awslambda })
    const handler = streamHandle(honoApp())
    const gateway = createGateway({
      routes: [route('ANY /{proxy+}', {}, lambda(handler as never, { streaming: true, payload: '2.0' }))],
    })
    await compare(getRequestListener(honoApp().fetch), await serve(toNode(gateway)))
  })
})
