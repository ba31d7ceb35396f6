/** One target of integrations: its connections, and what is known of it. It outlives what is published. */
import type { Pool } from 'undici'
import type { Closable, Lasting } from '../../integration.js'
import { Breaker } from './breaker.js'
import { type ConnectionOptions, connect, type Place, servernameOf } from './connections.js'
import { Outlier } from './outliers.js'
import { RetryBudget } from './retries.js'

export class Target implements Closable {
  readonly breaker = new Breaker()
  readonly outlier = new Outlier()
  readonly budget = new RetryBudget()
  /** That its certificate is to be for. */
  readonly servername: string | undefined
  readonly #pool: Pool
  #plain: Pool | undefined

  constructor(
    readonly place: Place,
    readonly options: ConnectionOptions,
  ) {
    this.#pool = connect(place, options)
    this.servername = servernameOf(place.origin, options.tls)
  }

  /** For humans. */
  get name(): string {
    const { origin, socketPath } = this.place
    return socketPath === undefined ? origin : `unix:${socketPath}`
  }

  /** The connections for such a request. */
  poolFor(method: string, body: unknown): Pool {
    if (this.options.http2 !== true || body === undefined) return this.#pool
    // What undici does not send over HTTP/2.
    return method === 'POST' || method === 'PUT' || method === 'PATCH' ? this.#pool : this.tunnels
  }

  /** Those of HTTP/1.1, which can become another protocol's. */
  get tunnels(): Pool {
    if (this.options.http2 !== true) return this.#pool
    this.#plain ??= connect(this.place, this.options, false)
    return this.#plain
  }

  /** Whether it is at work on anything: else nobody gets through to it. */
  get isServing(): boolean {
    return this.#pool.stats.running > 0 || (this.#plain?.stats.running ?? 0) > 0
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#plain?.close()])
  }
}

/** The one of this place that is connected to in this way. */
export function targetAt(place: Place, options: ConnectionOptions, lasting: Lasting): Target {
  const { tls, connections, keepAlive, connectTimeout, idleTimeout, http2 } = options
  const own = { tls, connections, keepAlive, connectTimeout, idleTimeout, http2 }
  const { origin, socketPath, isPrivate } = place
  const name = `http ${JSON.stringify([origin, socketPath, isPrivate, own])}`
  return lasting.get(name, () => new Target({ origin, socketPath, isPrivate }, own as ConnectionOptions))
}
