/** Java's methods, by what they are called on. What Java does not have gives nothing, as in Velocity. */
import { LIST_METHODS } from './listmethods.js'
import { MAP_METHODS } from './mapmethods.js'
import type { Run } from './run.js'
import { BOOLEAN_METHODS, NUMBER_METHODS } from './scalarmethods.js'
import { STRING_METHODS } from './stringmethods.js'
import { Decimal, Entry, getKey, Host, isDecimal, isMap, isNumber, JavaList, javaEquals } from './values.js'

/** `undefined` is Java's null. */
export type Method<T> = (self: T, args: readonly unknown[], run: Run) => unknown
export type Methods<T> = ReadonlyMap<string, Method<T>>

export function callMethod(self: unknown, name: string, args: readonly unknown[], run: Run): unknown {
  run.spend(1)
  if (self instanceof Host) return self.call(name, args)
  const common = COMMON[name]
  if (common !== undefined && Object.hasOwn(COMMON, name)) return common(self, args, run)
  if (typeof self === 'string') return STRING_METHODS.get(name)?.(self, args, run)
  if (Array.isArray(self)) return LIST_METHODS.get(name)?.(self, args, run)
  if (isNumber(self)) return NUMBER_METHODS.get(name)?.(self, args, run)
  if (typeof self === 'boolean') return BOOLEAN_METHODS.get(name)?.(self, args, run)
  if (self instanceof Entry)
    return name === 'getKey' ? self.key : name === 'getValue' ? self.value : undefined
  return isMap(self) ? MAP_METHODS.get(name)?.(self, args, run) : undefined
}

/** What all objects have. */
const COMMON: Readonly<Record<string, Method<unknown>>> = {
  equals: (self, [other], run) => javaEquals(self, other, run),
  getClass: (self) => classOf(self),
  hashCode: (self, _, run) => hashOf(self, run),
}

/** `$x.name`: a map's own, or what a getter of Java's would give. */
export function propertyOf(self: unknown, name: string): unknown {
  if (self instanceof Host) return self.property(name)
  if (isMap(self)) {
    const value = getKey(self, name)
    if (value !== undefined) return value
  }
  if (name === 'class') return classOf(self)
  if (self instanceof Entry) return name === 'key' ? self.key : name === 'value' ? self.value : undefined
  if (name === 'empty' && (typeof self === 'string' || Array.isArray(self))) return self.length === 0
  return undefined
}

/** `$x[index]` */
export function elementOf(self: unknown, index: unknown, run: Run): unknown {
  if (Array.isArray(self)) {
    const at = Number(typeof index === 'string' && !/^-?\d+$/.test(index) ? Number.NaN : index)
    return Number.isInteger(at) ? self[at < 0 ? self.length + at : at] : undefined
  }
  return propertyOf(self, run.print(index))
}

/** A class's name is all that a template learns of it. */
function classOf(self: unknown): Record<string, unknown> {
  const name = classNameOf(self)
  return Object.assign(Object.create(null), { name, simpleName: name.slice(name.lastIndexOf('.') + 1) })
}

function classNameOf(self: unknown): string {
  if (typeof self === 'string') return 'java.lang.String'
  if (typeof self === 'boolean') return 'java.lang.Boolean'
  if (self instanceof JavaList) return 'java.util.ArrayList'
  if (Array.isArray(self)) return 'net.minidev.json.JSONArray'
  if (typeof self === 'bigint') return 'java.math.BigInteger'
  if (self instanceof Decimal || isDecimal(self)) return 'java.lang.Double'
  if (typeof self === 'number') return Math.abs(self) < 2 ** 31 ? 'java.lang.Integer' : 'java.lang.Long'
  return 'java.util.LinkedHashMap'
}

/** Characters cost more here than where they are only copied. */
const EXPENSIVE = 8

/** `String.hashCode`, which everything has by its text. */
function hashOf(self: unknown, run: Run): number {
  const text = run.print(self)
  run.pay(text.length * EXPENSIVE)
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return hash
}
