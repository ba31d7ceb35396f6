/** Lambda functions in this process: how they are called, and what becomes of what they say. */
import { before, createGateway, type ExchangeRecord, type GatewayDefinition, route } from 'postern'
import { toFetch } from 'postern/fetch'
import { type LambdaContext, type LambdaHandler, type LambdaOptions, lambda } from 'postern/lambda'
import { toNode } from 'postern/node'
import { send, testClock } from 'postern/testing'
import { describe, expect, it } from 'vitest'
import { pause, serve, tell, wire } from '../../sockets.js'

/** A gateway of one function; what it reports and records is collected. */
function gatewayOf(
  target: LambdaHandler<never> | string | { module: string; handler?: string },
  options: LambdaOptions = {},
  definition: Partial<GatewayDefinition> = {},
) {
  const errors: unknown[] = []
  const records: ExchangeRecord[] = []
  const gateway = createGateway({
    routes: [route('ANY /{proxy+}', {}, lambda(target as LambdaHandler<never>, options))],
    onError: (error) => errors.push(error),
    onRecord: (record) => records.push(record),
    ...definition,
  })
  return { gateway, errors, records }
}

const giving = (result: unknown) => async () => result
const INTERNAL = { message: 'Internal server error' }

describe('a result in format 1.0', () => {
  const answered = async (result: unknown, options: object = {}, definition: object = {}) => {
    const { gateway, records } = gatewayOf(giving(result), {}, definition)
    const answer = await send(gateway, 'GET /pets', options)
    return {
      ...answer,
      body: answer.text(),
      answer,
      detail: records[0]?.detail,
      refusal: records[0]?.refusal,
    }
  }

  it('is status, headers and body', async () => {
    const result = {
      statusCode: 201,
      headers: { 'Content-Type': 'text/plain', 'X-Flag': true, 'X-Count': 7 },
      body: 'ä',
      isBase64Encoded: false,
    }
    const { status, headers, body } = await answered(result)
    expect([status, body]).toEqual([201, 'ä'])
    expect(headers).toMatchObject({
      'x-flag': 'true',
      'x-count': '7',
      'content-type': 'text/plain',
      'content-length': '2',
    })
  })

  it('that JSON does not have is 502', async () => {
    const cyclic: Record<string, unknown> = {}
    cyclic.itself = cyclic
    for (const result of [{ big: 10n }, cyclic]) {
      const own = gatewayOf(giving(result), { payload: '2.0' })
      expect((await send(own.gateway, 'GET /a')).status).toBe(502)
      expect(own.records[0]?.detail).toMatch(/^the result is nothing that JSON has: /)
      const mapped = gatewayOf(giving(result), { proxy: false, responses: [{}] })
      expect((await send(mapped.gateway, 'GET /a')).status).toBe(502)
    }
  })

  it('may say its status as text', async () => {
    expect((await answered({ statusCode: '404' })).status).toBe(404)
  })

  // Recorded from AWS: none of its fields must be there.
  it('may be empty', async () => {
    const { status, headers, body } = await answered({})
    expect([status, body, headers['content-type']]).toEqual([200, '', 'application/json'])
    expect((await answered({ statusCode: null, headers: null, body: null, more: undefined })).status).toBe(
      200,
    )
  })

  it('is JSON where it does not say', async () => {
    expect((await answered({ body: '{}' })).headers['content-type']).toBe('application/json')
  })

  it('may have headers in two maps: both values are sent, what is the same in both once', async () => {
    const { answer } = await answered({
      headers: { 'Set-Cookie': 'a=1', 'X-Tag': 'single', 'X-Own': '1' },
      multiValueHeaders: { 'set-cookie': ['a=1', 'b=2'], 'x-tag': ['multi'] },
    })
    expect(answer.setCookie).toEqual(['a=1', 'b=2'])
    expect(answer.headers['x-tag']).toBe('multi, single')
    expect(answer.headers['x-own']).toBe('1')
  })

  it('leaves to the gateway how it is sent', async () => {
    const headers = { 'Content-Length': '999', 'Transfer-Encoding': 'chunked', Connection: 'close' }
    const answer = await answered({ headers, body: 'four' })
    expect(answer.headers['content-length']).toBe('4')
    expect(answer.headers).not.toHaveProperty('transfer-encoding')
    expect(answer.headers).not.toHaveProperty('connection')
  })

  it('is decoded from base64 where the first of the accepted types is a binary one', async () => {
    const result = { body: 'iVD/AA==', isBase64Encoded: true, headers: { 'content-type': 'image/png' } }
    const binaryMediaTypes = ['image/png']
    const bytes = async (accept: string | undefined, types = binaryMediaTypes) => {
      const { answer } = await answered(result, { headers: { accept } }, { binaryMediaTypes: types })
      return Buffer.from(answer.body).toString('base64')
    }
    const text = Buffer.from('iVD/AA==').toString('base64')
    expect(await bytes('image/png, */*')).toBe('iVD/AA==')
    expect(await bytes('IMAGE/PNG;q=0.1')).toBe('iVD/AA==')
    // As in AWS: weights do not count, and neither does what the answer says of itself.
    expect(await bytes('*/*, image/png')).toBe(text)
    expect(await bytes(undefined)).toBe(text)
    expect(await bytes('image/png', [])).toBe(text)
    expect(await bytes(undefined, ['*/*'])).toBe('iVD/AA==')
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'the result is nothing, and no object with `statusCode` and `body`'],
    ['a text', 'hello', "the result is 'hello', and no object with `statusCode` and `body`"],
    ['a list', [], 'the result is a list, and no object with `statusCode` and `body`'],
    [
      'a field too many',
      { statusCode: 200, message: 'hello' },
      "the result has a field 'message', which format 1.0 does not know",
    ],
    [
      'cookies',
      { statusCode: 200, cookies: [] },
      "the result has a field 'cookies', which format 1.0 does not know",
    ],
    ['no status', { statusCode: 'teapot' }, "`statusCode` is 'teapot', and no status of an answer"],
    ['another status', { statusCode: 99 }, '`statusCode` is 99, and no status of an answer'],
    ['half a status', { statusCode: 200.5 }, '`statusCode` is 200.5, and no status of an answer'],
    ['an object as body', { body: { a: 1 } }, '`body` is an object, and no text: JSON.stringify it'],
    ['a text as headers', { headers: 'x: 1' }, "`headers` is 'x: 1', and no object"],
    ['a list as a header', { headers: { x: ['1'] } }, "`headers['x']` is a list, and no text"],
    ['a text as values', { multiValueHeaders: { x: '1' } }, "`multiValueHeaders['x']` is '1', and no list"],
    [
      'an impossible header',
      { headers: { x: 'a\r\nset-cookie: b=1' } },
      "no header can be 'x: a\r\nset-cookie: b=1'",
    ],
    ['an impossible name', { headers: { 'x y': '1' } }, "no header can be 'x y: 1'"],
    [
      'a flag that is none',
      { isBase64Encoded: 'yes' },
      "`isBase64Encoded` is 'yes', and neither true nor false",
    ],
  ])('that is %s is 502', async (_, result, words) => {
    const { status, answer, detail, refusal } = await answered(result)
    expect([status, answer.json()]).toEqual([502, INTERNAL])
    expect(refusal).toBe('MALFORMED_INTEGRATION_ANSWER')
    expect(detail).toBe(words)
  })

  it('tells the length of what HEAD does not send', async () => {
    const { gateway } = gatewayOf(giving({ body: 'four' }))
    expect((await send(gateway, 'HEAD /pets')).headers['content-length']).toBe('4')
    const told = gatewayOf(giving({ headers: { 'content-length': '1000' } }))
    expect((await send(told.gateway, 'HEAD /pets')).headers['content-length']).toBe('1000')
  })
})

describe('a result in format 2.0', () => {
  const answered = async (result: unknown, options: object = {}) => {
    const { gateway, records } = gatewayOf(giving(result), { payload: '2.0' })
    const answer = await send(gateway, 'GET /pets', options)
    return { ...answer, body: answer.text(), answer, detail: records[0]?.detail }
  }

  it('is status, headers, cookies and body', async () => {
    const { status, answer } = await answered({
      statusCode: 201,
      headers: { 'content-type': 'text/plain' },
      cookies: ['a=1', 'b=2; Path=/'],
      body: 'hello',
    })
    expect([status, answer.text(), answer.headers['content-type']]).toEqual([201, 'hello', 'text/plain'])
    expect(answer.setCookie).toEqual(['a=1', 'b=2; Path=/'])
  })

  it.each<[string, unknown, string]>([
    ['an object', { message: 'Hello from Lambda!' }, '{"message":"Hello from Lambda!"}'],
    ['a text', 'Hello', '"Hello"'],
    ['a list', [1, 2], '[1,2]'],
    ['nothing', undefined, 'null'],
    ['an object with other fields of an answer', { headers: {}, body: 'x' }, '{"headers":{},"body":"x"}'],
  ])('without a status is the JSON of a 200: %s', async (_, result, body) => {
    const { status, answer } = await answered(result)
    expect([status, answer.text(), answer.headers['content-type']]).toEqual([200, body, 'application/json'])
  })

  it('is decoded from base64, whatever is accepted', async () => {
    const { answer } = await answered({ statusCode: 200, body: 'iVD/AA==', isBase64Encoded: true })
    expect(Buffer.from(answer.body).toString('base64')).toBe('iVD/AA==')
  })

  it('that is malformed is 502', async () => {
    const { status, detail } = await answered({ statusCode: 200, cookies: 'a=1' })
    expect([status, detail]).toEqual([502, "`cookies` is 'a=1', and no list"])
  })
})

describe('a function', () => {
  it.each<[string, LambdaHandler<never>]>([
    ['by a promise', async () => ({ body: 'done' })],
    ['by a callback', (_event, _context, callback) => callback(null, { body: 'done' })],
    [
      'by a callback, later',
      (_event, _context, callback) => setTimeout(callback, 5, undefined, { body: 'done' }),
    ],
    ['by its context', (_event, context) => context.succeed({ body: 'done' })],
    ['by its context, later', (_event, { done }) => void setTimeout(done, 5, undefined, { body: 'done' })],
    ['at once', () => ({ body: 'done' })],
    [
      'by a callback of a wrapper',
      (...given: Parameters<LambdaHandler<never>>) => void given[2](null, { body: 'done' }),
    ],
  ])('may give its result %s', async (_, handler) => {
    const { gateway } = gatewayOf(handler)
    expect((await send(gateway, 'GET /pets')).text()).toBe('done')
  })

  it.each<[string, LambdaHandler<never>, string]>([
    [
      'throws',
      () => {
        throw new TypeError('broken')
      },
      'TypeError: broken',
    ],
    [
      'rejects',
      async () => {
        throw new Error('broken')
      },
      'Error: broken',
    ],
    [
      'calls back with an error',
      (_event, _context, callback) => callback(new RangeError('broken')),
      'RangeError: broken',
    ],
    ['calls back with a text', (_event, _context, callback) => callback('broken'), 'string: broken'],
    ['fails by its context', (_event, context) => context.fail('broken'), 'string: broken'],
  ])('that %s is 502, and the operator knows why', async (_, handler, words) => {
    const { gateway, errors, records } = gatewayOf(handler)
    const answer = await send(gateway, 'GET /pets')
    expect([answer.status, answer.json()]).toEqual([502, INTERNAL])
    expect(records[0]).toMatchObject({ detail: `the function failed: ${words}`, end: 'crashed' })
    expect(errors.map((error) => (error instanceof Error ? error.message : error))).toEqual(['broken'])
  })

  it.each([
    [{ statusCode: 99 }, '`statusCode` is 99, and no status of an answer'],
    [undefined, 'the result is nothing, and no object with `statusCode` and `body`'],
  ])('that gives no result is 502, and the operator hears of it: %j', async (result, words) => {
    const { gateway, errors } = gatewayOf(giving(result))
    expect((await send(gateway, 'GET /pets')).status).toBe(502)
    expect(errors.map((error) => error instanceof Error && error.message)).toEqual([words])
  })

  it('that throws nothing is told, too', async () => {
    const { gateway, errors, records } = gatewayOf(() => Promise.reject())
    expect((await send(gateway, 'GET /pets')).status).toBe(502)
    expect([String(errors[0]), records[0]?.end]).toEqual(['Error: the function threw nothing', 'crashed'])
  })

  it.each<[string, unknown]>([
    ['an object without a prototype', Object.assign(Object.create(null), { code: 1 })],
    ['an error with a message that is none', Object.assign(new Error('x'), { message: Object.create(null) })],
    ['an error of a name that is none', Object.assign(new Error('x'), { name: 1n })],
  ])('may throw what has no text: %s', async (_, thrown) => {
    const { gateway } = gatewayOf(() => Promise.reject(thrown), { timeout: '1s' })
    expect((await send(gateway, 'GET /pets')).status).toBe(502)
  })

  it('is heard once', async () => {
    const { gateway } = gatewayOf((_event, _context, callback) => {
      callback(null, { body: 'first' })
      callback(null, { body: 'second' })
      throw new Error('third')
    })
    expect((await send(gateway, 'GET /pets')).text()).toBe('first')
  })

  it('is told of its call', async () => {
    const contexts: LambdaContext[] = []
    const pets: LambdaHandler<never> = async (_event, context) => {
      contexts.push(context)
      return { body: String(context.getRemainingTimeInMillis()) }
    }
    const clock = testClock('2026-01-01T00:00:00Z')
    const definition = { clock, region: 'eu-central-1', account: { id: '123456789012' } }
    const { gateway, records } = gatewayOf(pets, { timeout: '3s' }, definition)
    expect((await send(gateway, 'GET /pets')).text()).toBe('3000')
    const [context] = contexts
    expect(context).toMatchObject({
      functionName: 'pets',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:pets',
      memoryLimitInMB: '128',
      awsRequestId: records[0]?.requestId,
      logGroupName: '/aws/lambda/pets',
      logStreamName: expect.stringMatching(/^\[\$LATEST\]\w+$/),
      callbackWaitsForEmptyEventLoop: true,
    })
    clock.advance('1s')
    expect([context?.getRemainingTimeInMillis(), { ...context }.getRemainingTimeInMillis?.()]).toEqual([
      2000, 2000,
    ])
  })

  it('may do with its event what it likes', async () => {
    const { gateway } = gatewayOf(
      async (event: { stageVariables: Record<string, string>; pathParameters: Record<string, string> }) => {
        const before = `${event.stageVariables.who} ${event.pathParameters.proxy}`
        event.stageVariables.who = 'changed'
        event.pathParameters.proxy = 'changed'
        return { body: before }
      },
      {},
      { stages: { $default: { variables: { who: 'world' } } } },
    )
    for (const path of ['a', 'b']) expect((await send(gateway, `GET /${path}`)).text()).toBe(`world ${path}`)
  })

  it('that gives no result in time is 504', async () => {
    const { gateway, records } = gatewayOf(() => {}, { timeout: '50ms' })
    const answer = await send(gateway, 'GET /pets')
    expect([answer.status, answer.json()]).toEqual([504, { message: 'Endpoint request timed out' }])
    expect(records[0]?.detail).toBe('the function gave no result within 50 ms')
  })

  it('has the route’s time, where it has none of its own', async () => {
    const slow = lambda(() => new Promise(() => {}))
    const gateway = createGateway({ routes: [route('GET /pets', { timeout: '60ms' }, slow)] })
    expect((await send(gateway, 'GET /pets')).status).toBe(504)
  })

  it('is not called with more than a body may have, nor with one that does not come', async () => {
    const { gateway } = gatewayOf(async () => ({}), { timeout: '60ms' }, { limits: { body: 10 } })
    expect((await send(gateway, 'POST /pets', { body: 'x'.repeat(11) })).status).toBe(413)
    const { port } = await serve(toNode(gateway))
    const half = wire('POST /pets', ['Content-Length: 10'], 'half').replace('127.0.0.1', 'localhost')
    const told = await tell(port, half, (text) => text.includes('\r\n\r\n'))
    expect(told.status).toBe(504)
  })

  it('is not waited for once its caller has left', async () => {
    const leaving = new AbortController()
    const { gateway, records } = gatewayOf(async () => {
      leaving.abort(new Error('enough'))
      await pause(20)
      return {}
    })
    await expect(send(gateway, 'GET /pets', { signal: leaving.signal })).rejects.toThrow('enough')
    await pause(40)
    expect(records).toMatchObject([{ status: 0, end: 'aborted' }])
  })

  it('is not waited for where its caller has left before', async () => {
    const leaving = new AbortController()
    const { gateway, errors } = gatewayOf(
      giving({}),
      {},
      {
        httpsOnly: false,
        steps: [before('integrate', async () => void leaving.abort())],
      },
    )
    await toFetch(
      gateway,
      () => new Response('the app'),
    )(new Request('http://localhost/pets', { signal: leaving.signal }))
    expect(errors).toEqual([])
  })
})

describe('an asynchronous invocation', () => {
  it('is answered 202 at once', async () => {
    const done: string[] = []
    const { gateway, errors } = gatewayOf(
      async ({ httpMethod }: { httpMethod: string }) => {
        await pause(30)
        done.push(httpMethod)
      },
      { invocation: 'Event' },
    )
    const answer = await send(gateway, 'POST /pets')
    expect([answer.status, answer.text(), done]).toEqual([202, '', []])
    await gateway.close()
    expect([done, errors]).toEqual([['POST'], []])
  })

  it('that fails is the operator’s to know', async () => {
    const { gateway, errors } = gatewayOf(
      async () => {
        throw new Error('broken')
      },
      { invocation: 'Event' },
    )
    expect((await send(gateway, 'POST /pets')).status).toBe(202)
    await gateway.close()
    expect(errors).toEqual([new Error('broken')])
  })
})

describe('a function whose request and result are mapped', () => {
  const responses = [
    { statusCode: 200 },
    {
      selectionPattern: '.*not found.*',
      statusCode: 404,
      templates: { 'application/json': '{"why": "$input.path(\'$.errorType\')"}' },
    },
  ]

  it('is given what the request is mapped to', async () => {
    const request = { templates: { 'application/json': '{"id": "$input.params(\'proxy\')"}' } }
    const { gateway } = gatewayOf(async (event: { id: string }) => ({ got: event }), {
      proxy: false,
      request,
      responses,
    })
    const answer = await send(gateway, 'GET /7')
    expect([answer.status, answer.json()]).toEqual([200, { got: { id: '7' } }])
  })

  it('is given the body where nothing is mapped, an empty object where there is none', async () => {
    const { gateway } = gatewayOf(async (event: unknown) => event, { proxy: false })
    expect((await send(gateway, 'POST /pets', { json: { name: 'Rex' } })).json()).toEqual({ name: 'Rex' })
    expect((await send(gateway, 'GET /pets')).json()).toEqual({})
  })

  it('is not called with what is no JSON', async () => {
    const { gateway } = gatewayOf(async () => 'never', { proxy: false })
    const answer = await send(gateway, 'POST /pets', {
      body: '{',
      headers: { 'content-type': 'application/json' },
    })
    expect([answer.status, answer.json()]).toEqual([
      400,
      { message: expect.stringMatching(/^Could not parse request body into json: /) },
    ])
  })

  it('has its error held against the patterns', async () => {
    const { gateway, errors } = gatewayOf(
      async () => {
        throw new RangeError('the pet was not found there')
      },
      { proxy: false, responses },
    )
    const answer = await send(gateway, 'GET /7')
    expect([answer.status, answer.json()]).toEqual([404, { why: 'RangeError' }])
    expect(errors).toEqual([new RangeError('the pet was not found there')])
  })

  it('tells of its error as Lambda does', async () => {
    const { gateway } = gatewayOf((_event, _context, callback) => callback(new Error('broken')), {
      proxy: false,
      responses: [{ statusCode: 500 }],
    })
    const answer = await send(gateway, 'GET /7')
    expect(answer.json()).toEqual({
      errorMessage: 'broken',
      errorType: 'Error',
      stackTrace: expect.any(Array),
    })
  })

  it('without responses is 502 where it fails', async () => {
    const { gateway } = gatewayOf((_event, _context, callback) => callback('broken'), { proxy: false })
    expect((await send(gateway, 'GET /7')).status).toBe(502)
  })

  it('may be mapped by code', async () => {
    const { gateway } = gatewayOf(async (event: { id: number }) => event.id * 2, {
      proxy: false,
      request: ({ params }) => ({ body: { id: Number(params.proxy) } }),
      responses: ({ body }) => ({ twice: JSON.parse(Buffer.from(body).toString()) }),
    })
    expect((await send(gateway, 'GET /21')).json()).toEqual({ twice: 42 })
  })

  it('may be invoked asynchronously', async () => {
    const got: unknown[] = []
    const handler = async (event: unknown) => void got.push(event)
    const { gateway } = gatewayOf(handler, { proxy: false, invocation: 'Event' })
    expect((await send(gateway, 'POST /pets', { json: { name: 'Rex' } })).status).toBe(202)
    await gateway.close()
    expect(got).toEqual([{ name: 'Rex' }])
    const mapped = gatewayOf(handler, {
      proxy: false,
      invocation: 'Event',
      responses: [{ statusCode: 201, templates: { 'application/json': '{"queued": true}' } }],
    })
    const answer = await send(mapped.gateway, 'POST /pets', { json: {} })
    expect([answer.status, answer.json()]).toEqual([201, { queued: true }])
  })
})

describe('a module', () => {
  const FOLDER = './test/integrate/lambda/modules'

  it.each<[string, string | { module: string; handler?: string }, number, string]>([
    ['by a path', `${FOLDER}/pets.mjs`, 200, 'pet 7'],
    ['and an export', `${FOLDER}/pets.mjs#named`, 201, ''],
    ['by its parts', { module: `${FOLDER}/pets.mjs`, handler: 'named' }, 201, ''],
    ['by a URL', `${new URL('./modules/pets.mjs', import.meta.url).href}#handler`, 200, 'pet 7'],
    ['of CommonJS', `${FOLDER}/old.cjs`, 200, 'old'],
  ])('is named %s', async (_, target, status, body) => {
    const gateway = createGateway({ routes: [route('GET /pets/{id}', {}, lambda(target))] })
    const answer = await send(gateway, 'GET /pets/7')
    expect([answer.status, answer.text()]).toEqual([status, body])
  })

  it.each([
    [
      `${FOLDER}/broken.mjs`,
      /broken\.mjs does not load: it does not even load\. To see where: node .*broken\.mjs$/,
    ],
    [`${FOLDER}/pets.mjs#missing`, /pets\.mjs exports no function 'missing', but handler, named, nothing$/],
    [`${FOLDER}/pets.mjs#nothing`, /exports no function 'nothing'/],
  ])('that has no such function is 500, and the operator knows at once: %s', async (target, words) => {
    const { gateway, errors, records } = gatewayOf(target)
    const answer = await send(gateway, 'GET /7')
    expect([answer.status, answer.json()]).toEqual([500, INTERNAL])
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(words) })])
    expect(records[0]?.detail).toMatch(words)
  })

  it('is loaded once for all routes, and what is wrong with it told once', async () => {
    const errors: unknown[] = []
    const broken = () => lambda(`${FOLDER}/broken.mjs`)
    const gateway = createGateway({
      routes: [route('GET /a', {}, broken()), route('GET /b', {}, broken())],
      onError: (error) => errors.push(error),
    })
    expect([(await send(gateway, 'GET /a')).status, (await send(gateway, 'GET /b')).status]).toEqual([
      500, 500,
    ])
    expect(errors).toHaveLength(1)
  })

  it('is told by its name who it is', async () => {
    const { gateway } = gatewayOf(`${FOLDER}/old.cjs`)
    expect((await send(gateway, 'GET /7')).status).toBe(200)
    expect(gateway.routes[0]).toMatchObject({ answeredBy: 'lambda' })
  })
})
