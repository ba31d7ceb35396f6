import { nodeCrypto } from './crypto.js'

/** Hex in lower case, unless it is to be bytes as characters. */
export function sha256(data: string | Uint8Array, encoding: 'hex' | 'binary' = 'hex'): string {
  const { hash, createHash } = nodeCrypto()
  // Node 20.12 and 21.7 have it, and it takes a third of the other's time.
  return hash === undefined
    ? createHash('sha256').update(data).digest(encoding)
    : hash('sha256', data, encoding)
}

/**
 * What the gateway keeps of an API key, and what `keys.find` is asked by: SHA-256, hex, lower case.
 *
 * @example
 * await db.insert({ digest: digestApiKey(value), plan: 'free' })
 */
export function digestApiKey(value: string): string {
  return sha256(value)
}
