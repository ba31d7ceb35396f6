/** Targets are asked by themselves, from time to time, whether they are well. */
import { type Duration, milliseconds } from '../../clock.js'
import type { Closable, Lasting } from '../../integration.js'
import { within } from '../../store/deadline.js'
import { every } from '../../store/timers.js'
import { type ConnectionOptions, connect, type Place } from './connections.js'

/** How targets are asked whether they are well. */
export interface HealthPolicy {
  /** What is asked for, by GET: `/health`. */
  readonly path: string
  /** Between two questions. Default 10 s. */
  readonly interval?: Duration
  /** Until it has answered. Default 2 s. */
  readonly timeout?: Duration
  /** Bad answers in a row after which it is called no more. Default 3. */
  readonly unhealthy?: number
  /** Good answers in a row after which it is called again. Default 2. */
  readonly healthy?: number
  /** Which answers are good ones. Default: 200 to 399. */
  readonly statuses?: readonly number[]
}

/** The one of this target and policy, which asks as long as anybody wants to know. */
export function checkOf(
  place: Place,
  options: ConnectionOptions,
  policy: HealthPolicy,
  lasting: Lasting,
): HealthCheck {
  const name = `http health ${JSON.stringify([place, options.tls, options.http2, policy])}`
  return lasting.get(name, () => new HealthCheck(place, options, policy))
}

export class HealthCheck implements Closable {
  /** Until it is known better. */
  isWell = true
  readonly #ask: () => Promise<boolean>
  readonly #limits: { readonly interval: number; readonly unhealthy: number; readonly healthy: number }
  /** Answers in a row that say otherwise than is believed. */
  #against = 0
  /** Who wants to know: what is no longer published is not there any more at some time. */
  #watchers: WeakRef<object>[] = []
  #stop: (() => void) | undefined

  constructor(place: Place, options: ConnectionOptions, policy: HealthPolicy) {
    const { interval = '10s', unhealthy = 3, healthy = 2 } = policy
    this.#limits = { interval: milliseconds(interval), unhealthy, healthy }
    this.#ask = asker(place, options, policy)
  }

  /** Asks from now on, for as long as somebody holds `watcher`. */
  watch(watcher: object): void {
    this.#watchers.push(new WeakRef(watcher))
    if (this.#stop !== undefined) return
    this.#stop = every(this.#limits.interval, () => this.#round())
    this.#round()
  }

  #round(): void {
    this.#watchers = this.#watchers.filter((watcher) => watcher.deref() !== undefined)
    if (this.#watchers.length === 0) this.close()
    else this.#ask().then((isWell) => this.#heard(isWell))
  }

  #heard(isWell: boolean): void {
    if (isWell === this.isWell) {
      this.#against = 0
      return
    }
    const { healthy, unhealthy } = this.#limits
    if (++this.#against < (isWell ? healthy : unhealthy)) return
    this.isWell = isWell
    this.#against = 0
  }

  close(): void {
    this.#stop?.()
    this.#stop = undefined
  }
}

/** A connection of its own for each question: that of a busy pool would tell how busy it is. */
function asker(place: Place, options: ConnectionOptions, policy: HealthPolicy): () => Promise<boolean> {
  const timeout = milliseconds(policy.timeout ?? '2s')
  const good = policy.statuses && new Set(policy.statuses)
  const connecting = { ...options, connections: 1, keepAlive: false as const, connectTimeout: timeout }
  return async () => {
    const pool = connect(place, connecting)
    const waiting = new AbortController()
    const deadline = within(timeout, () => waiting.abort())
    try {
      const asked = { method: 'GET', path: policy.path, headers: AGENT, signal: waiting.signal }
      const { statusCode, body } = await pool.request(asked)
      body.on('error', () => {})
      return good === undefined ? statusCode >= 200 && statusCode < 400 : good.has(statusCode)
    } catch {
      return false
    } finally {
      deadline.cancel()
      pool.destroy().catch(() => {})
    }
  }
}

const AGENT = ['user-agent', 'postern-health']
