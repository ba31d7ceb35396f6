/** One server: `node cache-server.mjs 'express postern'`. What it is to keep is kept by what stands before the app. */
import { createGateway, route } from 'postern'
import { addKeys, keyValues, TABLE } from './lib/gateway.mjs'
import { serveContest } from './lib/serve.mjs'

const PLENTY = { rate: 1e6, burst: 1e6 }
const PATTERN = 'GET /orders/{id}'
const cache = { ttl: 3_600 }

const FRAMEWORKS = {
  node: async () => (await import('./lib/apps/node.mjs')).node,
  express: async () => (await import('./lib/apps/express.mjs')).inExpress,
  fastify: async () => (await import('./lib/apps/fastify.mjs')).fastify,
  koa: async () => (await import('./lib/apps/koa.mjs')).koa,
}

const keys = keyValues(64)

function plain() {
  return createGateway({
    routes: [route(PATTERN, { cache })],
    stages: { prod: {} },
    account: { throttle: PLENTY },
  })
}

async function busy() {
  const gateway = createGateway({
    routes: [route(PATTERN, { cache, apiKey: true, throttle: PLENTY })],
    plans: { free: { throttle: PLENTY, quota: { limit: 1e9, period: 'month' } } },
    stages: { prod: { throttle: [PLENTY, { ...PLENTY, per: 'address' }] } },
    account: { throttle: PLENTY },
  })
  await addKeys(gateway, keys)
  return gateway
}

/** What stands before the app, or in front of its framework. */
const VARIANTS = {
  bare: async () => ({}),
  postern: async () => ({ gateway: plain() }),
  busy: async () => ({ gateway: await busy() }),
  front: async () => ({ gateway: plain(), front: true }),
  cache: async () => ({ caches: true }),
  usual: async () => ({ caches: true, usual: keys }),
}

const [framework, variant] = process.argv[2].split(' ')
const { gateway, front, caches, usual } = await VARIANTS[variant]()
let calls = 0

const serve = await FRAMEWORKS[framework]()
const server = await serve({
  ...{ gateway, front: front === true, usual, caches: caches === true },
  routes: TABLE.slice(0, 10),
  prefix: gateway === undefined ? '/prod' : '',
  called: () => {
    calls++
  },
})
await serveContest(server, () => {
  if (variant !== 'bare' && calls > 1_000)
    throw new Error(`${process.argv[2]}: ${calls} calls of the app, so these were no hits`)
})
