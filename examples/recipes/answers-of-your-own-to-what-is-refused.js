/**
 * Answers of your own to what is refused.
 *
 * By type or by family, with AWS's `$context` variables; values are escaped for the content type. `onRefusal` is for code.
 */
import { createGateway, route } from 'postern'
import { send } from 'postern/testing'

const gateway = createGateway({
  routes: [route('GET /pets')],
  refusals: {
    RESOURCE_NOT_FOUND: { templates: { 'application/json': '{"error":"$context.path is not here","id":"$context.requestId"}' } },
    DEFAULT_5XX: { headers: { 'x-status-page': 'https://status.acme.com' } },
  },
  ids: () => 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
})
console.log((await send(gateway, 'GET /cats')).json()) // => { error: '/cats is not here', id: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef' }
