/** The contract's app in Koa 3 and 2, with @koa/router. */
import { Readable } from 'node:stream'
import { buffer, json, text } from 'node:stream/consumers'
import Router, { type RouterContext } from '@koa/router'
import type Koa from 'koa'
import { toKoa } from 'postern/koa'
import { type Call, ENDPOINTS, type Endpoint, type Reads, type Reply } from '../scenario/endpoints.js'
import { type Kind, type Scenario, scenario } from '../scenario/gateway.js'
import { control } from '../scenario/state.js'

export function koaApp(Framework: typeof Koa, kind: Kind): Scenario & { app: Koa } {
  const made = scenario(kind)
  const { gateway, state } = made
  const gate = toKoa(gateway)
  const app = new Framework()
  // It prints what nobody catches.
  app.silent = true
  if (kind !== 'routes') app.use(gate)
  const router = new Router()
  router.all('/contract/:what', (ctx) => {
    ctx.body = JSON.stringify(control(state, ctx.params.what ?? '', ctx.URL.searchParams) ?? null)
  })
  for (const endpoint of ENDPOINTS) {
    const method =
      endpoint.method === 'ANY' ? 'all' : (endpoint.method.toLowerCase() as 'get' | 'post' | 'put')
    const own = kind === 'routes' ? [gate.route(endpoint.pattern, endpoint.policy)] : []
    router[method](pathOf(endpoint), ...own, async (ctx: RouterContext) => {
      send(ctx, await endpoint.answer(await callOf(ctx, endpoint.reads), state))
    })
  }
  app.use(router.routes())
  return { ...made, app }
}

function pathOf({ path }: Endpoint): string {
  return path.replace(/\{(\w+)\+\}/, '*$1').replace(/\{(\w+)\}/g, ':$1')
}

async function callOf(ctx: RouterContext, reads: Reads | undefined): Promise<Call> {
  const { req, res } = ctx
  const values = (all: object) => Object.entries(all as Record<string, string | string[]>)
  return {
    method: ctx.method,
    url: ctx.url,
    params: ctx.params,
    query: Object.fromEntries(values(ctx.query).map(([name, value]) => [name, [value].flat()])),
    header: (name) => ctx.get(name) || undefined,
    gateway: ctx.gateway,
    body: await read(ctx, reads),
    stream: req,
    onLeft: (left) => res.once('close', () => !res.writableFinished && left()),
  }
}

/** As body parsers do, of which Koa brings none. */
async function read(ctx: RouterContext, reads: Reads | undefined): Promise<unknown> {
  const { req } = ctx
  switch (reads) {
    case 'json':
      return json(req).catch((error: Error) => ctx.throw(400, error.message))
    case 'form':
      return Object.fromEntries(new URLSearchParams(await text(req)))
    case 'text':
      return text(req)
    case 'bytes':
      return buffer(req)
    default:
      return undefined
  }
}

function send(ctx: RouterContext, { status = 200, headers = [], json, text, bytes, pieces }: Reply): void {
  ctx.status = status
  for (const [name, value] of headers) ctx.append(name, value)
  if (json !== undefined) ctx.body = json
  else if (text !== undefined) ctx.body = text
  else if (bytes !== undefined) ctx.body = Buffer.from(bytes)
  else if (pieces !== undefined) ctx.body = streamed(ctx, pieces)
  else if (status === 200) ctx.body = ''
}

/** Koa leaves a connection open whose source has broken. */
function streamed({ res }: RouterContext, pieces: NonNullable<Reply['pieces']>): Readable {
  return Readable.from(pieces, { objectMode: false }).once('error', () => res.destroy())
}
