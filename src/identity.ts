/** Who a caller is by its API key, and what is kept of it from one request to the next. */
import type { Refusal } from './answer.js'
import type { CompletePlan } from './complete.js'
import type { KeyRecord } from './definition.js'
import type { Counter } from './store/contract.js'

/** An API key that was presented and is valid. Kept while it is called with. */
export interface Identity {
  readonly key: KeyRecord
  /** Its plans, as they were looked up among which: the first, and those beside it. */
  among?: object | undefined
  plan?: CompletePlan | undefined
  others?: readonly CompletePlan[]
  /** The counters that are held open for it, by the limits of which plan. */
  openedFor: object | undefined
  opened: (Counter | undefined)[]
  /** How it was last refused by a limit. */
  limited?: Limited | undefined
}

/** What a caller was told by a limit. */
export interface Limited extends Refusal {
  /** Whether that is what is told of a counter that admits in so many seconds. */
  tells(counter: Counter | undefined, seconds: number): boolean
}
