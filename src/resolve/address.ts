/** Who is at the other end: addresses, and which of them are proxies whose word is taken. */
import ipaddr from 'ipaddr.js'

type Address = ReturnType<typeof ipaddr.process>
type Block = readonly [network: Address, bits: number]

/** An address, and what the gateway makes of it. */
export interface Peer {
  /** IPv4, also where it came mapped into IPv6; IPv6 as RFC 5952 writes it, without its zone. */
  readonly address: string
  /** What stands for it in limits: IPv4 itself; of IPv6 the /64, as every customer has at least that many. */
  readonly limitKey: string
  readonly loopback: boolean
  /** Whether it is a proxy whose forwarding headers are believed. */
  readonly trusted: boolean
}

const LOOPBACK: readonly string[] = ['127.0.0.0/8', '::1']

/** Addresses remembered, so that they need not be parsed again. */
const MOST_KNOWN = 4096
/** No address is longer, but for a zone. */
const LONGEST = 64

/** An address in its one spelling; `undefined` for what is none. */
export function normalizeAddress(text: string): string | undefined {
  // Not 127.1 or 0177.0.0.1: what proxies write is in four decimal parts, and other readers differ about the rest.
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return text
  if (!text.includes(':') || !ipaddr.IPv6.isValid(text)) return undefined
  const address = ipaddr.IPv6.parse(text)
  if (address.isIPv4MappedAddress()) return address.toIPv4Address().toString()
  return new ipaddr.IPv6(address.parts).toRFC5952String()
}

/** What is wrong with an entry of `trustProxy`. */
export function addressFault(text: string): string | undefined {
  if (text === 'loopback' || blockOf(text) !== undefined) return undefined
  return `'${text}' is neither an address nor a CIDR block nor 'loopback'`
}

/** What is known of addresses: the caller's, and those of proxies. */
export class Addresses {
  readonly #trusted: readonly Block[]
  readonly #known = new Map<string, Peer>()

  /**
   * @param trustProxy addresses, CIDR blocks, `'loopback'`
   * @throws TypeError for anything else
   */
  constructor(trustProxy: readonly string[]) {
    this.#trusted = trustProxy.flatMap((text) => (text === 'loopback' ? LOOPBACK : [text])).map(trustedBlock)
  }

  /** What is known of an address as a socket gives it; what is none stands for itself, and is not trusted. */
  peer(text: string): Peer {
    return this.find(text) ?? { address: text, limitKey: text, loopback: false, trusted: false }
  }

  /** The same, for text that may be anything. */
  find(text: string): Peer | undefined {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const address = normalizeAddress(text)
    if (address === undefined) return undefined
    const peer = this.#judge(address)
    if (text.length <= LONGEST) this.#remember(text, peer)
    return peer
  }

  #judge(address: string): Peer {
    const parsed = ipaddr.parse(address)
    const loopback = parsed.range() === 'loopback'
    const trusted = this.#trusted.some(
      ([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits),
    )
    return { address, limitKey: limitKeyOf(parsed), loopback, trusted }
  }

  #remember(text: string, peer: Peer): void {
    const [oldest] = this.#known.size < MOST_KNOWN ? [] : this.#known.keys()
    if (oldest !== undefined) this.#known.delete(oldest)
    // A copy: a part of a header would keep all of the header in memory.
    this.#known.set(Buffer.from(text).toString(), peer)
  }
}

function limitKeyOf(address: Address): string {
  if (!(address instanceof ipaddr.IPv6)) return address.toString()
  return `${new ipaddr.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0]).toRFC5952String()}/64`
}

function trustedBlock(text: string): Block {
  const block = blockOf(text)
  if (block === undefined) throw new TypeError(addressFault(text))
  return block
}

function blockOf(text: string): Block | undefined {
  const [, base = text, length] = /^(.*)\/(\d{1,3})$/.exec(text) ?? []
  if (normalizeAddress(base) === undefined) return undefined
  const address = ipaddr.parse(base)
  const most = address.kind() === 'ipv4' ? 32 : 128
  const bits = length === undefined ? most : Number(length)
  if (bits > most) return undefined
  const mapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96
  return mapped ? [address.toIPv4Address(), bits - 96] : [address, bits]
}

/** Whether a `Host` header names this machine, as browsers see it. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/:\d{1,5}$/, '')
  if (name === 'localhost' || /^[a-z0-9.-]+\.localhost$/.test(name)) return true
  const address = normalizeAddress(/^\[(.*)\]$/.exec(name)?.[1] ?? name)
  return address === '::1' || (address?.startsWith('127.') ?? false)
}
