/**
 * Usage plans, quotas and usage.
 *
 * A plan's limits hold for each of its keys, over all stages that it covers together.
 */
import { createGateway, route } from 'postern'
import { send, testClock } from 'postern/testing'

const gateway = createGateway({
  routes: [route('GET /pets', { apiKey: true }), route('POST /pets', { apiKey: true })],
  stages: { prod: {}, beta: {} },
  plans: {
    trial: {
      stages: ['beta'],
      throttle: { rate: 0.5, burst: 3 }, // one every two seconds, three at once
      quota: { limit: 4, period: 'day' }, // by the UTC calendar: day, week or month
      methods: { 'POST /pets': { rate: 1, burst: 1 } },
    },
  },
  clock: testClock('2026-01-01T00:00:00Z'),
})
const { id, value } = await gateway.control.createApiKey({ name: 'acme', plans: ['trial'] })

const { headers } = await send(gateway, 'GET /beta/pets', { apiKey: value })
console.log(headers['ratelimit-policy']) // => '"throttle";q=3;w=6, "quota";q=4;w=86400'
console.log(headers.ratelimit) // => '"throttle";r=2;t=2, "quota";r=3;t=86400'

const usage = await gateway.control.getUsage({ plan: 'trial', key: id, from: '2026-01-01', to: '2026-01-01' })
console.log(usage.values[id]) // => [[1, 3]]
await gateway.control.updateUsage({ plan: 'trial', key: id, remaining: 100 }) // granted back, or extended
await gateway.control.createUsagePlan('gold', { throttle: { rate: 50, burst: 100 } }) // at run time
