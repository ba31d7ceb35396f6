/** Which of several targets is called. */
import type { BreakerLimits } from './breaker.js'
import type { HealthCheck } from './health.js'
import type { OutlierLimits } from './outliers.js'
import type { Choice } from './sending.js'
import type { Target } from './target.js'

/** One of the targets of an integration. */
export interface Member {
  readonly target: Target
  readonly weight: number
  readonly health: HealthCheck | undefined
}

/** No choice at all. */
export class OneTarget implements Choice {
  constructor(
    readonly target: Target,
    readonly breaker: BreakerLimits | undefined,
  ) {}

  get name(): string {
    return this.target.name
  }

  choose(now: number): Target | undefined {
    const { target, breaker } = this
    return breaker === undefined || target.breaker.admits(breaker, now) ? target : undefined
  }

  told(): void {}
}

/** A member's share of what is to come. */
interface Share extends Member {
  credit: number
}

/**
 * By turns and by their weights, so that those of one target are spread over all calls. Those that are not well, or
 * answer worse than others, are passed over unless nothing else is left: better a bad target than none.
 */
export class Targets implements Choice {
  readonly #shares: readonly Share[]
  readonly #breaker: BreakerLimits | undefined
  readonly #outliers: OutlierLimits | undefined

  constructor(
    members: readonly Member[],
    breaker: BreakerLimits | undefined,
    outliers: OutlierLimits | undefined,
  ) {
    this.#shares = members.filter(({ weight }) => weight > 0).map((member) => ({ ...member, credit: 0 }))
    this.#breaker = breaker
    this.#outliers = outliers
    for (const { health } of members) health?.watch(this)
  }

  get name(): string {
    return this.#shares.map(({ target }) => target.name).join(', ')
  }

  choose(now: number, before: Target | undefined): Target | undefined {
    const callable = this.#shares.filter((share) => this.#admits(share, now))
    const others = callable.filter(({ target }) => target !== before)
    const good = others.filter((share) => this.#isGood(share, now))
    return nextOf(good) ?? nextOf(others) ?? nextOf(callable)
  }

  #admits({ target }: Share, now: number): boolean {
    return this.#breaker === undefined || target.breaker.admits(this.#breaker, now)
  }

  #isGood({ target, health }: Share, now: number): boolean {
    return health?.isWell !== false && !(this.#outliers !== undefined && target.outlier.isEjected(now))
  }

  told(target: Target, hasFailed: boolean, now: number): void {
    const outliers = this.#outliers
    if (outliers === undefined) return
    const { outlier } = target
    if (!hasFailed) return outlier.answered()
    if (!outlier.failed(outliers) || outlier.isEjected(now)) return
    const ejected = this.#shares.filter((share) => share.target.outlier.isEjected(now)).length
    if (ejected + 1 <= outliers.most * this.#shares.length) outlier.eject(outliers, now)
  }
}

/** Each gains its weight, the richest is called and pays for all. */
function nextOf(shares: readonly Share[]): Target | undefined {
  let richest: Share | undefined
  let total = 0
  for (const share of shares) {
    share.credit += share.weight
    total += share.weight
    if (richest === undefined || share.credit > richest.credit) richest = share
  }
  if (richest === undefined) return undefined
  richest.credit -= total
  return richest.target
}
