/**
 * Hono, Deno, Bun, workers: any `fetch` server.
 *
 * `toFetch` stands in front of whatever makes a `Response` of a `Request`. What a `Request` does not tell (the caller's
 * address, whether TLS was used, the path before it was normalised) comes from `caller`, ready-made for the usual servers:
 * `callers.node` (under `@hono/node-server`), `deno`, `bun`, `cloudflare`, `vercel`; or functions of your own. A definition
 * that needs what nobody tells is an error when the gate is made. Where `response` says which response of Node's it is, as
 * `callers.node` does, the app's own `Response` goes out unread, unless a cache or a model is to hear it.
 */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createGateway, route } from 'postern'
import { callers, gatewayOf, toFetch } from 'postern/fetch'

const gateway = createGateway({ routes: [route('GET /pets/{petId}')], stages: { prod: {} } })
const app = new Hono()
app.get('/pets/:petId', (c) => c.json({ id: c.req.param('petId'), stage: gatewayOf(c.req.raw)?.stage }))

serve({ fetch: toFetch(gateway, app.fetch, { caller: callers.node }), port: 3000 })
