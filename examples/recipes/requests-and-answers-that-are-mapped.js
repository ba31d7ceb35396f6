/**
 * Requests and answers that are mapped.
 *
 * AWS's mapping templates, in Velocity, with `$input`, `$context`, `$util`, `$stageVariables` and the methods of Java that they
 * use; parameter mapping; `passthroughBehavior`; responses chosen by `selectionPattern`. They hold for `http`, `lambda`, `aws`
 * and for `mock`, which asks nobody. Code does the same as functions.
 */
import { createGateway, route } from 'postern'
import { mock } from 'postern/mock'
import { send } from 'postern/testing'

const found = mock({
  request: {
    templates: { 'application/json': `{"statusCode": #if($input.params('petId') == '7')200#{else}404#end}` },
  },
  responses: [
    { selectionPattern: '404', statusCode: 404, templates: { 'application/json': '{"message": "No such pet"}' } },
    {
      parameters: { 'method.response.header.x-pet': 'stageVariables.shop' },
      templates: { 'application/json': `{"id": "$util.escapeJavaScript($input.params('petId'))", "by": "$context.stage"}` },
    },
  ],
})
const gateway = createGateway({
  routes: [route('GET /pets/{petId}', {}, found)],
  stages: { prod: { variables: { shop: 'acme' } } },
})
const rex = await send(gateway, 'GET /prod/pets/7')
console.log([rex.json(), rex.headers['x-pet']]) // => [{ id: '7', by: 'prod' }, 'acme']
const none = await send(gateway, 'GET /prod/pets/8')
console.log(none.status) // => 404
