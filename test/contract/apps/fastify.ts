/** The contract's app in Fastify 5 and 4. */
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest, fastify as fastify5 } from 'fastify'
import { rewriteUrl, toFastify } from 'postern/fastify'
import { type Call, ENDPOINTS, type Endpoint, MB, type Reply } from '../scenario/endpoints.js'
import type { Scenario } from '../scenario/gateway.js'
import { control } from '../scenario/state.js'

type Framework = typeof fastify5

/** @param more options of the server */
export function fastifyApp(
  framework: Framework,
  { kind, gateway, state }: Scenario,
  more: object = {},
): FastifyInstance {
  const rewrites = kind === 'routes' ? {} : { rewriteUrl: rewriteUrl(gateway) }
  const app = framework({ ...rewrites, bodyLimit: 8 * MB, ...more }) as unknown as FastifyInstance
  app.register(toFastify(gateway, { mount: kind !== 'routes' }))
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  app.addContentTypeParser('application/x-stream', (_request, payload, done) => done(null, payload))
  app.register(async (routes) => {
    routes.all<{ Params: { what: string } }>('/contract/:what', async ({ params, url }, reply) => {
      const { searchParams } = new URL(url, 'http://localhost')
      return reply
        .type('application/json')
        .send(JSON.stringify(control(state, params.what, searchParams) ?? null))
    })
    for (const endpoint of ENDPOINTS) {
      routes.route({
        method:
          endpoint.method === 'ANY' ? ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] : endpoint.method,
        url: endpoint.path.replace(/\{(\w+)\+\}/, '*').replace(/\{(\w+)\}/g, ':$1'),
        config: kind === 'routes' ? { gateway: endpoint.policy } : {},
        handler: (request, reply) => {
          const answered = endpoint.answer(callOf(request, reply, endpoint), state)
          return answered instanceof Promise
            ? answered.then((own) => send(reply, own))
            : send(reply, answered)
        },
      })
    }
  })
  return app
}

function callOf(request: FastifyRequest, reply: FastifyReply, { path, reads }: Endpoint): Call {
  const { '*': rest, ...params } = request.params as Record<string, string>
  const wildcard = /\{(\w+)\+\}/.exec(path)?.[1]
  const query = Object.entries(request.query as Record<string, string | string[]>)
  return {
    method: request.method,
    url: request.url,
    params: wildcard === undefined ? params : { ...params, [wildcard]: rest ?? '' },
    query: Object.fromEntries(query.map(([name, value]) => [name, [value].flat()])),
    header: (name) => request.headers[name]?.toString(),
    gateway: request.gateway,
    // Of no body at all there is nothing for a parser to do.
    body: reads === 'bytes' ? (request.body ?? Buffer.alloc(0)) : request.body,
    stream: reads === 'stream' ? ((request.body as Readable | undefined) ?? Readable.from([])) : request.raw,
    onLeft: (left) => reply.raw.once('close', () => !reply.raw.writableFinished && left()),
  }
}

function send(
  reply: FastifyReply,
  { status = 200, headers = [], json, text, bytes, pieces }: Reply,
): FastifyReply {
  reply.status(status)
  // Fastify itself adds to cookies, and to nothing else.
  for (const [name, value] of headers) reply.header(name, value)
  if (json !== undefined) return reply.send(json)
  if (text !== undefined) return reply.send(text)
  if (bytes !== undefined) return reply.send(Buffer.from(bytes))
  return reply.send(pieces && Readable.from(pieces, { objectMode: false }))
}
