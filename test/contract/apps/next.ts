/** The contract's app in Next 16 and 15: what the files of its routes export, and its proxy.ts. Next bundles it. */
import { gatewayOf, type NextHandler, type RouteContext, sharedStore, toNext } from 'postern/next'
import { type Call, ENDPOINTS, type Pieces, type Reads, type Reply } from '../scenario/endpoints.js'
import { type Kind, scenario } from '../scenario/gateway.js'
import { control, type State } from '../scenario/state.js'

type RouteHandler = NextHandler<Request, RouteContext>

/** Next loads this module once for each of its bundles: what is remembered is one thing in all of them. */
const shared = globalThis as { contract?: State }
const { kind, gateway, state } = scenario((process.env.CONTRACT_KIND ?? 'routes') as Kind, {
  ...{ state: shared.contract, store: sharedStore('contract') },
})
shared.contract = state

const gate = toNext(gateway)

export const proxy = (request: Request): Promise<Response> => gate.proxy(request)

/** What the suite asks for, ungated. */
export const answerControl: RouteHandler = async (request, { params }) => {
  const { what } = await params
  return Response.json(control(state, String(what), new URL(request.url).searchParams) ?? null)
}

/** @param pattern of the endpoint: `ANY /admin/{id}` */
export function handlerOf(pattern: string): RouteHandler {
  const endpoint = ENDPOINTS.find((each) => each.pattern === pattern)
  if (endpoint === undefined) throw new TypeError(`no endpoint is called ${pattern}`)
  const answer: RouteHandler = async (request, { params }) => {
    let body: unknown
    try {
      body = await read(request, endpoint.reads)
    } catch (error) {
      return new Response(String(error), { status: 400 })
    }
    return responseOf(await endpoint.answer(callOf(request, await params, body), state))
  }
  return kind !== 'routes' ? answer : gate.route(pattern, endpoint.policy, answer)
}

function callOf(request: Request, params: object | undefined, body: unknown): Call {
  const { pathname, search, searchParams } = new URL(request.url)
  // Next gives none to a file without such folders.
  const found = Object.entries((params ?? {}) as Record<string, string | string[]>)
  return {
    method: request.method,
    url: pathname + search,
    params: Object.fromEntries(found.map(([name, value]) => [name, [value].flat().join('/')])),
    query: Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)])),
    header: (name) => request.headers.get(name) ?? undefined,
    gateway: gatewayOf(request),
    body,
    stream: (request.body ?? []) as unknown as AsyncIterable<Uint8Array>,
    onLeft: (left) => request.signal.addEventListener('abort', left),
  }
}

async function read(request: Request, reads: Reads | undefined): Promise<unknown> {
  switch (reads) {
    case 'json':
      return request.json()
    case 'form':
      return Object.fromEntries(await request.formData())
    case 'text':
      return request.text()
    case 'bytes':
      return new Uint8Array(await request.arrayBuffer())
    default:
      return undefined
  }
}

function responseOf({ status = 200, headers = [], json, text, bytes, pieces }: Reply): Response {
  const init = { status, headers: headers.map(([name, value]): [string, string] => [name, value]) }
  if (json !== undefined) return Response.json(json, init)
  const body = text ?? (bytes as Uint8Array<ArrayBuffer> | undefined)
  return new Response(pieces === undefined ? body : streamOf(pieces), init)
}

function streamOf(pieces: Pieces): ReadableStream<Uint8Array> {
  return ReadableStream.from(encoded(pieces)) as ReadableStream<Uint8Array>
}

async function* encoded(pieces: Pieces): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const piece of pieces) yield typeof piece === 'string' ? encoder.encode(piece) : piece
}
