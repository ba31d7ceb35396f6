/** The same in each framework: what streams through arrives whole, and who leaves is heard of. */
import { createServer, type Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import express from 'express'
import express4 from 'express4'
import { fastify } from 'fastify'
import { fastify as fastify4 } from 'fastify4'
import Koa from 'koa'
import Koa2 from 'koa2'
import { describe, expect, it, onTestFinished } from 'vitest'
import { toExpress } from '../../../adapters/express.js'
import { toFastify } from '../../../adapters/fastify.js'
import { callers, toFetch } from '../../../adapters/fetch.js'
import { toKoa } from '../../../adapters/koa.js'
import { toNode } from '../../../adapters/node.js'
import { http } from '../../../src/http.js'
import { createGateway, type ExchangeRecord, type Gateway, route } from '../../../src/index.js'
import { open, tell, wire } from '../../sockets.js'
import { until, upstream } from './support.js'

type Serve = (gateway: Gateway) => Server | Promise<Server>

const inFastify =
  (make: typeof fastify): Serve =>
  async (gateway) => {
    const app = make()
    await app.register(toFastify(gateway) as never)
    await app.ready()
    onTestFinished(() => app.close())
    return app.server
  }

/** Koa tells the terminal of callers who leave. */
function quiet(app: Koa): Koa {
  return Object.assign(app, { silent: true })
}

const FRAMEWORKS: Record<string, Serve> = {
  'node:http': (gateway) => createServer(toNode(gateway)),
  'Express 5': (gateway) => createServer(express().use(toExpress(gateway))),
  'Express 4': (gateway) => createServer(express4().use(toExpress(gateway) as never) as never),
  'Koa 3': (gateway) => createServer(quiet(new Koa()).use(toKoa(gateway)).callback()),
  'Koa 2': (gateway) =>
    createServer(
      quiet(new Koa2() as never)
        .use(toKoa(gateway))
        .callback(),
    ),
  'Fastify 5': inFastify(fastify),
  'Fastify 4': inFastify(fastify4 as never),
  'toFetch on @hono/node-server': (gateway) => {
    const fetch = toFetch(gateway, undefined, { caller: callers.node as never })
    return createAdaptorServer({ fetch: fetch as never }) as Server
  },
}

const SIZE = 3 * 2 ** 20

describe.each(Object.entries(FRAMEWORKS))('behind %s', (_, serve) => {
  const behind = async () => {
    const gone: string[] = []
    const uploads: number[] = []
    const { url } = await upstream((req, res) => {
      res.on('close', () => res.writableFinished || gone.push(req.url ?? ''))
      if (req.url === '/known' || req.url === '/chunked') {
        if (req.url === '/known') res.setHeader('content-length', SIZE)
        res.setHeader('x-one', 'a').setHeader('set-cookie', ['a=1', 'b=2'])
        res.write(Buffer.alloc(1_000, 'a'))
        setTimeout(() => res.end(Buffer.alloc(SIZE - 1_000, 'b')), 20)
      } else if (req.url === '/up') {
        let size = 0
        req.on('data', (piece) => {
          size += piece.length
        })
        req.on('end', () => {
          uploads.push(size)
          res.end('got it')
        })
      } else if (req.url === '/drip') setInterval(() => res.destroyed || res.write('drip'), 10).unref()
      else if (req.url === '/small') res.end('small')
    })
    const records: ExchangeRecord[] = []
    const gateway = createGateway({
      routes: [route('ANY /{proxy+}', {}, http(`${url}/{proxy}`))],
      ...{ httpsOnly: false, onRecord: (record: ExchangeRecord) => records.push(record), onError: () => {} },
    })
    onTestFinished(() => gateway.close())
    const { port } = await upstream(await serve(gateway))
    return { port, gone, uploads, records }
  }

  it('a small answer is one of known length', async () => {
    const { port } = await behind()
    const { status, head, body } = await tell(port, wire('GET /small'))
    expect([status, body, /content-length: 5/i.test(head)]).toEqual([200, 'small', true])
  })

  it('a streamed one of known length keeps it, and arrives whole', async () => {
    const { port, records } = await behind()
    const { status, head, body } = await tell(port, wire('GET /known'))
    expect([status, body.length]).toEqual([200, SIZE])
    expect(head).toMatch(new RegExp(`content-length: ${SIZE}`, 'i'))
    expect(head.match(/set-cookie: [ab]=[12]/gi)).toHaveLength(2)
    expect(body.startsWith('aaa') && body.endsWith('bbb')).toBe(true)
    await until(() => records.length === 1)
    expect(records[0]).toMatchObject({ end: 'answered', bytesOut: SIZE })
  })

  it('a streamed one of unknown length arrives whole', async () => {
    const { port } = await behind()
    const answer = await fetch(`http://127.0.0.1:${port}/chunked`)
    const body = await answer.text()
    expect([answer.status, answer.headers.get('content-length'), body.length]).toEqual([200, null, SIZE])
    expect(body.startsWith('aaa') && body.endsWith('bbb')).toBe(true)
  })

  it('a body goes up whole', async () => {
    const { port, uploads } = await behind()
    const body = 'x'.repeat(500_000)
    const told = await tell(port, wire('POST /up', [`Content-Length: ${body.length}`], body))
    expect([told.status, told.body, uploads]).toEqual([200, 'got it', [500_000]])
  })

  it('who leaves while the upstream thinks, ends its call', async () => {
    const { port, gone } = await behind()
    const caller = await open(port)
    caller.write('GET /never HTTP/1.1\r\nHost: a\r\n\r\n')
    await new Promise((resolve) => setTimeout(resolve, 100))
    caller.destroy()
    await until(() => gone.includes('/never'), 'an upstream that is told')
  })

  it('who leaves in the middle of the answer, ends it', async () => {
    const { port, gone } = await behind()
    const caller = await open(port)
    let seen = 0
    caller.on('data', (piece) => {
      seen += piece.length
    })
    caller.write('GET /drip HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(() => seen > 300)
    caller.destroy()
    await until(() => gone.includes('/drip'), 'an upstream that is told')
  })
})
