/** The contract's app on Node's `http` and `http2` alone, as one writes it without a framework. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { buffer, json, text } from 'node:stream/consumers'
import { type NodeListener, toNode } from 'postern/node'
import { type Call, ENDPOINTS, type Endpoint, type Reads, type Reply } from '../scenario/endpoints.js'
import { type Kind, type Scenario, scenario } from '../scenario/gateway.js'
import { control } from '../scenario/state.js'

interface Route {
  readonly matches: (method: string, path: string) => RegExpExecArray | null
  readonly listener: NodeListener
}

export function nodeApp(kind: Kind): Scenario & { listener: NodeListener } {
  const made = scenario(kind)
  const { gateway, state } = made
  const routes: Route[] = ENDPOINTS.map((endpoint) => ({
    matches: matcher(endpoint),
    listener: async (req, res) => {
      const params = decoded(matcher(endpoint)(req.method ?? '', partsOf(req).path)?.groups)
      let body: unknown
      try {
        body = await read(req, endpoint.reads)
      } catch (error) {
        return send(res, { status: 400, text: String(error) })
      }
      send(res, await endpoint.answer(callOf(req, res, params, body), state))
    },
  }))
  const app = (own: (index: number, route: Route) => NodeListener): NodeListener => {
    const listeners = routes.map((route, index) => own(index, route))
    return (req, res) => {
      const { path, query } = partsOf(req)
      const what = /^\/contract\/(\w+)$/.exec(path)?.[1]
      if (what !== undefined) return send(res, { json: control(state, what, query) ?? null })
      const at = routes.findIndex(({ matches }) => matches(req.method ?? '', path))
      const listener = listeners[at]
      return listener === undefined ? send(res, { status: 404 }) : listener(req, res)
    }
  }
  if (kind !== 'routes')
    return {
      ...made,
      listener: toNode(
        gateway,
        app((_, { listener }) => listener),
        { caseSensitive: true },
      ),
    }
  const gate = toNode(gateway)
  const guarded = app((index, { listener }) => {
    const { pattern, policy } = ENDPOINTS[index] as Endpoint
    return gate.route(pattern, policy, listener)
  })
  return { ...made, listener: guarded }
}

function matcher({ method, path }: Endpoint): Route['matches'] {
  const source = path.replace(/\{(\w+)\+\}/g, '(?<$1>.+)').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')
  const whole = new RegExp(`^${source}$`)
  return (asked, at) => {
    const suits = method === 'ANY' || method === asked || (method === 'GET' && asked === 'HEAD')
    return suits ? whole.exec(at) : null
  }
}

function decoded(groups: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]))
}

function partsOf({ url = '' }: IncomingMessage): { path: string; query: URLSearchParams } {
  const [path = '', ...rest] = url.split('?')
  return { path, query: new URLSearchParams(rest.join('?')) }
}

function callOf(
  req: IncomingMessage,
  res: ServerResponse,
  params: Record<string, string>,
  body: unknown,
): Call {
  const { query } = partsOf(req)
  return {
    method: req.method ?? '',
    url: req.url ?? '',
    params,
    query: Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)])),
    header: (name) => req.headers[name]?.toString(),
    gateway: req.gateway,
    body,
    stream: req,
    onLeft: (left) => res.once('close', () => !res.writableFinished && left()),
  }
}

async function read(req: IncomingMessage, reads: Reads | undefined): Promise<unknown> {
  switch (reads) {
    case 'json':
      return json(req)
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

function send(res: ServerResponse, { status = 200, headers = [], ...body }: Reply): void {
  res.statusCode = status
  for (const name of new Set(headers.map(([name]) => name))) {
    const values = headers.filter(([other]) => other === name).map(([, value]) => value)
    res.setHeader(name, values.length === 1 ? (values[0] ?? '') : values)
  }
  if (body.json !== undefined) {
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify(body.json))
  } else if (body.pieces !== undefined) pipeline(Readable.from(body.pieces), res, () => {})
  else res.end(body.bytes ?? body.text)
}
