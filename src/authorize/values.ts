/** What values of conditions mean. `undefined` for a text that means none. */
import ipaddr from 'ipaddr.js'

/** An integer or a decimal. */
export function numberOf(text: string): number | undefined {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(text) ? Number(text) : undefined
}

const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?)?)?$/

/**
 * ms since the epoch: of one of W3C's forms of ISO 8601, or of seconds since the epoch. Four digits are a year.
 *
 * @see https://www.w3.org/TR/NOTE-datetime
 */
export function dateOf(text: string): number | undefined {
  const [given, year, month, day] = DATE.exec(text) ?? []
  if (given === undefined) return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : undefined
  const time = Date.parse(given)
  // `Date` takes the 30th of February for the 1st of March.
  const days = new Date(Date.UTC(Number(year), Number(month ?? 1), 0)).getUTCDate()
  return Number.isNaN(time) || Number(day ?? 1) > days ? undefined : time
}

export function booleanOf(text: string): boolean | undefined {
  const lower = text.toLowerCase()
  return lower === 'true' ? true : lower === 'false' ? false : undefined
}

/** Base64 with its padding, in its one spelling. */
export function binaryOf(text: string): string | undefined {
  const canonical = Buffer.from(text, 'base64').toString('base64')
  return canonical === text ? canonical : undefined
}

/** IPv4, also where it is mapped into IPv6: one number. IPv6: eight parts. */
export type Address = number | readonly number[]

/** Addresses from `base` on that have its first `bits`. */
export interface Block {
  readonly base: Address
  readonly bits: number
}

export function addressOf(text: string): Address | undefined {
  return text.includes(':') ? ipv6(text) : ipv4(text)
}

/** An address, or a block in CIDR notation. */
export function blockOf(text: string): Block | undefined {
  const [, given = text, length] = /^([^/]*)\/(\d{1,3})$/.exec(text) ?? []
  const base = addressOf(given)
  if (base === undefined) return undefined
  const whole = given.includes(':') ? 128 : 32
  const bits = length === undefined ? whole : Number(length)
  if (bits > whole) return undefined
  if (typeof base !== 'number' || whole === 32) return { base, bits }
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8.
  return bits < 96 ? undefined : { base, bits: bits - 96 }
}

export function within(address: Address, { base, bits }: Block): boolean {
  if (typeof address === 'number' || typeof base === 'number') {
    return (
      typeof address === typeof base && (bits === 0 || (Number(address) ^ Number(base)) >>> (32 - bits) === 0)
    )
  }
  return base.every((part, index) => {
    const left = bits - index * 16
    return left <= 0 || ((part ^ (address[index] ?? 0)) & (left >= 16 ? 0xffff : 0xffff << (16 - left))) === 0
  })
}

/** Four decimal parts and nothing else: readers differ about 127.1 and 010.0.0.1. */
function ipv4(text: string): number | undefined {
  let address = 0
  let part = -1
  let parts = 0
  for (let at = 0; at <= text.length; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit >= 0 && digit <= 9 && part !== 0) part = Math.max(part, 0) * 10 + digit
    else if (part >= 0 && part <= 255 && (at === text.length ? parts === 3 : digit === -2)) {
      address = address * 256 + part
      parts++
      part = -1
    } else return undefined
  }
  return address
}

function ipv6(text: string): Address | undefined {
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined
  const address = ipaddr.IPv6.parse(text)
  return address.isIPv4MappedAddress() ? ipv4(address.toIPv4Address().toString()) : address.parts
}
