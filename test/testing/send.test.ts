/** What `send` sends, and how what comes back is told. */
import { Readable } from 'node:stream'
import express from 'express'
import { Hono } from 'hono'
import Koa from 'koa'
import { answer, before, createGateway, type GatewayDefinition, route } from 'postern'
import { toExpress } from 'postern/express'
import { type ForwardedRequest, records, type SendOptions, send, testClock } from 'postern/testing'
import { describe, expect, it } from 'vitest'

const EVERYTHING = { routes: [route('ANY /{path+}')], stages: { prod: {} } }

/** What the app was given. */
async function given(options: SendOptions, definition: GatewayDefinition<never, never, never> = EVERYTHING) {
  const { forwarded, status } = await send(createGateway(definition), 'POST /prod/pets?a=1', options)
  if (forwarded === undefined) throw new Error(`refused with ${status}`)
  return { type: forwarded.header('content-type'), text: await forwarded.text(), forwarded }
}

describe('what is sent', () => {
  it('is JSON', async () => {
    const { type, text, forwarded } = await given({ json: { name: 'Zoë' } })
    expect([type, text]).toEqual(['application/json', '{"name":"Zoë"}'])
    expect(await forwarded.json<{ name: string }>()).toEqual({ name: 'Zoë' })
    expect(forwarded.header('Content-Length')).toBe('15')
    expect([forwarded.method, forwarded.target]).toEqual(['POST', '/pets?a=1'])
  })

  it('is a form as browsers encode it, with several values of a name', async () => {
    const { type, text } = await given({ form: { name: 'Rex & Tom', age: 3, toys: ['ball', 'bone'] } })
    expect(type).toBe('application/x-www-form-urlencoded')
    expect(text).toBe('name=Rex+%26+Tom&age=3&toys=ball&toys=bone')
    expect((await given({ form: new URLSearchParams('a=1&a=2') })).text).toBe('a=1&a=2')
  })

  it('is a multipart form with a file', async () => {
    const form = new FormData()
    form.set('name', 'Rex')
    form.set('photo', new Blob(['\x00\x01'], { type: 'image/png' }), 'rex.png')
    const { type, forwarded } = await given({ form })
    const parsed = await new Response(await forwarded.body(), {
      headers: { 'content-type': type ?? '' },
    }).formData()
    expect(parsed.get('name')).toBe('Rex')
    expect(parsed.get('photo')).toMatchObject({ name: 'rex.png', type: 'image/png', size: 2 })
  })

  it.each([
    ['Node', () => Readable.from(['Re', 'x'])],
    ['the web', () => new Blob(['Rex']).stream()],
    [
      'a generator',
      async function* () {
        yield 'Re'
        yield Buffer.from('x')
      },
    ],
  ])('is a stream of %s, in chunks', async (_, stream) => {
    const { text, forwarded } = await given({ body: stream() })
    expect(text).toBe('Rex')
    expect(await forwarded.text()).toBe('Rex')
    expect(forwarded.header('transfer-encoding')).toBe('chunked')
    expect(forwarded.header('content-length')).toBeUndefined()
  })

  it('is a stream that is held to a model, and then is the app’s', async () => {
    const Pet = { type: 'object', required: ['name'] }
    const gateway = createGateway({ routes: [route('POST /pets', { body: 'Pet' })], models: { Pet } })
    const stream = (text: string) => Readable.from([text.slice(0, 3), text.slice(3)])
    const good = await send(gateway, 'POST /pets', { body: stream('{"name":"Rex"}') })
    expect([good.status, await good.forwarded?.json()]).toEqual([200, { name: 'Rex' }])
    expect((await send(gateway, 'POST /pets', { body: stream('{"nom":"Rex"}') })).status).toBe(400)
  })

  it('is read no further than the limit', async () => {
    let pieces = 0
    const endless = async function* () {
      for (;;) {
        pieces++
        yield Buffer.alloc(1024)
      }
    }
    const gateway = createGateway({ ...EVERYTHING, limits: { body: 4096 } })
    const app = (request: ForwardedRequest) => request.text()
    expect((await send(gateway, 'POST /prod/pets', { body: endless(), app })).status).toBe(413)
    expect(pieces).toBe(5)
  })

  it('breaks off where its stream fails', async () => {
    const kept = records()
    const gateway = createGateway({ ...EVERYTHING, onRecord: kept })
    const body = async function* () {
      yield 'Re'
      throw new Error('unplugged')
    }
    const app = (request: ForwardedRequest) => request.text()
    expect((await send(gateway, 'POST /prod/pets', { body: body(), app })).status).toBe(400)
    expect(kept.last).toMatchObject({ end: 'aborted', status: 0 })
  })

  it('has several values of a header, as Node joins them', async () => {
    const headers = {
      'X-Tag': ['a', 'b'],
      cookie: ['a=1', 'b=2'],
      referer: ['one', 'two'],
      'x-none': undefined,
    }
    const seen: string[] = []
    const steps = [
      before('validate', ({ request }) => {
        seen.push(...request.rawHeaders())
        return undefined
      }),
    ]
    const { forwarded } = await given({ headers }, { ...EVERYTHING, steps })
    const told = ['x-tag', 'cookie', 'referer', 'x-none'].map((name) => forwarded.header(name))
    expect(told).toEqual(['a, b', 'a=1; b=2', 'one', undefined])
    expect(seen.join(' ')).toBe(
      'host localhost x-tag a x-tag b cookie a=1 cookie b=2 referer one referer two',
    )
  })

  it('has headers in place of the defaults, or none', async () => {
    const { forwarded } = await given({
      json: {},
      headers: { Host: 'api.acme.com', 'content-type': undefined },
    })
    expect(forwarded.header('host')).toBe('api.acme.com')
    expect(forwarded.header('content-type')).toBeUndefined()
  })
})

it('is on its way as soon as `send` has returned', () => {
  let admitted = 0
  const steps = [
    before('validate', () => {
      admitted++
      return undefined
    }),
  ]
  const gateway = createGateway({ ...EVERYTHING, steps })
  send(gateway, 'GET /prod/pets')
  send(gateway, 'POST /prod/pets', { json: {} })
  send(gateway, 'POST /prod/pets', { form: { name: 'Rex' } })
  expect(admitted).toBe(3)
})

describe('an option that is none', () => {
  const gateway = createGateway(EVERYTHING)
  it.each([
    [{ apikey: 'x' }, 'send has no option `apikey`. Did you mean `apiKey`?'],
    [{ query: 'x' }, 'send has no option `query`. There are headers, apiKey, json, form, body, as, '],
    [{ json: {}, body: 'x' }, 'a request has one body: give json or body, not both'],
    [{ body: { name: 'Rex' } }, '`body` is text, bytes or a stream: give anything else as `json` or `form`'],
    [{ as: { accessKeyId: 'A' } }, '`as` is who signs: { accessKeyId, secretAccessKey, sessionToken? }'],
    [
      { as: { accessKeyID: 'A', secretAccessKey: 'S' } },
      '`as` has no option `accessKeyID`. Did you mean `accessKeyId`?',
    ],
    [
      { as: { accessKeyId: 'A', secretAccessKey: 'S' }, headers: { Authorization: 'x' } },
      '`as` signs, and `headers` has an authorization already: give one of them',
    ],
    [{ certificate: 'x' }, '`certificate` is no certificate: give an X509Certificate, or its PEM'],
  ])('is told: %j', async (options, words) => {
    const sent = send(gateway, 'GET /prod/pets', options as SendOptions)
    await expect(sent).rejects.toThrow(TypeError)
    await expect(sent).rejects.toThrow(words)
  })

  it.each([
    ['/pets', "'/pets' is no request"],
    ['GET pets', "'GET pets' is no request"],
    ['GET pets?a=b', "'GET pets?a=b' is no request"],
    [{ method: 'GET', path: '/pets' }, 'object is no request'],
    [undefined, 'undefined is no request'],
  ])('is told: %j in the place of method and path', async (request, words) => {
    const sent = send(gateway, request as string)
    await expect(sent).rejects.toThrow(TypeError)
    await expect(sent).rejects.toThrow(`${words}: write method and path, 'GET /pets'`)
  })

  it('is told: a gate of an adapter in the place of the gateway, an app of a framework', async () => {
    await expect(send(toExpress(gateway) as unknown as typeof gateway, 'GET /pets')).rejects.toThrow(
      'send() takes the gateway itself, of createGateway({ … }), and no gate of an adapter',
    )
    for (const app of [express(), new Koa(), new Hono()]) {
      await expect(send(gateway, 'GET /prod/pets', { app: app as never })).rejects.toThrow(
        "no app of a framework: mount the adapter's gate in that and send to its server",
      )
    }
  })
})

describe('a caller who leaves', () => {
  const left = new Error('left')

  it('is recorded, and nobody waits for the app', async () => {
    const kept = records()
    const gateway = createGateway({ ...EVERYTHING, onRecord: kept })
    const leaving = new AbortController()
    const app = () => {
      leaving.abort(left)
      return new Promise(() => {})
    }
    await expect(send(gateway, 'GET /prod/pets', { app, signal: leaving.signal })).rejects.toBe(left)
    expect(kept.all).toMatchObject([{ status: 0, end: 'aborted' }])
  })

  it('stops a stream of the app', async () => {
    const kept = records()
    const gateway = createGateway({ ...EVERYTHING, onRecord: kept })
    const leaving = new AbortController()
    let stopped = false
    const app = async function* () {
      try {
        yield 'first'
        leaving.abort(left)
        yield 'second'
        yield 'third'
      } finally {
        stopped = true
      }
    }
    await expect(send(gateway, 'GET /prod/pets', { app, signal: leaving.signal })).rejects.toBe(left)
    await new Promise((resolve) => setImmediate(resolve))
    expect([stopped, kept.all]).toMatchObject([true, [{ status: 200, end: 'aborted' }]])
  })

  it('stops sending its body', async () => {
    const kept = records()
    const gateway = createGateway({ ...EVERYTHING, onRecord: kept })
    const leaving = new AbortController()
    const body = async function* () {
      yield 'first'
      leaving.abort(left)
      await new Promise(() => {})
    }
    let told: unknown
    const app = async (request: ForwardedRequest) => {
      told = await request.text().catch((error: unknown) => error)
    }
    await expect(
      send(gateway, 'POST /prod/pets', { body: body(), app, signal: leaving.signal }),
    ).rejects.toBe(left)
    await new Promise((resolve) => setImmediate(resolve))
    expect(told).toMatchObject({ code: 'BODY_ABORTED' })
    expect(kept.all).toMatchObject([{ status: 0, end: 'aborted' }])
  })

  it('that left before it came sends nothing', async () => {
    const kept = records()
    const gateway = createGateway({ ...EVERYTHING, onRecord: kept })
    const sent = send(gateway, 'GET /prod/pets', { signal: AbortSignal.abort(left) })
    await expect(sent).rejects.toBe(left)
    expect(kept.all).toEqual([])
  })

  it('does not reach the app after it has left', async () => {
    const kept = records()
    const leaving = new AbortController()
    const steps = [
      before('validate', async () => {
        leaving.abort(left)
        await new Promise((resolve) => setImmediate(resolve))
        return undefined
      }),
    ]
    const gateway = createGateway({ ...EVERYTHING, steps, onRecord: kept })
    let asked = 0
    const app = () => ++asked
    await expect(send(gateway, 'GET /prod/pets', { app, signal: leaving.signal })).rejects.toBe(left)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect([asked, kept.all]).toMatchObject([0, [{ status: 0, end: 'aborted' }]])
  })
})

describe('an app', () => {
  it('answers with whatever a handler may return', async () => {
    const gateway = createGateway(EVERYTHING)
    const told = async (app: () => unknown) => {
      const { status, headers, text } = await send(gateway, 'GET /prod/pets', { app })
      return [status, headers['content-type'], text()]
    }
    expect(await told(() => ({ a: 1 }))).toEqual([200, 'application/json', '{"a":1}'])
    expect(await told(async () => 'hi')).toEqual([200, 'text/plain; charset=utf-8', 'hi'])
    expect(await told(() => undefined)).toEqual([204, undefined, ''])
    expect(await told(() => answer(418, 'teapot'))).toEqual([418, 'text/plain; charset=utf-8', 'teapot'])
    expect(await told(() => new Response('<p>', { headers: { 'content-type': 'text/html' } }))).toEqual([
      200,
      'text/html',
      '<p>',
    ])
  })

  it('that throws is a 500, and its error is told', async () => {
    const errors: unknown[] = []
    const kept = records()
    const gateway = createGateway({ ...EVERYTHING, onError: (error) => errors.push(error), onRecord: kept })
    const broken = new Error('out of order')
    const app = () => {
      throw broken
    }
    expect((await send(gateway, 'GET /prod/pets', { app })).status).toBe(500)
    expect([errors, kept.last?.end]).toEqual([[broken], 'crashed'])
  })

  it('that takes longer than it may, by the clock that it moves, is a 504', async () => {
    const clock = testClock()
    const kept = records()
    const gateway = createGateway({ ...EVERYTHING, clock, onRecord: kept })
    const taking = (time: '29s' | '30s') => () => {
      clock.advance(time)
      return 'late'
    }
    expect((await send(gateway, 'GET /prod/pets', { app: taking('29s') })).status).toBe(200)
    expect((await send(gateway, 'GET /prod/pets', { app: taking('30s') })).status).toBe(504)
    expect(kept.last).toMatchObject({
      refusal: 'INTEGRATION_TIMEOUT',
      detail: 'the app did not answer within 29000 ms',
      latency: 30_000,
    })
  })

  it('that never answers is a 504', async () => {
    const gateway = createGateway({ routes: [route('GET /slow', { timeout: 20 })] })
    expect((await send(gateway, 'GET /slow', { app: () => new Promise(() => {}) })).status).toBe(504)
  })

  it('that breaks off within its answer breaks the answer', async () => {
    const kept = records()
    const gateway = createGateway({ ...EVERYTHING, onRecord: kept })
    const app = async function* () {
      yield 'first'
      throw new Error('unplugged')
    }
    await expect(send(gateway, 'GET /prod/pets', { app })).rejects.toThrow('unplugged')
    expect(kept.all).toMatchObject([{ status: 200, end: 'aborted', bytesOut: 5 }])
  })
})

describe('an answer', () => {
  const app = () =>
    new Response('{"id":"7"}', {
      headers: [
        ['set-cookie', 'a=1; Path=/'],
        ['set-cookie', 'b=2, 3'],
        ['content-type', 'application/vnd.pet+json; charset=utf-8'],
      ],
    })

  it('has each cookie by itself', async () => {
    const { setCookie, headers } = await send(createGateway(EVERYTHING), 'GET /prod/pets', { app })
    expect(setCookie).toEqual(['a=1; Path=/', 'b=2, 3'])
    expect(headers['set-cookie']).toBe('a=1; Path=/, b=2, 3')
  })

  it('has no body where HTTP sends none', async () => {
    const sent = await send(createGateway(EVERYTHING), 'HEAD /prod/pets', { app })
    expect([sent.status, sent.text()]).toEqual([200, ''])
  })

  it('says what it is where it is no JSON', async () => {
    const sent = await send(createGateway(EVERYTHING), 'GET /prod/pets', { app: () => 'x'.repeat(100) })
    expect(() => sent.json()).toThrow(
      `the answer is no JSON: 200, text/plain; charset=utf-8, "${'x'.repeat(80)}..."`,
    )
    expect(sent.json).toThrow(TypeError)
  })
})
