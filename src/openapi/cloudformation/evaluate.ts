/** The values of a template: its functions are replaced by what they stand for. */
import { escaped, type Fields, isFields, own } from '../place.js'
import { type Report, show } from '../report.js'
import type { Conditions } from './conditions.js'
import { FUNCTIONS } from './functions.js'
import { Part, type Trace } from './trace.js'

/** Values at most, all in all, and characters of those that are made. */
const MOST_VALUES = 3_000_000
const MOST_CHARACTERS = 20_000_000
/** What stands in what, by whichever way: a template's own levels, conditions, references. */
const DEEPEST = 400

/** What `AWS::NoValue` leaves. */
export const NOTHING = Symbol('nothing')

/** A value and where it stands. */
export interface Valued {
  readonly value: unknown
  readonly pointer: string
}

/** What names in a template stand for. */
export interface Names {
  /** Of a parameter, a pseudo parameter or a resource. */
  reference(name: string, pointer: string): unknown
  attribute(id: string, name: string, pointer: string): unknown
  mapping(name: string): unknown
  imported(name: string): string | undefined
  /** What a `{{resolve:…}}` stands for. */
  dynamic(reference: string): string | undefined
  /** What a file holds that a template includes; `undefined` where it cannot be read, which is reported then. */
  included(location: string, pointer: string): Valued | undefined
}

/** Nobody reads on. It has been reported why. */
export class Abandoned extends Error {}

export class Evaluator {
  #values = 0
  #characters = 0
  #depth = 0

  constructor(
    readonly names: Names,
    readonly conditions: Conditions,
    readonly report: Report,
    readonly trace: Trace,
  ) {}

  part(value: unknown, pointer: string): Part {
    const made = this.evaluate(value, pointer)
    return new Part(made.value === NOTHING ? undefined : made.value, made.pointer, this.trace)
  }

  /** @throws Abandoned where it asks for too much */
  evaluate(value: unknown, pointer: string): Valued {
    if (++this.#values > MOST_VALUES) this.#abandon(pointer, 'DOCUMENT_TOO_LARGE', 'it has too many values')
    if (typeof value === 'string') return { value: this.#text(value, pointer), pointer }
    if (typeof value !== 'object' || value === null) return { value, pointer }
    return this.within(pointer, () => {
      if (Array.isArray(value)) return this.#list(value, pointer)
      return isFields(value) ? this.#fields(value, pointer) : { value, pointer }
    })
  }

  /** One level further. */
  within<T>(pointer: string, work: () => T): T {
    const message = 'one thing stands for another without an end'
    if (this.#depth >= DEEPEST) this.#abandon(pointer, 'DOCUMENT_TOO_DEEP', message)
    this.#depth++
    try {
      return work()
    } finally {
      this.#depth--
    }
  }

  /** Counts what was made. */
  made(text: string, pointer: string): string {
    this.#characters += text.length
    if (this.#characters > MOST_CHARACTERS) {
      this.#abandon(pointer, 'DOCUMENT_TOO_LARGE', 'its functions make too long texts')
    }
    return text
  }

  /** A value that nobody knows here. */
  unresolved(what: string, pointer: string, fix: string): void {
    this.report.warn(pointer, 'UNRESOLVED', `nobody knows here what ${what} is`, fix)
  }

  fault(pointer: string, message: string, fix: string): Valued {
    this.report.fault(pointer, 'VALUE_INVALID', message, fix)
    return { value: NOTHING, pointer }
  }

  #abandon(pointer: string, code: 'DOCUMENT_TOO_LARGE' | 'DOCUMENT_TOO_DEEP', message: string): never {
    this.report.fault(pointer, code, message, 'Write it with less.')
    throw new Abandoned(message)
  }

  #text(text: string, pointer: string): string {
    if (!text.includes('{{resolve:')) return text
    const made = text.replace(/\{\{resolve:[^{}]{1,2048}\}\}/g, (reference) => {
      const known = this.names.dynamic(reference)
      if (known === undefined) {
        this.unresolved(show(reference), pointer, `Give \`values: { ${show(reference)}: '…' }\`.`)
      }
      return known ?? reference
    })
    return this.made(made, pointer)
  }

  #list(list: readonly unknown[], pointer: string): Valued {
    const moved = new Map<string, string>()
    const made: unknown[] = []
    let changed = false
    for (const [index, item] of list.entries()) {
      const at = `${pointer}/${index}`
      const each = this.evaluate(item, at)
      if (each.value !== item) changed = true
      if (each.value === NOTHING) continue
      if (each.pointer !== `${pointer}/${made.length}`) moved.set(String(made.length), each.pointer)
      made.push(each.value)
    }
    if (!changed) return { value: list, pointer }
    this.trace.copied(made, pointer, moved)
    return { value: made, pointer }
  }

  #fields(given: Fields, pointer: string): Valued {
    const names = Object.keys(given)
    const called = names.find((name) => name === 'Ref' || name.startsWith('Fn::'))
    if (called === 'Fn::Transform') return this.#included(given, pointer)
    if (called !== undefined && names.length === 1) return this.#call(called, given[called], pointer)
    const moved = new Map<string, string>()
    const made: Record<string, unknown> = Object.create(null)
    let changed = false
    for (const name of names) {
      const at = `${pointer}/${escaped(name)}`
      const each = this.evaluate(given[name], at)
      if (each.value !== given[name]) changed = true
      if (each.value === NOTHING) continue
      if (each.pointer !== at) moved.set(name, each.pointer)
      made[name] = each.value
    }
    if (!changed) return { value: given, pointer }
    this.trace.copied(made, pointer, moved)
    return { value: made, pointer }
  }

  #call(name: string, given: unknown, pointer: string): Valued {
    const at = `${pointer}/${escaped(name)}`
    const called = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
    if (called !== undefined) return called({ evaluator: this, given, pointer, at })
    const fix = 'Write what it stands for.'
    this.report.warn(at, 'UNRESOLVED', `the function ${show(name)} is not known here`, fix)
    return { value: NOTHING, pointer }
  }

  /** `AWS::Include` puts a file's fields beside those that stand there; other macros run on AWS alone. */
  #included(given: Fields, pointer: string): Valued {
    const at = `${pointer}/Fn::Transform`
    const macro = given['Fn::Transform']
    const name = own(macro, 'Name')
    if (name !== 'AWS::Include') {
      const fix = 'Write what it makes.'
      this.report.fault(at, 'UNRESOLVED', `the macro ${show(name)} does not run here`, fix)
      return { value: NOTHING, pointer }
    }
    const location = this.part(own(own(macro, 'Parameters'), 'Location'), `${at}/Parameters/Location`)
    const file = this.names.included(location.text ?? '', location.pointer)
    if (file === undefined) return { value: NOTHING, pointer }
    const { 'Fn::Transform': _, ...beside } = given
    const inner = this.evaluate(file.value, file.pointer)
    if (Object.keys(beside).length === 0 || !isFields(inner.value)) return inner
    const made = this.trace.extend(new Part(inner.value, inner.pointer, this.trace))
    const outer = this.evaluate(beside, pointer)
    for (const [field, each] of new Part(outer.value, pointer, this.trace).fields)
      this.trace.put(made, field, each)
    return { value: made, pointer }
  }
}
