/**
 * CORS.
 */
import { createGateway, route } from 'postern'
import { send } from 'postern/testing'

const gateway = createGateway({
  routes: [route('PUT /pets/{petId}', { apiKey: true })],
  plans: { free: {} },
  cors: { origins: ['https://acme.com'], credentials: true, maxAge: '10m' },
})
const origin = 'https://acme.com'
const preflight = await send(gateway, 'OPTIONS /pets/7', { headers: { origin, 'access-control-request-method': 'PUT' } })
console.log([preflight.status, preflight.headers['access-control-allow-methods']]) // => [204, 'PUT']
const refused = await send(gateway, 'PUT /pets/7', { headers: { origin } })
console.log([refused.status, refused.headers['access-control-allow-origin']]) // => [403, 'https://acme.com']
