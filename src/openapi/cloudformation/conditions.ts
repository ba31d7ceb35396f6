/** The conditions of a template. */
import { escaped, type Fields, isFields, own } from '../place.js'
import { type Report, show } from '../report.js'
import type { Evaluator } from './evaluate.js'

export class Conditions {
  readonly #known = new Map<string, boolean>()
  readonly #open = new Set<string>()
  /** What values they compare. */
  evaluator: Evaluator | undefined

  constructor(
    readonly section: Fields,
    readonly report: Report,
  ) {}

  /** @param pointer where it is asked for */
  holds(name: string, pointer: string): boolean {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const given = own(this.section, name)
    if (given === undefined) {
      const fix = `Define it: \`Conditions: { ${name}: … }\`.`
      this.report.fault(pointer, 'VALUE_INVALID', `there is no condition ${show(name)}`, fix)
    } else if (this.#open.has(name)) {
      const message = `the condition ${show(name)} depends on itself`
      this.report.fault(pointer, 'REFERENCE_CYCLE', message, 'Write it without itself.')
    } else return this.#decide(name, given)
    return false
  }

  #decide(name: string, given: unknown): boolean {
    this.#open.add(name)
    const holds = this.#value(given, `#/Conditions/${escaped(name)}`)
    this.#open.delete(name)
    this.#known.set(name, holds)
    return holds
  }

  #value(given: unknown, pointer: string): boolean {
    const { evaluator } = this
    if (evaluator === undefined) return false
    return evaluator.within(pointer, () => {
      const [name, ...others] = isFields(given) ? Object.keys(given) : []
      if (name === undefined || others.length > 0) return this.#wrong(pointer)
      const value = own(given, name)
      const at = `${pointer}/${escaped(name)}`
      if (name === 'Condition' && typeof value === 'string') return this.holds(value, at)
      if (!Array.isArray(value)) return this.#wrong(at)
      return this.#called(name, value, at, evaluator)
    })
  }

  #called(name: string, list: readonly unknown[], at: string, evaluator: Evaluator): boolean {
    const each = (value: unknown, index: number) => this.#value(value, `${at}/${index}`)
    const some = list.length >= 2 && list.length <= 10
    if (name === 'Fn::Not' && list.length === 1) return !each(list[0], 0)
    // All are looked at, so that all that is wrong is told of.
    if (name === 'Fn::And' && some) return list.map(each).every(Boolean)
    if (name === 'Fn::Or' && some) return list.map(each).some(Boolean)
    if (name !== 'Fn::Equals' || list.length !== 2) return this.#wrong(at)
    const [one, other] = list.map((value, index) => evaluator.evaluate(value, `${at}/${index}`).value)
    return comparable(one) === comparable(other)
  }

  #wrong(pointer: string): boolean {
    const fix =
      'Write Fn::Equals of two values, Fn::Not of one condition, Fn::And or Fn::Or of two to ten, or Condition.'
    this.report.fault(pointer, 'VALUE_INVALID', 'this is no condition', fix)
    return false
  }
}

/** Parameters are texts: 'true' is true, '1' is 1. */
function comparable(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'symbol' || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
