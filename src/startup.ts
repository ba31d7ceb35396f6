/** What is otherwise in Cloudflare's workers. */
const IN_WORKER =
  (Reflect.get(globalThis, 'navigator') as { userAgent?: string } | undefined)?.userAgent ===
  'Cloudflare-Workers'

/**
 * Whether code can be made of schemas while the process starts alone: what elsewhere waits until it is asked for is
 * compiled with the definition then.
 */
export const COMPILES_AT_START = IN_WORKER

/** Whether requests can share their timers: there each belongs to the request that has set it, and tells no other. */
export const SHARES_TIMERS = !IN_WORKER
