/** Records in this process's memory. */
import type { Change, Entry, Json, Records } from './contract.js'

/** `memoryStore().records` */
export class MemoryRecords implements Records {
  readonly #kinds = new Map<string, Kind>()

  get(kind: string, id: string): Json | undefined {
    return this.#kinds.get(kind)?.get(id)
  }

  put(kind: string, id: string, value: Json): void {
    this.write([{ kind, id, value }])
  }

  /** @throws DataCloneError when a value is no JSON; then nothing was written. */
  write(changes: readonly Change[]): void {
    const copies = changes.map(({ kind, id, value }) => ({ kind, id, value: frozenCopy(value) }))
    for (const { kind, id, value } of copies) this.#kind(kind).set(id, value)
  }

  list(kind: string, after: string, limit: number): readonly Entry[] {
    return this.#kinds.get(kind)?.list(after, limit) ?? []
  }

  #kind(name: string): Kind {
    const kind = this.#kinds.get(name) ?? new Kind()
    this.#kinds.set(name, kind)
    return kind
  }
}

/** So many ids of records that are gone are not worth looking for. */
const FEW = 1_000

/** The records of one kind. */
class Kind {
  readonly #values = new Map<string, Json>()
  /** Sorted when it was last listed, `#added` since then appended: nearly sorted is quickly sorted. */
  #ids: string[] = []
  #added: string[] = []
  #removed = false

  get(id: string): Json | undefined {
    return this.#values.get(id)
  }

  set(id: string, value: Json | undefined): void {
    if (value === undefined) {
      this.#removed = this.#values.delete(id) || this.#removed
      // Nobody may ever list what comes and goes.
      if (this.#ids.length + this.#added.length > 2 * this.#values.size + FEW) this.#sort()
      return
    }
    if (!this.#values.has(id)) this.#added.push(id)
    this.#values.set(id, value)
  }

  list(after: string, limit: number): Entry[] {
    this.#sort()
    const entries: Entry[] = []
    for (let at = this.#firstAfter(after); entries.length < limit && at < this.#ids.length; at++) {
      const id = this.#ids[at] ?? ''
      const value = this.#values.get(id)
      if (value !== undefined) entries.push({ id, value })
    }
    return entries
  }

  #sort(): void {
    if (this.#added.length === 0 && !this.#removed) return
    // One that was deleted and put again stands in both.
    const all = this.#removed ? new Set(this.#ids.concat(this.#added)) : this.#ids.concat(this.#added)
    this.#ids = [...all].filter((id) => this.#values.has(id)).sort()
    this.#added = []
    this.#removed = false
  }

  #firstAfter(id: string): number {
    let low = 0
    let high = this.#ids.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#ids[middle] ?? '') <= id) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Neither who gave a value nor who is given it can change the record. */
function frozenCopy(value: Json | undefined): Json | undefined {
  return freeze(structuredClone(value))
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const member of Object.values(value)) freeze(member)
  return value
}
