/** The contract's app in Express 5 and 4. */
import { pipeline, Readable } from 'node:stream'
import type express5 from 'express'
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express'
import { toExpress } from 'postern/express'
import { ENDPOINTS, type Endpoint, MB, type Reads, type Reply } from '../scenario/endpoints.js'
import type { Scenario } from '../scenario/gateway.js'
import { control } from '../scenario/state.js'

/** @param before whether the gateway stands before the app, and not in it */
export function expressApp(
  express: typeof express5,
  major: 4 | 5,
  { kind, gateway, state }: Scenario,
  before = false,
): Express {
  const gate = toExpress(gateway)
  const app = express()
  if (kind !== 'routes' && !before) app.use(gate)
  app.all('/contract/:what', ({ params, url }, res) => {
    res.json(control(state, params.what ?? '', new URL(url, 'http://localhost').searchParams) ?? null)
  })
  for (const endpoint of ENDPOINTS) {
    const method =
      endpoint.method === 'ANY' ? 'all' : (endpoint.method.toLowerCase() as 'get' | 'post' | 'put')
    const handle: RequestHandler = (req, res, next) => {
      const answered = endpoint.answer(callOf(req, res), state)
      if (!(answered instanceof Promise)) return send(res, answered)
      const sent = answered.then((reply) => send(res, reply))
      return major === 5 ? sent : sent.catch(next)
    }
    app[method](pathOf(endpoint, major), [
      ...(kind === 'routes' ? [gate.route(endpoint.pattern, endpoint.policy) as RequestHandler] : []),
      ...parser(express, endpoint.reads),
      handle,
    ])
  }
  app.use((_req: Request, res: Response) => res.status(404).send('no page of the app'))
  // As apps do: without, Express shows the stack.
  app.use((error: Error, _req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) return next(error)
    return res.status(500).json({ error: error.message })
  })
  return app
}

function pathOf({ path }: Endpoint, major: 4 | 5): string {
  return path.replace(/\{(\w+)\+\}/, major === 5 ? '*$1' : ':$1(*)').replace(/\{(\w+)\}/g, ':$1')
}

function parser(express: typeof express5, reads: Reads | undefined): RequestHandler[] {
  if (reads === 'json') return [express.json()]
  if (reads === 'form') return [express.urlencoded({ extended: false })]
  if (reads === 'text') return [express.text()]
  return reads === 'bytes' ? [express.raw({ limit: 8 * MB })] : []
}

function callOf(req: Request, res: Response): Parameters<Endpoint['answer']>[0] {
  const values = (all: object) => Object.entries(all as Record<string, string | string[]>)
  return {
    method: req.method,
    url: req.url,
    params: Object.fromEntries(values(req.params).map(([name, value]) => [name, [value].flat().join('/')])),
    query: Object.fromEntries(values(req.query).map(([name, value]) => [name, [value].flat()])),
    header: (name) => req.get(name),
    gateway: req.gateway,
    body: req.body,
    stream: req,
    onLeft: (left) => res.once('close', () => !res.writableFinished && left()),
  }
}

function send(res: Response, { status = 200, headers = [], json, text, bytes, pieces }: Reply): void {
  res.status(status)
  for (const [name, value] of headers) res.append(name, value)
  if (json !== undefined) res.json(json)
  else if (text !== undefined) res.send(text)
  else if (bytes !== undefined) res.send(Buffer.from(bytes))
  else if (pieces !== undefined) pipeline(Readable.from(pieces), res, () => {})
  else res.end()
}
