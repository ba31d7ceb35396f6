import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as zlib from 'node:zlib'
import express from 'express'
import { createGateway, type Policy, type Refusal, route } from 'postern'
import { toExpress } from 'postern/express'
import { mock } from 'postern/mock'
import { type SendOptions, send } from 'postern/testing'
import { describe, expect, test } from 'vitest'
import { fc } from '../laws.js'

const { brotliCompressSync, deflateSync, gzipSync } = zlib
/** Of Node 22.15 and newer. */
const zstd: unknown = Reflect.get(zlib, 'zstdCompressSync')

const Pet = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
}
const JSON_TYPE = { 'content-type': 'application/json' }

/** Sends a body to a route with this policy; what the gateway said of it. */
async function sends(options: SendOptions, body: Policy['body'] = 'Pet', more: object = {}) {
  let refusal: Refusal | undefined
  let faults: readonly { pointer: string; keyword: string }[] = []
  let handled: unknown
  const gateway = createGateway({
    routes: [
      route(
        'POST /pets',
        { body: body as 'Pet', ...('policy' in more ? (more.policy as object) : {}) },
        (context) => {
          handled = context.body
          return 'ok'
        },
      ),
    ],
    models: { Pet },
    onRefusal: (given) => {
      refusal = given
      return undefined
    },
    onRecord: (record) => {
      faults = record.faults
    },
    ...more,
    ...{ policy: undefined },
  })
  const answer = await send(gateway, 'POST /pets', options)
  const told = faults.map(({ pointer, keyword }) => `${pointer} ${keyword}`)
  return { answer, status: answer.status, handled, told, refusal, type: refusal?.type }
}

const refused = async (options: SendOptions, body?: Policy['body']) => {
  const { status, told, type } = await sends(options, body)
  return [status, type, ...told]
}

describe('a body', () => {
  test('that keeps to its model reaches the handler', async () => {
    expect(await sends({ json: { name: 'Rex' } })).toMatchObject({ status: 200, handled: { name: 'Rex' } })
  })

  test("that breaks it is refused in AWS's words, and the operator is told all of it", async () => {
    const { status, refusal, told } = await sends({ json: { age: 'x' } })
    expect(status).toBe(400)
    expect(refusal).toMatchObject({
      type: 'BAD_REQUEST_BODY',
      message: 'Invalid request body',
      errors: [],
      detail:
        '[object has missing required properties (["name"]), instance type (string) does not match any allowed primitive type (allowed: ["integer"])]',
    })
    expect(told).toEqual(['/name required', '/age type'])
  })

  test('tells the caller of its faults where the route says so', async () => {
    const { refusal, answer } = await sends({ json: {} }, 'Pet', { policy: { errors: 'detailed' } })
    const message = 'object has missing required properties (["name"])'
    const errors = [{ pointer: '/name', keyword: 'required', message }]
    expect(refusal?.errors).toEqual(errors)
    expect(answer.json()).toEqual({ message: 'Invalid request body', errors })
  })

  test('reaches the app although it is wrong where its rules only observe', async () => {
    const body = { models: { 'application/json': 'Pet' }, mode: 'observe' } as const
    expect(await sends({ json: {} }, body)).toMatchObject({
      status: 200,
      told: ['/name required'],
      refusal: undefined,
    })
  })

  test('must be there, unless its rules say that it need not', async () => {
    expect(await refused({})).toEqual([400, 'BAD_REQUEST_BODY', ' required'])
    const optional = { models: { 'application/json': 'Pet' }, required: false }
    expect(await sends({}, optional)).toMatchObject({ status: 200, handled: undefined })
    expect(await refused({ json: {} }, optional)).toEqual([400, 'BAD_REQUEST_BODY', '/name required'])
  })
})

describe('what a body breaks, as $context.error.validationErrorString', () => {
  const WRONG = { age: 'x' }
  const WORDS =
    '[object has missing required properties (["name"]), instance type (string) does not match any allowed primitive type (allowed: ["integer"])]'
  const templates = (text: string) => ({ 'application/json': text })
  /** What stands in the template of a refusal, or, where nothing is refused, in a mapping template. */
  async function shown(mode: 'enforce' | 'observe', given: SendOptions, kind = 'cat') {
    const variable = '$context.error.validationErrorString'
    const mapping = { templates: templates(`{"why": "$util.escapeJavaScript(${variable})"}`) }
    const body = { models: { 'application/json': 'Pet' }, mode } as const
    const parameters = { query: { kind: { schema: { enum: ['cat'] } } }, mode } as const
    const gateway = createGateway({
      routes: [route('POST /pets', { body, parameters }, mock({ responses: [mapping] }))],
      models: { Pet },
      refusals: { DEFAULT_4XX: { templates: templates(`{"why": "${variable}"}`) } },
    })
    const answer = await send(gateway, `POST /pets?kind=${kind}`, given)
    return [answer.status, (answer.json() as { why: string }).why]
  }

  test('is the list of AWS in the template of the refusal', async () => {
    expect(await shown('enforce', { json: WRONG })).toEqual([400, WORDS])
    expect(await shown('enforce', { headers: JSON_TYPE, body: '' })).toEqual([400, '[there is no body]'])
  })

  test('is empty in all other refusals, whose details are for the operator', async () => {
    let told: Refusal | undefined
    const gateway = createGateway({
      routes: [route('GET /pets', { authorize: 'iam' })],
      credentials: () => undefined,
      refusals: {
        DEFAULT_4XX: { templates: templates('{"why": "$context.error.validationErrorString"}') },
      },
      onRefusal: (refusal) => {
        told = refusal
        return undefined
      },
    })
    const answer = await send(gateway, 'GET /pets', {
      as: { accessKeyId: 'AKIDNOBODY', secretAccessKey: 'x' },
    })
    expect(told?.detail).toContain('AKIDNOBODY')
    expect(answer.json()).toEqual({ why: '' })
  })

  test('is the same list in a mapping template, where its rules only observe', async () => {
    expect(await shown('observe', { json: WRONG })).toEqual([200, WORDS])
    expect(await shown('observe', { headers: JSON_TYPE, body: '' })).toEqual([200, '[there is no body]'])
  })

  test.each([
    ['enforce', 400],
    ['observe', 200],
  ] as const)('is that of the parameters where they break theirs as well: %s', async (mode, status) => {
    const words = '[instance value ("dog") not found in enum (possible values: ["cat"])]'
    expect(await shown(mode, { json: WRONG }, 'dog')).toEqual([status, words])
  })

  test('is empty where it breaks nothing', async () => {
    expect(await shown('observe', { json: { name: 'Rex' } })).toEqual([200, ''])
  })
})

describe('the type of a body', () => {
  const typed = (type: string, body: string = '{"name":"Rex"}') => ({
    headers: { 'content-type': type },
    body,
  })

  test.each([
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json; charset=us-ascii',
    'application/vnd.acme.pet+json',
  ])('%s is JSON', async (type) => {
    expect(await sends(typed(type))).toMatchObject({ status: 200, handled: { name: 'Rex' } })
  })

  test('that is not said is JSON, as in AWS', async () => {
    expect(await sends({ body: '{"name":"Rex"}' })).toMatchObject({ status: 200, handled: { name: 'Rex' } })
  })

  test.each([
    'text/plain',
    'text/html; a=application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/json; charset=iso-8859-1',
    'nonsense',
  ])('%s is refused where no model is for it', async (type) => {
    expect(await refused(typed(type))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  })

  test("passes unread where its rules, or AWS's ways, say so", async () => {
    const passing = { models: { 'application/json': 'Pet' }, unknownType: 'pass' } as const
    expect(await sends(typed('text/plain', 'x'), passing)).toMatchObject({ status: 200, handled: undefined })
    expect(await sends(typed('text/plain', 'x'), 'Pet', { compat: 'aws' })).toMatchObject({ status: 200 })
    // Its model is not for another charset, and no way around it either.
    expect(await refused(typed('application/json; charset=utf-16', '{}'), passing)).toEqual([
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ])
  })

  test('decides which model holds it', async () => {
    const models = {
      'Application/Cat': { enum: ['cat'] },
      'text/plain': { enum: ['dog'] },
      $default: { enum: ['bird'] },
    }
    expect(await sends(typed('application/cat', '"cat"'), { models })).toMatchObject({ handled: 'cat' })
    expect(await sends(typed('text/plain', 'dog'), { models })).toMatchObject({ handled: 'dog' })
    expect(await sends(typed('application/any', '"bird"'), { models })).toMatchObject({ handled: 'bird' })
    expect(await refused(typed('application/any', '"cat"'), { models })).toEqual([
      400,
      'BAD_REQUEST_BODY',
      ' enum',
    ])
  })
})

describe('a form', () => {
  const FORM = 'application/x-www-form-urlencoded'
  const Order = {
    type: 'object',
    required: ['pet'],
    additionalProperties: false,
    properties: {
      pet: { type: 'string' },
      count: { type: 'integer' },
      price: { type: 'number' },
      gift: { type: 'boolean' },
      tags: { type: 'array', items: { type: 'integer' } },
    },
  }
  const form = (body: string) =>
    sends({ headers: { 'content-type': FORM }, body }, { models: { [FORM]: Order } })

  test('is made into what its model says', async () => {
    const { handled } = await form('pet=Rex+%26+Max&count=2&price=1.5&gift=true&tags=1&tags=2')
    expect(handled).toEqual({ pet: 'Rex & Max', count: 2, price: 1.5, gift: true, tags: [1, 2] })
    expect((await form('pet=7&tags=1')).handled).toEqual({ pet: '7', tags: [1] })
  })

  test.each([
    ['count=2', '/pet required'],
    ['pet=a&count=1e3', '/count type'],
    ['pet=a&count=0x10', '/count type'],
    ['pet=a&count=', '/count type'],
    ['pet=a&count=1&count=2', '/count type'],
    ['pet=a&gift=yes', '/gift type'],
    ['pet=a&__proto__=1', '/__proto__ name'],
    ['pet=a&%5F_proto__=1', '/__proto__ name'],
    ['pet=%', ' parse'],
    ['pet=%ff', ' parse'],
    ['&a=1'.repeat(1_001), ' parse'],
  ])('%s is refused', async (body, told) => {
    expect((await form(body)).told).toContain(told)
  })
})

describe('hostile JSON', () => {
  const sent = (body: string | Uint8Array) => refused({ headers: JSON_TYPE, body })
  const bad = (told: string) => [400, 'BAD_REQUEST_BODY', told]

  test.each<[string, string | Uint8Array, string]>([
    ['that is none', '{"name":"Rex"', ' parse'],
    ['that says a name twice', '{"name":"Rex","name":"Max"}', '/name duplicate'],
    ['that says a name twice, in another spelling', '{"name":"Rex","n\\u0061me":"Max"}', '/name duplicate'],
    [
      'that says a name twice, further down',
      '{"name":"a","x":[{},{"y":1,"z":{},"y":2}]}',
      '/x/1/y duplicate',
    ],
    ['that says a name twice, apart by space', '{"name":"a","b":":c","name"\n :1}', '/name duplicate'],
    ['that says a name twice behind colons', '{"name":" : ","b":"\\":\\"","b":1}', '/b duplicate'],
    ['that says __proto__ twice', '{"name":"a","__proto__":1,"__proto__":2}', '/__proto__ name'],
    ['that has a field called __proto__', '{"name":"a","__proto__":{"admin":true}}', '/__proto__ name'],
    [
      'that has one further down, in another spelling',
      '{"name":"a","x":[{"__\\u0070roto__":1}]}',
      '/x/0/__proto__ name',
    ],
    ['that goes deep', `{"name":"a","x":${'['.repeat(64)}${']'.repeat(64)}}`, ' depth'],
    ['that goes very deep', `${'{"a":'.repeat(1_000_000)}1${'}'.repeat(1_000_000)}`, ' depth'],
    ['that begins with a byte order mark', '\ufeff{"name":"Rex"}', ' parse'],
    ['that is not UTF-8', Buffer.from([0x7b, 0x22, 0x6e, 0xff, 0x22, 0x3a, 0x31, 0x7d]), ' parse'],
    ['in an overlong form of UTF-8', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), ' parse'],
    ['in UTF-16', Buffer.from('{"name":"Rex"}', 'utf16le'), ' parse'],
    ['with a comment', '{"name":"Rex"/**/}', ' parse'],
    ['with a number too large to be held', '{"name":"Rex","age":1e400}', '/age type'],
    ['with NaN', '{"name":NaN}', ' parse'],
  ])('%s is refused', async (_, body, told) => {
    expect(await sent(body)).toEqual(bad(told))
  })

  test.each([
    [
      'what is nearly called so, and texts that say it',
      '{"name":"__proto__","__proto":1,"\\u00e9":"\\u005f_proto__"}',
    ],
    ['U+FFFD itself', '{"name":"\ufffd"}'],
    ['colons and quotes in texts', '{"name":":a \\" : \\"b\\":","x":[":","\\\\"],"y":{"name":" :"}}'],
    [
      'names alike in different objects',
      '[{"name":"a"},{"name":"a"}]'.replace(/^.*$/, '{"name":"a","b":{"name":"a"}}'),
    ],
    ['64 levels', `{"name":"a","x":${'['.repeat(63)}${']'.repeat(63)}}`],
    ['many names', `{"name":"a",${Array.from({ length: 500 }, (_, at) => `"k${at}":${at}`).join()}}`],
    [
      'more than the bytes that are looked at beforehand',
      `{"name":"a:","x":${JSON.stringify(new Array(60_000).fill({ a: 1 }))}}`,
    ],
  ])('with %s is JSON like any other', async (_, body) => {
    expect((await sends({ headers: JSON_TYPE, body })).handled).toEqual(JSON.parse(body))
  })

  test('is found to say a name twice wherever that is', async () => {
    const value = fc.jsonValue({ maxDepth: 4 })
    const fields = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'a"', ':', '\\'), value), {
      maxLength: 6,
    })
    const space = fc.constantFrom('', ' ', '\n', '\t ')
    await fc.assert(
      fc.asyncProperty(fields, space, space, async (pairs, before, after) => {
        const body = `{${pairs.map(([name, each]) => `${before}${JSON.stringify(name)}${after}:${before}${JSON.stringify(each)}`).join()}}`
        const twice = new Set(pairs.map(([name]) => name)).size < pairs.length
        const { told } = await sends({ headers: JSON_TYPE, body }, { models: { $default: {} } })
        expect(told.some((each) => each.endsWith(' duplicate'))).toBe(twice)
      }),
      { numRuns: 60 },
    )
  })
})

describe('a list as long as a body may be', () => {
  const MOST = 9_900_000
  /** Items one after the other, as many as fit, with `last` at the end. */
  function list(item: (index: number) => string, last = item(0)): string {
    const items: string[] = []
    for (let size = last.length; size < MOST; size += (items.at(-1)?.length ?? 0) + 1)
      items.push(item(items.length))
    return `[${[...items, last].join()}]`
  }
  const zero = () => '0'
  const integers = { type: 'array', items: { type: 'integer' } }
  const distinct = { ...integers, uniqueItems: true }
  const tags = { items: { enum: [{ tag: 'b' }, 'c'] } }

  // Whatever compares each item with each other one would not end within the time of a test.
  test.each<[string, object, () => string, readonly (number | string)[]]>([
    ['of one number', integers, () => list(zero), [200]],
    ['of one number, and a text behind it', integers, () => list(zero, '"0"'), [400, '/4949999 type']],
    ['of one number that is to be there once', distinct, () => list(zero), [400, ' uniqueItems']],
    ['of different numbers', distinct, () => list((index) => `${index + 1}`, '0'), [200]],
    ['of objects, the last one unknown', tags, () => list(() => '{"tag":"b"}', '{}'), [400, '/825000 enum']],
  ])('%s is looked at, to its end', { timeout: 30_000 }, async (_, model, body, expected) => {
    const rules = { models: { 'application/json': 'List' } } as never
    const { status, told } = await sends({ headers: JSON_TYPE, body: body() }, rules, {
      models: { List: model },
    })
    expect([status, ...told]).toEqual(expected)
  })
})

describe('a compressed body', () => {
  const text = JSON.stringify({ name: 'Rex' })
  const packed = (encoding: string, body: Uint8Array, rules: Policy['body'] = 'Pet') =>
    sends({ headers: { ...JSON_TYPE, 'content-encoding': encoding }, body }, rules)

  test.each<[string, Uint8Array]>([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
    ['identity', Buffer.from(text)],
  ])('by %s is inflated for the model', async (encoding, body) => {
    expect(await packed(encoding, body)).toMatchObject({ status: 200, handled: { name: 'Rex' } })
  })

  test('that breaks the model is refused', async () => {
    expect((await packed('gzip', gzipSync('{}'))).told).toEqual(['/name required'])
  })

  test('that inflates past its bound is refused before it does', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20))
    expect(await packed('gzip', bomb)).toMatchObject({ status: 413, type: 'REQUEST_TOO_LARGE' })
    const rules = { models: { 'application/json': 'Pet' }, inflated: 5 }
    expect(await packed('gzip', gzipSync(text), rules)).toMatchObject({ status: 413 })
    const twice = gzipSync(gzipSync(Buffer.alloc(50_000_000, 0x20)))
    expect(await packed('gzip, gzip', twice)).toMatchObject({ status: 413 })
  })

  describe.runIf(typeof zstd === 'function')('by zstd, where Node has it', () => {
    const compressed = (body: string | Uint8Array): Buffer =>
      Reflect.apply(zstd as (body: Uint8Array) => Buffer, undefined, [Buffer.from(body)])

    test('is inflated for the model', async () => {
      expect(await packed('zstd', compressed(text))).toMatchObject({ status: 200, handled: { name: 'Rex' } })
      expect((await packed('zstd', compressed('{}'))).told).toEqual(['/name required'])
      expect(await packed('gzip, zstd', compressed(gzipSync(text)))).toMatchObject({ status: 200 })
    })

    test('that inflates past its bound, or is broken, is refused', async () => {
      const bomb = compressed(Buffer.alloc(50_000_000, 0x20))
      expect(await packed('zstd', bomb)).toMatchObject({ status: 413, type: 'REQUEST_TOO_LARGE' })
      const rules = { models: { 'application/json': 'Pet' }, inflated: 5 }
      expect(await packed('zstd', compressed(text), rules)).toMatchObject({ status: 413 })
      expect((await packed('zstd', Buffer.from(text))).told).toEqual([' parse'])
      expect((await packed('zstd', compressed(text).subarray(0, 10))).told).toEqual([' parse'])
    })
  })

  test.runIf(zstd === undefined)('by zstd, where Node has none, is refused', async () => {
    const { status, refusal, answer } = await packed('zstd', Buffer.from('28b52ffd2000010000', 'hex'))
    expect([status, answer.json()]).toEqual([415, { message: 'Unsupported Media Type' }])
    expect(refusal?.detail).toBe('the body cannot be read: its content-encoding is not known')
  })

  test('that is broken is refused', async () => {
    expect((await packed('gzip', Buffer.from(text))).told).toEqual([' parse'])
    expect((await packed('gzip', gzipSync(text).subarray(0, 10))).told).toEqual([' parse'])
  })

  test.each(['compress', 'gzip, gzip, gzip, gzip', 'nonsense', 'toString'])(
    'by %s is refused',
    async (encoding) => {
      expect(await packed(encoding, gzipSync(text))).toMatchObject({ status: 415 })
    },
  )

  test('reaches the app as it was sent', async () => {
    const app = express()
    app.use(toExpress(createGateway({ routes: [route('POST /pets', { body: 'Pet' })], models: { Pet } })))
    app.post(
      '/pets',
      express.json(),
      (req, res) => void res.json({ app: req.body, gateway: req.gateway?.body }),
    )
    const server = createServer(app).listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const { port } = server.address() as AddressInfo
      const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' }
      const answer = await fetch(`http://127.0.0.1:${port}/pets`, {
        method: 'POST',
        headers,
        body: gzipSync(text),
      })
      expect(await answer.json()).toEqual({ app: { name: 'Rex' }, gateway: { name: 'Rex' } })
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
})

describe('whatever is sent', () => {
  const types = fc.constantFrom(
    ...[
      'application/json',
      'application/x-www-form-urlencoded',
      'text/plain',
      'a/b',
      'application/json; charset=x',
      '',
    ],
  )
  const encodings = fc.constantFrom('', 'gzip', 'br', 'deflate', 'identity', 'gzip,br', 'x')
  const JSONISH = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((json) => Buffer.from(json)),
    fc
      .string({ unit: fc.constantFrom(...'{}[]":,\\1ea &=%+\ufeff'), maxLength: 60 })
      .map((text) => Buffer.from(text)),
    fc.json().map((json) => gzipSync(json)),
  )

  test('passes, or is refused for a reason', async () => {
    const errors: unknown[] = []
    const models = {
      'application/json': 'Pet',
      'application/x-www-form-urlencoded': 'Pet',
      'text/plain': 'Pet',
    }
    const gateway = createGateway({
      routes: [route('POST /pets', { body: { models } as never })],
      models: { Pet },
      onError: (error) => void errors.push(error),
    })
    await fc.assert(
      fc.asyncProperty(types, encodings, JSONISH, async (type, encoding, body) => {
        const headers = {
          ...(type && { 'content-type': type }),
          ...(encoding && { 'content-encoding': encoding }),
        }
        const { status } = await send(gateway, 'POST /pets', { headers, body })
        expect([200, 400, 413, 415]).toContain(status)
        expect(errors).toEqual([])
      }),
      { numRuns: 600 },
    )
  })
})
