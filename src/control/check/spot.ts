/** A value of the definition and the place where it stands. */
import type { CodedFault, FaultCode } from '../faults.js'
import { type Path, textOf } from './path.js'
import { isFields, Opaque } from './snapshot.js'

/** What is wrong with a value is reported to its spot. Reads only copies, see {@link snapshot}. */
export class Spot {
  /** @param parent where it stands, or, with a key, what it stands in */
  constructor(
    readonly value: unknown,
    readonly parent: Path,
    readonly faults: CodedFault[],
    readonly key?: string | number,
  ) {}

  /** As JavaScript would reach it. */
  get path(): string {
    return textOf(this)
  }

  get given(): boolean {
    return this.value !== undefined
  }

  fault(code: FaultCode, message: string, fix: string): void {
    this.faults.push({ code, path: this.path || 'definition', message, fix })
  }

  /** A field or an item; not given where there is none. */
  at(key: string | number): Spot {
    const { value } = this
    const field: unknown = isFields(value) || Array.isArray(value) ? Reflect.get(value, key) : undefined
    return new Spot(field, this, this.faults, key)
  }

  /** The names of an object's fields; none of anything else. */
  get names(): readonly string[] {
    return isFields(this.value) ? Object.keys(this.value) : []
  }

  /** The fields of an object by name; none of anything else. */
  get fields(): readonly (readonly [name: string, at: Spot])[] {
    return this.names.map((name) => [name, this.at(name)] as const)
  }

  /** The items of a list; none of anything else. */
  get items(): readonly Spot[] {
    return Array.isArray(this.value) ? this.value.map((_, index) => this.at(index)) : []
  }
}

/** A value in words, short enough for a message. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 80 ? `${value.slice(0, 80)}…` : value}'`
  if (value instanceof Opaque) return value.description
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object' && value !== null) return isFields(value) ? 'an object' : 'a schema value'
  return typeof value === 'function' ? 'a function' : String(value)
}

/** `a, b or c`, or `a, b and c`. */
export function enumerate(names: readonly string[], word: 'or' | 'and'): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} ${word} ${last}`
}
