/** A request of Node's `http` and `http2`, as the core sees it: one half of the port. */
import type { X509Certificate } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { GatewayRequest, Upgrade } from '../src/port.js'
import type { Deadline } from '../src/store/deadline.js'
import type { ByteStream } from '../src/stream.js'
import { writeAhead } from './ahead.js'
import { hasArrived, readBody, StreamedBody } from './body.js'
import { whenOver } from './gone.js'
import { streamOf } from './http2.js'

/**
 * A request of Node's, as the core sees it. What is asked for more than once is read once: Express changes the
 * prototype of each request and response, whereupon each has a hidden class of its own, and no look at one is fast.
 */
export class NodeRequest implements GatewayRequest {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  readonly socket: Socket
  /** While the app has not begun its answer. */
  deadline: Deadline | undefined
  /** Of a request that asks for another protocol. */
  upgrade: Upgrade | undefined
  /** Bytes of the body that the gateway has read. */
  received = 0
  #body: Promise<Uint8Array> | undefined

  constructor(
    readonly req: IncomingMessage,
    /** Some frameworks make it later. */
    public res: ServerResponse,
    readonly target: string,
    readonly localTarget: string,
    readonly foldsCase: boolean,
  ) {
    this.method = req.method ?? ''
    this.headers = req.headers
    this.socket = req.socket
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

  /** How the gateway comes before whatever else reads bodies, for whom it did not. */
  get unread(): string {
    return 'have the gateway come before whatever reads bodies'
  }

  header(name: string): string | undefined {
    if (name === 'host') return this.#host
    const value = this.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  /** HTTP/2 has it among its pseudo fields (RFC 9113, 8.3.1). */
  get #host(): string | undefined {
    const { host } = this.headers
    return host ?? (this.headers[':authority'] as string | undefined)
  }

  rawHeaders(): readonly string[] {
    const { rawHeaders } = this.req
    return this.isHttp2 ? withoutPseudo(rawHeaders) : rawHeaders
  }

  body(limit: number): Promise<Uint8Array> {
    this.#body ??= readBody(this, limit)
    return this.#body
  }

  stream(limit: number): ByteStream | undefined {
    return this.hasBody ? new StreamedBody(this, limit) : undefined
  }

  whenGone(gone: () => void): () => void {
    let wanted = true
    whenOver(this, () => {
      if (wanted && !this.res.writableFinished) gone()
      wanted = false
    })
    return () => {
      wanted = false
    }
  }

  inform(status: number, headers: readonly string[]): void {
    if (!this.res.headersSent && !this.isGone) writeAhead(this, status, headers)
  }

  /** Pseudo fields are HTTP/2's alone: no field of HTTP/1 can begin with a colon. */
  get isHttp2(): boolean {
    return this.headers[':method'] !== undefined
  }

  /** Whether the caller left. */
  get isGone(): boolean {
    return (
      this.res.destroyed || this.socket.destroyed || (this.isHttp2 && streamOf(this.res)?.destroyed !== false)
    )
  }

  /** Whether a body follows whose length is not told. */
  get isChunked(): boolean {
    if (this.headers['transfer-encoding'] !== undefined) return true
    if (!this.isHttp2 || this.headers['content-length'] !== undefined) return false
    return streamOf(this.req)?.endAfterHeaders === false
  }

  /** Bytes of the body, as its header says; 0 where it does not. */
  get announced(): number {
    return Number(this.headers['content-length'] ?? 0)
  }

  get hasBody(): boolean {
    return this.isChunked || this.announced > 0
  }

  get bytesIn(): number {
    return this.isChunked ? this.received : this.announced
  }

  /** Whether the last byte of the body has come, read or not. */
  get hasArrived(): boolean {
    return hasArrived(this.req)
  }
}

/** As HTTP/1 has them: a `Host` that differs from the authority is a second one. */
function withoutPseudo(raw: readonly string[]): string[] {
  const fields: string[] = []
  const authority = raw[raw.findIndex((text, index) => index % 2 === 0 && text === ':authority') + 1]
  for (let index = 0; index < raw.length; index += 2) {
    const [name = '', value = ''] = raw.slice(index, index + 2)
    if (name === ':authority') fields.push('host', value)
    else if (!name.startsWith(':') && !(name === 'host' && value === authority)) fields.push(name, value)
  }
  return fields
}
