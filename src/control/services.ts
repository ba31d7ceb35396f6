/** What the control plane and the data plane share: the store, made safe, and who is found by which key. */
import { type Clock, milliseconds } from '../clock.js'
import type { Runtime } from '../definition.js'
import { Clients } from '../enforce/clients.js'
import type { Counters } from '../store/contract.js'
import { guarded, guardedRecords } from '../store/guarded.js'
import { memoryStore } from '../store/memory.js'
import { ApiKeys } from './keys.js'
import { UsageControl } from './usage.js'

export interface Services {
  readonly clock: Clock
  readonly counters: Counters
  readonly clients: Clients
  /** `undefined` where the user keeps them. */
  readonly keys: ApiKeys | undefined
  readonly usage: UsageControl
  readonly onRefusal: Runtime['onRefusal']
}

/** Of the runtime, with what has a default here. */
export interface ServiceRuntime extends Runtime {
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** What services ask of the state that changes. */
export interface Questions {
  readonly api: string
  /** Keys at most. */
  readonly most: number
  stagesOf(plan: string): Iterable<string> | undefined
}

const STORE_TIMEOUT = 250

export function createServices(runtime: ServiceRuntime, { api, most, stagesOf }: Questions): Services {
  const { clock, keys: own, onError, onRefusal } = runtime
  const timeout = milliseconds(runtime.storeTimeout ?? STORE_TIMEOUT)
  const local = memoryStore()
  const store = runtime.store ?? local
  const whenStoreFails = runtime.whenStoreFails ?? 'local'
  const counters =
    store === local
      ? local.counters
      : guarded(store.counters, local.counters, { whenStoreFails, timeout, onError })
  const records = store === local ? local.records : guardedRecords(store.records, { timeout })

  const apiKeys = new ApiKeys(records, { clock, most, stagesOf, onChange: () => clients.forget() })
  const clients = new Clients(own ?? apiKeys, timeout, onError)
  const kept = own === undefined ? apiKeys : undefined
  return {
    clock,
    counters,
    clients,
    onRefusal,
    keys: kept,
    usage: new UsageControl(api, clock, counters, kept),
  }
}
