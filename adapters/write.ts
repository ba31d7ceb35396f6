/** The writing of the gateway's own answers: the other half of the port, in Node's `http` and `http2`. */
import { type ServerResponse, STATUS_CODES } from 'node:http'
import { Readable, type Writable } from 'node:stream'
import { PosternError } from '../src/errors.js'
import type { Answer } from '../src/exchange.js'
import { type ByteStream, isStream, release } from '../src/stream.js'
import { place } from './outgoing.js'
import type { NodeRequest } from './request.js'

/**
 * Sends the gateway's own answer. What is left of the request's body is not waited for.
 *
 * @param report told where something else has answered
 * @param last whether the connection is closed behind it
 */
export function write(
  call: NodeRequest,
  answer: Answer,
  report: (error: unknown) => void,
  last = isUnread(call),
): void {
  const { res } = call
  if (!canAnswer(call, report)) return release(answer.body)
  if (last) closeAfter(call)
  const headers = varying(res, answer.headers)
  // Of a name that comes twice, Node 20 sends the last alone once any header has been set. And what others have put in
  // its place (`on-headers` before 1.1, which Next brings) takes no list of names and values in turn.
  const once = !hasRepeats(headers) && !Object.hasOwn(res, 'writeHead')
  if (!once) appendHeaders(res, headers)
  const fields = once ? (headers as string[]) : undefined
  if (call.isHttp2) res.writeHead(answer.status, fields)
  else res.writeHead(answer.status, STATUS_CODES[answer.status] ?? '', fields)
  if (isStream(answer.body)) pour(answer.body, res)
  else res.end(answer.body)
}

/** Whether nothing else has answered, and the caller is there still. */
export function canAnswer({ res }: NodeRequest, report: (error: unknown) => void): boolean {
  if (res.headersSent && (!res.destroyed || res.writableFinished)) report(answeredBefore())
  return !(res.headersSent || res.destroyed)
}

function answeredBefore(): PosternError {
  return new PosternError(
    'ANSWERED_BEFORE',
    'the response was sent before the gateway had looked at the request: something above it answers, and goes on all the ' +
      'same. Return after answering, or mount the gateway above it',
  )
}

/**
 * Sends a body piece by piece, as fast as it is read. What breaks on the way breaks the connection; who makes the body
 * is told at once where that is gone.
 *
 * @param over called once, when nothing more is sent
 */
export function pour(body: ByteStream, to: Writable, over: () => void = () => {}): void {
  new Pouring(body, to, over).next()
}

class Pouring {
  readonly #pieces: AsyncIterator<Uint8Array | string>
  readonly #to: Writable
  readonly #over: () => void
  readonly #trailers: ByteStream['trailers']
  #isOver = false

  constructor(body: ByteStream, to: Writable, over: () => void) {
    this.#pieces = body[Symbol.asyncIterator]()
    this.#trailers = body.trailers
    this.#to = to
    this.#over = over
    to.on('close', this.#left).on('error', this.#left)
  }

  readonly next = (): void => {
    if (this.#to.destroyed) return this.#left()
    this.#pieces.next().then(this.#send, this.#failed)
  }

  readonly #send = ({ done, value }: IteratorResult<Uint8Array | string>): void => {
    if (this.#isOver) return
    if (done === true) this.#end()
    else if (this.#to.write(value)) this.next()
    else this.#to.once('drain', this.next)
  }

  #end(): void {
    this.#isOver = true
    const fields = this.#trailers?.() ?? []
    if (fields.length > 0 && 'addTrailers' in this.#to)
      (this.#to as ServerResponse).addTrailers(byName(fields))
    this.#to.end(this.#over)
  }

  readonly #failed = (): void => {
    if (this.#isOver) return
    this.#isOver = true
    this.#to.destroy()
    this.#over()
  }

  readonly #left = (): void => {
    if (this.#isOver) return
    this.#isOver = true
    this.#pieces.return?.().catch(() => {})
    this.#over()
  }
}

/** A body as a stream of Node's, whose trailers are set on the response. */
export function readableOf(body: ByteStream, to: Writable): Readable {
  const pieces = body.trailers === undefined ? body : withTrailers(body, body.trailers, to)
  return Readable.from(pieces, { objectMode: false })
}

/** Fields that follow a body are given before its end is. */
async function* withTrailers(body: ByteStream, trailers: () => readonly string[], to: Writable) {
  yield* body
  const fields = trailers()
  if (fields.length > 0 && 'addTrailers' in to) (to as ServerResponse).addTrailers(byName(fields))
}

/** HTTP/2 takes no list of names and values. */
function byName(fields: readonly string[]): Record<string, string> {
  const all = new Map<string, string | string[]>()
  for (let index = 0; index < fields.length; index += 2) {
    const [name = '', value = ''] = fields.slice(index, index + 2)
    const before = all.get(name)
    all.set(name, before === undefined ? value : [before, value].flat())
  }
  // Node takes lists of values, too; its types do not know.
  return Object.fromEntries(all) as Record<string, string>
}

/** Sets the headers of an answer that the app will give: names and values in turn. */
export function setHeaders(res: ServerResponse, headers: readonly string[]): void {
  const all = varying(res, headers)
  for (let index = place(res, all); index < all.length; index += 2)
    res.setHeader(all[index] ?? '', all[index + 1] ?? '')
}

/** Sets the headers of an answer of the gateway's, in place of those of the same name. */
export function putHeaders(res: ServerResponse, headers: readonly string[]): void {
  if (hasRepeats(headers)) appendHeaders(res, varying(res, headers))
  else setHeaders(res, headers)
}

/** Two cookies, for one. Names of one length that end alike are few. */
export function hasRepeats(headers: readonly string[]): boolean {
  for (let index = 2; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    for (let before = 0; before < index; before += 2) {
      const other = headers[before] ?? ''
      if (other.length !== name.length || !endsAlike(other, name)) continue
      if (other.toLowerCase() === name.toLowerCase()) return true
    }
  }
  return false
}

/** By their last characters, in which letters differ from their capitals by one bit. */
function endsAlike(one: string, other: string): boolean {
  const last = one.length - 1
  return (one.charCodeAt(last) | CASE) === (other.charCodeAt(last) | CASE)
}

const CASE = 0x20

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

export function isUnread({ headers, isChunked, req }: NodeRequest): boolean {
  if (!isChunked && !(Number(headers['content-length']) > SMALL)) return false
  return !req.complete
}

/**
 * The connection is closed behind the answer, in two steps: a socket destroyed at once would be reset, and the answer
 * lost, while the caller still sends. Whoever still reads the request learns that it was cut off. With HTTP/2 Node ends
 * the stream alone, and tells the caller that nothing more of it is wanted.
 */
export function closeAfter({
  req,
  res,
  socket,
  isHttp2,
}: Pick<NodeRequest, 'req' | 'res' | 'socket' | 'isHttp2'>): void {
  if (isHttp2) return
  res.setHeader('Connection', 'close')
  socket.destroySoon = () => {
    socket.end()
    setTimeout(() => {
      req.destroy()
      socket.destroy()
    }, LINGER).unref()
  }
}
