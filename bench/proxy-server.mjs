/** One proxy: `node proxy-server.mjs postern 8080`, in front of the backend on that port. */
import { createServer } from 'node:http'
import express from 'express'
import { fastify } from 'fastify'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { createGateway, route } from 'postern'
import { http } from 'postern/http'
import { toNode } from 'postern/node'
import { bareProxy } from './lib/bare-proxy.mjs'
import { addKeys, keyValues, PLENTY, plenty, seenBy } from './lib/gateway.mjs'
import { expressGateway, fastGateway } from './lib/others.mjs'
import { serveContest } from './lib/serve.mjs'

const [variant, port] = process.argv.slice(2)
const backend = `http://127.0.0.1:${port}`

/** Everything that may be asked of a caller beside: a key, the limits of address, plan, method, stage and account, a record. */
async function allOn() {
  const gateway = createGateway({
    routes: [
      route('GET /orders/{id}', { apiKey: true, throttle: PLENTY }, http(`${backend}/orders/{id}`)),
      route('ANY /large', { apiKey: true, throttle: PLENTY }, http(`${backend}/large`)),
    ],
    plans: { free: plenty },
    stages: { $default: { throttle: [PLENTY, { ...PLENTY, per: 'address' }] } },
    ...{ account: { throttle: PLENTY }, onRecord: seenBy, httpsOnly: false },
  })
  await addKeys(gateway, keyValues(256))
  return gateway
}

const VARIANTS = {
  postern: () => {
    const routes = [route('ANY /{proxy+}', {}, http(`${backend}/{proxy}`))]
    // The account's 10,000 a second are fewer than a quick machine proxies.
    const gateway = createGateway({ routes, account: { throttle: PLENTY }, httpsOnly: false })
    return createServer(toNode(gateway)).listen(0, '127.0.0.1')
  },
  'postern, all on': async () => createServer(toNode(await allOn())).listen(0, '127.0.0.1'),
  'undici dispatch': () => createServer(bareProxy(backend)).listen(0, '127.0.0.1'),
  '@fastify/http-proxy': async () => {
    const { default: proxy } = await import('@fastify/http-proxy')
    const app = fastify()
    await app.register(/** @type {any} */ (proxy), { upstream: backend })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  },
  'http-proxy-middleware': () => {
    const app = express()
    app.use(createProxyMiddleware({ target: backend }))
    return app.listen(0, '127.0.0.1')
  },
  'fast-gateway': () => fastGateway(backend),
  'express-gateway': () => expressGateway(backend),
}

await serveContest(await VARIANTS[variant]())
