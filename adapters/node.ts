/** What all adapters over Node's `http` share: the port's two halves, a request and the writing of an answer. */
import type { X509Certificate } from 'node:crypto'
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Answer, GatewayRequest } from '../src/exchange.js'
import { readBody } from './body.js'
import type { Deadline } from './deadline.js'

/**
 * A request of Node's, as the core sees it. What is asked for more than once is read once: Express changes the
 * prototype of each request and response, whereupon each has a hidden class of its own, and no look at one is fast.
 */
export class NodeRequest implements GatewayRequest {
  readonly headers: IncomingHttpHeaders
  readonly socket: Socket
  /** While the app has not begun its answer. */
  deadline: Deadline | undefined
  #body: Promise<Uint8Array> | undefined

  constructor(
    readonly req: IncomingMessage,
    readonly res: ServerResponse,
    readonly target: string,
    readonly localTarget: string,
    readonly foldsCase: boolean,
  ) {
    this.headers = req.headers
    this.socket = req.socket
  }

  get method(): string {
    return this.req.method ?? ''
  }

  get peer(): string {
    return this.socket.remoteAddress ?? ''
  }

  get encrypted(): boolean {
    return (this.socket as { encrypted?: boolean }).encrypted === true
  }

  get certificate(): X509Certificate | undefined {
    const { socket } = this
    return 'getPeerX509Certificate' in socket ? (socket as TLSSocket).getPeerX509Certificate() : undefined
  }

  header(name: string): string | undefined {
    const value = this.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  rawHeaders(): readonly string[] {
    return this.req.rawHeaders
  }

  body(limit: number): Promise<Uint8Array> {
    this.#body ??= readBody(this.req, limit)
    return this.#body
  }
}

/**
 * Sends the gateway's own answer. What is left of the request's body is not waited for.
 *
 * @param last whether the connection is closed behind it
 */
export function write(call: NodeRequest, answer: Answer, last = isUnread(call)): void {
  const { req, res } = call
  if (res.headersSent || res.destroyed) return
  if (last) {
    closeAfter(req)
    res.setHeader('Connection', 'close')
  }
  const reason = STATUS_CODES[answer.status] ?? ''
  const headers = varying(res, answer.headers)
  // Of a name that comes twice, Node 20 sends the last alone once any header has been set.
  if (hasRepeats(headers)) appendHeaders(res, headers).writeHead(answer.status, reason)
  else res.writeHead(answer.status, reason, headers as string[])
  res.end(answer.body)
}

/** Sets the headers of an answer that the app will give: names and values in turn. */
export function setHeaders(res: ServerResponse, headers: readonly string[]): void {
  const all = varying(res, headers)
  for (let index = 0; index < all.length; index += 2) res.setHeader(all[index] ?? '', all[index + 1] ?? '')
}

/** Two cookies, for one. Names of one length are few. */
function hasRepeats(headers: readonly string[]): boolean {
  for (let index = 2; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    for (let before = 0; before < index; before += 2) {
      const other = headers[before] ?? ''
      if (other.length === name.length && other.toLowerCase() === name.toLowerCase()) return true
    }
  }
  return false
}

function appendHeaders(res: ServerResponse, headers: readonly string[]): ServerResponse {
  for (let index = 0; index < headers.length; index += 2) res.removeHeader(headers[index] ?? '')
  for (let index = 0; index < headers.length; index += 2) {
    res.appendHeader(headers[index] ?? '', headers[index + 1] ?? '')
  }
  return res
}

function varying(res: ServerResponse, headers: readonly string[]): readonly string[] {
  const varies = headers.includes('Vary') || headers.includes('vary')
  return varies && res.hasHeader('vary') ? alsoVarying(res, headers) : headers
}

/** What stands in front of the gateway may have said that its answers vary, too. */
function alsoVarying(res: ServerResponse, headers: readonly string[]): string[] {
  const before = String(res.getHeader('vary'))
  return headers.map((text, index) => {
    const added = index % 2 === 1 && headers[index - 1]?.toLowerCase() === 'vary' && !before.includes(text)
    return added ? `${before}, ${text}` : text
  })
}

/** So much of an unread body is let through rather than losing the connection. */
const SMALL = 65_536
/** How long a caller that is still sending may take to read the answer. */
export const LINGER = 1_000

function isUnread({ req, headers }: NodeRequest): boolean {
  if (headers['transfer-encoding'] === undefined && !(Number(headers['content-length']) > SMALL)) return false
  return !req.complete
}

/**
 * Closes in two steps: a socket destroyed at once would be reset, and the answer lost, while the caller still sends.
 * Whoever still reads the request learns that it was cut off.
 */
function closeAfter(req: IncomingMessage): void {
  const { socket } = req
  socket.destroySoon = () => {
    socket.end()
    setTimeout(() => {
      req.destroy()
      socket.destroy()
    }, LINGER).unref()
  }
}
