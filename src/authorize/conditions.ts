/**
 * The `Condition` of a statement. Of a key's values in the policy one is enough; of a negated operator's, none may be
 * met. All keys of all operators must hold.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 */
import type { Asked } from './asked.js'
import { type Matcher, OPERATORS, type Operator } from './operators.js'
import { booleanOf } from './values.js'
import { quoted } from './words.js'

/** One key under one operator. */
export interface Condition {
  readonly operator: string
  readonly key: string
  holds(asked: Asked): boolean
  /** Why it does not, in words. */
  miss(asked: Asked): string
}

/** An operator's name, taken apart. */
export interface OperatorName {
  readonly base: string
  /** Of a request's several values: one is enough, or all must hold. `undefined`: it is asked of one value. */
  readonly set: 'any' | 'all' | undefined
  readonly ifExists: boolean
}

const SETS = { 'ForAnyValue:': 'any', 'ForAllValues:': 'all' } as const
const IF_EXISTS = 'IfExists'
const NULL = 'Null'

/** `undefined` for an operator that there is not. */
export function operatorNamed(name: string): OperatorName | undefined {
  if (name === NULL) return { base: NULL, set: undefined, ifExists: false }
  const [prefix, set] = Object.entries(SETS).find(([each]) => name.startsWith(each)) ?? ['', undefined]
  const ifExists = name.endsWith(IF_EXISTS)
  const base = name.slice(prefix.length, ifExists ? -IF_EXISTS.length : undefined)
  return OPERATORS.has(base) ? { base, set, ifExists } : undefined
}

/** What is wrong with a policy's value under an operator. */
export function valueFault({ base }: OperatorName, value: string, variables: boolean): string | undefined {
  if (base === NULL) return booleanOf(value) === undefined ? 'is no boolean' : undefined
  return OPERATORS.get(base)?.fault(value, variables)
}

/** @param values of the policy */
export function compileCondition(
  name: string,
  key: string,
  values: readonly string[],
  variables: boolean,
): Condition {
  const parsed = operatorNamed(name)
  if (parsed?.base === NULL) return new Presence(key, new Set(values.map(booleanOf)))
  const operator = OPERATORS.get(parsed?.base ?? '')
  if (parsed === undefined || operator === undefined)
    throw new TypeError(`a condition operator '${name}' that there is not`)
  return new Comparison(name, key, parsed, operator, values, variables)
}

/** `Null`: `true` where the request does not have the key. */
class Presence implements Condition {
  readonly operator = NULL
  readonly #key: string

  constructor(
    readonly key: string,
    readonly wanted: ReadonlySet<boolean | undefined>,
  ) {
    this.#key = key.toLowerCase()
  }

  holds(asked: Asked): boolean {
    return this.wanted.has(given(asked, this.#key) === undefined)
  }

  miss(asked: Asked): string {
    return `the request has ${given(asked, this.#key) === undefined ? 'none' : 'one'}`
  }
}

class Comparison implements Condition {
  readonly #key: string
  readonly #matchers: readonly Matcher[]

  constructor(
    readonly operator: string,
    readonly key: string,
    readonly name: OperatorName,
    readonly by: Operator,
    readonly values: readonly string[],
    variables: boolean,
  ) {
    this.#key = key.toLowerCase()
    this.#matchers = values.map((value) => by.compile(value, variables))
  }

  holds(asked: Asked): boolean {
    const value = given(asked, this.#key)
    if (value === undefined) return this.#holdsWithout()
    const { set } = this.name
    if (typeof value === 'string') {
      // The empty text is the empty set.
      return set !== undefined && value === '' ? set === 'all' : this.#fits(value, asked)
    }
    if (set === 'all') return value.every((each) => each === '' || this.#fits(each, asked))
    if (set === 'any') return value.some((each) => each !== '' && this.#fits(each, asked))
    // AWS leaves open what one operator without a set says of several values: it holds where it would for their set.
    return this.by.negated
      ? value.every((each) => this.#fits(each, asked))
      : value.some((each) => this.#fits(each, asked))
  }

  /** For `ForAnyValue`, `IfExists` changes nothing: where there is no value, none holds. */
  #holdsWithout(): boolean {
    const { set, ifExists } = this.name
    return set === undefined ? ifExists || this.by.negated : set === 'all'
  }

  #fits(value: string, asked: Asked): boolean {
    for (const matches of this.#matchers) if (matches(value, asked)) return !this.by.negated
    return this.by.negated
  }

  miss(asked: Asked): string {
    const value = given(asked, this.#key)
    if (value === undefined || value === '') return 'the request has none'
    const several = typeof value === 'string' ? [value] : value
    const misses = several.filter((each) => !this.#fits(each, asked))
    return `${quoted(misses.length === 0 ? several : misses)} ${this.by.words} ${quoted(this.values)}`
  }
}

/** What the request has under a key; an empty list is nothing. */
function given(asked: Asked, key: string): string | readonly string[] | undefined {
  const value = asked.request.condition(key)
  return value?.length === 0 && typeof value !== 'string' ? undefined : value
}
