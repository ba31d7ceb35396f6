/**
 * Keys in a table of your own.
 *
 * `find` may be asynchronous. What it finds is remembered for at most ten seconds, and a burst of calls with one
 * key makes one look-up. When it fails or hangs, callers get 503, never an admission.
 */
import { createGateway, digestApiKey, route } from 'postern'
import { send } from 'postern/testing'

const rows = new Map([[digestApiKey('a-value-of-your-own'), { id: 'k1', name: 'acme', plans: ['free'] }]])
const gateway = createGateway({
  routes: [route('GET /pets', { apiKey: true })],
  plans: { free: {} },
  keys: { find: async (digest) => rows.get(digest) },
})
console.log((await send(gateway, 'GET /pets', { apiKey: 'a-value-of-your-own' })).forwarded?.gateway.client?.name) // => 'acme'
