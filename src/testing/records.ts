/** The records of a test's gateway. */
import type { ExchangeRecord } from '../observe/record.js'

/** Is given as `onRecord`, and keeps what it was told. */
export interface KeptRecords {
  (record: ExchangeRecord): void
  /** The oldest first. */
  readonly all: readonly ExchangeRecord[]
  readonly last: ExchangeRecord | undefined
  /** Forgets them. */
  clear(): void
}

/**
 * Keeps the records of a gateway: each exchange leaves one, with what its caller is not told.
 *
 * @example
 * const kept = records()
 * const gateway = createGateway({ ...petStore, onRecord: kept })
 * await send(gateway, 'GET /nowhere')
 * kept.last?.refusal // 'RESOURCE_NOT_FOUND'
 */
export function records(): KeptRecords {
  const all: ExchangeRecord[] = []
  const keep = (record: ExchangeRecord) => {
    all.push(record)
  }
  const clear = () => {
    all.length = 0
  }
  const last = { get: () => all.at(-1), enumerable: true }
  return Object.defineProperty(Object.assign(keep, { all, clear }), 'last', last) as unknown as KeptRecords
}
