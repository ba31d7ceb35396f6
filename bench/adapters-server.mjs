/** One server: `node adapters-server.mjs 'koa bare'`, or `postern`, or `usual`, of node, fastify, koa and hono. */
import { floor } from './lib/floor.mjs'
import { addKeys, busyGateway, keyValues, TABLE } from './lib/gateway.mjs'
import { serveContest } from './lib/serve.mjs'

const FRAMEWORKS = {
  node: async () => (await import('./lib/apps/node.mjs')).node,
  fastify: async () => (await import('./lib/apps/fastify.mjs')).fastify,
  koa: async () => (await import('./lib/apps/koa.mjs')).koa,
  hono: async () => (await import('./lib/apps/hono.mjs')).hono,
}

const [framework, variant] = process.argv[2].split(' ')
const keys = keyValues(256)
const gateway = variant === 'postern' ? busyGateway({ validates: true }) : undefined
if (gateway !== undefined) await addKeys(gateway, keys)

const serve = await FRAMEWORKS[framework]()
const server = await serve({
  gateway,
  floor: variant === 'floor' ? floor(keys, TABLE) : undefined,
  front: true,
  usual: variant === 'usual' ? keys : undefined,
  caches: false,
  routes: TABLE.slice(0, 10),
  prefix: gateway === undefined ? '/prod' : '',
  called: () => {},
})
await serveContest(server)
