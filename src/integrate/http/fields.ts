/** Header fields on their way through. */
import type { Buffer } from 'node:buffer'

/** Names and values in turn, as text: from undici's bytes, or from the object that it makes of HTTP/2's trailers. */
export function fieldsIn(raw: readonly (Uint8Array | string)[] | object): string[] {
  if (!Array.isArray(raw)) return Object.entries(raw).flatMap(([name, value]) => pairs(name, value))
  const fields = new Array<string>(raw.length)
  for (let index = 0; index < raw.length; index++) fields[index] = textOf(raw[index])
  return fields
}

function pairs(name: string, value: unknown): string[] {
  return [value].flat().flatMap((each) => [name, String(each)])
}

/** A byte is a character (RFC 9110, 5.5): whatever they stand for, they go out as they came. */
function textOf(bytes: Buffer | string): string {
  return typeof bytes === 'string' ? bytes : bytes.toString('latin1')
}
