/** Integration responses: which one a result is answered by, and what becomes of it. */
import { describe, expect, it } from 'vitest'
import { answer, createGateway, type GatewayDefinition, route } from '../../../src/index.js'
import type { ResponseFunction, ResponseMapping } from '../../../src/integration.js'
import { type SendOptions, send } from '../../../src/testing.js'
import { faultsOf, JSON_TYPE, mapped, templates } from './support.js'

type Result = Parameters<typeof mapped>[0]['result']

async function answered(
  responses: readonly ResponseMapping[] | ResponseFunction | undefined,
  result: Result = {},
  options: SendOptions = {},
  definition: Partial<GatewayDefinition> = {},
) {
  const integration = mapped({ result: result ?? {}, ...(responses && { responses }) })
  return send(createGateway({ ...definition, routes: [route('GET /', {}, integration)] }), 'GET /', options)
}

const MALFORMED = { message: 'Internal server error' }

describe('a result', () => {
  const responses: readonly ResponseMapping[] = [
    { selectionPattern: '4\\d{2}', statusCode: '400', templates: templates('client') },
    { selectionPattern: '404', statusCode: 404, templates: templates('never') },
    { selectionPattern: '5\\d{2}', statusCode: 502, templates: templates('server') },
    { statusCode: 201, templates: templates('default') },
  ]

  it.each([
    [404, 400, 'client'],
    [500, 502, 'server'],
    [200, 201, 'default'],
  ])('of %i is answered by the first response that its status matches', async (status, expected, text) => {
    const sent = await answered(responses, { status })
    expect([sent.status, sent.text()]).toEqual([expected, text])
  })

  it.each([
    ['Malformed input: no name', 400],
    ['malformed input', 500],
    ['Malformed', 200],
    ['boom\nMalformed input ...', 500],
  ])('of a function that has failed is answered by its message, as a whole: %s', async (error, expected) => {
    const byMessage: readonly ResponseMapping[] = [
      { selectionPattern: 'Malformed input.*', statusCode: 400 },
      { selectionPattern: '(?s).*(boom|malformed).*', statusCode: 500 },
      {},
    ]
    expect((await answered(byMessage, { error })).status).toBe(expected)
  })

  it('of a function that has not failed is no error', async () => {
    const sent = await answered([{ selectionPattern: '.+', statusCode: 500 }, {}], { status: 200 })
    expect(sent.status).toBe(500)
    const unlike = await answered([{ selectionPattern: '^(?!200).*$', statusCode: 500 }, {}], { status: 200 })
    expect(unlike.status).toBe(200)
  })

  it('that matches nothing is a 500, and says so to the operator', async () => {
    const records: unknown[] = []
    const sent = await answered(
      [{ selectionPattern: '2..', statusCode: 200 }],
      { status: 403 },
      {},
      {
        onRecord: (record) => records.push(record),
      },
    )
    expect([sent.status, sent.json()]).toEqual([500, MALFORMED])
    expect(records).toMatchObject([
      {
        refusal: 'API_CONFIGURATION_ERROR',
        detail:
          'No match for output mapping and no default endpoint mapping configured. Endpoint Response Status Code: 403',
      },
    ])
  })

  it('goes out as it came, where no responses are named', async () => {
    const result = { status: 203, headers: ['x-secret', '1', 'Content-Type', 'text/csv'], body: 'a,b' }
    const sent = await answered(undefined, result)
    expect([sent.status, sent.headers['content-type'], sent.headers['x-secret'], sent.text()]).toEqual([
      203,
      'text/csv',
      undefined,
      'a,b',
    ])
    const failed = await answered(undefined, { error: 'boom', body: '{"errorMessage": "boom"}' })
    expect([failed.status, failed.json()]).toEqual([502, MALFORMED])
  })
})

describe('an integration response', () => {
  it('passes the body on where it has no template', async () => {
    const sent = await answered([{}], { headers: ['content-type', 'text/csv', 'x-a', '1'], body: 'a,b' })
    expect([sent.status, sent.headers['content-type'], sent.headers['x-a'], sent.text()]).toEqual([
      200,
      'text/csv',
      undefined,
      'a,b',
    ])
    expect((await answered([{}], { body: '{}' })).headers['content-type']).toBe(JSON_TYPE)
    const parameters = { 'method.response.header.Content-Type': 'integration.response.header.content-type' }
    const named = await answered([{ parameters }], { headers: ['content-type', 'text/csv'] })
    expect(named.headers['content-type']).toBe('text/csv')
  })

  it.each([
    [undefined, 'json', JSON_TYPE],
    ['application/xml', 'xml', 'application/xml'],
    ['Application/XML;q=0.9, application/json', 'xml', 'application/xml'],
    ['text/html', 'json', JSON_TYPE],
    ['*/*', 'json', JSON_TYPE],
  ])('is templated as the caller accepts it: %s', async (accept, text, type) => {
    const both = [{ templates: { 'application/xml': 'xml', [JSON_TYPE]: 'json' } }]
    const sent = await answered(both, {}, { headers: { accept } })
    expect([sent.text(), sent.headers['content-type']]).toEqual([text, type])
  })

  it('has the first template where there is none for JSON', async () => {
    const sent = await answered([{ templates: { 'text/plain': 'text', 'text/csv': 'csv' } }])
    expect([sent.text(), sent.headers['content-type']]).toEqual(['text', 'text/plain'])
  })

  it('may be emptied by an empty template', async () => {
    expect((await answered([{ templates: templates('') }], { body: 'secret' })).text()).toBe('')
  })

  it('has its status and its headers from its template, too', async () => {
    const text = `#set($context.responseOverride.status = 418)
#set($context.responseOverride.header.x-a = "b")
#set($context.responseOverride.header['Content-Type'] = "text/plain")
#set($context.responseOverride.header.x-list = ["1", 2])`
    const parameters = { 'method.response.header.X-A': "'a'" }
    const sent = await answered([{ parameters, templates: templates(text) }])
    expect([sent.status, sent.headers]).toMatchObject([
      418,
      { 'x-a': 'b', 'content-type': 'text/plain', 'x-list': '1, 2' },
    ])
  })

  it.each([['abc'], [99], [600], [200.5], ['2000'], ['']])(
    'keeps its own status where the template gives none: %j',
    async (status) => {
      const text = `#set($context.responseOverride.status = ${typeof status === 'string' ? `"${status}"` : status})`
      expect((await answered([{ statusCode: 202, templates: templates(text) }])).status).toBe(202)
    },
  )

  it('speaks of the request as well as of the result', async () => {
    const text = '$input.json("$.a") $input.params("q") $context.httpMethod'
    const integration = mapped({ result: { body: '{"a": 1}' }, responses: [{ templates: templates(text) }] })
    const gateway = createGateway({ routes: [route('GET /', {}, integration)] })
    expect((await send(gateway, 'GET /?q=x')).text()).toBe('1 x GET')
  })

  it('is a 502 where the result is no JSON, and JSON is asked for', async () => {
    const sent = await answered([{ templates: templates("$input.path('$.a')") }], { body: '{"a": ' })
    expect([sent.status, sent.json()]).toEqual([502, MALFORMED])
    expect((await answered([{ templates: templates("<$input.path('$')>") }], { body: 'plain' })).text()).toBe(
      '<plain>',
    )
  })
})

describe('a body', () => {
  const bytes = Buffer.from([0, 255, 128, 10])
  const base64 = bytes.toString('base64')
  const binary = { binaryMediaTypes: ['image/png', 'application/octet-stream'] }
  const image = { headers: ['content-type', 'image/png'], body: bytes.toString('latin1') }
  const text = (body: string) => ({ headers: ['content-type', 'text/plain'], body })

  // AWS's table of conversions.
  it.each<
    [string, ResponseMapping['contentHandling'], Result, string, Partial<GatewayDefinition>, string | Buffer]
  >([
    ['text, none', undefined, text('sent'), 'text/plain', {}, 'sent'],
    ['text, none', 'CONVERT_TO_BINARY', text(base64), 'text/plain', {}, bytes],
    ['text, none', 'CONVERT_TO_TEXT', text('sent'), 'text/plain', {}, 'sent'],
    ['text, text', undefined, text('sent'), 'text/plain', binary, 'sent'],
    ['text, text', 'CONVERT_TO_BINARY', text(base64), 'text/plain', binary, bytes],
    ['text, text', 'CONVERT_TO_TEXT', text('sent'), 'text/plain', binary, 'sent'],
    ['text, binary', undefined, text(base64), 'image/png', binary, bytes],
    ['text, binary', 'CONVERT_TO_BINARY', text(base64), 'image/png', binary, bytes],
    ['text, binary', 'CONVERT_TO_TEXT', text('sent'), 'image/png', binary, 'sent'],
    ['binary, text', undefined, image, 'text/plain', binary, base64],
    ['binary, text', 'CONVERT_TO_BINARY', image, 'text/plain', binary, bytes],
    ['binary, text', 'CONVERT_TO_TEXT', image, 'text/plain', binary, base64],
    ['binary, binary', undefined, image, 'image/png, text/plain', binary, bytes],
    ['binary, binary', 'CONVERT_TO_BINARY', image, 'image/png', binary, bytes],
    ['binary, binary', 'CONVERT_TO_TEXT', image, 'image/png', binary, base64],
  ])('as sent and as accepted: %s, %s', async (_, contentHandling, result, accept, definition, expected) => {
    const response = contentHandling === undefined ? {} : { contentHandling }
    const sent = await answered([response], result, { headers: { accept } }, definition)
    expect(Buffer.from(sent.body)).toEqual(Buffer.from(expected))
  })

  it('that is no base64 cannot become bytes', async () => {
    const sent = await answered([{ contentHandling: 'CONVERT_TO_BINARY' }], text('§'))
    expect([sent.status, sent.json()]).toEqual([500, MALFORMED])
  })
})

describe('a function', () => {
  it('maps a result instead', async () => {
    const result = { status: 404, headers: ['x-a', '1'], body: '{"message": "none"}' }
    const sent = await answered(
      ({ status, headers, body }, { request }) =>
        answer(
          status,
          { ...JSON.parse(Buffer.from(body).toString()), method: request.method },
          { 'x-b': headers[1] ?? '' },
        ),
      result,
    )
    expect([sent.status, sent.headers['x-b'], sent.json()]).toEqual([
      404,
      '1',
      { message: 'none', method: 'GET' },
    ])
  })

  it('may give a Response, a value or nothing, now or later', async () => {
    const response = await answered(
      async () => new Response('made', { status: 202, headers: { 'x-a': '1' } }),
    )
    expect([response.status, response.headers['x-a'], response.text()]).toEqual([202, '1', 'made'])
    expect((await answered(() => ({ a: 1 }))).json()).toEqual({ a: 1 })
    expect((await answered(async () => undefined)).status).toBe(204)
    expect(
      (await answered(({ error }) => answer(error === undefined ? 200 : 503), { error: 'x' })).status,
    ).toBe(503)
  })

  it('that fails is a 500', async () => {
    const fails = () => {
      throw new Error('no')
    }
    expect((await answered(fails, {}, {}, { onError: () => {} })).status).toBe(500)
  })
})

describe('integration responses that are none', () => {
  it('are found, field by field', () => {
    const fault = (response: object) => faultsOf({ responses: [response] })
    expect(faultsOf({ responses: {} })).toContain(
      'responses: an object is not a list of integration responses',
    )
    expect(fault({ status: 200 })).toContain(
      'responses[0].status: `status` is no field of an integration response',
    )
    for (const statusCode of [99, 199, 600, 200.5, 'abc', '20', null])
      expect(fault({ statusCode })).toContain('responses[0].statusCode: ')
    expect(fault({ statusCode: '204' })).toBe('none')
    expect(fault({ selectionPattern: '(' })).toContain(
      "responses[0].selectionPattern: '(' is no pattern that runs in linear time",
    )
    expect(fault({ selectionPattern: '(a)\\1' })).toContain('(EXPRESSION_INVALID)')
    expect(fault({ contentHandling: 'CONVERT' })).toContain("'CONVERT' is not one of")
    expect(fault({ templates: { json: 'x' } })).toContain("'json' is no content type")
    expect(fault({ templates: { $default: 'x' } })).toContain("'$default' is no content type")
    expect(faultsOf({ responses: [{}, { selectionPattern: '' }] })).toContain(
      'responses[1]: a second integration response without a pattern (DUPLICATE)\n    Give all but one of them a `selectionPattern`.',
    )
  })
})
