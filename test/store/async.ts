import type { Counters, Records } from '../../src/store/contract.js'

/** The same counters, as if they were far away. */
export function asyncCounters(counters: Counters): Counters {
  const later = <A extends unknown[], T>(ask: (...args: A) => T) => {
    return async (...args: A): Promise<Awaited<T>> => {
      await Promise.resolve()
      return await ask(...args)
    }
  }
  return {
    counter: (...args) => counters.counter(...args),
    take: later((...args: Parameters<Counters['take']>) => counters.take(...args)),
    usage: later((...args: Parameters<Counters['usage']>) => counters.usage(...args)),
    setRemaining: later((...args: Parameters<Counters['setRemaining']>) => counters.setRemaining(...args)),
    forget: later((...args: Parameters<Counters['forget']>) => counters.forget(...args)),
  }
}

export function asyncRecords(records: Records): Records {
  return {
    get: async (...args) => records.get(...args),
    put: async (...args) => records.put(...args),
    write: async (...args) => records.write(...args),
    list: async (...args) => records.list(...args),
  }
}
