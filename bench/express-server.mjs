/** One Express 5 server: `node express-server.mjs bare | postern | floor | usual`. Tells its port, then its CPU time when asked. */
import express from 'express'
import { toExpress } from 'postern/express'
import { floor } from './lib/floor.mjs'
import { addKeys, busyGateway, keyValues, TABLE } from './lib/gateway.mjs'
import { colons } from './lib/routes.mjs'
import { serveContest } from './lib/serve.mjs'
import { usualStack } from './lib/usual.mjs'

const keys = keyValues(256)

/** What stands before the app. */
const VARIANTS = {
  bare: async () => [],
  postern: async () => {
    const gateway = busyGateway()
    await addKeys(gateway, keys)
    return [toExpress(gateway)]
  },
  floor: async () => [floored(floor(keys, TABLE))],
  usual: async () => usualStack(keys),
}

/** @param {import('./lib/floor.mjs').Floor} admits @returns {express.RequestHandler} */
function floored(admits) {
  return (req, res, next) => {
    if (admits(req, res)) next()
  }
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
await serveContest(app(name, await VARIANTS[name]()).listen(0, '127.0.0.1'))
