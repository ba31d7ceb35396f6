/** What is asked of a policy, and what follows from it: worked out once, and only where a statement needs it. */
import { type Caller, callerOf } from './caller.js'
import type { AccessRequest } from './policy.js'
import type { Values } from './wildcard.js'

/** What is asked nearly always. */
const INVOKE = 'execute-api:Invoke'
const INVOKE_LOWER = INVOKE.toLowerCase()

const NONE: readonly string[] = []

export class Asked implements Values {
  /** Lower case, as case does not matter in actions. */
  readonly action: string
  #caller: Caller | undefined | null = null
  #mistakable: readonly string[] | undefined

  constructor(readonly request: AccessRequest) {
    this.action = request.action === INVOKE ? INVOKE_LOWER : request.action.toLowerCase()
  }

  get mistakable(): readonly string[] {
    this.#mistakable ??= this.request.mistakable?.() ?? NONE
    return this.#mistakable
  }

  get caller(): Caller | undefined {
    const { principal } = this.request
    if (this.#caller === null) this.#caller = principal === undefined ? undefined : callerOf(principal)
    return this.#caller
  }

  /** The value of a policy variable: of several values, none. */
  variable(key: string): string | undefined {
    const value = this.request.condition(key)
    if (value === undefined || typeof value === 'string') return value
    return value.length === 1 ? value[0] : undefined
  }
}
