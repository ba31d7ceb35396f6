/** Answers of one key that differ by the request's headers. */
import type { GatewayRequest } from '../port.js'

/** The header fields of a request, by lower-case name. */
export type Headers = Pick<GatewayRequest, 'header'>

/** The key of those who ask with the same values. @param names lower case, sorted */
export function variant(primary: string, names: readonly string[], request: Headers): string {
  let key = primary
  for (const name of names) {
    const value = request.header(name)
    key += value === undefined ? `\nvary ${name}` : `\nvary ${name}: ${normal(value)}`
  }
  return key
}

/** Spaces around commas mean nothing in a list (RFC 9111, 4.1). */
function normal(value: string): string {
  if (!value.includes(',')) return value
  return value
    .split(',')
    .map((item) => item.trim())
    .join(',')
}
