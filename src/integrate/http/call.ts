/** One request to an upstream, as undici tells of it, and what comes back. */
import { Buffer } from 'node:buffer'
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Inbound } from '../../integration.js'
import { answerFields, fieldsIn } from './fields.js'

/** Who has called. */
export interface Caller {
  /** It goes out: it has stood in line no longer. */
  sending(): void
  /** The answer begins. In the next microtask, what came together with its head is there, too. */
  answered(call: Call): void
  /** Nothing of an answer has come, and nothing will. */
  failed(call: Call, error: Error): void
  /** An answer before the answer. */
  informed(status: number, headers: readonly string[]): void
  /** The other side speaks another protocol from here on. */
  upgraded(status: number, headers: readonly string[], socket: Duplex): void
}

type Piece = IteratorResult<Uint8Array, undefined>

const NONE: readonly string[] = Object.freeze([])
const EMPTY = Buffer.alloc(0)
const END: Piece = { done: true, value: undefined }

/** So much of an answer is held for whoever reads it, bytes, before the upstream is to wait. */
const HELD = 65_536

/**
 * In the older of undici's two ways to be told: the newer one makes an object of the header fields, which loses their
 * spelling and order, and takes a third of the time of a small call.
 */
export class Call implements Dispatcher.DispatchHandler, Inbound, AsyncIterableIterator<Uint8Array> {
  status = 0
  headers = NONE
  /** Whether any of it has gone over a connection. */
  sent = false
  /** Of a body that is read as it comes: where there are none, nothing is told of them. */
  trailers: (() => readonly string[]) | undefined
  readonly #caller: Caller
  #trailing = NONE
  #abort: ((error: Error) => void) | undefined
  #resume: (() => void) | undefined
  #isPaused = false
  readonly #pieces: Uint8Array[] = []
  #size = 0
  #ended = false
  #error: Error | undefined
  #reader: { resolve(piece: Piece): void; reject(error: Error): void } | undefined

  constructor(caller: Caller) {
    this.#caller = caller
  }

  /** Nobody wants to know any more: neither is it sent, if it has not been, nor is more of it read. */
  abort(reason: Error): void {
    if (this.#ended || this.#error !== undefined) return
    this.#error = reason
    this.#pieces.length = 0
    this.#abort?.(reason)
    this.#reader?.reject(reason)
    this.#reader = undefined
  }

  onConnect(abort: (error?: Error) => void): void {
    // Thrown, it costs the connection nothing.
    if (this.#error !== undefined) throw this.#error
    this.sent = true
    this.#abort = abort
    this.#caller.sending()
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    const headers = fieldsIn(raw)
    if (status < 200) {
      this.#caller.informed(status, headers)
      return true
    }
    this.status = status
    this.headers = headers
    this.#resume = resume
    this.#caller.answered(this)
    return true
  }

  onUpgrade(status: number, raw: Buffer[] | string[] | null, socket: Duplex): void {
    this.#ended = true
    this.#caller.upgraded(status, fieldsIn(raw ?? []), socket)
  }

  onData(chunk: Uint8Array): boolean {
    const reader = this.#reader
    if (reader !== undefined) {
      this.#reader = undefined
      reader.resolve({ done: false, value: chunk })
      return true
    }
    this.#pieces.push(chunk)
    this.#size += chunk.length
    this.#isPaused = this.#size >= HELD
    return !this.#isPaused
  }

  onComplete(trailers: Buffer[] | string[] | object | null): void {
    this.#trailing = answerFields(fieldsIn(trailers ?? []), true, false)
    // With HTTP/2, undici tells of them once they come, and lets go of what is before them and has not been read.
    if (this.#isPaused && !Array.isArray(trailers) && this.#trailing.length > 0) return this.onError(cutOff())
    this.#ended = true
    this.#reader?.resolve(END)
    this.#reader = undefined
  }

  onError(error: Error): void {
    if (this.#ended || this.#error !== undefined) return
    this.#error = error
    if (this.status === 0) return this.#caller.failed(this, error)
    this.#reader?.reject(error)
    this.#reader = undefined
  }

  /** All of it where it is there already, else as it comes. */
  get body(): Uint8Array | this {
    if (!this.#ended) {
      if (!this.headers.some((text, index) => index % 2 === 0 && isLength(text))) this.#tellTrailers()
      return this
    }
    if (this.#trailing.length > 0) {
      this.#tellTrailers()
      return this
    }
    const [first = EMPTY] = this.#pieces
    return this.#pieces.length < 2 ? first : Buffer.concat(this.#pieces, this.#size)
  }

  #tellTrailers(): void {
    this.trailers = () => this.#trailing
  }

  next(): Promise<Piece> {
    const value = this.#pieces.shift()
    if (value !== undefined) {
      this.#size -= value.length
      if (this.#isPaused && this.#size < HELD / 2) this.#goOn()
      return Promise.resolve({ done: false, value })
    }
    if (this.#error !== undefined) return Promise.reject(this.#error)
    if (this.#ended) return Promise.resolve(END)
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject }
    })
  }

  #goOn(): void {
    this.#isPaused = false
    this.#resume?.()
  }

  /** Whoever reads has had enough. */
  return(): Promise<Piece> {
    this.abort(new Error('nobody reads the answer any more'))
    return Promise.resolve(END)
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

function isLength(name: string): boolean {
  return name.length === 14 && name.toLowerCase() === 'content-length'
}

function cutOff(): Error {
  return new Error('the upstream answered faster than the caller reads, and its end was lost')
}
