/** Which addresses are private: nobody on the internet can be behind them. */
import { BlockList, isIP } from 'node:net'

/** As the registries of special-purpose addresses have them (RFC 6890): loopback, private, shared, link-local, unique local. */
const SUBNETS = [
  ['127.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
] as const

const PRIVATE = new BlockList()
for (const [network, prefix, family] of SUBNETS) PRIVATE.addSubnet(network, prefix, family)

/** Whether an address is private; an IPv4 one may be written as IPv6: `::ffff:10.0.0.1`. */
export function isPrivate(address: string): boolean {
  const plain = address.replace(/%.*$/, '')
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1] ?? plain
  const family = isIP(mapped)
  return family !== 0 && PRIVATE.check(mapped, family === 4 ? 'ipv4' : 'ipv6')
}

/** A host of a URL that is an address, and a public one. @param hostname IPv6 in brackets, as `URL` has it */
export function isPublicAddress(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '')
  return isIP(address) !== 0 && !isPrivate(address)
}
