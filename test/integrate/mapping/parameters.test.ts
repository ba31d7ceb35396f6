/**
 * Parameter mapping, both ways.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
 */
import { describe, expect, it } from 'vitest'
import { createGateway, route } from '../../../src/index.js'
import type { SendOptions } from '../../../src/testing.js'
import { send } from '../../../src/testing.js'
import { faultsOf, JSON_TYPE, mapped, type Told } from './support.js'

async function told(
  parameters: Readonly<Record<string, string>>,
  target = 'GET /pets/7',
  options: SendOptions = {},
): Promise<Told> {
  const gateway = createGateway({
    routes: [route('ANY /pets/{petId}', {}, mapped({ request: { parameters } }))],
    stages: { $default: { variables: { region: 'eu' } } },
  })
  const sent = await send(gateway, target, options)
  return sent.status === 200
    ? (sent.json() as Told)
    : Promise.reject(new Error(`${sent.status} ${sent.text()}`))
}

const headersOf = async (...given: Parameters<typeof told>) => (await told(...given)).headers

describe('a request', () => {
  it('gives an integration what its parameters name', async () => {
    const all = await told(
      {
        'integration.request.path.id': 'method.request.path.petId',
        'integration.request.querystring.user': 'method.request.querystring.name',
        'integration.request.querystring.tags': 'method.request.multivaluequerystring.tag',
        'integration.request.header.x-user': 'method.request.header.X-User',
        'integration.request.header.x-all': 'method.request.multivalueheader.x-tag',
        'integration.request.header.x-region': 'stageVariables.region',
        'integration.request.header.x-method': 'context.httpMethod',
        'integration.request.header.x-ip': 'context.identity.sourceIp',
        'integration.request.header.x-const': "'it is'",
      },
      'GET /pets/a%2Fb?name=first&name=l%C3%A4st&tag=1&tag=2&other=3',
      { headers: { 'x-user': 'ann', 'x-tag': ['a', 'b'] }, sourceIp: '192.0.2.1' },
    )
    expect(all).toEqual({
      path: { id: 'a/b' },
      query: [
        ['user', 'läst'],
        ['tags', '1'],
        ['tags', '2'],
      ],
      headers: [
        ...['x-user', 'ann', 'x-all', 'a', 'x-all', 'b', 'x-region', 'eu', 'x-method', 'GET'],
        ...['x-ip', '192.0.2.1', 'x-const', 'it is'],
      ],
      body: '',
    })
  })

  it('gives fields of its body', async () => {
    const parameters = {
      'integration.request.header.all': 'method.request.body',
      'integration.request.header.pet-name': 'method.request.body.petstore.pets[0].name',
      'integration.request.header.names': 'method.request.body.petstore.pets[*].name',
      'integration.request.header.age': 'method.request.body.$.petstore.pets[0].age',
      'integration.request.header.gone': 'method.request.body.petstore.gone',
    }
    const json = { petstore: { pets: [{ name: 'Rex', age: 3 }, { name: 'Bo' }] } }
    expect(await headersOf(parameters, 'POST /pets/7', { json })).toEqual([
      ...['all', JSON.stringify(json), 'pet-name', 'Rex', 'names', '["Rex","Bo"]', 'age', '3'],
      ...['content-type', JSON_TYPE],
    ])
  })

  it('leaves out what is not there, and has nothing in a path for it', async () => {
    const parameters = {
      'integration.request.header.a': 'method.request.header.gone',
      'integration.request.querystring.b': 'method.request.querystring.gone',
      'integration.request.path.c': 'method.request.path.gone',
      'integration.request.header.d': 'stageVariables.gone',
      'integration.request.header.e': 'context.authorizer.gone.deeper',
      'integration.request.header.f': 'context.wafResponseCode',
      'integration.request.header.g': 'method.request.body.gone',
      'integration.request.header.h': 'method.request.body',
    }
    // Left out, it would be filled in by what the caller says.
    expect(await told(parameters)).toEqual({ headers: [], query: [], path: { c: '' }, body: '' })
  })

  it('cannot end a header', async () => {
    const parameters = { 'integration.request.header.x-user': 'method.request.querystring.user' }
    for (const evil of ['a%0d%0aset-cookie:%20b', 'a%00', 'a%E2%80%A8'])
      await expect(told(parameters, `GET /pets/7?user=${evil}`)).rejects.toThrow('400 {"message":')
    expect(await headersOf(parameters, 'GET /pets/7?user=%C3%A4%09b')).toEqual(['x-user', 'ä\tb'])
  })

  it('is refused for JSON that is none, where its fields are asked for', async () => {
    const parameters = { 'integration.request.header.a': 'method.request.body.a' }
    const sent = told(parameters, 'POST /pets/7', { body: '{"a": ' })
    await expect(sent).rejects.toThrow('400 {"message":"Could not parse request body into json: ')
  })

  it('reaches no names of JavaScript', async () => {
    const parameters = {
      'integration.request.header.a': 'method.request.path.constructor',
      'integration.request.header.b': 'method.request.querystring.__proto__',
      'integration.request.header.c': 'stageVariables.constructor',
      'integration.request.header.d': 'context.authorizer.constructor',
      'integration.request.header.e': 'method.request.body.__proto__.x',
      'integration.request.path.__proto__': "'x'",
    }
    const all = await told(parameters, 'POST /pets/7', { json: {} })
    expect(all.headers).toEqual(['content-type', JSON_TYPE])
    expect(Object.keys(all.path)).toEqual(['__proto__'])
  })
})

describe('an answer', () => {
  it('has the headers that its parameters name', async () => {
    const parameters = {
      'method.response.header.location': 'integration.response.body.redirect.url',
      'method.response.header.id': 'integration.response.header.X-App-Id',
      'method.response.header.items': 'integration.response.multivalueheader.item',
      'method.response.header.last': 'integration.response.header.item',
      'method.response.header.region': 'stageVariables.region',
      'method.response.header.stage': 'context.resourcePath',
      'method.response.header.access-control-allow-origin': "'*'",
      'method.response.header.gone': 'integration.response.header.gone',
    }
    const integration = mapped({
      result: {
        status: 302,
        headers: ['x-app-id', '7', 'item', 'a', 'Item', 'b', 'content-type', JSON_TYPE],
        body: '{"redirect": {"url": "https://example.com/"}}',
      },
      responses: [{ statusCode: 302, parameters }],
    })
    const gateway = createGateway({
      routes: [route('GET /pets', {}, integration)],
      stages: { $default: { variables: { region: 'eu' } } },
    })
    const sent = await send(gateway, 'GET /pets')
    expect(sent.status).toBe(302)
    expect(sent.headers).toMatchObject({
      location: 'https://example.com/',
      id: '7',
      items: 'a, b',
      last: 'b',
      region: 'eu',
      stage: '/pets',
      'access-control-allow-origin': '*',
      'content-type': JSON_TYPE,
    })
    expect(Object.keys(sent.headers)).not.toContain('gone')
  })

  it('is a 502 where a result has what no header can carry', async () => {
    const parameters = { 'method.response.header.x': 'integration.response.body.x' }
    for (const body of ['{"x": "a\\r\\nb: c"}', '{"x": ']) {
      const integration = mapped({ result: { body }, responses: [{ parameters }] })
      const sent = await send(createGateway({ routes: [route('GET /', {}, integration)] }), 'GET /')
      expect([sent.status, sent.json()]).toEqual([502, { message: 'Internal server error' }])
    }
  })
})

describe('a mapping of parameters that maps nothing', () => {
  const target = (name: string) => faultsOf({ request: { parameters: { [name]: "'x'" } } })
  const source = (text: string) =>
    faultsOf({ request: { parameters: { 'integration.request.header.x': text } } })
  const response = (name: string, text: string) => faultsOf({ responses: [{ parameters: { [name]: text } }] })

  it('is found, target by target', () => {
    expect(target('integration.request.body.x')).toBe(`the gateway's definition has one fault:
  request.parameters['integration.request.body.x']: 'integration.request.body.x' is nothing that a value can be mapped to (MAPPING_INVALID)
    Write integration.request.path.name, integration.request.querystring.name or integration.request.header.name.`)
    expect(target('method.response.header.x')).toContain('is nothing that a value can be mapped to')
    expect(target('integration.request.header.bad name')).toContain("the header 'bad name' cannot be mapped")
    expect(target('integration.request.header.Content-Length')).toContain("'Content-Length' cannot be mapped")
    expect(target('integration.request.header.transfer-encoding')).toContain('cannot be mapped')
    expect(response('integration.request.header.x', "'x'")).toContain('Write method.response.header.name.')
    expect(response('method.response.header.connection', "'x'")).toContain("'connection' cannot be mapped")
  })

  it('is found, source by source', () => {
    const fix = 'Write method.request.path.name, method.request.querystring.name, method.request.header.name'
    for (const text of [
      'x',
      '"x"',
      "'x",
      'method.request.cookie.x',
      'method.request.path.',
      'method.request.bodyx',
      '',
    ])
      expect(source(text)).toContain(`'${text}' is no source of a value (MAPPING_INVALID)\n    ${fix}`)
    expect(source('integration.response.header.x')).toContain('is no source of a value')
    expect(source('method.request.body.a[')).toContain("the JSON path '$.a[' ends too early")
    expect(source('context.httpmethod')).toContain('context.httpmethod does not exist')
    expect(source('context.identity.ip')).toContain('context.identity.ip does not exist')
    expect(response('method.response.header.x', 'method.request.header.x')).toContain(
      'is no source of a value',
    )
    expect(response('method.response.header.x', 'integration.response.querystring.x')).toContain(
      'is no source',
    )
  })

  it('lets no caller choose the host', () => {
    const host = (text: string) =>
      faultsOf({ request: { parameters: { 'integration.request.header.Host': text } } })
    expect(host('method.request.header.host')).toContain("the host would be the caller's to choose")
    expect(host('context.domainName')).toContain("the host would be the caller's to choose")
    expect(host("'pets.internal'")).toBe('none')
    expect(host('stageVariables.host')).toBe('none')
  })

  it('carries only what a header can carry', () => {
    expect(source("'a\r\nb'")).toContain('has characters that no header can carry')
    expect(source("'日本'")).toContain('has characters that no header can carry')
    expect(source("''")).toBe('none')
  })

  it('is of the right kind', () => {
    expect(faultsOf({ request: { parameters: { 'integration.request.header.x': 7 } } })).toContain(
      "request.parameters['integration.request.header.x']: 7 is not a source of a value (WRONG_TYPE)",
    )
    expect(faultsOf({ request: { parameters: [] } })).toContain(
      'request.parameters: an empty list is not parameters',
    )
  })
})
