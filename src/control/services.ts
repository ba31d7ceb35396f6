/** What the control plane and the data plane share: the store, made safe, and who is found by which key. */
import { authorizing, caching } from '#parts'
import type { Authorizers } from '../authorize/authorize.js'
import type { Caches } from '../cache/cache.js'
import { type Clock, milliseconds } from '../clock.js'
import type { Complete } from '../complete.js'
import type { Runtime } from '../definition.js'
import { Clients } from '../enforce/clients.js'
import { Late } from '../late.js'
import type { Counters } from '../store/contract.js'
import { guarded, guardedRecords } from '../store/guarded.js'
import { memoryStore } from '../store/memory.js'
import { ApiKeys } from './keys.js'
import { LastingServices } from './lasting.js'
import { UsageControl } from './usage.js'

export interface Services {
  readonly clock: Clock
  readonly counters: Counters
  readonly clients: Clients
  readonly authorizers: Late<Authorizers>
  readonly caches: Late<Caches>
  readonly report: (error: unknown) => void
  /** Whether callers who sign can be found. */
  readonly signed: boolean
  /** Whether there are proxies to be believed. */
  readonly proxied: boolean
  readonly httpsOnly: boolean
  /** `undefined` where the user keeps them. */
  readonly keys: ApiKeys | undefined
  readonly usage: UsageControl
  readonly onRefusal: Runtime['onRefusal']
  readonly random: () => number
  readonly lasting: LastingServices
}

/** Of the runtime, with what has a default here. */
export interface ServiceRuntime extends Runtime {
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** What services ask of the state that changes. */
export interface Questions {
  readonly front: Pick<Complete, 'api' | 'region' | 'accountId' | 'limits'>
  stagesOf(plan: string): Iterable<string>
}

const STORE_TIMEOUT = 250

export function createServices(runtime: ServiceRuntime, { front, stagesOf }: Questions): Services {
  const { clock, keys: own, onError, onRefusal, credentials, conditionKeys } = runtime
  const { api, limits } = front
  const timeout = milliseconds(runtime.storeTimeout ?? STORE_TIMEOUT)
  const local = memoryStore()
  const store = runtime.store ?? local
  const whenStoreFails = runtime.whenStoreFails ?? 'local'
  const safe = (whenStoreFails: 'local' | 'refuse' | 'admit') =>
    store === local
      ? local.counters
      : guarded(store.counters, local.counters, { clock, whenStoreFails, timeout, onError })
  const counters = safe(whenStoreFails)
  const records = store === local ? local.records : guardedRecords(store.records, { timeout })

  const apiKeys = new ApiKeys(records, {
    clock,
    most: limits.keys,
    stagesOf,
    areOurs: store === local,
    onChange: () => clients.forget(),
  })
  const kept = own === undefined ? apiKeys : undefined
  const clients = new Clients(own ?? apiKeys, store === local ? kept : undefined, timeout, onError)
  const known = { clock, ...front, bodyLimit: limits.body, timeout, report: onError }
  return {
    clock,
    counters,
    clients,
    authorizers: new Late(() => {
      const { Authorizers } = authorizing()
      return new Authorizers({ ...known, credentials, conditionKeys, counters: safe('refuse') })
    }),
    caches: new Late(() => {
      const { Caches } = caching()
      return new Caches({ clock, report: onError, answers: runtime.store?.answers, api, timeout })
    }),
    report: onError,
    signed: credentials !== undefined,
    proxied: runtime.trustProxy !== undefined,
    httpsOnly: runtime.httpsOnly ?? true,
    onRefusal,
    random: runtime.random ?? Math.random,
    lasting: new LastingServices(),
    keys: kept,
    usage: new UsageControl(api, clock, counters, kept),
  }
}
