/** How servers of the web tell what a `Request` does not. */
import type { X509Certificate } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { PosternError } from '../src/errors.js'
import type { Caller } from '../src/web/request.js'
import { NodeDelivery } from './sent.js'

/** Each is given the request, and what the server hands to its app beside it. What is left out is not known. */
export interface CallerSource<Rest extends unknown[]> {
  /** The address at the other end of the connection: `192.0.2.7`. */
  address?(request: Request, ...rest: Rest): string | undefined
  /** Whether the connection is encrypted. */
  secure?(request: Request, ...rest: Rest): boolean
  /** Path and query as they were received, before anything was normalised. */
  target?(request: Request, ...rest: Rest): string | undefined
  /** The client's certificate. */
  certificate?(request: Request, ...rest: Rest): X509Certificate | undefined
  /** The header fields as they were received, names and values in turn. */
  rawHeaders?(request: Request, ...rest: Rest): readonly string[] | undefined
  /**
   * The answer as Node's own server has it, over HTTP/1, where it is one of Node's: what becomes of an answer is then
   * seen there, and none has to be read on its way.
   */
  response?(request: Request, ...rest: Rest): ServerResponse | undefined
}

interface NodeBindings {
  readonly incoming: {
    readonly socket: Socket
    readonly url?: string | undefined
    readonly httpVersionMajor?: number
    readonly rawHeaders?: readonly string[]
  }
  readonly outgoing?: unknown
}

function isHttps({ url }: Request): boolean {
  return url.startsWith('https:')
}

/** Node's own request, under `@hono/node-server`, tells everything. */
const node: Required<CallerSource<[NodeBindings]>> = {
  address: (_, { incoming }) => incoming.socket.remoteAddress,
  secure: (_, { incoming }) => (incoming.socket as TLSSocket).encrypted === true,
  target: (_, { incoming }) => incoming.url,
  certificate: (_, { incoming }) => (incoming.socket as TLSSocket).getPeerX509Certificate?.(),
  rawHeaders: (_, { incoming }) => (incoming.httpVersionMajor === 1 ? incoming.rawHeaders : undefined),
  // It is asked before the others.
  response: (_, bindings) => {
    checkHanded(bindings, 'incoming', 'callers.node', '@hono/node-server, gate(request, c.env)')
    const { incoming, outgoing } = bindings
    return incoming.httpVersionMajor === 1 && isResponse(outgoing) ? outgoing : undefined
  },
}

/** @throws PosternError `CALLER_UNKNOWN` where it is another server, or what it hands over was not handed on */
function checkHanded(given: unknown, field: string, name: string, server: string): void {
  if (field in Object(given)) return
  throw new PosternError(
    'CALLER_UNKNOWN',
    `${name} reads what its server hands over beside the request, and found no \`${field}\`: it is for ${server}. ` +
      'Other servers have their own of `callers`',
  )
}

/** By its looks: where there are no servers of Node's, there is no such class. */
function isResponse(outgoing: unknown): outgoing is ServerResponse {
  return (
    typeof outgoing === 'object' && outgoing !== null && 'writableFinished' in outgoing && 'req' in outgoing
  )
}

/** `Deno.serve`: the URL is that of the connection. */
const deno: CallerSource<[{ readonly remoteAddr: object }]> = {
  address: (_, info) => {
    checkHanded(info, 'remoteAddr', 'callers.deno', 'Deno.serve, gate(request, info)')
    return (info.remoteAddr as { hostname?: string }).hostname
  },
  secure: isHttps,
}

/** `Bun.serve`: the second argument is the server. */
const bun: CallerSource<
  [
    {
      /** As Bun has it. */
      requestIP(request: Request): { readonly address: string } | null
    },
  ]
> = {
  address: (request, server) => {
    checkHanded(server, 'requestIP', 'callers.bun', 'Bun.serve, gate(request, server)')
    return server.requestIP(request)?.address
  },
  secure: isHttps,
}

/** Workers of Cloudflare, which overwrites the header that names the caller. */
const cloudflare: CallerSource<[]> = {
  address: ({ headers }) => headers.get('cf-connecting-ip') ?? undefined,
  secure: isHttps,
}

/** Functions of Vercel, which overwrites the headers that name the caller and its protocol. */
const vercel: CallerSource<[]> = {
  address: ({ headers }) => headers.get('x-real-ip') ?? undefined,
  secure: ({ headers }) => headers.get('x-forwarded-proto') === 'https',
}

/**
 * For the `caller` of an adapter whose server gives no socket. Those that go by headers are for the hosts that they are
 * named after alone: elsewhere callers write what they like.
 */
export const callers = { node, deno, bun, cloudflare, vercel } as const

/** @param from where they are exported @throws PosternError `CALLER_UNKNOWN` for a name in the place of what it names */
export function checkSource(source: unknown, from: string): void {
  if (source === undefined || (typeof source === 'object' && source !== null)) return
  const names = Object.keys(callers)
  const one = names.find((name) => name === source) ?? 'node'
  throw new PosternError(
    'CALLER_UNKNOWN',
    `\`caller\` is an object of functions: { caller: callers.${one} }, with \`callers\` from ${from}; it has ${names.join(', ')}`,
  )
}

/** What it tells of one request. */
export function callerOf<Rest extends unknown[]>(
  source: CallerSource<Rest>,
  request: Request,
  rest: Rest,
): Caller {
  const response = source.response?.(request, ...rest)
  return {
    address: source.address?.(request, ...rest),
    // Who does not say is asked for by nobody: `httpsOnly` would not have let this pass.
    secure: source.secure?.(request, ...rest) ?? false,
    target: source.target?.(request, ...rest),
    certificate: source.certificate?.(request, ...rest) as X509Certificate | undefined,
    rawHeaders: source.rawHeaders?.(request, ...rest),
    delivery: response && new NodeDelivery(response),
  }
}
