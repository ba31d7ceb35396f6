/**
 * A copy of what the user wrote, taken once. Checks and completion read the copy only, so that a getter that
 * throws, a proxy or a later change can neither crash them nor make them see two different definitions.
 */
import { Bare, bare, put } from '../../bare.js'
import { IntegrationDefinition, isIntegration } from '../../integration.js'
import { isStandardSchema } from '../../schema.js'
import type { CodedFault } from '../faults.js'
import { type Path, textOf } from './path.js'

/** Stands in the copy for what is neither plain data nor a function: a class's instance, a thing that cannot be read. */
export class Opaque {
  constructor(readonly description: string) {}
}

/** A plain object of a copy. */
export type Fields = Readonly<Bare>

/** Deeper than any definition goes: the schema of a model counts twice for each level, `properties` and a name. */
const DEEPEST = 144
/** Longer than any list in a definition, to bound sparse ones. */
const LONGEST = 100_000

/**
 * @param skip fields of the outermost object that are left out
 * @param faults gets what could not be read
 */
export function snapshot(
  value: unknown,
  faults: CodedFault[],
  path = '',
  skip: readonly string[] = [],
): unknown {
  return new Copier(faults).copy(value, path, 0, skip)
}

/** Whether a value is a plain object of a copy. */
export function isFields(value: unknown): value is Fields {
  return value instanceof Bare
}

/** TypeBox writes JSON Schema of today and does not say so; its mark is lost in a copy. */
const TYPEBOX_DRAFT = 'https://json-schema.org/draft/2020-12/schema'

function isTypeBox(value: object): boolean {
  if ('~kind' in value) return true
  const symbols = Object.getOwnPropertySymbols(value)
  return symbols.length > 0 && symbols.some((each) => each.description === 'TypeBox.Kind')
}

/** So many objects are looked for when another one is met. */
const LATELY = 512
/** More than any definition has. */
const MOST_COPIES = 1_000_000

/**
 * What has been copied, so that cyclic objects end and shared ones stay shared. Most stand in one place: a table of them
 * all would cost more than their copies. So what is met again soon is remembered for good, and all else forgotten.
 */
class Copies {
  /** By depth: what the present one stands in. */
  readonly #around: object[] = []
  readonly #copiesAround: unknown[] = []
  readonly #lately = new Map<object, unknown>()
  readonly #shared = new Map<object, unknown>()

  get(value: object, depth: number): unknown {
    for (let above = depth - 1; above >= 0; above--) {
      if (this.#around[above] === value) return this.#copiesAround[above]
    }
    const shared = this.#shared.get(value)
    if (shared !== undefined) return shared
    const copy = this.#lately.get(value)
    if (copy !== undefined) this.#shared.set(value, copy)
    return copy
  }

  set(value: object, depth: number, copy: unknown): void {
    this.#around[depth] = value
    this.#copiesAround[depth] = copy
    if (this.#lately.size >= LATELY) this.#lately.clear()
    this.#lately.set(value, copy)
  }
}

class Copier {
  readonly #copies = new Copies()
  #made = 0

  constructor(readonly faults: CodedFault[]) {}

  copy(value: unknown, path: Path, depth: number, skip: readonly string[] = []): unknown {
    if (typeof value !== 'object' || value === null) return value
    try {
      const known = this.#copies.get(value, depth)
      if (known !== undefined) return known
      if (depth > DEEPEST) return new Opaque('something nested too deep')
      if (++this.#made > MOST_COPIES) return new Opaque('something past all bounds')
      if (Array.isArray(value)) return this.#list(value, path, depth)
      // Schema values of libraries cannot be copied, and are in copies as they were given.
      if (isStandardSchema(value)) return value
      if (isIntegration(value)) return this.#integration(value, path, depth)
      return isPlain(value)
        ? this.#fields(value, path, depth, skip)
        : new Opaque(`an instance of ${className(value)}`)
    } catch (error) {
      return this.#unreadable(path, error)
    }
  }

  /** Its options are as a definition's other fields: they stand at the integration's own path. */
  #integration({ kind, options }: IntegrationDefinition, path: Path, depth: number): IntegrationDefinition {
    return new IntegrationDefinition(kind, this.copy(options, path, depth + 1) as object)
  }

  #list(value: readonly unknown[], path: Path, depth: number): unknown {
    if (value.length > LONGEST) return new Opaque(`a list of ${value.length}`)
    const copy: unknown[] = []
    this.#copies.set(value, depth, copy)
    for (let index = 0; index < value.length; index++) copy.push(this.#field(value, index, path, depth))
    return copy
  }

  #fields(value: object, path: Path, depth: number, skip: readonly string[]): unknown {
    const names = Object.keys(value)
    const copy = bare(names.length)
    this.#copies.set(value, depth, copy)
    for (const key of names) {
      if (skip.includes(key)) continue
      const field = this.#field(value, key, path, depth)
      // A field that says `undefined` is one that says nothing.
      if (field !== undefined) put(copy, key, field)
    }
    if (copy.$schema === undefined && isTypeBox(value)) copy.$schema = TYPEBOX_DRAFT
    return copy
  }

  #field(value: object, key: string | number, parent: Path, depth: number): unknown {
    try {
      const field: unknown = Reflect.get(value, key)
      return typeof field === 'object' && field !== null
        ? this.copy(field, { parent, key }, depth + 1)
        : field
    } catch (error) {
      return this.#unreadable({ parent, key }, error)
    }
  }

  #unreadable(path: Path, error: unknown): Opaque {
    const reason = error instanceof Error ? error.message : 'something was thrown'
    this.faults.push({
      code: 'UNREADABLE',
      path: textOf(path) || 'definition',
      message: `reading it failed: ${reason}`,
      fix: 'A definition is plain data: give the value itself instead of a getter or a proxy.',
    })
    return new Opaque('something that cannot be read')
  }
}

/** Object literals, those of other realms (`vm`, test runners), and what has no prototype. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype) return true
  return prototype === null || (typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null)
}

function className(value: object): string {
  const { constructor }: { constructor: unknown } = value
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'a class'
}
