/** Whether two things that users wrote say the same. */
import { Bare } from './bare.js'

/**
 * Data by what it says; all else (functions, schemas, what has a class) only where it is the very same thing. Two of a
 * class may differ in what nobody else can see.
 */
export function isAlike(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (!(isData(one) && isData(other)) || Array.isArray(one) !== Array.isArray(other)) return false
  const names = Reflect.ownKeys(one)
  return (
    names.length === Reflect.ownKeys(other).length &&
    names.every(
      (name) => Object.hasOwn(other, name) && isAlike(Reflect.get(one, name), Reflect.get(other, name)),
    )
  )
}

function isData(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  const plain = prototype === null || prototype === Object.prototype || prototype === Bare.prototype
  return plain || Array.isArray(value)
}
