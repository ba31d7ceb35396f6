/** Fastify 5. */
import { createHash } from 'node:crypto'
import caching from '@fastify/caching'
import rateLimit from '@fastify/rate-limit'
import makeFastify from 'fastify'
import metrics from 'fastify-metrics'
import { rewriteUrl, toFastify } from 'postern/fastify'
import { colons } from '../routes.mjs'
import { ORDER, order, placed } from './app.mjs'

/** @param {import('./app.mjs').Build} build */
export async function fastify({ gateway, floor, usual, caches, routes, prefix, called }) {
  const app = makeFastify(gateway === undefined ? {} : { rewriteUrl: rewriteUrl(gateway) })
  if (gateway !== undefined) app.register(toFastify(gateway))
  if (floor !== undefined)
    app.addHook('onRequest', (request, reply, done) => floor(request.raw, reply.raw) && done())
  if (usual !== undefined) await usualFastify(app, usual)
  if (caches) keep(app)
  for (const { method, path } of routes) {
    const schema = usual === undefined ? {} : schemaOf(method, path)
    app.route({
      ...{ method, schema, url: prefix + colons(path) },
      handler: async (request, reply) => {
        called()
        if (method !== 'POST') return order(request.params)
        reply.code(201)
        return placed(/** @type {any} */ (request.body))
      },
    })
  }
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server
}

/** What is declared of path, query and body, as the gateway has it. */
function schemaOf(method, path) {
  const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, { type: 'integer' }])
  const page = { type: 'integer', minimum: 1 }
  if (ids.length > 0) return { params: { type: 'object', properties: Object.fromEntries(ids) } }
  return method === 'POST' ? { body: ORDER } : { querystring: { type: 'object', properties: { page } } }
}

/** What one would pick instead: metrics, a hand-written check of hashed keys, a limiter, headers for caches. */
async function usualFastify(app, keys) {
  await app.register(metrics, { defaultMetrics: { enabled: false }, endpoint: null })
  const sha256 = (value) => createHash('sha256').update(value).digest('hex')
  const clients = new Map(keys.map((key, index) => [sha256(key), { name: `client ${index % 8}` }]))
  app.decorateRequest('client', null)
  app.addHook('onRequest', async (request, reply) => {
    request.client = clients.get(sha256(request.headers['x-api-key'] ?? ''))
    if (request.client === undefined) return reply.code(403).send({ message: 'Forbidden' })
  })
  await app.register(rateLimit, {
    ...{ max: 1e9, timeWindow: 60_000, enableDraftSpec: true },
    keyGenerator: (request) => request.headers['x-api-key'],
  })
  await app.register(caching, { privacy: caching.privacy.PRIVATE, expiresIn: 60 })
}

/** The plugin has a store, and leaves its use to the app. */
function keep(app) {
  app.addHook('onRequest', (request, reply, done) => {
    app.cache.get(request.url, (error, kept) => {
      if (error || kept === null) return done(error ?? undefined)
      reply.header('content-type', 'application/json; charset=utf-8').send(kept.item)
    })
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode !== 200) return done(null, payload)
    app.cache.set(request.url, payload, 3_600_000, (error) => done(error, payload))
  })
}
