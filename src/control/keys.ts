/** API keys: made, changed, rotated and found. Only digests of their values are kept. */
import type { Clock } from '../clock.js'
import { nodeCrypto } from '../crypto.js'
import type { KeyRecord, KeySource } from '../definition.js'
import { digestApiKey } from '../digest.js'
import { PosternError } from '../errors.js'
import type { Records } from '../store/contract.js'
import { type ImportWarning, readKeyRows, writeKeyRows } from './keys/csv.js'
import { planImport } from './keys/import.js'
import { type KeyInput, type KeyPatch, readId, readKey, readPatch, readRotation } from './keys/input.js'
import type { ApiKeysOptions, Imported, ImportOptions, RotationOptions } from './keys/options.js'
import { type KeyPage, type KeyQuery, readQuery } from './keys/page.js'
import { agreeOnStages, type StagesOf } from './keys/plans.js'
import { type RandomBytes, randomId, randomValue } from './keys/random.js'
import {
  type ApiKey,
  apiKey,
  blankKey,
  changedKey,
  type NewApiKey,
  rotatedKey,
  type StoredKey,
} from './keys/record.js'
import { KeyShelf } from './keys/shelf.js'
import { Sieve } from './keys/sieve.js'

export type {
  ApiKey,
  ApiKeysOptions,
  Imported,
  ImportOptions,
  ImportWarning,
  KeyInput,
  KeyPage,
  KeyPatch,
  KeyQuery,
  NewApiKey,
  RotationOptions,
}

const ID = /^[\w-]{1,128}$/

/** The rows that a file may have, however few keys there may be. */
const LEAST_ROWS = 10_000

/** The API keys of a gateway. Changes in one process happen one after another. */
export class ApiKeys implements KeySource {
  readonly #shelf: KeyShelf
  readonly #clock: Clock
  readonly #most: number
  readonly #stagesOf: StagesOf
  readonly #ids: () => string
  readonly #bytes: RandomBytes
  /** `undefined` where others write keys, too. */
  readonly #sieve: Sieve | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(
    records: Records,
    { clock, most, stagesOf, onChange, ids, areOurs, bytes = nodeCrypto().randomBytes }: ApiKeysOptions,
  ) {
    this.#shelf = new KeyShelf(records, onChange ?? (() => {}))
    this.#clock = clock
    this.#most = most
    this.#stagesOf = stagesOf
    this.#ids = ids ?? (() => randomId(bytes))
    this.#bytes = bytes
    this.#sieve = areOurs ? new Sieve() : undefined
  }

  /** The key of a value, by the value's digest. Whether it is enabled and in time is for the caller to see. */
  find(digest: string): KeyRecord | undefined | Promise<KeyRecord | undefined> {
    return this.#shelf.find(digest, this.#clock)
  }

  /** Whether {@link find} may find a key of this value: asked for less than its digest costs. */
  mayHave(value: string): boolean {
    return this.#sieve?.passes(value) ?? true
  }

  /**
   * A new key. Its value is given back here and never again.
   *
   * @throws PosternError `KEY_INVALID`, `KEY_EXISTS`, `PLAN_UNKNOWN`, `PLAN_CONFLICT`, `LIMIT_REACHED`
   */
  async create(input: KeyInput): Promise<NewApiKey> {
    const { value = randomValue(this.#bytes), ...fields } = readKey(input)
    return this.#alone(async () => {
      agreeOnStages(fields.plans ?? [], this.#stagesOf)
      const digest = await this.#unused(value)
      if ((await this.#shelf.count(this.#most)) >= this.#most) {
        throw new PosternError(
          'LIMIT_REACHED',
          `there are ${this.#most} API keys: raise \`limits.keys\` for more`,
        )
      }
      const now = this.#clock.now()
      const after = changedKey(blankKey(await this.#newId(), digest, now), fields, now)
      this.#sieve?.add(value)
      await this.#shelf.write([{ before: undefined, after }])
      return { ...apiKey(after), value }
    })
  }

  async get(id: string): Promise<ApiKey | undefined> {
    const key = await this.#shelf.get(readId(id))
    return key && apiKey(key)
  }

  /**
   * Keys by the page, in the order of their ids: a key made meanwhile shifts none of the others.
   *
   * @throws PosternError `PAGE_INVALID`, `POSITION_INVALID`
   */
  async list(query: KeyQuery = {}): Promise<KeyPage> {
    const { limit, position, name } = readQuery(query)
    const items: ApiKey[] = []
    for await (const key of this.#shelf.each(position)) {
      if (!key.name.startsWith(name)) continue
      const last = items.at(-1)
      if (last !== undefined && items.length === limit) return { items, position: last.id }
      items.push(apiKey(key))
    }
    return { items }
  }

  /** @throws PosternError `KEY_UNKNOWN`, `KEY_INVALID`, `PLAN_UNKNOWN`, `PLAN_CONFLICT`, `LIMIT_REACHED` */
  async update(id: string, patch: KeyPatch): Promise<ApiKey> {
    const fields = readPatch(patch)
    return this.#alone(async () => {
      if (fields.plans !== undefined) agreeOnStages(fields.plans, this.#stagesOf)
      const before = await this.#known(id)
      const after = changedKey(before, fields, this.#clock.now())
      await this.#shelf.write([{ before, after }])
      return apiKey(after)
    })
  }

  /** @throws PosternError `KEY_UNKNOWN` */
  async delete(id: string): Promise<void> {
    await this.#alone(async () => {
      await this.#shelf.write([{ before: await this.#known(id), after: undefined }])
    })
  }

  /**
   * Another value for a key. Within the grace the value before it holds as well; one from an earlier rotation does not.
   *
   * @throws PosternError `KEY_UNKNOWN`, `KEY_INVALID`, `KEY_EXISTS`
   */
  async rotate(id: string, options: RotationOptions = {}): Promise<NewApiKey> {
    const { value = randomValue(this.#bytes), grace } = readRotation(options)
    return this.#alone(async () => {
      const before = await this.#known(id)
      const after = rotatedKey(before, await this.#unused(value), grace, this.#clock.now())
      this.#sieve?.add(value)
      await this.#shelf.write([{ before, after }])
      return { ...apiKey(after), value }
    })
  }

  /**
   * Keys from a CSV file as AWS has it: `Name` and `Key`, and if you like `Description`, `Enabled` and
   * `UsagePlanIds` (`"free,gold"`); beside them `ExpiresAt` and `Tags` (JSON) of our own exports. Columns go by any
   * case and order, others are ignored. A key that is there already is changed; what the file has no column for stays.
   * `sha256:<digest>` stands for a value of which only the digest is known.
   *
   * @throws PosternError `CSV_INVALID` when the file cannot be read (10 MB and 10,000 rows, or `limits.keys`, at
   *   most), or with `failOnWarnings` when any of its rows cannot be imported
   */
  async importCsv(
    csv: string | Uint8Array,
    { failOnWarnings = false }: ImportOptions = {},
  ): Promise<Imported> {
    const read = readKeyRows(csv, Math.max(LEAST_ROWS, this.#most))
    return this.#alone(async () => {
      const planned = await planImport(read.rows, this.#importScope())
      const warnings = [...read.warnings, ...planned.warnings].sort((a, b) => a.line - b.line)
      if (failOnWarnings && warnings.length > 0) {
        const lines = warnings.map(({ line, message }) => `\n  line ${line}: ${message}`)
        throw new PosternError('CSV_INVALID', `nothing was imported:${lines.join('')}`, { cause: warnings })
      }
      for (const { value } of read.rows) {
        if (value === undefined) this.#sieve?.open()
        else this.#sieve?.add(value)
      }
      await this.#shelf.write(planned.changes)
      return { ids: planned.changes.flatMap(({ after }) => after?.id ?? []), warnings }
    })
  }

  /**
   * All keys as a CSV file. Their values are not known: the column `Key` holds `sha256:` and the digest, which
   * {@link importCsv} of another gateway takes, so that callers keep their keys. AWS does not take it. Values that
   * hold only by the grace of a rotation are left out.
   */
  async exportCsv(): Promise<string> {
    const keys: StoredKey[] = []
    for await (const key of this.#shelf.each()) keys.push(key)
    return writeKeyRows(keys)
  }

  /** @throws PosternError `KEY_UNKNOWN` */
  async known(id: string): Promise<ApiKey> {
    return apiKey(await this.#known(id))
  }

  #importScope() {
    const newId = () => this.#newId()
    return { shelf: this.#shelf, stagesOf: this.#stagesOf, newId, most: this.#most, now: this.#clock.now() }
  }

  async #known(id: string): Promise<StoredKey> {
    const key = await this.#shelf.get(readId(id))
    if (key === undefined) throw new PosternError('KEY_UNKNOWN', `there is no API key with the id '${id}'`)
    return key
  }

  /** The digest of a value that no key has, nor had until a rotation. */
  async #unused(value: string): Promise<string> {
    const digest = digestApiKey(value)
    const owner = await this.#shelf.owner(digest)
    if (owner === undefined) return digest
    throw new PosternError('KEY_EXISTS', `the API key with the id '${owner}' has this value`)
  }

  async #newId(): Promise<string> {
    const id = this.#ids()
    if (!ID.test(id)) throw new PosternError('KEY_INVALID', `'${id}' is no id: letters, digits, '_' and '-'`)
    if ((await this.#shelf.get(id)) === undefined) return id
    throw new PosternError('KEY_EXISTS', `the id '${id}' is taken: the generator of ids gave it twice`)
  }

  /** One change after another: what was seen to be free stays so until it is written. */
  #alone<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#last.then(change)
    this.#last = done.catch(() => {})
    return done
  }
}
