/** Functions in this process: given as such, or by their module. */
import { type Exchange, type Outcome, Refusal } from '../../exchange.js'
import type { Closable, IntegrationSite } from '../../integration.js'
import { call, run } from './call.js'
import { Called, type Failed } from './called.js'
import { type FunctionFacts, functionFacts, InvocationContext } from './context.js'
import { type AnyHandler, load, type Place } from './modules.js'
import { streamAnswer } from './streamed.js'
import { isStreaming, provideRuntime, streamingFault } from './streaming.js'
import type { LambdaCallback, LambdaHandler, LambdaStreamingHandler } from './types.js'

/** A function, wherever it is. */
export interface Callee {
  /** Waits for its result. */
  call(exchange: Exchange, event: unknown): Promise<Called | Failed | Refusal>
  /** Has it run, and does not wait. */
  start(exchange: Exchange, event: unknown): Promise<Refusal | undefined>
  /** Waits until it begins to answer. */
  stream(exchange: Exchange, event: unknown): Promise<Outcome>
}

/** What runs though nobody waits for it, until the gateway closes. */
class Background implements Closable {
  readonly #running = new Set<Promise<void>>()

  add(work: Promise<void>): void {
    this.#running.add(work)
    work.then(() => this.#running.delete(work))
  }

  async close(): Promise<void> {
    await Promise.all(this.#running)
  }
}

/** A module's function, loaded once for all routes that it answers; where that fails, it is reported once. */
class Module implements Closable {
  #loading: Promise<AnyHandler | string> | undefined

  constructor(
    readonly place: Place,
    readonly report: (error: unknown) => void,
  ) {}

  /** Or why there is none. What has failed is tried again with what is published next. */
  load(): Promise<AnyHandler | string> {
    this.#loading ??= load(this.place).catch((error: unknown) => {
      this.#loading = undefined
      this.report(error)
      return error instanceof Error ? error.message : String(error)
    })
    return this.#loading
  }

  close(): void {}
}

/** How a function of this process is called. */
export interface LocalOptions {
  /** ms */
  readonly timeout: number | false
  readonly streaming: boolean
}

/** A function of this process. */
export class LocalFunction implements Callee {
  readonly #facts: FunctionFacts
  readonly #site: IntegrationSite
  readonly #timeout: number | false
  readonly #background: Background
  readonly #loading: Promise<void> | undefined
  #handler: AnyHandler | undefined
  /** Why there is none. */
  #fault = ''

  constructor(where: AnyHandler | Place, { timeout, streaming }: LocalOptions, site: IntegrationSite) {
    this.#site = site
    this.#timeout = timeout
    this.#background = site.lasting.get('lambda background', () => new Background())
    this.#facts = functionFacts(where.name || 'handler', site)
    if (typeof where === 'function') this.#handler = where
    else this.#loading = this.#load(where, streaming)
  }

  async #load(place: Place, streaming: boolean): Promise<void> {
    if (streaming) provideRuntime()
    const { lasting, report } = this.#site
    const name = `lambda module ${place.url}#${place.handler}`
    const handler = await lasting.get(name, () => new Module(place, report)).load()
    if (typeof handler === 'string') this.#fault = handler
    else if (isStreaming(handler) === streaming) this.#handler = handler
    else {
      this.#fault = streamingFault(streaming)
      report(new TypeError(this.#fault))
    }
  }

  call(exchange: Exchange, event: unknown): Promise<Called | Failed | Refusal> {
    const handler = this.#handler
    if (handler === undefined) return this.#later(() => this.call(exchange, event))
    return call(handler as LambdaHandler<never>, event, this.#facts, exchange, this.#timeout)
  }

  async start(exchange: Exchange, event: unknown): Promise<Refusal | undefined> {
    const handler = this.#handler
    if (handler === undefined) return this.#later(() => this.start(exchange, event))
    this.#background.add(this.#run(handler as LambdaHandler<never>, exchange, event))
    return undefined
  }

  stream(exchange: Exchange, event: unknown): Promise<Outcome> {
    const handler = this.#handler
    if (handler === undefined) return this.#later(() => this.stream(exchange, event))
    const streaming = handler as LambdaStreamingHandler<never>
    return streamAnswer(streaming, event, this.#facts, exchange, { timeout: this.#timeout, site: this.#site })
  }

  /** Once its module is loaded; a refusal where that has failed. */
  async #later<T>(use: () => Promise<T>): Promise<T | Refusal> {
    await this.#loading
    return this.#handler === undefined ? new Refusal('API_CONFIGURATION_ERROR', this.#fault) : use()
  }

  #run(handler: LambdaHandler<never>, { requestId }: Exchange, event: unknown): Promise<void> {
    const context = (callback: LambdaCallback) =>
      new InvocationContext(this.#facts, requestId, undefined, callback)
    return new Promise((resolve) => {
      run(handler, event, context, (outcome) => {
        if (!(outcome instanceof Called)) this.#site.report(outcome.cause ?? new Error(outcome.message))
        resolve()
      })
    })
  }
}
