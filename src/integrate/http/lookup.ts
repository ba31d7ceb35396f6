/** Names that must lead to private addresses. */
import { type LookupAddress, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isPrivate } from './private.js'

/** Looks a name up as ever, and fails where any of its addresses is a public one: nothing is sent to it then. */
export const lookupPrivate: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, found: string | LookupAddress[], family) => {
    const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address)
    const stray = addresses.find((address) => !isPrivate(address))
    if (error !== null || stray === undefined) return callback(error, found, family)
    callback(new Error(`'${hostname}' leads to ${stray}, which is no private address`), '', 0)
  })
}
