/** An object by names that others choose, which does not change once it is made: no name means more than it says. */

/** Without a prototype's `constructor` or `toString`; made and read faster than `Object.create(null)`, and half as large. */
export class Bare<T = unknown> {
  [name: string]: T
}
Object.setPrototypeOf(Bare.prototype, null)
Reflect.deleteProperty(Bare.prototype, 'constructor')
Object.freeze(Bare.prototype)

/**
 * V8 gives all objects of a class the room that the largest of the first few have taken, and what is more a second
 * place in memory: so these have as many fields as most paths have parameters at the most.
 */
for (let made = 0; made < 16; made++) Object.assign(new Bare<number>(), { a: 0, b: 0, c: 0, d: 0 })

/** So many names nobody else has: V8 would make a shape for each further one. */
const MANY = 32

/** An object for so many fields. */
export function bare<T>(size: number): Bare<T> {
  return size < MANY ? new Bare<T>() : Object.setPrototypeOf(Object.create(null), Bare.prototype)
}

/**
 * Sets a field, once. Where a name is a number, as a status is, V8 makes room for all numbers below it too: 5 KB for
 * '404'. It does not for a field that cannot be written again.
 */
export function put<T>(object: Bare<T>, name: string, value: T): void {
  if (startsAsNumber(name))
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true })
  else object[name] = value
}

function startsAsNumber(name: string): boolean {
  const code = name.charCodeAt(0)
  return code >= 48 && code <= 57
}
