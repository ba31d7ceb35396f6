/**
 * Who stands behind trusted proxies. Headers are read from the right, where the nearest proxy wrote, and no further
 * than the first address that is not trusted: what is to the left of it is the caller's own word.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7239
 */
import type { ProxyHeader } from '../definition.js'
import type { Addresses, Peer } from './address.js'

/** The caller, as the proxies on the way have it. */
export interface ForwardedClient {
  readonly peer: Peer
  /** How the caller reached the outermost trusted proxy; `undefined` where that does not say. */
  readonly protocol: 'https' | 'http' | undefined
}

/** What one proxy says of the one who asked it. */
interface Hop {
  readonly address: string | undefined
  readonly protocol: string | undefined
}

/**
 * The caller behind a trusted peer, by `Forwarded`, or by `X-Forwarded-For` and `X-Forwarded-Proto`. Where both are
 * given and differ, one of them came from the caller, and nobody knows which.
 *
 * @param header a request's header by its lower-case name
 * @param believed the one that is looked at; `undefined`: either
 * @returns or why nobody can say who it is: to take the proxy for the caller would have callers choose to be it
 */
export function forwardedClient(
  addresses: Addresses,
  peer: Peer,
  header: (name: string) => string | undefined,
  believed?: ProxyHeader,
): ForwardedClient | string {
  const heeds = (name: ProxyHeader) => believed === undefined || believed === name
  const usual = heeds('X-Forwarded-For') ? byUsual(addresses, peer, header) : undefined
  const forwarded = heeds('Forwarded') ? header('forwarded') : undefined
  if (forwarded === undefined) return usual ?? { peer, protocol: undefined }
  const standard = walk(addresses, peer, elementsOf(forwarded))
  return usual === undefined ? standard : agreed(standard, usual)
}

function byUsual(
  addresses: Addresses,
  peer: Peer,
  header: (name: string) => string | undefined,
): ForwardedClient | string | undefined {
  const addressList = header('x-forwarded-for')
  const protocolList = header('x-forwarded-proto')
  if (addressList === undefined && protocolList === undefined) return undefined
  return walk(addresses, peer, hopsOf(addressList ?? '', protocolList ?? ''))
}

function agreed(a: ForwardedClient | string, b: ForwardedClient | string): ForwardedClient | string {
  if (typeof a === 'string' || typeof b === 'string' || a.peer.address !== b.peer.address) return DIFFERENT
  if (a.protocol === b.protocol) return a
  // What one of them alone says may be the caller's: it makes nothing secure.
  const isPlain = a.protocol === 'http' || b.protocol === 'http'
  return { peer: a.peer, protocol: isPlain ? 'http' : undefined }
}

const DIFFERENT =
  '`Forwarded` and `X-Forwarded-For` say different things of the caller: name the one that your proxies write, ' +
  "`proxyHeader: 'X-Forwarded-For'`"

function unreadable(address: string): string {
  return `the proxy writes '${address.slice(0, 100).replace(/[^!-~]/g, '?')}' where the caller's address belongs`
}

function walk(addresses: Addresses, peer: Peer, hops: Iterable<Hop>): ForwardedClient | string {
  let client = peer
  let protocol: string | undefined
  for (const hop of hops) {
    protocol = hop.protocol
    if (hop.address === undefined) break
    const named = addresses.find(withoutPort(hop.address))
    if (named === undefined) return unreadable(hop.address)
    client = named
    if (!named.trusted) break
  }
  if (protocol === undefined) return { peer: client, protocol }
  return { peer: client, protocol: /^(?:https|wss)$/i.test(protocol) ? 'https' : 'http' }
}

/** Some proxies append to `X-Forwarded-Proto`, others write one for all hops. */
function* hopsOf(addressList: string, protocolList: string): Iterable<Hop> {
  const protocols = [...fromRight(protocolList, ',')]
  const protocolAt = (index: number) => protocols[Math.min(index, protocols.length - 1)]
  let index = 0
  for (const address of fromRight(addressList, ',')) yield { address, protocol: protocolAt(index++) }
  if (index === 0) yield { address: undefined, protocol: protocolAt(0) }
}

/** The elements of `Forwarded`: `for="[2001:db8::1]:4711";proto=https` */
function* elementsOf(list: string): Iterable<Hop> {
  for (const element of fromRight(list, ',')) {
    const pairs = new Map<string, string>()
    for (const pair of fromRight(element, ';')) {
      const [, name, quoted, token = ''] = /^([^=\s]+)=(?:"([^"]*)"|([^"]*))$/.exec(pair) ?? []
      // What cannot be read may have been the address.
      if (name === undefined) pairs.set('for', pair)
      else pairs.set(name.toLowerCase(), quoted ?? token)
    }
    yield { address: pairs.get('for'), protocol: pairs.get('proto') }
  }
}

/**
 * The parts of a list, the last one first; empty ones left out. A quote that a caller left open cannot swallow what
 * a proxy appended, as quotes are matched from the right, too.
 */
function* fromRight(list: string, separator: string): Iterable<string> {
  let end = list.length
  let quoted = false
  for (let at = list.length - 1; at >= -1; at--) {
    if (list[at] === '"') quoted = !quoted
    if (at >= 0 && (quoted || list[at] !== separator)) continue
    const part = list.slice(at + 1, end).trim()
    if (part !== '') yield part
    end = at
  }
}

/** `192.0.2.1:4711`, `[2001:db8::1]:4711` */
function withoutPort(node: string): string {
  const [, bracketed, plain] = /^(?:\[(.*)\]|([\d.]+))(?::\d{1,5})?$/.exec(node) ?? []
  return bracketed ?? plain ?? node
}
