/** The contract's app in Hono, under `@hono/node-server`. */
import type { Http2Bindings, HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { type CallerSource, callers, gatewayOf, toFetch } from 'postern/fetch'
import {
  type Call,
  ENDPOINTS,
  type Endpoint,
  type Pieces,
  type Reads,
  type Reply,
} from '../scenario/endpoints.js'
import type { Scenario } from '../scenario/gateway.js'
import { control } from '../scenario/state.js'

type Bindings = HttpBindings | Http2Bindings
type Ctx = Context<{ Bindings: Bindings }>

export type Fetch = (request: Request, env: Bindings) => Response | Promise<Response>

/** A handler of a single route is given Hono's context beside the request. */
const caller: CallerSource<[Bindings, Ctx]> = callers.node

export function honoApp({ kind, gateway, state }: Scenario): Fetch {
  const app = new Hono<{ Bindings: Bindings }>()
  const gate = kind === 'routes' ? toFetch(gateway, undefined, { caller }) : undefined
  app.onError((error, c) => c.json({ error: error.message }, 500))
  app.all('/contract/:what', (c) => {
    const { searchParams } = new URL(c.req.url)
    return c.body(JSON.stringify(control(state, c.req.param('what'), searchParams) ?? null))
  })
  for (const endpoint of ENDPOINTS) {
    const answer = async (c: Ctx) => {
      let body: unknown
      try {
        body = await read(c, endpoint.reads)
      } catch (error) {
        return c.text(String(error), 400)
      }
      return send(c, await endpoint.answer(callOf(c, body), state))
    }
    const own = gate?.route(endpoint.pattern, endpoint.policy, (request: Request, _env: Bindings, c: Ctx) => {
      c.req.raw = request
      return answer(c)
    })
    const handler = own === undefined ? answer : (c: Ctx) => own(c.req.raw, c.env, c)
    if (endpoint.method === 'ANY') app.all(pathOf(endpoint), handler)
    else app.on(endpoint.method, pathOf(endpoint), handler)
  }
  return kind === 'routes' ? app.fetch : toFetch(gateway, app.fetch, { caller: callers.node })
}

function pathOf({ path }: Endpoint): string {
  return path.replace(/\{(\w+)(\+?)\}/g, (_, name, rest) => (rest === '' ? `:${name}` : `:${name}{.+}`))
}

function callOf(c: Ctx, body: unknown): Call {
  const { raw } = c.req
  const { pathname, search } = new URL(raw.url)
  return {
    method: raw.method,
    url: pathname + search,
    params: c.req.param(),
    query: c.req.queries(),
    header: (name) => c.req.header(name),
    gateway: gatewayOf(raw),
    body,
    stream: (raw.body ?? []) as unknown as AsyncIterable<Uint8Array>,
    onLeft: (left) => raw.signal.addEventListener('abort', left),
  }
}

async function read(c: Ctx, reads: Reads | undefined): Promise<unknown> {
  switch (reads) {
    case 'json':
      return c.req.json()
    case 'form':
      return c.req.parseBody()
    case 'text':
      return c.req.text()
    case 'bytes':
      return new Uint8Array(await c.req.arrayBuffer())
    default:
      return undefined
  }
}

function send(c: Ctx, { status = 200, headers = [], json, text, bytes, pieces }: Reply): Response {
  c.status(status as 200)
  for (const [name, value] of headers) c.header(name, value, { append: true })
  if (json !== undefined) return c.json(json)
  if (text !== undefined) return c.body(text)
  if (bytes !== undefined) return c.body(bytes as Uint8Array<ArrayBuffer>)
  return pieces === undefined ? c.body(null) : c.body(ReadableStream.from(encoded(pieces)) as ReadableStream)
}

async function* encoded(pieces: Pieces): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const piece of pieces) yield typeof piece === 'string' ? encoder.encode(piece) : piece
}
