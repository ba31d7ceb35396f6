/**
 * Parameters.
 */
import { createGateway, route } from 'postern'
import { send } from 'postern/testing'

const gateway = createGateway({
  routes: [
    route('GET /pets', {
      parameters: {
        query: { kind: true, limit: { schema: { type: 'integer', minimum: 1, maximum: 100 } } }, // true: must be there
        header: { 'x-tenant': true },
      },
    }),
  ],
})
const headers = { 'x-tenant': 'acme' }
console.log((await send(gateway, 'GET /pets?kind=dog&limit=10', { headers })).forwarded?.gateway.query) // => { kind: 'dog', limit: 10 }
console.log((await send(gateway, 'GET /pets')).json()) // => { message: 'Missing required request parameters: [x-tenant, kind]' }
console.log((await send(gateway, 'GET /pets?kind=dog&limit=ten', { headers })).status) // => 400
