/** What became of an answer of Node's. */
import type { ServerResponse } from 'node:http'
import type { Delivered, Delivery } from '../src/web/request.js'
import { whenOver } from './gone.js'
import type { NodeRequest } from './request.js'

/** An answer, and the connection that it goes over. */
export type Sending = Pick<NodeRequest, 'method' | 'res' | 'socket' | 'isHttp2'>

/** The bytes of an answer's body: as announced, or what went over the wire beside the head. */
export class SentBytes {
  /** Of the connection, when the answer's turn came. */
  #before: number
  readonly #written: (() => number) | undefined

  constructor(readonly call: Sending) {
    this.#before = call.socket.bytesWritten
    this.#written = call.isHttp2 ? countWrites(call.res) : undefined
  }

  /** Its turn on the connection has come. */
  begin(): void {
    this.#before = this.call.socket.bytesWritten
  }

  /** Once it is over. */
  outcome(): Delivered {
    const { res, socket, isHttp2 } = this.call
    // With HTTP/2 a connection outlives the answers that break off on it.
    const sentAll = res.writableFinished || !(isHttp2 || socket.destroyed)
    // An answer may be ended that was broken off before.
    const whole = res.writableEnded && sentAll && !res.errored
    const status = whole ? res.statusCode : statusOf(res)
    return { status, whole, bytesOut: status === 0 ? 0 : this.#count(status, whole) }
  }

  #count(status: number, whole: boolean): number {
    const { method, res, socket } = this.call
    if (method === 'HEAD' || status === 204 || status === 304) return 0
    const announced = Number(res.getHeader('content-length'))
    if (whole && announced >= 0) return announced
    if (this.#written !== undefined) return this.#written()
    const head = (res as { _header?: string | null })._header
    return Math.max(0, socket.bytesWritten - this.#before - (head?.length ?? 0)) || 0
  }
}

/** Of one that is not whole. Some change it when the head is out and what follows has failed. */
function statusOf(res: ServerResponse): number {
  if (!res.headersSent) return 0
  const head: unknown = (res as { _header?: unknown })._header
  return (typeof head === 'string' && Number(head.slice(9, 12))) || res.statusCode
}

/** With HTTP/2 a connection carries many answers at a time: each is counted as it is written, by `end` through `write`, too. */
function countWrites(res: ServerResponse): () => number {
  let bytes = 0
  const write = res.write.bind(res) as (...args: unknown[]) => boolean
  res.write = (...args: unknown[]): boolean => {
    const [chunk, encoding] = args
    if (chunk instanceof Uint8Array) bytes += chunk.length
    else if (typeof chunk === 'string') bytes += Buffer.byteLength(chunk, encoding as BufferEncoding)
    return write(...args)
  }
  return () => bytes
}

/** An answer that a server of the web's writes to one of Node's, over HTTP/1. */
export class NodeDelivery implements Delivery {
  readonly #call: Sending
  readonly #sent: SentBytes

  constructor(res: ServerResponse) {
    const { socket, method = '' } = res.req
    this.#call = { res, socket, method, isHttp2: false }
    this.#sent = new SentBytes(this.#call)
  }

  whenOver(over: (delivered: Delivered) => void): void {
    let told = false
    const once = () => {
      if (!told) over(this.#sent.outcome())
      told = true
    }
    whenOver(this.#call, once, this.#sent)
  }
}
