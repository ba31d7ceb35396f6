/** What outlives a module that is loaded again. */
import { type MemoryStore, memoryStore } from '../src/store/memory.js'

const KEY = Symbol.for('postern.stores')

/**
 * Counters and API keys that are the same wherever in this process the module is loaded: Next bundles it anew for
 * `proxy.ts`, route handlers and `pages/api`, and loads it again when a file changes in development. Gone when the
 * process ends.
 *
 * @param name one for each gateway
 *
 * @example
 * const gateway = createGateway({ routes, store: sharedStore('pets') })
 */
export function sharedStore(name: string): MemoryStore {
  const shared = globalThis as { [KEY]?: Map<string, MemoryStore> }
  shared[KEY] ??= new Map()
  const store = shared[KEY].get(name) ?? memoryStore()
  shared[KEY].set(name, store)
  return store
}
