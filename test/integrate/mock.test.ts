/** The mock integration: answers without any target. */
import { describe, expect, it } from 'vitest'
import { createGateway, route } from '../../src/index.js'
import { mock } from '../../src/mock.js'
import { send } from '../../src/testing.js'

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
