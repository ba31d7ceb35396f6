/** What belongs to objects of somebody else's: a request of the server's, a response of the app's. */

/**
 * Kept with the object itself: what a weak map holds, every collection of young garbage copies as long as the object is
 * there. Those that nothing can be put on stand in one all the same.
 */
export class Attached<K extends object, V> {
  readonly #key: symbol
  readonly #others = new WeakMap<K, V>()

  constructor(name: string) {
    this.#key = Symbol(name)
  }

  get(object: K): V | undefined {
    const own = (object as { readonly [key: symbol]: V | undefined })[this.#key]
    return own ?? this.#others.get(object)
  }

  set(object: K, value: V): void {
    const hidden = { value, configurable: true, writable: true, enumerable: false }
    if (!Reflect.defineProperty(object, this.#key, hidden)) this.#others.set(object, value)
  }
}
