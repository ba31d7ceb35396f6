/** Which addresses are private: nobody on the internet can be behind them. */
import ipaddr from 'ipaddr.js'

/** Of the registries of special-purpose addresses (RFC 6890). */
const PRIVATE: ReadonlySet<string> = new Set([
  ...['loopback', 'private', 'carrierGradeNat', 'linkLocal', 'uniqueLocal'],
])

/** Whether an address is private; an IPv4 one may be written as IPv6: `::ffff:10.0.0.1`. */
export function isPrivate(address: string): boolean {
  const plain = address.replace(/%.*$/, '')
  return ipaddr.isValid(plain) && PRIVATE.has(ipaddr.process(plain).range())
}

/** A host of a URL that is an address, and a public one. @param hostname IPv6 in brackets, as `URL` has it */
export function isPublicAddress(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '')
  return ipaddr.isValid(address) && !isPrivate(address)
}
