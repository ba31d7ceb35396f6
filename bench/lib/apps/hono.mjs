/** Hono 4 on Node. */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { callers, toFetch } from 'postern/fetch'
import { colons } from '../routes.mjs'
import { order, placed } from './app.mjs'

/** @param {import('./app.mjs').Build} build */
export async function hono({ gateway, routes, prefix, called }) {
  const app = new Hono()
  for (const { method, path } of routes) {
    app.on(method, prefix + colons(path), async (c) => {
      called()
      return method === 'POST' ? c.json(placed(await c.req.json()), 201) : c.json(order(c.req.param()))
    })
  }
  const fetch = gateway === undefined ? app.fetch : toFetch(gateway, app.fetch, { caller: callers.node })
  return new Promise((resolve) => {
    const server = serve({ fetch, hostname: '127.0.0.1', port: 0 }, () => resolve(server))
  })
}
