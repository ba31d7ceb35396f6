/**
 * Test it with a clock.
 *
 * No server, no sleeping: `send` takes a request through the gateway, `testClock` stands still until it is moved, `fake`
 * stands in for the app.
 */
import { answer, createGateway, route } from 'postern'
import { fake, records, send, testClock } from 'postern/testing'

const clock = testClock('2026-01-01T00:00:00Z')
const kept = records()
const gateway = createGateway({
  routes: [route('POST /pets', { apiKey: true })],
  plans: { free: { throttle: { rate: 1, burst: 5 } } },
  stages: { prod: {} },
  clock,
  onRecord: kept,
})
const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
const app = fake({ 'POST /pets': async ({ json }) => answer(201, await json()) })
const call = () => send(gateway, 'POST /prod/pets', { apiKey: value, json: { name: 'Rex' }, app })

const statuses = []
for (let index = 0; index < 6; index++) statuses.push((await call()).status)
console.log(statuses) // => [201, 201, 201, 201, 201, 429]
console.log([kept.last?.refusal, app.calls.length]) // => ['THROTTLED', 5]
clock.advance('1s')
console.log((await call()).json()) // => { name: 'Rex' }
