/** Hono under contract. */
import { createServer, type Server } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createAdaptorServer } from '@hono/node-server'
import { start, stop } from '../../sockets.js'
import { type Fetch, honoApp } from '../apps/hono.js'
import type { Host, Running } from '../host.js'
import { scenario } from '../scenario/gateway.js'
import { ownTls } from './listening.js'

export const honoHost: Host = {
  name: 'Hono',
  lacks: {
    'http2-ends': '@hono/node-server hears of ends as Node tells it of them',
    'says-close': 'a Response says nothing of its connection, which the server ends by itself',
    'own-route-errors': 'a handler of the gateway’s returns a Response, and its errors are not Hono’s',
  },
  serve: async (kind) => served(honoApp(scenario(kind))),
}

async function served(fetch: Fetch): Promise<Running> {
  const plain = await start(createAdaptorServer({ fetch, createServer }) as Server)
  const secure = createAdaptorServer({
    ...{ fetch, createServer: createSecureServer, serverOptions: { ...ownTls(), allowHTTP1: true } },
  })
  const sessions = new Set<{ destroy(): void }>()
  secure.on('session', (session) => sessions.add(session))
  const { port: https } = await start(secure as Server)
  return {
    ...{ port: plain.port, https, http2: `https://localhost:${https}` },
    stop: async () => {
      for (const session of sessions) session.destroy()
      await Promise.all([stop(plain), new Promise((resolve) => secure.close(resolve))])
    },
  }
}
