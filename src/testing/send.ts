/** Requests through a gateway without a server. */
import { PosternError } from '../errors.js'
import { Answer, type Exchange, heard, type Passed, Refusal } from '../exchange.js'
import type { Gateway } from '../gateway.js'
import { callHandler } from '../integrate/function.js'
import { isPromise } from '../store/bounded.js'
import { type ByteStream, isStream, Overheard } from '../stream.js'
import { SentAnswer } from './answer.js'
import { bodyOf, type SentBody } from './body.js'
import { fieldsOf } from './fields.js'
import { checkOptions, type SendOptions } from './options.js'
import { Forwarded, type ForwardedRequest, TestRequest } from './request.js'
import { sign } from './sign.js'

/**
 * Sends a request through a gateway without a server.
 *
 * @param request method and target, `POST /prod/pets?dryRun=true`
 * @throws TypeError for an option that it does not know, and for what is no request; whatever breaks the answer off
 *
 * @example
 * const made = await send(gateway, 'POST /prod/pets', { apiKey: value, json: { name: 'Rex' } })
 * made.status // 200
 * await send(gateway, 'GET /prod/pets', { as: { accessKeyId, secretAccessKey } }) // signed, by the gateway's clock
 * await send(gateway, 'POST /prod/photos', { form: new FormData(), headers: { 'x-tag': ['a', 'b'] } })
 */
export async function send(
  gateway: Gateway<never, never, never> | Gateway,
  request: string,
  options: SendOptions = {},
): Promise<SentAnswer> {
  if (typeof gateway?.handle !== 'function')
    throw new TypeError('send() takes the gateway itself, of createGateway({ … }), and no gate of an adapter')
  checkOptions(options)
  options.signal?.throwIfAborted()
  const body = bodyOf(options)
  const sent = requestOf(gateway, request, options, isPromise(body) ? await body : body)
  const call = new Call(gateway, sent, options)
  const leaves = leaving(options.signal, () => call.leave())
  try {
    return await Promise.race([call.answered(), leaves.promise])
  } finally {
    leaves.forget()
  }
}

function requestOf(
  gateway: Gateway<never, never, never> | Gateway,
  request: string,
  options: SendOptions,
  body: SentBody,
): TestRequest {
  const { method, target } = lineOf(request)
  const fields = fieldsOf(options, body)
  const { region, clock } = gateway
  const signed =
    options.as && sign({ method, target, fields, body }, options.as, { region, now: clock.now() })
  return new TestRequest(method, signed ?? target, fields, body, options)
}

/** Method and target. What no path can be taken for, `*` or a whole URL, is sent as it is. */
function lineOf(request: unknown): { readonly method: string; readonly target: string } {
  const words = "is no request: write method and path, 'GET /pets'"
  if (typeof request !== 'string') throw new TypeError(`${typeof request} ${words}`)
  const space = request.indexOf(' ')
  const [method, target] = [request.slice(0, space), request.slice(space + 1)]
  if (space < 1 || /^[\w-]+(?:[/?]|$)/.test(target)) throw new TypeError(`'${request}' ${words}`)
  return { method, target }
}

/** A promise that rejects when the caller leaves. */
function leaving(signal: AbortSignal | undefined, leave: () => void) {
  let left: () => void = () => {}
  const promise = new Promise<never>((_, reject) => {
    left = () => {
      leave()
      reject(signal?.reason)
    }
  })
  signal?.addEventListener('abort', left)
  return { promise, forget: () => signal?.removeEventListener('abort', left) }
}

/** A request on its way, and the app that it may come to. */
class Call {
  readonly #gateway: Gateway<never, never, never> | Gateway
  readonly #request: TestRequest
  readonly #app: (request: ForwardedRequest) => unknown
  #exchange: Exchange | undefined
  #forwarded: Forwarded | undefined
  #reading: AsyncIterator<Uint8Array | string> | undefined
  #left = false

  constructor(
    gateway: Gateway<never, never, never> | Gateway,
    request: TestRequest,
    { app = emptyApp }: SendOptions,
  ) {
    this.#gateway = gateway
    this.#request = request
    this.#app = app
  }

  async answered(): Promise<SentAnswer> {
    const result = await this.#gateway.handle(this.#request, (exchange) => this.#forward(exchange))
    if (!(result instanceof Answer)) throw new TypeError('the exchange ended without an answer')
    const body = await this.#gathered(result.body)
    // What HTTP sends no body of.
    const bare = this.#request.method === 'HEAD' || result.status === 204 || result.status === 304
    return new SentAnswer(result, bare ? Buffer.alloc(0) : body, this.#forwarded)
  }

  /** The caller leaves: whatever is still read for it, or from it, is not read on. */
  leave(): void {
    this.#left = true
    this.#request.leave()
    if (this.#reading !== undefined) this.#reading.return?.()
    else if (this.#exchange !== undefined) this.#abandon(this.#exchange)
  }

  #abandon(exchange: Exchange): void {
    if (exchange.ended) return
    exchange.tap?.end(false)
    this.#end(exchange, { status: 0, bytesOut: 0, whole: false })
  }

  async #forward(exchange: Exchange): Promise<Answer | Passed> {
    if (this.#left) {
      this.#abandon(exchange)
      return new Answer(0, [])
    }
    this.#exchange = exchange
    const forwarded = new Forwarded(this.#request, exchange, this.#gateway.limits.body)
    this.#forwarded = forwarded
    try {
      const outcome = await callHandler(async () => this.#app(forwarded))(exchange)
      if (this.#left) return new Answer(0, [])
      if (outcome instanceof Refusal) return this.#gateway.refuse(exchange, outcome)
      if (!(outcome instanceof Answer)) throw new TypeError('the app answers, or throws')
      this.#checkTime(exchange)
      return this.#passOn(exchange, heard(exchange.tap, outcome))
    } catch (error) {
      return this.#left ? new Answer(0, []) : this.#gateway.crashed(exchange, error)
    }
  }

  /** No test waits 29 seconds: where the clock was moved on in the app's hands, that is how long it took. */
  #checkTime({ timeout, integratedAt }: Exchange): void {
    if (timeout === false || this.#gateway.clock.now() - integratedAt <= timeout) return
    throw new PosternError('HANDLER_TIMEOUT', `the app did not answer within ${timeout} ms`)
  }

  /** The app's answer with the gateway's headers; it ends the exchange when it has been read. */
  #passOn(exchange: Exchange, { status, headers, body }: Answer): Answer {
    const all = [...this.#gateway.headers(exchange), ...headers]
    if (!isStream(body)) {
      this.#end(exchange, { status, bytesOut: Buffer.byteLength(body), whole: true })
      return new Answer(status, all, body)
    }
    let bytesOut = 0
    const listener = {
      chunk: ({ length }: Uint8Array) => {
        bytesOut += length
      },
      end: (whole: boolean) => this.#end(exchange, { status, bytesOut, whole }),
    }
    return new Answer(status, all, new Overheard(body, listener))
  }

  #end(exchange: Exchange, sent: { status: number; bytesOut: number; whole: boolean }): void {
    this.#gateway.ended(exchange, { ...sent, bytesIn: this.#request.sent.sent })
  }

  async #gathered(body: string | Uint8Array | ByteStream): Promise<Uint8Array> {
    if (!isStream(body)) return Buffer.from(body)
    const reading = body[Symbol.asyncIterator]()
    this.#reading = reading
    if (this.#left) await reading.return?.()
    const pieces: Uint8Array[] = []
    for (let next = await reading.next(); next.done !== true; next = await reading.next())
      pieces.push(Buffer.from(next.value))
    return Buffer.concat(pieces)
  }
}

function emptyApp(): Answer {
  return new Answer(200, [])
}
