/** Functions in this process that stream their answers. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGateway, type ExchangeRecord, route } from 'postern'
import { awslambda, type LambdaOptions, type LambdaStreamingHandler, lambda } from 'postern/lambda'
import { toNode } from 'postern/node'
import { send } from 'postern/testing'
import { describe, expect, it, vi } from 'vitest'
import { open, pause, serve, tell, wire } from '../../sockets.js'

const { HttpResponseStream, streamifyResponse } = awslambda

function streaming(handler: LambdaStreamingHandler, options: LambdaOptions = {}) {
  const errors: unknown[] = []
  const records: ExchangeRecord[] = []
  const gateway = createGateway({
    routes: [route('ANY /{proxy+}', {}, lambda(streamifyResponse(handler), { ...options, streaming: true }))],
    onError: (error) => errors.push(error),
    onRecord: (record) => records.push(record),
  })
  return { gateway, errors, records }
}

const LOCAL = wire('GET /clock').replace('127.0.0.1', 'localhost')

describe('a function that streams', () => {
  it('answers with what it says first, and then with what it writes', async () => {
    const { gateway } = streaming(async (event, stream) => {
      const answer = HttpResponseStream.from(stream, {
        statusCode: 201,
        headers: { 'content-type': 'text/plain', 'x-path': event.path },
        cookies: ['a=1', 'b=2'],
      })
      answer.write('tick ')
      await pause(5)
      answer.end('tock')
    })
    const answer = await send(gateway, 'GET /clock')
    expect([answer.status, answer.text(), answer.headers['x-path']]).toEqual([201, 'tick tock', '/clock'])
    expect(answer.setCookie).toEqual(['a=1', 'b=2'])
  })

  it('is heard as it writes', async () => {
    let more: () => void = () => {}
    const waiting = new Promise<void>((resolve) => {
      more = resolve
    })
    const { gateway } = streaming(async (_event, stream) => {
      const answer = HttpResponseStream.from(stream, { headers: { 'content-type': 'text/event-stream' } })
      answer.write('first\n')
      await waiting
      answer.end('second\n')
    })
    const { port } = await serve(toNode(gateway))
    const told = await tell(port, LOCAL, (text) => {
      if (text.includes('first')) more()
      return text.includes('second')
    })
    expect(told.head).toContain('content-type: text/event-stream')
  })

  it('may answer without a body, and end when it returns', async () => {
    const { gateway } = streaming(async (_event, stream) => {
      HttpResponseStream.from(stream, { statusCode: 204 })
    })
    expect((await send(gateway, 'GET /clock')).status).toBe(204)
  })

  it('may pipe what others give', async () => {
    const { gateway } = streaming(async (_event, stream) => {
      await pipeline(Readable.from(['a', 'b', 'c']), HttpResponseStream.from(stream, { statusCode: 200 }))
    })
    expect((await send(gateway, 'GET /clock')).text()).toBe('abc')
  })

  it('waits for those who read slowly', async () => {
    let written = 0
    const { gateway } = streaming(async (_event, stream) => {
      const answer = HttpResponseStream.from(stream, { headers: { 'content-type': 'text/plain' } })
      async function* pieces() {
        for (; written < 2_000; written++) yield Buffer.alloc(65_536, 'x')
      }
      await pipeline(pieces(), answer)
    })
    const { port } = await serve(toNode(gateway))
    const socket = await open(port)
    socket.write(LOCAL)
    await new Promise((resolve) => socket.once('readable', resolve))
    await pause(150)
    const before = written
    // 128 MB were not read: only what fits into buffers on the way was written.
    expect(before).toBeLessThan(500)
    await pause(50)
    expect(written).toBe(before)
  })

  it('learns that its caller has left', async () => {
    const { gateway, errors } = streaming(async (_event, stream) => {
      const answer = HttpResponseStream.from(stream, { headers: { 'content-type': 'text/plain' } })
      const closed = new Promise((resolve) => answer.once('close', resolve))
      answer.write('first\n')
      await closed
      left()
    })
    let left = () => {}
    const gone = new Promise<void>((resolve) => {
      left = resolve
    })
    const { port } = await serve(toNode(gateway))
    const socket = await open(port)
    socket.write(LOCAL)
    await new Promise((resolve) => socket.once('data', resolve))
    socket.destroy()
    await gone
    expect(errors).toEqual([])
  })

  it.each<[string, LambdaStreamingHandler]>([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    [
      'rejects',
      async () => {
        await pause(1)
        throw new Error('broken')
      },
    ],
    [
      'rejects after its metadata',
      async (_event, stream) => {
        HttpResponseStream.from(stream, { statusCode: 200 })
        throw new Error('broken')
      },
    ],
  ])('that %s before it writes is 502', async (_, handler) => {
    const { gateway, errors, records } = streaming(handler)
    expect((await send(gateway, 'GET /clock')).status).toBe(502)
    expect(errors).toEqual([new Error('broken')])
    expect(records[0]?.detail).toBe('the function failed: Error: broken')
  })

  it('that fails on its way breaks off', async () => {
    const { gateway, errors } = streaming(async (_event, stream) => {
      const answer = HttpResponseStream.from(stream, { statusCode: 200 })
      answer.write('first')
      await pause(5)
      throw new Error('broken')
    })
    await expect(send(gateway, 'GET /clock')).rejects.toThrow('broken')
    await vi.waitFor(() => expect(errors).toEqual([new Error('broken')]))
  })

  it('that says nothing of its answer is 502', async () => {
    const { gateway, records } = streaming(async (_event, stream) => void stream.end('hello'))
    expect((await send(gateway, 'GET /clock')).status).toBe(502)
    expect(records[0]?.detail).toBe(
      'the stream begins with no metadata: it is to be awslambda.HttpResponseStream.from(stream, { statusCode, headers })',
    )
  })

  it('that says something wrong of it is 502', async () => {
    const { gateway, records } = streaming(async (_event, stream) => {
      HttpResponseStream.from(stream, { statusCode: 7 }).end('hello')
    })
    expect((await send(gateway, 'GET /clock')).status).toBe(502)
    expect(records[0]?.detail).toBe('`statusCode` is 7, and no status of an answer')
  })

  it('that does not begin in time is 504, and is told', async () => {
    let closed = false
    const { gateway } = streaming(
      (_event, stream) =>
        new Promise((resolve) => {
          stream.once('close', () => {
            closed = true
            resolve(undefined)
          })
        }),
      { timeout: '50ms' },
    )
    expect((await send(gateway, 'GET /clock')).status).toBe(504)
    expect(closed).toBe(true)
  })

  it('may take as long as it likes once it has begun', async () => {
    const { gateway } = streaming(
      async (_event, stream) => {
        const answer = HttpResponseStream.from(stream, { statusCode: 200 })
        answer.write('first ')
        await pause(120)
        answer.end('second')
      },
      { timeout: '50ms' },
    )
    expect((await send(gateway, 'GET /clock')).text()).toBe('first second')
  })

  it('of a module finds Lambda’s runtime', async () => {
    Reflect.deleteProperty(globalThis, 'awslambda')
    const target = './test/integrate/lambda/modules/clock.mjs'
    const gateway = createGateway({ routes: [route('GET /clock', {}, lambda(target, { streaming: true }))] })
    const answer = await send(gateway, 'GET /clock')
    expect([answer.status, answer.text(), answer.setCookie]).toEqual([203, 'tick tock', ['a=1', 'b=2']])
  })

  it('takes no other stream for its own', () => {
    const stream = new Readable() as never
    expect(() => HttpResponseStream.from(stream, {})).toThrow(
      'HttpResponseStream.from() takes the stream that the function was given',
    )
  })
})
