import * as crypto from 'node:crypto'

type Encoding = 'hex' | 'binary'
type Hash = (algorithm: string, data: string | Uint8Array, encoding: Encoding) => string

/** Node 20.12 and 21.7 have `hash`, and it takes a third of `createHash`'s time. */
const hash: Hash =
  crypto.hash ?? ((algorithm, data, encoding) => crypto.createHash(algorithm).update(data).digest(encoding))

/** Hex in lower case, unless it is to be bytes as characters. */
export function sha256(data: string | Uint8Array, encoding: Encoding = 'hex'): string {
  return hash('sha256', data, encoding)
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
