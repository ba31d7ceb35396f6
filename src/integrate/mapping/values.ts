/**
 * The values of templates. Text, truth and numbers are JavaScript's; lists are arrays, maps are objects of which only
 * their own fields count. `undefined` and `null` are Java's null.
 */
import { misconfigured } from './faults.js'

/** A decimal number without a fraction: Java prints `2.0` where JavaScript prints `2`. */
export class Decimal {
  private constructor(readonly value: number) {}

  /** A number that Java would call a double. */
  static of(value: number): number | Decimal {
    return Number.isInteger(value) ? new Decimal(value) : value
  }

  toJSON(): number {
    return this.value
  }
}

/** A list of Java's, which prints as `[a, b]`; those that come from JSON print as JSON. */
export class JavaList extends Array<unknown> {
  /** What is made of it by JavaScript's own methods is a plain array. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }
}

export function listOf(items: Iterable<unknown>): JavaList {
  const list = new JavaList()
  for (const item of items) list.push(item)
  return list
}

/** What `entrySet()` gives. */
export class Entry {
  constructor(
    readonly key: string,
    readonly value: unknown,
  ) {}
}

/** What is no plain value: `$input`, `$util`, `$context`. */
export abstract class Host {
  abstract property(name: string): unknown
  abstract call(name: string, args: readonly unknown[]): unknown
  /** As `toString()` would have it. */
  abstract text(): string
}

export type JavaMap = Record<string, unknown>

export function newMap(): JavaMap {
  return Object.create(null)
}

export function isMap(value: unknown): value is JavaMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !(value instanceof Decimal || value instanceof Entry || value instanceof Host)
}

/** Maps of headers, whose names know no case: what HTTP/2 has made lower case is found all the same. */
const FOLDED = new WeakSet<JavaMap>()

export function folded(map: JavaMap): JavaMap {
  FOLDED.add(map)
  return map
}

/** The key as the map has it; nothing where it has none. Only what is its own counts, whatever JavaScript would find. */
function ownKey(map: JavaMap, key: string): string | undefined {
  if (Object.hasOwn(map, key)) return key
  if (!FOLDED.has(map)) return undefined
  const wanted = key.toLowerCase()
  return Object.keys(map).find((each) => each.toLowerCase() === wanted)
}

export function hasKey(map: JavaMap, key: string): boolean {
  return ownKey(map, key) !== undefined
}

export function getKey(map: JavaMap, key: string): unknown {
  const own = ownKey(map, key)
  return own === undefined ? undefined : map[own]
}

export function setKey(map: JavaMap, key: string, value: unknown): void {
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true })
}

export function isNumber(value: unknown): value is number | bigint | Decimal {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal
}

/** As JavaScript counts. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (value instanceof Decimal) return value.value
  return typeof value === 'bigint' ? Number(value) : undefined
}

/** Whether Java has it as a double. */
export function isDecimal(value: unknown): boolean {
  return value instanceof Decimal || (typeof value === 'number' && !Number.isInteger(value))
}

/** Null and false are not true; everything else is, empty text included, as in Velocity 1. */
export function isTrue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false
}

/** How deep lists and maps are printed. */
const DEEPEST = 1_000

/** What Java's `toString()` gives. @throws Unmapped */
export function textOfValue(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : javaDouble(value)
  if (value === undefined || value === null) return depth === 0 ? '' : 'null'
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value !== 'object') return ''
  if (depth > DEEPEST)
    throw misconfigured('a list or a map holds itself, or is nested too deep to be printed')
  if (value instanceof Decimal) return javaDouble(value.value)
  if (value instanceof Host) return value.text()
  if (value instanceof Entry) return `${value.key}=${textOfValue(value.value, depth + 1)}`
  if (value instanceof JavaList) return `[${listed(value, (each) => textOfValue(each, depth + 1), ', ')}]`
  if (Array.isArray(value)) return jsonOf(value, depth)
  return `{${listed(Object.keys(value), (key) => `${key}=${textOfValue(Reflect.get(value, key), depth + 1)}`, ', ')}}`
}

/** A value as JSON. @throws Unmapped */
export function jsonOf(value: unknown, depth = 0): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value)
  if (typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (depth > DEEPEST) throw misconfigured('a list or a map holds itself, or is nested too deep to be JSON')
  if (value instanceof Decimal) return javaDouble(value.value)
  if (value instanceof Host) return JSON.stringify(value.text())
  if (value instanceof Entry) return jsonOf({ [value.key]: value.value }, depth)
  if (Array.isArray(value)) return `[${listed(value, (each) => jsonOf(each, depth + 1), ',')}]`
  return `{${listed(Object.keys(value), (key) => `${JSON.stringify(key)}:${jsonOf(Reflect.get(value, key), depth + 1)}`, ',')}}`
}

/** Longer texts are not made: what is sent is bounded, and so is what leads to it. */
export const LONGEST_TEXT = 10_485_760

function listed<T>(items: readonly T[], print: (item: T) => string, separator: string): string {
  let text = ''
  for (let index = 0; index < items.length; index++) {
    if (index > 0) text += separator
    text += print(items[index] as T)
    if (text.length > LONGEST_TEXT) throw misconfigured('a text would be longer than 10 MB')
  }
  return text
}

/**
 * `Double.toString`.
 *
 * @see https://docs.oracle.com/javase/8/docs/api/java/lang/Double.html#toString-double-
 */
function javaDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value < 0 ? '-Infinity' : 'Infinity'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const size = Math.abs(value)
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value)
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}

/** Where comparisons are paid for. */
interface Meter {
  pay(characters: number): void
  print(value: unknown): string
}

/**
 * Whether Velocity's `==` holds: numbers by their value, what is of one kind by what it holds, anything else by its text.
 */
export function isEqual(left: unknown, right: unknown, meter: Meter): boolean {
  if (typeof left === 'string' && typeof right === 'string') {
    if (left.length !== right.length) return false
    meter.pay(left.length)
    return left === right
  }
  if (left === right) return true
  const [none, other] = [left === undefined || left === null, right === undefined || right === null]
  if (none || other) return none && other
  if (typeof left === 'bigint' && typeof right === 'bigint') return false
  const [a, b] = [numberOf(left), numberOf(right)]
  if (a !== undefined && b !== undefined) return a === b
  return meter.print(left) === meter.print(right)
}

/** Java's `equals`: what is of two kinds is never equal. */
export function javaEquals(left: unknown, right: unknown, meter: Meter): boolean {
  return kindOf(left) === kindOf(right) && isEqual(left, right, meter)
}

function kindOf(value: unknown): string {
  if (value === null) return 'undefined'
  if (isNumber(value)) return isDecimal(value) ? 'decimal' : 'integer'
  return Array.isArray(value) ? 'list' : typeof value
}
