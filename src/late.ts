/** What is made when something first asks for it. */
export class Late<T> {
  #made: { readonly value: T } | undefined

  constructor(readonly make: () => T) {}

  get value(): T {
    this.#made ??= { value: this.make() }
    return this.#made.value
  }

  /** `undefined` where nothing has asked for it. */
  get made(): T | undefined {
    return this.#made?.value
  }
}
