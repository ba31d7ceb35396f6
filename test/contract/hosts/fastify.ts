/** Fastify under contract. */
import type { AddressInfo } from 'node:net'
import { type FastifyInstance, fastify } from 'fastify'
import { fastify as fastify4 } from 'fastify4'
import { fastifyApp } from '../apps/fastify.js'
import type { Host, Running } from '../host.js'
import { type Kind, scenario } from '../scenario/gateway.js'
import { ownTls } from './listening.js'

const lacks: Host['lacks'] = { 'named-rest': 'Fastify calls it * and nothing else' }

export const fastify5Host: Host = { name: 'Fastify 5', lacks, serve: (kind) => served(fastify, kind) }

export const fastify4Host: Host = {
  name: 'Fastify 4',
  lacks: { ...lacks, semicolons: 'Fastify 4 has the query begin at a semicolon' },
  serve: (kind) => served(fastify4 as unknown as typeof fastify, kind),
}

async function served(framework: typeof fastify, kind: Kind): Promise<Running> {
  const made = scenario(kind)
  const plain = fastifyApp(framework, made)
  const secure = fastifyApp(framework, made, { http2: true, https: { ...ownTls(), allowHTTP1: true } })
  const sessions = new Set<{ destroy(): void }>()
  secure.server.on('session', (session) => sessions.add(session))
  const stop = async () => {
    plain.server.closeAllConnections()
    for (const session of sessions) session.destroy()
    await Promise.all([plain.close(), secure.close()])
  }
  const https = await listen(secure)
  return { port: await listen(plain), https, http2: `https://localhost:${https}`, stop }
}

async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}
