/** Node's crypto, loaded with the first gateway: an import for a type, a route or a test's clock does not wait for it. */

import type * as crypto from 'node:crypto'

let loaded: typeof crypto | undefined

export function nodeCrypto(): typeof crypto {
  loaded ??= process.getBuiltinModule('node:crypto')
  return loaded
}
