/**
 * A bounded table that forgets what was not asked for lately. Two generations: what is new goes to the young one,
 * what is found in the old one comes back; once the young one has its share the old one is let go as a whole. So
 * nothing is moved or deleted at a look-up, which is what a request does of all things most often.
 */
export class Recent<K, V> {
  readonly #share: number
  #young = new Map<K, V>()
  #old = new Map<K, V>()

  /** @param most entries at most; the last half as many that were used are there for certain */
  constructor(most: number) {
    this.#share = Math.ceil(most / 2)
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key)
    if (young !== undefined || this.#old.size === 0) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: K, value: V): void {
    if (this.#young.size >= this.#share) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }
}
