/** A value of a document and where it stands. Reads own fields only, so that no name in a document means more than it says. */

import { Bare, put } from '../bare.js'

/** A plain object, as JSON and YAML make them. */
export type Fields = Readonly<Record<string, unknown>>

export type Key = string | number

export function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype) return true
  return !Array.isArray(value) && (prototype === null || Object.getPrototypeOf(prototype) === null)
}

/** A field of its own; `undefined` for what is inherited. */
export function own(value: unknown, key: Key): unknown {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined
  return isFields(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** An object by names of a document's: no name in it means anything but itself. */
export function byName<T>(entries: Iterable<readonly [string, T]> = []): Record<string, T> {
  const made = new Bare<T>()
  for (const [name, value] of entries) put(made, name, value)
  return made
}

export class Place {
  constructor(
    readonly value: unknown,
    /** The file that it stands in, as it is written in references; empty for the document itself. */
    readonly file = '',
    readonly parent?: Place,
    readonly key: Key = '',
  ) {}

  /** A field or an item; not given where there is none. */
  at(key: Key): Place {
    return new Place(own(this.value, key), this.file, this, key)
  }

  /** What is there by the way of these keys. */
  in(keys: readonly Key[]): Place {
    return keys.reduce<Place>((place, key) => place.at(key), this)
  }

  /** The same object with one of its fields alone. */
  only(name: string): Place {
    const value = own(this.value, name)
    return this.as(value === undefined ? {} : { [name]: value })
  }

  /** Another value, told of as standing here. */
  as(value: unknown): Place {
    return new Place(value, this.file, this.parent, this.key)
  }

  get given(): boolean {
    return this.value !== undefined
  }

  /** The fields of an object by name; none of anything else. */
  get fields(): readonly (readonly [name: string, at: Place])[] {
    const { value } = this
    if (!isFields(value)) return []
    return Object.keys(value).map((name) => [name, new Place(value[name], this.file, this, name)] as const)
  }

  /** The items of a list; none of anything else. */
  get items(): readonly Place[] {
    return Array.isArray(this.value) ? this.value.map((_, index) => this.at(index)) : []
  }

  get text(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined
  }

  get keys(): readonly Key[] {
    const keys: Key[] = []
    for (let place: Place = this; place.parent !== undefined; place = place.parent) keys.push(place.key)
    return keys.reverse()
  }

  /** `#/paths/~1pets/get` @see https://www.rfc-editor.org/rfc/rfc6901 */
  get pointer(): string {
    return pointerOf(this.file, this.keys)
  }
}

export function pointerOf(file: string, keys: readonly Key[]): string {
  return `${file}#${keys.map((key) => `/${escaped(String(key))}`).join('')}`
}

export function escaped(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** One token of a pointer in a reference. */
export function unescaped(token: string): string {
  return decoded(token).replaceAll('~1', '/').replaceAll('~0', '~')
}

export function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
