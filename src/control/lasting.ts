/** What outlives a publish. */
import type { Closable, Lasting } from '../integration.js'

export class LastingServices implements Lasting {
  readonly #all = new Map<string, Closable>()

  get<T extends Closable>(name: string, make: () => T): T {
    const known = this.#all.get(name)
    // Whoever asks by a name made what stands there.
    if (known !== undefined) return known as T
    const made = make()
    this.#all.set(name, made)
    return made
  }

  /** Lets go of all. What is asked for afterwards is made anew. */
  async close(): Promise<void> {
    const all = [...this.#all.values()]
    this.#all.clear()
    await Promise.all(all.map((each) => each.close()))
  }
}
