/**
 * Reads DER, as far as certificates need it. Whatever is not DER to the letter is not read at all: bytes that mean one
 * thing here and another elsewhere would be a way in.
 *
 * @see https://www.itu.int/rec/T-REC-X.690
 */

export interface Element {
  readonly tag: number
  readonly content: Uint8Array
}

export const BOOLEAN = 0x01
export const INTEGER = 0x02
export const OCTETS = 0x04
const OID = 0x06
export const SEQUENCE = 0x30

/** What an element consists of, where it is one of that tag. */
export function inside(element: Element | undefined, tag: number): readonly Element[] | undefined {
  return element?.tag === tag ? elements(element.content) : undefined
}

/** The elements that these bytes consist of; nothing where they are something else, or more than that. */
export function elements(bytes: Uint8Array): readonly Element[] | undefined {
  const all: Element[] = []
  let at = 0
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0
    const size = sizeAt(bytes, at + 1)
    // Tags of several bytes are in no part of a certificate that is read here.
    if (size === undefined || (tag & 0x1f) === 0x1f) return undefined
    const end = size.from + size.length
    if (end > bytes.length) return undefined
    all.push({ tag, content: bytes.subarray(size.from, end) })
    at = end
  }
  return all
}

/** How long the content is, and where it begins: in as few bytes as there can be, never "until its end is marked". */
function sizeAt(
  bytes: Uint8Array,
  at: number,
): { readonly length: number; readonly from: number } | undefined {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first < 0x80) return { length: first, from: at + 1 }
  const from = at + 1 + (first & 0x7f)
  const digits = bytes.subarray(at + 1, from)
  const length = numberOf(digits)
  const fits = digits.length <= 4 && from <= bytes.length
  return fits && digits[0] !== 0 && length >= 0x80 ? { length, from } : undefined
}

/** Bytes as a whole number, the greatest first. */
export function numberOf(bytes: Uint8Array): number {
  return bytes.reduce((number, byte) => number * 256 + byte, 0)
}

/** `2.5.29.19`: seven bits a byte, of which the last one of each number has no eighth. */
export function oidOf(element: Element | undefined): string | undefined {
  const { content } = element?.tag === OID ? element : { content: new Uint8Array() }
  const numbers: number[] = []
  let number = 0
  let begins = true
  for (const byte of content) {
    // A nought in front would be another spelling of the same name.
    if (begins && byte === 0x80) return undefined
    number = number * 128 + (byte & 0x7f)
    begins = byte < 0x80
    if (!begins) continue
    numbers.push(number)
    number = 0
  }
  const [first, ...rest] = numbers
  if (first === undefined || !begins) return undefined
  const root = Math.min(2, Math.floor(first / 40))
  return [root, first - root * 40, ...rest].join('.')
}
