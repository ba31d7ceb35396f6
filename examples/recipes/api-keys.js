/**
 * API keys.
 *
 * A key names a client; it is no authentication by itself. It must be in a usage plan that covers the stage.
 */
import { createGateway, route } from 'postern'
import { send, testClock } from 'postern/testing'

const clock = testClock()
const gateway = createGateway({
  routes: [
    route('GET /reports', { apiKey: true }),
    route('GET /exports', { apiKey: { plans: ['gold'] } }), // a misspelt plan does not compile
  ],
  plans: { free: { throttle: { rate: 5, burst: 10 } }, gold: { quota: { limit: 100_000, period: 'month' } } },
  clock,
})
const { control } = gateway
const key = await control.createApiKey({ name: 'acme', plans: ['free'], expiresAt: '2027-01-01' })
const status = async (path, apiKey = key.value) => (await send(gateway, `GET ${path}`, { apiKey })).status

console.log(await status('/reports')) // => 200
console.log(await status('/exports')) // => 403

const rotated = await control.rotateApiKey(key.id, { grace: '24h' }) // both values hold for a day
console.log([await status('/reports'), await status('/reports', rotated.value)]) // => [200, 200]
clock.advance('24h')
console.log([await status('/reports'), await status('/reports', rotated.value)]) // => [403, 200]

await control.updateApiKey(key.id, { enabled: false }) // holds at once in this process
console.log(await status('/reports', rotated.value)) // => 403
console.log((await control.listApiKeys({ limit: 100 })).items.map(({ name }) => name)) // => ['acme']
