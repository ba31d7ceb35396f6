/** One Express 5 server: `node cache-server.mjs bare | postern | busy | apicache | usual`. Tells its port, then its CPU time when asked. */
import apicache from 'apicache'
import express from 'express'
import { createGateway, route } from 'postern'
import { toExpress } from 'postern/express'
import { addKeys, keyValues } from './lib/gateway.mjs'
import { usualStack } from './lib/usual.mjs'

const PLENTY = { rate: 1e6, burst: 1e6 }
const PATTERN = 'GET /orders/{id}'
const cache = { ttl: 3_600 }

/** What stands before the app, and what its calls are counted by: a hit must not reach it. */
const VARIANTS = {
  bare: async () => [],
  postern: async () => [
    toExpress(
      createGateway({
        routes: [route(PATTERN, { cache })],
        stages: { prod: {} },
        account: { throttle: PLENTY },
      }),
    ),
  ],
  busy: async () => {
    const gateway = createGateway({
      routes: [route(PATTERN, { cache, apiKey: true, throttle: PLENTY })],
      plans: { free: { throttle: PLENTY, quota: { limit: 1e9, period: 'month' } } },
      stages: { prod: { throttle: [PLENTY, { ...PLENTY, per: 'address' }] } },
      account: { throttle: PLENTY },
    })
    await addKeys(gateway, keyValues(64))
    return [toExpress(gateway)]
  },
  apicache: async () => [apicache.middleware('1 hour')],
  usual: async () => [...usualStack(keyValues(64)), apicache.middleware('1 hour')],
}

/** @type {keyof typeof VARIANTS} */
const name = /** @type {any} */ (process.argv[2])
let calls = 0

function app(before) {
  const made = express()
  for (const middleware of before) made.use(middleware)
  const prefix = name === 'postern' || name === 'busy' ? '' : '/prod'
  made.get(`${prefix}/orders/:id`, (req, res) => {
    calls++
    res.json({
      id: req.params.id,
      state: 'open',
      total: 129.5,
      currency: 'EUR',
      lines: [
        { sku: 'A-1', count: 2 },
        { sku: 'B-7', count: 1 },
      ],
    })
  })
  return made
}

const server = app(await VARIANTS[name]()).listen(0, '127.0.0.1', () => process.send?.(portOf(server)))
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
process.once('disconnect', () => {
  const hits = name !== 'bare'
  if (hits && calls > 1_000) throw new Error(`${name}: ${calls} calls of the app, so these were no hits`)
  process.exit()
})

function portOf(listening) {
  return listening.address().port
}
