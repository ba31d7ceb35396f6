/** One request on its way to where an integration leads: in time, as often as is allowed, while somebody waits for it. */
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import { PosternError } from '../../errors.js'
import { type Exchange, Refusal } from '../../exchange.js'
import type { Inbound, IntegrationSite, Outbound } from '../../integration.js'
import { isIdempotent } from '../../methods.js'
import { type Deadline, within } from '../../store/deadline.js'
import { soon } from '../../store/timers.js'
import type { BreakerLimits } from './breaker.js'
import { Call, type Caller } from './call.js'
import { gone, isBlameless, refusalOf, superseded } from './failure.js'
import { answerFields } from './fields.js'
import { excuseOf, isDawdling } from './late.js'
import { backoffOf, type RetryLimits } from './retries.js'
import type { Target } from './target.js'
import { Upload, uploadOf } from './upload.js'

/** By which rules requests of one integration are sent. */
export interface Rules {
  readonly site: Pick<IntegrationSite, 'clock' | 'random'>
  /** ms until the answer begins. */
  readonly timeout: number | false
  readonly retries: RetryLimits | undefined
  readonly breaker: BreakerLimits | undefined
}

/** Chooses among the targets of an integration. */
export interface Choice {
  /**
   * One that may be called now, if there is any.
   *
   * @param before that a call has failed at, which is better left alone
   */
  choose(now: number, before: Target | undefined): Target | undefined
  /** What has come of a call: whether it failed, or was answered with 500 and above. */
  told(target: Target, hasFailed: boolean, now: number): void
  /** For humans. */
  readonly name: string
}

/** What is to be sent, and how an upgrade is asked for. */
export interface Sendable extends Outbound {
  readonly upgrade?: string | undefined
}

/** What comes back of an upgrade. */
export interface Upgraded {
  readonly status: number
  readonly headers: readonly string[]
  readonly socket: Duplex
}

export type Sent = Inbound | Refusal | Upgraded

export class Sending implements Caller {
  readonly #rules: Rules
  readonly #choice: Choice
  readonly #exchange: Exchange
  readonly #outbound: Sendable
  readonly #resolve: (sent: Sent) => void
  readonly #reject: (error: Error) => void
  #deadline: Deadline | undefined
  /** ms: when it began to be waited for, and when it went out. */
  #since = 0
  #sentAt = 0
  /** Whether all connections were taken when it came. */
  #isInLine = false
  #forget: () => void = nothing
  /** While it is on its way. */
  #call: Call | undefined
  #body: ReturnType<typeof uploadOf>
  #target: Target | undefined
  #isProbe = false
  /** How often it has been sent again. */
  #again = 0
  /** What has come of the last time. */
  #failure: Refusal | undefined
  #isOver = false

  constructor(
    { rules, choice }: { readonly rules: Rules; readonly choice: Choice },
    exchange: Exchange,
    outbound: Sendable,
    settle: { resolve(sent: Sent): void; reject(error: Error): void },
  ) {
    this.#rules = rules
    this.#choice = choice
    this.#exchange = exchange
    this.#outbound = outbound
    this.#body = uploadOf(outbound.body, () => this.#progressed())
    this.#resolve = settle.resolve
    this.#reject = settle.reject
  }

  start(): void {
    const now = this.#exchange.integratedAt || this.#rules.site.clock.now()
    this.#wait(now)
    this.#forget = this.#exchange.request.whenGone(() => this.#giveUp(gone()))
    if (this.#isOver) return
    this.#try(now)
    this.#target?.budget.called(now)
  }

  #wait(now: number): void {
    const { timeout } = this.#rules
    this.#since = now
    if (timeout !== false) this.#deadline = within(timeout, () => this.#late(timeout))
  }

  #try(now: number): void {
    const target = this.#choice.choose(now, this.#target)
    if (target === undefined) {
      const words = `${this.#choice.name}: not called, for all calls of late have failed`
      return this.#settle(this.#failure ?? new Refusal('INTEGRATION_FAILURE', words))
    }
    this.#target = target
    this.#isProbe = this.#rules.breaker !== undefined && target.breaker.enter()
    const call = new Call(this)
    this.#call = call
    this.#dispatch(target, call)
  }

  #dispatch(target: Target, call: Call): void {
    const { method, path, headers, upgrade } = this.#outbound
    const options = {
      path,
      method,
      headers,
      body: this.#body,
      // Of HTTP/2, undici sends nothing else at a time with what is not.
      idempotent: true,
      upgrade,
      servername: target.servername,
    }
    const pool = upgrade === undefined ? target.poolFor(method, this.#body) : target.tunnels
    this.#isInLine = !pool.dispatch(options as unknown as Dispatcher.DispatchOptions, call)
  }

  sending(): void {
    this.#sentAt = this.#rules.site.clock.now()
  }

  #progressed(): void {
    if (this.#isOver) return
    this.#deadline?.cancel()
    this.#wait(this.#rules.site.clock.now())
  }

  informed(status: number, headers: readonly string[]): void {
    if (!this.#isOver) this.#exchange.request.inform?.(status, answerFields(headers, true, false))
  }

  answered(call: Call): void {
    if (this.#isOver || call !== this.#call) return call.abort(superseded())
    const { retries, site } = this.#rules
    const target = this.#target
    const hasFailed = call.status >= 500
    target?.breaker.succeeded()
    if (target !== undefined) this.#choice.told(target, hasFailed, hasFailed ? site.clock.now() : 0)
    const refuses = retries?.statuses.has(call.status) === true && this.#isRepeatable(call)
    if (refuses && this.#mayRetry(site.clock.now())) {
      this.#call = undefined
      call.abort(superseded())
      return this.#retry(retries)
    }
    this.#settle(call)
  }

  failed(call: Call, error: Error): void {
    if (this.#isOver || call !== this.#call) return
    const { retries, site } = this.#rules
    const now = site.clock.now()
    const target = this.#target
    this.#call = undefined
    const isCallers = call.sent && isDawdling(this.#body, now - Math.max(this.#since, this.#sentAt))
    const isOthers = isCallers || isBlameless(error)
    if (isOthers) target?.breaker.left(this.#isProbe)
    else this.#blame(now)
    if (error instanceof PosternError) return this.#break(error)
    this.#failure = refusalOf(error, target?.name ?? '', isCallers)
    if (!isOthers && this.#isRepeatable(call) && this.#mayRetry(now)) return this.#retry(retries)
    this.#settle(this.#failure)
  }

  #blame(now: number): void {
    const { breaker } = this.#rules
    const target = this.#target
    if (target === undefined) return
    if (breaker !== undefined) target.breaker.failed(breaker, now, this.#isProbe)
    this.#choice.told(target, true, now)
  }

  upgraded(status: number, headers: readonly string[], socket: Duplex): void {
    this.#target?.breaker.succeeded()
    if (this.#isOver) socket.destroy()
    else this.#settle({ status, headers, socket })
  }

  /** Whether it can be sent again without being done twice. */
  #isRepeatable(call: Call): boolean {
    if (!call.sent) return true
    const { method, idempotent = isIdempotent(method) } = this.#outbound
    return idempotent && !(this.#body instanceof Upload)
  }

  #mayRetry(now: number): boolean {
    const { retries } = this.#rules
    if (retries === undefined || this.#again >= retries.attempts) return false
    return this.#target?.budget.grants(retries, now) === true
  }

  #retry(retries: RetryLimits | undefined): void {
    const { site } = this.#rules
    this.#again++
    const wait = retries === undefined ? 0 : backoffOf(retries, this.#again, site.random)
    const forget = this.#forget
    const cancel = soon(wait, () => {
      this.#forget = forget
      this.#try(site.clock.now())
    })
    this.#forget = () => {
      cancel()
      forget()
    }
  }

  #late(timeout: number): void {
    const [call, target, body, isInLine] = [this.#call, this.#target, this.#body, this.#isInLine]
    const waited = this.#sentAt - this.#since
    const excuse = call && excuseOf({ call, target, body, isInLine, waited }, timeout)
    const words = excuse ?? `${target?.name ?? ''}: no answer within ${timeout} ms`
    if (excuse !== undefined) target?.breaker.left(this.#isProbe)
    else if (call !== undefined) this.#blame(this.#rules.site.clock.now())
    this.#settle(new Refusal('INTEGRATION_TIMEOUT', words))
    call?.abort(new Error(words))
  }

  #giveUp(error: PosternError): void {
    if (this.#call !== undefined) this.#target?.breaker.left(this.#isProbe)
    this.#break(error)
    this.#call?.abort(error)
  }

  #break(error: PosternError): void {
    this.#over()
    this.#reject(error)
  }

  #settle(sent: Sent): void {
    this.#over()
    this.#resolve(sent)
  }

  #over(): void {
    this.#isOver = true
    this.#deadline?.cancel()
    this.#forget()
  }
}

function nothing(): void {}
