/** Express 5. */
import { createServer } from 'node:http'
import apicache from 'apicache'
import express from 'express'
import { toExpress } from 'postern/express'
import { toNode } from 'postern/node'
import { colons } from '../routes.mjs'
import { usualStack } from '../usual.mjs'
import { order } from './app.mjs'

/** @param {import('./app.mjs').Build} build */
export async function inExpress({ gateway, floor, front, usual, caches, routes, prefix, called }) {
  const app = express()
  if (gateway !== undefined && !front) app.use(toExpress(gateway))
  if (floor !== undefined) app.use((req, res, next) => floor(req, res) && next())
  if (usual !== undefined) app.use(usualStack(usual))
  if (caches) app.use(apicache.middleware('1 hour'))
  for (const { method, path } of routes) {
    app[method.toLowerCase()](prefix + colons(path), (req, res) => {
      called()
      res.json(order(req.params))
    })
  }
  const listener = gateway !== undefined && front ? toNode(gateway, app) : app
  return createServer(listener).listen(0, '127.0.0.1')
}
