/** The bytes of an answer, as they are kept. */
import { isAscii } from 'node:buffer'
import { fieldOf } from '../answer.js'
import { nodeCrypto } from '../crypto.js'

export type Body = string | Uint8Array

/** Node sends a text in one piece with its head, which is the faster way for what is small. */
const SHORT = 65_536

/** @param size of all pieces together */
export function bodyOf(chunks: readonly Uint8Array[], size: number): Body {
  // Of its own memory: a slice of Node's pool would keep all of that alive.
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return size <= SHORT && isAscii(bytes) ? Buffer.from(bytes.buffer).toString('latin1') : bytes
}

/** An `ETag` for what had none: the same for the same bytes of the same kind, and for nothing else. */
export function tagOf(headers: readonly string[], body: Body): string {
  const hash = nodeCrypto().createHash('sha256')
  for (const name of ['content-type', 'content-encoding', 'content-language']) {
    hash.update(`${fieldOf(headers, name) ?? ''}\n`)
  }
  return `"${hash.update(body).digest('base64url').slice(0, 27)}"`
}
