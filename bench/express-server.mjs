/** One Express 5 server: `node express-server.mjs bare | postern | usual`. Tells its port, then its CPU time when asked. */
import { createHash } from 'node:crypto'
import express from 'express'
import { rateLimit } from 'express-rate-limit'
import { toExpress } from 'postern/express'
import { Counter, Histogram } from 'prom-client'
import { addKeys, busyGateway, keyValues, TABLE } from './lib/gateway.mjs'
import { colons } from './lib/routes.mjs'

const keys = keyValues(256)

/** What stands before the app. */
const VARIANTS = {
  bare: async () => [],
  postern: async () => {
    const gateway = busyGateway()
    await addKeys(gateway, keys)
    return [toExpress(gateway)]
  },
  usual: async () => [metrics(), keyCheck(), limiter()],
}

function metrics() {
  const labelNames = ['method', 'route', 'status', 'client']
  const count = new Counter({ name: 'requests_total', help: 'Requests', labelNames })
  const duration = new Histogram({ name: 'request_duration_seconds', help: 'Duration', labelNames })
  return (req, res, next) => {
    const start = process.hrtime.bigint()
    res.once('finish', () => {
      const labels = {
        method: req.method,
        route: req.route?.path,
        status: res.statusCode,
        client: req.client?.name,
      }
      count.inc(labels)
      duration.observe(labels, Number(process.hrtime.bigint() - start) / 1e9)
    })
    next()
  }
}

function keyCheck() {
  const sha256 = (value) => createHash('sha256').update(value).digest('hex')
  const clients = new Map(keys.map((key, index) => [sha256(key), { name: `client ${index % 8}` }]))
  return (req, res, next) => {
    req.client = clients.get(sha256(req.get('x-api-key') ?? ''))
    if (req.client === undefined) return res.status(403).json({ message: 'Forbidden' })
    next()
  }
}

function limiter() {
  const keyGenerator = (req) => req.get('x-api-key')
  return rateLimit({
    windowMs: 60_000,
    limit: 1e9,
    keyGenerator,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
  })
}

/** The routes of one resource, at the path that each variant has them at. */
function app(name, before) {
  const made = express()
  for (const middleware of before) made.use(middleware)
  const prefix = name === 'postern' ? '' : '/prod'
  for (const { method, path } of TABLE.slice(0, 10)) {
    made[method.toLowerCase()](prefix + colons(path), (req, res) => {
      res.json({
        ...req.params,
        state: 'open',
        total: 129.5,
        currency: 'EUR',
        lines: [{ sku: 'A-1', count: 2 }],
      })
    })
  }
  return made
}

const name = process.argv[2]
const server = app(name, await VARIANTS[name]()).listen(0, '127.0.0.1', () => process.send?.(portOf(server)))
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
process.once('disconnect', () => process.exit())

function portOf(listening) {
  return listening.address().port
}
