/** The names of a template: its variables, which have places while it is rendered, and its macros. */
import type { Emit } from './run.js'

export class Scope {
  readonly names: string[]
  readonly macros = new Map<string, Macro>()
  readonly #slots: Map<string, number>

  constructor(own: readonly string[]) {
    this.names = [...own]
    this.#slots = new Map(own.map((name, slot) => [name, slot]))
  }

  slot(name: string): number {
    let slot = this.#slots.get(name)
    if (slot === undefined) {
      slot = this.names.length
      this.names.push(name)
      this.#slots.set(name, slot)
    }
    return slot
  }
}

/** What `#macro` has defined. */
export interface Macro {
  readonly slots: readonly number[]
  emit: Emit
}
