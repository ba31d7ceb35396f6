/** The mock integration: answers without any target. */
import { describe, expect, it } from 'vitest'
import { createGateway, route } from '../../src/index.js'
import { mock } from '../../src/mock.js'
import { send } from '../../src/testing.js'
import { tell } from '../sockets.js'
import { through } from './http/support.js'

const JSON_TYPE = 'application/json'

describe('a mock', () => {
  const scope = mock({
    request: {
      templates: {
        [JSON_TYPE]: `{
  #if( $input.params('scope') == "internal" )
    "statusCode": 200
  #else
    "statusCode": 500
  #end
}`,
      },
    },
    responses: [
      {
        selectionPattern: '200',
        statusCode: 200,
        templates: { [JSON_TYPE]: '{\n    "statusCode": 200,\n    "message": "Go ahead without me."\n}' },
      },
      {
        selectionPattern: '5\\d{2}',
        statusCode: 500,
        templates: { [JSON_TYPE]: '{"message": "The invoked method is not supported on the API resource."}' },
      },
    ],
  })

  it('answers as its request template says', async () => {
    const gateway = createGateway({ routes: [route('GET /doc', {}, scope)] })
    const inside = await send(gateway, 'GET /doc?scope=internal')
    expect([inside.status, inside.json()]).toEqual([
      200,
      { statusCode: 200, message: 'Go ahead without me.' },
    ])
    const outside = await send(gateway, 'GET /doc')
    expect([outside.status, outside.json()]).toEqual([
      500,
      { message: 'The invoked method is not supported on the API resource.' },
    ])
  })
})

describe('what a mock is mapped to', () => {
  const statusOf = async (body: string) => {
    const integration = mock({
      request: { templates: { [JSON_TYPE]: '{"statusCode":200}' } },
      responses: [{ selectionPattern: '2\\d{2}', statusCode: 204 }, { statusCode: 418 }],
    })
    const gateway = createGateway({ routes: [route('OPTIONS /', {}, integration)] })
    const { status } = await send(gateway, 'OPTIONS /', { body, headers: { 'content-type': 'text/plain' } })
    return status
  }

  it.each([
    ['{ statusCode: 200, }', 204],
    ["{ 'statusCode' : 200 }", 204],
    ['{"a": x, "statusCode": 200}', 204],
    ['{statusCode: 404, statusCode: 200}', 204],
    ['{statusCode: 200, statusCode: 404}', 418],
    ['{statusCode: 2.5, }', 500],
    ['{ok, anystatusCode: 200, }', 500],
    ['{statusCode: 200', 500],
    ['statusCode: 200', 500],
  ])('is read leniently, as AWS does it: %s', async (body, status) => {
    expect(await statusOf(body)).toBe(status)
  })

  it('is waited for no longer than its route has time', async () => {
    const integration = mock({ request: { templates: { [JSON_TYPE]: '$input.body' } } })
    const gate = await through(integration, { routes: [route('POST /', { timeout: '100ms' }, integration)] })
    const asked = `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: ${JSON_TYPE}\r\nContent-Length: 10\r\n\r\n{"a"`
    expect((await tell(gate.port, asked, (text) => text.includes('\r\n\r\n'))).status).toBe(504)
  })

  it('is read in time that grows with it and no faster, where it is the caller’s own body', async () => {
    expect(await statusOf(`{${',statusCode:1'.repeat(100_000)}`)).toBe(500)
    expect(await statusOf(`{${',statusCode:1 x'.repeat(100_000)}}`)).toBe(500)
    expect(await statusOf(`{${', '.repeat(100_000)}${' '.repeat(100_000)}x}`)).toBe(500)
  })
})
