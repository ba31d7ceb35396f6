/** Answers that come in pieces: whatever becomes of them, the process lives, and whoever makes them is told to stop. */
import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { createAdaptorServer } from '@hono/node-server'
import express from 'express'
import Fastify from 'fastify'
import Koa from 'koa'
import { answer, type Gateway, route } from 'postern'
import { toExpress } from 'postern/express'
import { toFastify } from 'postern/fastify'
import { callers, toFetch } from 'postern/fetch'
import { toKoa } from 'postern/koa'
import { toNode } from 'postern/node'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { guard, open, pause, serve, tell, wire } from '../adapters/support.js'

/** Each in front of handlers alone, with what may hold an answer back for a while around it. */
const HOSTS: readonly (readonly [string, (gateway: Gateway) => Promise<number>])[] = [
  ['Node', async (gateway) => (await serve(toNode(gateway))).port],
  ['Express', async (gateway) => (await serve(express().use(toExpress(gateway)))).port],
  ['Koa', async (gateway) => (await serve(koa(gateway).callback())).port],
  ['Fastify', fastify],
  ['a server of the web', async (gateway) => (await serve(web(gateway))).port],
]

function koa(gateway: Gateway): Koa {
  const app = new Koa()
  app.silent = true
  app.use(async (_context, next) => {
    await next()
    await pause(30)
  })
  return app.use(toKoa(gateway))
}

async function fastify(gateway: Gateway): Promise<number> {
  const app = Fastify()
  onTestFinished(() => app.close())
  app.register(toFastify(gateway))
  app.addHook('onSend', () => pause(30))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

function web(gateway: Gateway): Parameters<typeof serve>[0] {
  // It writes there what breaks.
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const gate = toFetch(gateway, undefined, { caller: callers.node })
  const slow = async (...given: Parameters<typeof gate>) => {
    const response = await gate(...given)
    await pause(30)
    return response
  }
  return createAdaptorServer({ fetch: slow }) as Parameters<typeof serve>[0]
}

/** What would have ended the process. */
function crashes(): unknown[] {
  const seen: unknown[] = []
  const see = (error: unknown) => seen.push(error)
  process.on('uncaughtException', see).on('unhandledRejection', see)
  onTestFinished(() => {
    process.off('uncaughtException', see).off('unhandledRejection', see)
  })
  return seen
}

const missing = () => createReadStream('/nowhere/at/all')

function broken(): PassThrough {
  const stream = new PassThrough()
  stream.destroy(new Error('broken'))
  return stream
}

/** A stream without an end, and whether whoever makes it was told to stop. */
function endless() {
  const stopped = vi.fn()
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) =>
    pause(5).then(() => controller.enqueue(Buffer.from('x')))
  return { stopped, make: () => new ReadableStream({ pull, cancel: stopped }) }
}

describe.each(HOSTS)('in %s, a stream', (_, host) => {
  test.each([
    ['of a file that is not there', missing],
    ['that has failed before anybody reads it', broken],
  ])('%s breaks one connection, and not the process', async (_what, make) => {
    const seen = crashes()
    const { gateway, recorded } = guard({ routes: [route('GET /file', {}, make)] })
    const port = await host(gateway)
    await tell(port, wire('GET /file'))
    expect((await tell(port, wire('HEAD /file'))).status).toBe(200)
    await recorded(2)
    await pause(50)
    expect(seen).toEqual([])
  })

  test('that its caller did not wait for is stopped, and its exchange recorded', async () => {
    const { make, stopped } = endless()
    const late = () => pause(60).then(make)
    const { gateway, record } = guard({ routes: [route('GET /late', {}, late)] })
    const socket = await open(await host(gateway))
    socket.write(wire('GET /late'))
    await pause(20)
    socket.destroy()
    await vi.waitFor(() => expect(stopped).toHaveBeenCalledOnce())
    expect((await record()).end).toBe('aborted')
  })

  test('of an answer that cannot be sent is stopped', async () => {
    const { make, stopped } = endless()
    const unfit = () => answer(200, make(), { 'x-name': 'a\nb' })
    const { gateway } = guard({ routes: [route('GET /unfit', {}, unfit)] })
    expect((await tell(await host(gateway), wire('GET /unfit'))).status).toBe(500)
    expect(stopped).toHaveBeenCalledOnce()
  })

  test('that somebody reads already is a 500', async () => {
    const taken = async () => {
      const stream = new Blob(['Rex']).stream()
      stream.getReader()
      return stream
    }
    const { gateway, recorded, errors } = guard({ routes: [route('GET /taken', {}, taken)] })
    const port = await host(gateway)
    expect((await tell(port, wire('GET /taken'))).status).toBe(500)
    expect((await tell(port, wire('HEAD /taken'))).status).toBe(200)
    expect((await recorded(2)).map(({ end }) => end)).toEqual(['crashed', 'answered'])
    expect(errors).toHaveLength(1)
  })

  test('with a trailer announced, which nobody will send, goes without', async () => {
    const seen = crashes()
    const { gateway } = guard({
      routes: [route('GET /sum', {}, () => answer(200, 'Rex', { Trailer: 'Sum' }))],
    })
    const { status, head, body } = await tell(await host(gateway), wire('GET /sum'))
    expect([status, body, /trailer/i.test(head)]).toEqual([200, 'Rex', false])
    expect(seen).toEqual([])
  })
})

test('a handler answers an upgrade with a stream', async () => {
  const seen = crashes()
  const { make, stopped } = endless()
  const { gateway, recorded } = guard({
    routes: [
      route('GET /pets', {}, async function* () {
        yield 'Rex, '
        yield 'Tom'
      }),
      route('GET /endless', {}, make),
    ],
  })
  const gate = toNode(gateway)
  const server = createServer(gate)
  server.on('upgrade', () => {})
  gate.upgrade(server)
  const { port } = await serve(server)
  const asking = (path: string) =>
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`
  expect(await tell(port, asking('/pets'))).toMatchObject({ status: 200, body: 'Rex, Tom' })
  const socket = await open(port)
  socket.write(asking('/endless'))
  await new Promise((resolve) => socket.once('data', resolve))
  socket.destroy()
  await vi.waitFor(() => expect(stopped).toHaveBeenCalledOnce())
  expect((await recorded(2)).map(({ end }) => end)).toEqual(['answered', 'aborted'])
  expect(seen).toEqual([])
})
