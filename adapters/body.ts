/** The bytes of a request's body: for the gateway, and all of them once more for the app. */
import type { IncomingMessage } from 'node:http'
import { aborted, consumed, tooLarge } from '../src/bodyfaults.js'
import type { PosternError } from '../src/errors.js'
import type { NodeRequest } from './request.js'

const EMPTY = new Uint8Array(0)

/**
 * Whether the last byte has arrived, read or not. Test doubles of requests know no `complete`. With HTTP/2 a request that
 * was broken off is complete and has ended, too: what has come of it is not to be taken for all of it.
 */
export function hasArrived(req: IncomingMessage): boolean {
  const isHttp2 = req.httpVersionMajor === 2
  const { ended } = (req as { _readableState?: { ended?: boolean } })._readableState ?? {}
  if (ended === true) return !(isHttp2 && req.aborted)
  return req.complete && !isHttp2
}

/**
 * Reads the whole body and puts it back: the bytes are unshifted after the last has arrived and before `end`
 * is emitted, so that whatever reads the request afterwards finds it as if nobody had.
 *
 * @param limit bytes at most
 * @throws PosternError `BODY_TOO_LARGE`, `BODY_CONSUMED`, `BODY_ABORTED`
 */
export function readBody(call: NodeRequest, limit: number): Promise<Uint8Array> {
  const { req, hasBody, unread } = call
  if (req.aborted) return Promise.reject(aborted())
  if (!hasBody) return Promise.resolve(EMPTY)
  if (req.readableDidRead || req.readableFlowing !== null) return Promise.reject(consumed(putsBack(unread)))
  return new Promise((resolve, reject) => {
    // Listening for `readable` ends a stream that has nothing to give: not before it is known what came with the head.
    process.nextTick(() => {
      if (req.destroyed || req.aborted) return reject(aborted())
      // A small one has come with its head: nothing is waited for.
      if (hasArrived(req)) return taken(call, limit, resolve, reject)
      collect(call, limit, resolve, reject)
    })
  })
}

type Resolve = (bytes: Uint8Array) => void
type Reject = (error: PosternError) => void

/** All of a body that is there. */
function taken(call: NodeRequest, limit: number, resolve: Resolve, reject: Reject): void {
  const { req } = call
  const size = req.readableLength
  if (size === 0) return resolve(EMPTY)
  const bytes: Uint8Array = req.read(size)
  req.unshift(bytes)
  call.received = size
  if (size > limit) reject(tooLarge(limit))
  else resolve(bytes)
}

function collect(call: NodeRequest, limit: number, resolve: Resolve, reject: Reject): void {
  const { req } = call
  const chunks: Uint8Array[] = []
  let size = 0
  const settle = (error?: PosternError) => {
    req.off('readable', onReadable).off('close', onClose).off('error', onClose)
    const bytes = Buffer.concat(chunks, size)
    if (size > 0 && !req.destroyed) req.unshift(bytes)
    return error === undefined ? resolve(bytes) : reject(error)
  }
  const onClose = () => settle(aborted())
  const onReadable = () => {
    while (req.readableLength > 0) {
      const chunk: Uint8Array = req.read(req.readableLength)
      chunks.push(chunk)
      size += chunk.length
    }
    call.received = size
    if (size > limit) settle(tooLarge(limit))
    else if (hasArrived(req)) settle()
  }
  req.on('readable', onReadable).on('close', onClose).on('error', onClose)
}

/** So much of a body is held for whoever reads it, bytes: to stop and start a socket for each piece costs more. */
const HELD = 262_144

/**
 * The body as it comes. Who stops reading leaves the connection as it is: an answer still goes out on it.
 *
 * @param limit bytes at most
 * @throws PosternError while it is read: `BODY_CONSUMED`, `BODY_TOO_LARGE`, `BODY_ABORTED`
 */
export class StreamedBody implements AsyncIterableIterator<Uint8Array> {
  readonly #call: NodeRequest
  readonly #limit: number
  readonly #pieces: Uint8Array[] = []
  #held = 0
  #size = 0
  #isRead = false
  #error: PosternError | undefined
  /** Who waits for the next piece. */
  #wake: (() => void) | undefined

  constructor(call: NodeRequest, limit: number) {
    this.#call = call
    this.#limit = limit
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const { req } = this.#call
    if (!this.#isRead) this.#begin()
    for (;;) {
      const value = this.#pieces.shift()
      if (value !== undefined) {
        this.#held -= value.length
        if (this.#held < HELD / 2 && req.isPaused()) req.resume()
        return { done: false, value }
      }
      if (this.#error !== undefined) throw this.#error
      if (req.readableEnded && !req.aborted) return this.return()
      if (req.destroyed || req.aborted) this.#fail(aborted())
      else await this.#more()
    }
  }

  #begin(): void {
    const { req, unread } = this.#call
    if (req.readableFlowing !== null) throw consumed(putsBack(unread))
    this.#isRead = true
    req.on('data', this.#take).on('end', this.#look).on('close', this.#look).on('error', this.#look)
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  readonly #take = (piece: Uint8Array): void => {
    this.#size += piece.length
    // Bytes that `body` has read come once more.
    this.#call.received = Math.max(this.#call.received, this.#size)
    if (this.#size > this.#limit) {
      return this.#fail(tooLarge(this.#limit))
    }
    this.#pieces.push(piece)
    this.#held += piece.length
    if (this.#held >= HELD) this.#call.req.pause()
    this.#look()
  }

  readonly #look = (): void => {
    this.#wake?.()
    this.#wake = undefined
  }

  #fail(error: PosternError): void {
    this.#error = error
    this.#leave()
    this.#look()
  }

  #leave(): void {
    const { req } = this.#call
    req.off('data', this.#take).off('end', this.#look).off('close', this.#look).off('error', this.#look)
  }

  /** What is left of it is thrown away as it comes: unread, it would keep the connection from what comes behind it. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#leave()
    this.#pieces.length = 0
    if (this.#isRead) this.#call.req.resume()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

function putsBack(unread: string): string {
  return `${unread}. It puts back every byte that it reads`
}

/**
 * Bounds a body of unknown length while the app reads it.
 *
 * @param limit bytes at most
 * @param exceeded called once, when more has come; from then on nothing reaches the app, no end either
 * @param before bytes that have come already
 * @returns how much has come
 */
export function boundBody(
  req: IncomingMessage,
  limit: number,
  exceeded: () => void,
  before = req.readableLength,
): () => number {
  let received = before
  const push = req.push.bind(req)
  req.push = (chunk: Uint8Array | null) => {
    if (received > limit) return false
    received += chunk?.length ?? 0
    if (received <= limit) return push(chunk)
    exceeded()
    return false
  }
  return () => received
}
