/** Koa 3 with its router. */
import { createHash } from 'node:crypto'
import Router from '@koa/router'
import Ajv from 'ajv'
import Koa from 'koa'
import cash from 'koa-cash'
import limit from 'koa-ratelimit'
import { toKoa } from 'postern/koa'
import { colons } from '../routes.mjs'
import { jsonOf, ORDER, order, placed } from './app.mjs'

/** @param {import('./app.mjs').Build} build */
export async function koa({ gateway, floor, usual, caches, routes, prefix, called }) {
  const app = new Koa()
  if (gateway !== undefined) app.use(toKoa(gateway))
  if (floor !== undefined)
    app.use((ctx, next) => {
      if (floor(ctx.req, ctx.res)) return next()
      ctx.respond = false
    })
  if (usual !== undefined) for (const middleware of usualKoa(usual)) app.use(middleware)
  if (caches) for (const middleware of kept()) app.use(middleware)
  const router = new Router({ prefix })
  const checks = usual === undefined ? [] : [checked]
  for (const { method, path } of routes) {
    const handler = async (/** @type {any} */ ctx) => {
      called()
      if (method !== 'POST') {
        ctx.body = order(ctx.params)
        return
      }
      ctx.status = 201
      ctx.body = placed(ctx.request.body ?? (await jsonOf(ctx.req)))
    }
    router.register(colons(path), [method], method === 'POST' ? [...checks, handler] : [handler])
  }
  app.use(router.routes())
  return app.listen(0, '127.0.0.1')
}

/** What one would pick instead: a logger, a hand-written check of hashed keys, a limiter. */
function usualKoa(keys) {
  return [logger(), keyCheck(keys), limiter()]
}

/** Lines are made and not written, as Postern's records are. */
export const logged = { lines: 0, characters: 0 }

function logger() {
  return async (ctx, next) => {
    const start = process.hrtime.bigint()
    await next()
    const latency = Number(process.hrtime.bigint() - start) / 1e6
    const { method, url, ip, status, length, state } = ctx
    const line = JSON.stringify({
      time: new Date().toISOString(),
      ...{ method, url, ip, status, length, latency, client: state.client?.name },
    })
    logged.lines++
    logged.characters += line.length
  }
}

function keyCheck(keys) {
  const sha256 = (value) => createHash('sha256').update(value).digest('hex')
  const clients = new Map(keys.map((key, index) => [sha256(key), { name: `client ${index % 8}` }]))
  return async (ctx, next) => {
    ctx.state.client = clients.get(sha256(ctx.get('x-api-key')))
    if (ctx.state.client === undefined) ctx.throw(403, 'Forbidden')
    await next()
  }
}

function limiter() {
  return limit({
    ...{ driver: 'memory', db: new Map(), duration: 60_000, max: 1e9 },
    id: (ctx) => ctx.get('x-api-key'),
  })
}

const isOrder = new Ajv().compile(ORDER)

async function checked(ctx, next) {
  ctx.request.body = await jsonOf(ctx.req)
  if (!isOrder(ctx.request.body)) ctx.throw(400, 'Invalid request body')
  await next()
}

function kept() {
  const answers = new Map()
  const get = async (key) => answers.get(key)
  const set = async (key, value) => answers.set(key, value)
  const ask = async (ctx, next) => {
    if (await ctx.cashed(3_600_000)) return
    await next()
  }
  return [cash({ get, set }), ask]
}
