/** What the tests of the adapters share: both Expresses, and a gateway that keeps what it is told. */
import express from 'express'
import express4 from 'express4'
import { createGateway, type ExchangeRecord, type Gateway, type GatewayDefinition } from 'postern'
import { expect, vi } from 'vitest'
import { pause } from '../sockets.js'

export * from '../sockets.js'

export const EXPRESSES: readonly { readonly name: string; readonly express: typeof express }[] = [
  { name: 'Express 5', express },
  { name: 'Express 4', express: express4 },
]

export interface Guard {
  readonly gateway: Gateway
  readonly records: ExchangeRecord[]
  readonly errors: unknown[]
  /** The records, once there are as many. */
  recorded(count: number): Promise<readonly ExchangeRecord[]>
  /** The one record, once it is there; it stays the only one. */
  record(): Promise<ExchangeRecord>
}

/** A gateway that keeps its records and errors. */
export function guard(definition: Partial<GatewayDefinition> & Pick<GatewayDefinition, 'routes'>): Guard {
  const records: ExchangeRecord[] = []
  const errors: unknown[] = []
  const gateway = createGateway<string, string, string>({
    onRecord: (record) => records.push(record),
    onError: (error) => errors.push(error),
    ...definition,
  })
  const recorded = async (count: number) => {
    await vi.waitFor(() => expect(records.length).toBeGreaterThanOrEqual(count), { timeout: 4000 })
    await pause(20)
    expect(records).toHaveLength(count)
    return records
  }
  const record = async () => {
    const [first] = await recorded(1)
    if (first === undefined) throw new Error('no record')
    return first
  }
  return { gateway, records, errors, recorded, record }
}
