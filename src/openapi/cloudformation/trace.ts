/** From what is made of a template back to where it stands there. */
import { escaped, type Fields, type Key, own, unescaped } from '../place.js'

/** Where an object, or what it holds, is from. */
interface Origin {
  readonly pointer: string
  /** Fields that are not from below that. */
  readonly fields: Map<string, string>
  /** A copy has the fields of what it was copied from; what is built has others. */
  readonly built: boolean
}

/** An object that is being built. */
export type Draft = Record<string, unknown>

export class Trace {
  readonly #origins = new WeakMap<object, Origin>()

  /** A copy of what stands at a pointer. @param moved its fields that stand elsewhere */
  copied(value: object, pointer: string, moved: ReadonlyMap<string, string>): void {
    this.#origins.set(value, { pointer, fields: new Map(moved), built: false })
  }

  /** An object with the given fields, those that are parts with the places that they have. */
  build(pointer: string, fields: Readonly<Record<string, unknown>> = {}): Draft {
    const made: Draft = Object.create(null)
    this.#origins.set(made, { pointer, fields: new Map(), built: true })
    for (const name of Object.keys(fields)) this.put(made, name, fields[name])
    return made
  }

  /** A copy that fields may be put into. */
  extend(part: Part): Draft {
    const made = this.build(part.pointer)
    for (const [name, each] of part.fields) this.put(made, name, each)
    return made
  }

  /** What is not given is not put. */
  put(into: Draft, name: string, value: unknown, pointer?: string): void {
    const plain = value instanceof Part ? value.value : value
    if (plain === undefined || plain === null) return
    into[name] = plain
    const from = value instanceof Part ? value.pointer : pointer
    if (from !== undefined) this.#origins.get(into)?.fields.set(name, from)
  }

  /** Where something is from that stands in an object. */
  step(parent: unknown, key: Key, pointer: string): string {
    const child = own(parent, key)
    if (typeof child === 'object' && child !== null) {
      const known = this.#origins.get(child)
      if (known !== undefined) return known.pointer
    }
    const origin = typeof parent === 'object' && parent !== null ? this.#origins.get(parent) : undefined
    const moved = origin?.fields.get(String(key))
    if (moved !== undefined) return moved
    return origin?.built ? origin.pointer : `${pointer}/${escaped(String(key))}`
  }

  /** The same by the way of these keys. */
  locate(root: object, keys: readonly Key[]): string {
    let pointer = this.#origins.get(root)?.pointer ?? '#'
    let value: unknown = root
    for (const key of keys) {
      const real = Array.isArray(value) && /^\d+$/.test(String(key)) ? Number(key) : key
      pointer = this.step(value, real, pointer)
      value = own(value, real)
    }
    return pointer
  }
}

/** The keys of a JSON pointer. */
export function keysIn(pointer: string): readonly string[] {
  return pointer
    .slice(pointer.indexOf('#') + 1)
    .split('/')
    .slice(1)
    .map(unescaped)
}

/** A value that is resolved, and where it is from. Nothing and `null` are the same in templates. */
export class Part {
  constructor(
    readonly value: unknown,
    readonly pointer: string,
    readonly trace: Trace,
  ) {}

  at(key: Key): Part {
    return new Part(own(this.value, key), this.trace.step(this.value, key, this.pointer), this.trace)
  }

  get given(): boolean {
    return this.value !== undefined && this.value !== null
  }

  get fields(): readonly (readonly [name: string, at: Part])[] {
    const { value } = this
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
    return Object.keys(value as Fields).map((name) => [name, this.at(name)] as const)
  }

  /** The items of a list; something else by itself, as templates may have it. */
  get items(): readonly Part[] {
    if (Array.isArray(this.value)) return this.value.map((_, index) => this.at(index))
    return this.given ? [this] : []
  }

  /** Templates take numbers and truth for texts. */
  get text(): string | undefined {
    const { value } = this
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined
  }

  get texts(): readonly string[] {
    return this.items.flatMap((each) => each.text ?? [])
  }

  /** Parameters are texts, and stand for truth all the same. */
  get flag(): boolean | undefined {
    const text = this.text?.toLowerCase()
    return text === 'true' ? true : text === 'false' ? false : undefined
  }

  get number(): number | undefined {
    const { text } = this
    const number = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
    return Number.isFinite(number) ? number : undefined
  }
}
