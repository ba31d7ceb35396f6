/**
 * Whether code can be made of schemas while the process starts alone, as in Cloudflare's workers: what elsewhere waits
 * until it is asked for is compiled with the definition then.
 */
export const COMPILES_AT_START =
  (Reflect.get(globalThis, 'navigator') as { userAgent?: string } | undefined)?.userAgent ===
  'Cloudflare-Workers'
