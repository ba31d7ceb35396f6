/** Targets that answer worse than others are passed over for a while, as long as there are others. */
import { type Duration, milliseconds } from '../../clock.js'

/** When one of several targets is passed over because of what it answers. */
export interface OutlierPolicy {
  /** Answers of 500 and above, and failed calls, in a row. Default 5. */
  readonly failures?: number
  /** For how long; so much more each further time, until it has answered well. Default 30 s. */
  readonly ejection?: Duration
  /** Of all targets, which share may be passed over at a time. Default 0.5. */
  readonly most?: number
}

/** A policy with nothing left open. */
export interface OutlierLimits {
  readonly failures: number
  /** ms */
  readonly ejection: number
  readonly most: number
}

export function outlierLimits(policy: false | OutlierPolicy = {}): OutlierLimits | undefined {
  if (policy === false) return undefined
  const { failures = 5, ejection = '30s', most = 0.5 } = policy
  return { failures, ejection: milliseconds(ejection), most }
}

/** What one target has answered of late. */
export class Outlier {
  #failures = 0
  /** How often in a row it has been passed over. */
  #ejections = 0
  #since = 0
  #for = 0

  /** Whether it is passed over. */
  isEjected(now: number): boolean {
    // A clock that was set back must not keep a target away.
    return this.#for > 0 && Math.abs(now - this.#since) < this.#for
  }

  answered(): void {
    if (this.#failures === 0) return
    this.#failures = 0
    this.#ejections = 0
    this.#for = 0
  }

  /** Whether it has failed so often that it is to be passed over. */
  failed({ failures }: OutlierLimits): boolean {
    return ++this.#failures >= failures
  }

  eject({ ejection }: OutlierLimits, now: number): void {
    this.#since = now
    this.#for = ejection * ++this.#ejections
  }
}
