/** Which template a request is mapped by, what passes without one, and bodies that are bytes. */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createGateway, type GatewayDefinition, route } from '../../../src/index.js'
import type { RequestFunction, RequestMapping } from '../../../src/integration.js'
import { type SendOptions, send } from '../../../src/testing.js'
import { faultsOf, JSON_TYPE, mapped, type Told, templates } from './support.js'

async function told(
  request: RequestMapping | RequestFunction,
  options: SendOptions & { readonly target?: string } = {},
  definition: Partial<GatewayDefinition> = {},
): Promise<string | Told> {
  const { target = 'POST /pets/7', ...rest } = options
  const gateway = createGateway({
    ...definition,
    routes: [route('ANY /pets/{petId}', {}, mapped({ request }))],
  })
  const sent = await send(gateway, target, rest)
  return sent.status === 200 ? (sent.json() as Told) : `${sent.status} ${sent.text()}`
}

const bodyOf = async (...given: Parameters<typeof told>) => {
  const all = await told(...given)
  return typeof all === 'string' ? all : all.body
}

const as = (type: string | undefined, body = 'sent') => ({ headers: { 'content-type': type }, body })
const UNSUPPORTED = '415 {"message":"Unsupported Media Type"}'
const JSON_ONLY = templates('mapped')
const XML_ONLY = { 'application/xml': 'mapped' }

describe('a content type', () => {
  // The tables of AWS's documentation of passthrough behaviours.
  it.each<[string, RequestMapping['templates'], string | undefined, [string, string, string]]>([
    ['its own template', JSON_ONLY, undefined, ['mapped', 'mapped', 'mapped']],
    ['its own template', JSON_ONLY, JSON_TYPE, ['mapped', 'mapped', 'mapped']],
    ['its own template', JSON_ONLY, 'Application/JSON; charset=utf-8', ['mapped', 'mapped', 'mapped']],
    ["another one's template", JSON_ONLY, 'application/xml', ['sent', UNSUPPORTED, UNSUPPORTED]],
    ["another one's template", XML_ONLY, undefined, ['sent', UNSUPPORTED, UNSUPPORTED]],
    ["another one's template", XML_ONLY, JSON_TYPE, ['sent', UNSUPPORTED, UNSUPPORTED]],
    ['its own template', XML_ONLY, 'application/xml', ['mapped', 'mapped', 'mapped']],
    ['no template', {}, JSON_TYPE, ['sent', 'sent', UNSUPPORTED]],
    ['no template', undefined, undefined, ['sent', 'sent', UNSUPPORTED]],
    ['one for all', { $default: 'mapped' }, 'text/plain', ['mapped', 'mapped', 'mapped']],
  ])('with %s (%j, %s)', async (_, given, type, expected) => {
    const behaviors = ['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER'] as const
    const results = behaviors.map((passthroughBehavior) =>
      bodyOf({ passthroughBehavior, ...(given && { templates: given }) }, as(type)),
    )
    expect(await Promise.all(results)).toEqual(expected)
  })

  it('passes without a match, where nothing else is said', async () => {
    expect(await bodyOf({ templates: JSON_ONLY }, as('text/plain'))).toBe('sent')
  })

  it('goes with the body', async () => {
    const headers = async (...given: Parameters<typeof told>) => ((await told(...given)) as Told).headers
    expect(await headers({}, as('text/plain; charset=utf-8'))).toEqual([
      'content-type',
      'text/plain; charset=utf-8',
    ])
    expect(await headers({ templates: JSON_ONLY }, as(undefined))).toEqual(['content-type', JSON_TYPE])
    const parameters = { 'integration.request.header.Content-Type': "'application/x-amz-json-1.0'" }
    expect(await headers({ templates: JSON_ONLY, parameters }, as(undefined))).toEqual([
      'Content-Type',
      'application/x-amz-json-1.0',
    ])
    expect(await headers({}, { target: 'GET /pets/7' })).toEqual([])
  })
})

describe('a request template', () => {
  it('overrides what its parameters give, and adds to it', async () => {
    const parameters = {
      'integration.request.header.x-a': "'a'",
      'integration.request.querystring.q': "'q'",
      'integration.request.querystring.r': "'r'",
      'integration.request.path.id': 'method.request.path.petId',
    }
    const text = `#set($context.requestOverride.header.X-A = "b")
#set($context.requestOverride.header['x-b'] = 7)
#set($context.requestOverride.querystring.q = ["1", "2"])
#set($context.requestOverride.path.id = "x/$input.params('petId')")
#set($ignored = $context.requestOverride.header.put("x-c", $gone))`
    expect(await told({ parameters, templates: templates(text) })).toEqual({
      headers: ['X-A', 'b', 'x-b', '7', 'content-type', JSON_TYPE],
      query: [
        ['r', 'r'],
        ['q', '1'],
        ['q', '2'],
      ],
      path: { id: 'x/7' },
      body: '',
    })
  })

  it('cannot be made to say where the request goes, nor to end a header', async () => {
    const overriding = (name: string) =>
      templates(`#set($context.requestOverride.header['${name}'] = $input.params('x'))`)
    for (const name of ['host', 'Host', 'content-length', 'transfer-encoding', 'connection', 'a b', 'a:'])
      expect(await told({ templates: overriding(name) }, { target: 'GET /pets/7?x=1' })).toMatch(/^500/)
    expect(await told({ templates: overriding('x-a') }, { target: 'GET /pets/7?x=1%0d%0ab:c' })).toMatch(
      /^400/,
    )
  })

  it('is given what the caller compressed', async () => {
    const text = templates("$input.json('$.name')")
    const headers = { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' }
    expect(await bodyOf({ templates: text }, { headers, body: gzipSync('{"name": "Rex"}') })).toBe('"Rex"')
    expect(await bodyOf({}, { headers, body: gzipSync('{"name": "Rex"}') })).toBe('{"name": "Rex"}')
    expect(await told({}, { headers, body: 'no gzip' })).toBe('400 {"message":"Invalid request body"}')
    const limits = { limits: { body: 1_000 } }
    expect(await told({}, { headers, body: gzipSync('x'.repeat(2_000)) }, limits)).toMatch(/^413/)
    const other = { ...headers, 'content-encoding': 'compress' }
    expect(await told({}, { headers: other, body: 'x' })).toBe(UNSUPPORTED)
  })

  it('is refused a body that is too large, or no JSON', async () => {
    const text = templates("$input.json('$')")
    expect(
      await told({ templates: text }, as(JSON_TYPE, 'x'.repeat(2_000)), { limits: { body: 1_000 } }),
    ).toMatch(/^413/)
    expect(await told({ templates: text }, as(JSON_TYPE, '{"a": 1,}'))).toMatch(
      /^400 \{"message":"Could not parse request body into json: /,
    )
    const deep = '['.repeat(2_000) + ']'.repeat(2_000)
    expect(await told({ templates: text }, as(JSON_TYPE, deep))).toMatch(
      /^400 .*nested more than 1000 levels/,
    )
  })

  it('reads no body that it does not speak of', async () => {
    const text = templates('$input.params("petId")')
    const body = async function* () {
      yield 'x'
      throw new Error('read')
    }
    expect(await bodyOf({ templates: text }, { body: body(), headers: { 'content-type': JSON_TYPE } })).toBe(
      '7',
    )
  })
})

describe('a body', () => {
  const bytes = Buffer.from([0, 255, 128, 10])
  const base64 = bytes.toString('base64')
  const binary = { binaryMediaTypes: ['image/*'] }
  const image = { headers: { 'content-type': 'image/png' }, body: bytes }

  // AWS's table of conversions.
  it.each<[string, RequestMapping, SendOptions, Partial<GatewayDefinition>, string]>([
    ['text stays', {}, as('text/plain'), {}, 'sent'],
    [
      'text is taken for base64',
      { contentHandling: 'CONVERT_TO_BINARY' },
      as('text/plain', base64),
      {},
      bytes.toString('latin1'),
    ],
    ['text stays', { contentHandling: 'CONVERT_TO_TEXT' }, as('text/plain'), {}, 'sent'],
    ['text stays', {}, as('text/plain'), binary, 'sent'],
    [
      'text is taken for base64',
      { contentHandling: 'CONVERT_TO_BINARY' },
      as('text/plain', base64),
      binary,
      bytes.toString('latin1'),
    ],
    ['text stays', { contentHandling: 'CONVERT_TO_TEXT' }, as('text/plain'), binary, 'sent'],
    ['bytes stay', {}, image, binary, bytes.toString('latin1')],
    ['bytes stay', { contentHandling: 'CONVERT_TO_BINARY' }, image, binary, bytes.toString('latin1')],
    ['bytes become base64', { contentHandling: 'CONVERT_TO_TEXT' }, image, binary, base64],
    [
      'what no list names is text',
      { contentHandling: 'CONVERT_TO_TEXT' },
      image,
      {},
      bytes.toString('latin1'),
    ],
    [
      'all types may be bytes',
      { contentHandling: 'CONVERT_TO_TEXT' },
      image,
      { binaryMediaTypes: ['*/*'] },
      base64,
    ],
  ])('%s (%j)', async (_, request, options, definition, expected) =>
    expect(await bodyOf(request, options, definition)).toBe(expected),
  )

  it('of bytes is given to a template as base64', async () => {
    const request = {
      contentHandling: 'CONVERT_TO_TEXT',
      templates: { 'image/png': '{"data": "$input.body"}' },
    } as const
    expect(await bodyOf(request, image, binary)).toBe(`{"data": "${base64}"}`)
  })

  it('that is no base64 cannot become bytes', async () => {
    const request = { contentHandling: 'CONVERT_TO_BINARY' } as const
    expect(await told(request, as('text/plain', '§'))).toBe('500 {"message":"Internal server error"}')
  })
})

describe('a function', () => {
  it('maps a request instead', async () => {
    const request: RequestFunction = ({ params, variables }, body) => ({
      headers: { 'x-id': params.petId ?? '' },
      query: { a: '1', b: ['2', '3'] },
      path: { id: 'x' },
      body: { sent: JSON.parse(Buffer.from(body).toString()), variables },
    })
    expect(await told(request, { json: { name: 'Rex' } })).toEqual({
      headers: ['x-id', '7', 'content-type', JSON_TYPE],
      query: [
        ['a', '1'],
        ['b', '2'],
        ['b', '3'],
      ],
      path: { id: 'x' },
      body: '{"sent":{"name":"Rex"},"variables":{}}',
    })
  })

  it.each([
    [undefined, 'gave nothing: give { headers, query, path, body }'],
    ['text', 'gave a string: give'],
    [{ statusCode: 404 }, "gave 'statusCode', which no request has: give"],
  ])('that gives %j says what it is to give', async (given, words) => {
    const said: unknown[] = []
    const request = (async () => given) as unknown as RequestFunction
    const onError = (error: unknown) => said.push(error)
    expect(await told(request, {}, { onError })).toBe('500 {"message":"Internal server error"}')
    expect(String(said[0])).toContain(words)
  })

  it('may take its time, and leave out what is empty', async () => {
    expect(await told(async () => ({}))).toEqual({ headers: [], query: [], path: {}, body: '' })
    expect(await told(async () => ({ body: 'text' }))).toMatchObject({
      headers: ['content-type', 'text/plain; charset=utf-8'],
      body: 'text',
    })
    expect(
      await told(async () => ({ body: Buffer.from([255]), headers: { 'Content-Type': 'image/png' } })),
    ).toMatchObject({
      headers: ['Content-Type', 'image/png'],
      body: '\xff',
    })
  })

  it('that fails is a 500, and what no header carries a 400', async () => {
    const fails = () => {
      throw new Error('no')
    }
    expect(await told(fails, {}, { onError: () => {} })).toBe('500 {"message":"Internal server error"}')
    expect(await told(() => ({ headers: { a: 'b\r\nc' } }))).toMatch(/^400/)
  })
})

describe('a mapping of requests that is none', () => {
  it('is found, field by field', () => {
    expect(faultsOf({ request: 'POST' })).toContain("request: 'POST' is not a mapping of requests")
    expect(faultsOf({ request: { template: {} } })).toContain(
      'request.template: `template` is no field of a mapping of requests (UNKNOWN_FIELD)\n    Did you mean `templates`?',
    )
    expect(faultsOf({ request: { passthroughBehavior: 'ALWAYS' } })).toContain(
      "request.passthroughBehavior: 'ALWAYS' is not one of 'WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER'",
    )
    expect(faultsOf({ request: { contentHandling: 'text' } })).toContain(
      "request.contentHandling: 'text' is not one of",
    )
    expect(faultsOf({ request: { templates: { 'application/json; charset=utf-8': 'x' } } })).toContain(
      "request.templates['application/json; charset=utf-8']: 'application/json; charset=utf-8' is no content type (CONTENT_TYPE_INVALID)\n    Write the type alone, 'application/json', without a charset.",
    )
    expect(faultsOf({ request: { templates: { [JSON_TYPE]: {} } } })).toContain('an object is not a template')
    expect(faultsOf({ request: { templates: { $default: 'x' } } })).toBe('none')
  })
})
