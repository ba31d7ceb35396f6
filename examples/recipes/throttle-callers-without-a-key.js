/**
 * Throttle callers without a key.
 *
 * `per: 'address'` counts by IPv4 address or IPv6 /64, before keys are looked up. `'apiKey'`, `'principal'` and a
 * function of the exchange tell callers apart in other ways.
 */
import { createGateway, route } from 'postern'
import { send } from 'postern/testing'

const gateway = createGateway({
  routes: [
    route('POST /login', { throttle: { rate: 0.1, burst: 3, per: 'address' } }),
    route('GET /search', { throttle: { rate: 10, burst: 20, per: ({ request }) => request.header('x-tenant') } }),
  ],
  account: { throttle: [{ rate: 5000, burst: 5000 }, { rate: 50, burst: 100, per: 'address' }] },
})
const login = async (sourceIp) => (await send(gateway, 'POST /login', { sourceIp })).status
for (let attempt = 0; attempt < 3; attempt++) await login('192.0.2.1')
console.log([await login('192.0.2.1'), await login('192.0.2.2')]) // => [429, 200]
