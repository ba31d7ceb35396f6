/** What is checked of every request before anything else: its bounds, and who is at the other end. */
import type { CompleteLimits } from '../complete.js'
import type { ProxyHeader, Runtime } from '../definition.js'
import { type Exchange, Refusal } from '../exchange.js'
import { Addresses, isLoopbackHost, type Peer } from './address.js'
import { forwardedClient } from './forwarded.js'

/** What one pass over the header fields finds. */
interface Fields {
  readonly bytes: number
  readonly hosts: number
  /** The value of `Host`, where it is there. */
  readonly host: string | undefined
  /** The value of `Content-Length`. */
  readonly length: string | undefined
  /** Whether anything says that a proxy was on the way. */
  readonly forwarded: boolean
}

const MOST_HOSTS = 64

export class Endpoint {
  readonly httpsOnly: boolean
  readonly #limits: CompleteLimits
  readonly #addresses: Addresses
  readonly #proxyHeader: ProxyHeader | undefined
  readonly #report: (error: Error) => void
  readonly #loopback = new Map<string, boolean>()
  /** The host of the request before, which most have in common: a header's text has no hash yet, to be looked up by. */
  #lastHost = ''
  #wasLoopback = false
  /** What was reported already. */
  readonly #warned = new Set<string>()

  /** @param report told once of a proxy that is not trusted */
  constructor(limits: CompleteLimits, runtime: Runtime, report: (error: Error) => void) {
    this.httpsOnly = runtime.httpsOnly ?? true
    this.#limits = limits
    this.#addresses = new Addresses(runtime.trustProxy ?? [])
    this.#proxyHeader = runtime.proxyHeader
    this.#report = report
  }

  /** Fills in the caller's address, host and transport; a refusal where the request is out of bounds. */
  check(exchange: Exchange): Refusal | undefined {
    const { request } = exchange
    const { target, headers, body } = this.#limits
    if (request.target.length > target)
      return new Refusal('TARGET_TOO_LONG', `longer than ${target} characters`)
    const fields = scan(request.rawHeaders())
    if (fields.bytes > headers) return new Refusal('HEADERS_TOO_LARGE', `more than ${headers} bytes`)
    if (fields.hosts > 1) return new Refusal('MALFORMED_TARGET', 'more than one Host header')
    if (fields.length !== undefined) {
      exchange.announced = Number(fields.length) || 0
      if (exchange.announced > body)
        return new Refusal('REQUEST_TOO_LARGE', `a body of more than ${body} bytes`)
    }
    return this.#locate(exchange, fields)
  }

  #locate(exchange: Exchange, { forwarded, host }: Fields): Refusal | undefined {
    const { request } = exchange
    let peer = this.#addresses.peer(request.peer)
    exchange.proxied = peer.trusted
    if (peer.trusted && forwarded) {
      const header = (name: string) => request.header(name)
      const client = forwardedClient(this.#addresses, peer, header, this.#proxyHeader)
      if (typeof client === 'string') return this.#unknownCaller(client)
      exchange.proxyHeader = this.#proxyHeader
      exchange.secure = client.protocol === undefined ? request.encrypted : client.protocol === 'https'
      peer = client.peer
    } else if (peer.loopback && forwarded) return this.#untrustedProxy()
    else if (peer.loopback && this.#isLoopback(host ?? request.header('host') ?? '')) exchange.secure = true
    this.#place(exchange, peer)
    return undefined
  }

  #place(exchange: Exchange, { address, limitKey }: Peer): void {
    exchange.sourceIp = address
    exchange.sourceKey = limitKey
  }

  /** The same few hosts are asked for again and again. */
  #isLoopback(host: string): boolean {
    if (host !== this.#lastHost) {
      this.#wasLoopback = this.#lookUp(host)
      this.#lastHost = host
    }
    return this.#wasLoopback
  }

  #lookUp(host: string): boolean {
    const known = this.#loopback.get(host)
    if (known !== undefined) return known
    if (this.#loopback.size >= MOST_HOSTS) this.#loopback.clear()
    const loopback = isLoopbackHost(host)
    this.#loopback.set(host, loopback)
    return loopback
  }

  #unknownCaller(words: string): Refusal {
    this.#warn('unknown', words)
    return new Refusal('MALFORMED_TARGET', words)
  }

  /** Once: callers can bring it about again and again. */
  #warn(what: string, words: string): void {
    if (!this.#warned.has(what)) this.#report(new Error(words))
    this.#warned.add(what)
  }

  /** A proxy on this machine would otherwise make everybody local, and secure. */
  #untrustedProxy(): Refusal {
    const words =
      "a proxy on this machine forwards requests, but is not trusted: give `trustProxy: ['loopback']` to " +
      'createGateway where it sets X-Forwarded-For and X-Forwarded-Proto by itself'
    this.#warn('untrusted', words)
    return new Refusal('API_CONFIGURATION_ERROR', words)
  }
}

const FORWARDING = /^(?:forwarded|via|x-forwarded-.*|x-real-ip)$/i

/** Whether a name could be one of those that are looked for, by a letter or two of it, of either case, and its length. */
function isWorthALook(name: string): boolean {
  switch (name.charCodeAt(0) | 0x20) {
    case 0x78: // x: x-forwarded-…, x-real-ip
      return (name.charCodeAt(2) | 0x20) === 0x66 || (name.charCodeAt(2) | 0x20) === 0x72
    case 0x66: // f: forwarded
    case 0x76: // v: via
    case 0x68: // h: host
      return true
    case 0x63: // c: content-length
      return name.length === CONTENT_LENGTH.length
    default:
      return false
  }
}

const CONTENT_LENGTH = 'content-length'

/** One pass instead of a look-up by each name. */
function scan(fields: readonly string[]): Fields {
  let bytes = 0
  let hosts = 0
  let host: string | undefined
  let length: string | undefined
  let forwarded = false
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? ''
    const value = fields[index + 1] ?? ''
    bytes += name.length + value.length
    if (!isWorthALook(name)) continue
    if (name === 'Host' || name === 'host' || (name.length === 4 && name.toLowerCase() === 'host')) {
      hosts++
      host = value
    } else if (name.length === CONTENT_LENGTH.length && name.toLowerCase() === CONTENT_LENGTH) length = value
    else if (FORWARDING.test(name)) forwarded = true
  }
  return { bytes, hosts, host, length, forwarded }
}
