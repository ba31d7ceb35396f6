/** Where keys are kept, and found by their digests. */
import type { Clock } from '../../clock.js'
import type { KeyRecord } from '../../definition.js'
import type { Json, Records } from '../../store/contract.js'
import { changesOf, DIGESTS, KEYS, type KeyChange, keyRecord, type StoredKey, storedKey } from './record.js'

/** Read at once where many are read. */
const BATCH = 500

export class KeyShelf {
  readonly #records: Records
  readonly #onChange: (id: string) => void
  /** Keys, as far as this process knows: to count ten thousand for each new one would take longer than to make it. */
  #count: number | undefined

  constructor(records: Records, onChange: (id: string) => void) {
    this.#records = records
    this.#onChange = onChange
  }

  /** For the data plane: without a promise where the records are without, and without a look at the clock for a guess. */
  find(digest: string, clock: Clock): KeyRecord | undefined | Promise<KeyRecord | undefined> {
    return whenThere(this.#records.get(DIGESTS, digest), (id) =>
      whenThere(this.#records.get(KEYS, String(id)), (key) => keyRecord(storedKey(key), digest, clock.now())),
    )
  }

  /** The id of the key that this digest belongs to, or belonged to until it was last changed. */
  async owner(digest: string): Promise<string | undefined> {
    const id = await this.#records.get(DIGESTS, digest)
    return id === undefined ? undefined : String(id)
  }

  async get(id: string): Promise<StoredKey | undefined> {
    const key = await this.#records.get(KEYS, id)
    return key === undefined ? undefined : storedKey(key)
  }

  /** By id, those after that one. */
  async *each(after = ''): AsyncGenerator<StoredKey> {
    for (let last: string | undefined = after; last !== undefined; ) {
      const batch = await this.#records.list(KEYS, last, BATCH)
      for (const { value } of batch) yield storedKey(value)
      last = batch.length < BATCH ? undefined : batch.at(-1)?.id
    }
  }

  /** How many there are, counting no further than that. Counted anew once there seem to be so many. */
  async count(most: number): Promise<number> {
    if (this.#count === undefined || this.#count >= most) {
      this.#count = (await this.#records.list(KEYS, '', most)).length
    }
    return this.#count
  }

  /** All of it or nothing. Whoever remembers these keys is told even when it is unknown what was written. */
  async write(changes: readonly KeyChange[]): Promise<void> {
    const known = this.#count
    this.#count = undefined
    try {
      await this.#records.write(changes.flatMap(changesOf))
      this.#count =
        known === undefined ? undefined : known + changes.reduce((sum, each) => sum + growth(each), 0)
    } finally {
      for (const { before, after } of changes) this.#onChange(after?.id ?? before?.id ?? '')
    }
  }
}

function growth({ before, after }: KeyChange): number {
  return (after === undefined ? 0 : 1) - (before === undefined ? 0 : 1)
}

type Found<T> = T | undefined | Promise<T | undefined>

function whenThere<T>(value: Found<Json>, next: (value: Json) => Found<T>): Found<T> {
  if (value instanceof Promise) return value.then((each) => (each === undefined ? undefined : next(each)))
  return value === undefined ? undefined : next(value)
}
