/** The header fields of a response of Node's, as they are set and read. */
import type { OutgoingHttpHeader, ServerResponse } from 'node:http'

/** Not names and values in turn: Node itself says what is wrong with it. */
export function isOdd(fields: unknown): boolean {
  return Array.isArray(fields) && (fields.length % 2 === 1 || Array.isArray(fields[0]))
}

/** The headers that `writeHead` was given join those that were set before, as in Node itself. */
export function adopt(res: ServerResponse, fields: unknown): void {
  if (typeof fields !== 'object' || fields === null) return
  if (!Array.isArray(fields)) {
    for (const [name, value] of Object.entries(fields)) if (name !== '') res.setHeader(name, value)
    return
  }
  const names = fields.filter((_, index) => index % 2 === 0).map(String)
  for (const name of names) res.removeHeader(name)
  for (const [index, name] of names.entries()) res.appendHeader(name, fields[index * 2 + 1])
}

/** Sets headers in place of those of the same name; what varies by more, varies by all of it. */
export function put(res: ServerResponse, headers: readonly string[]): void {
  const seen = new Set<string>()
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    const value = headers[index + 1] ?? ''
    const key = name.toLowerCase()
    if (seen.has(key) || (key === 'vary' && res.hasHeader(name))) res.appendHeader(name, value)
    else res.setHeader(name, value)
    seen.add(key)
  }
}

/** As the app spelt them. Node has the method on every outgoing message, its types on some. */
export function rawNames(res: ServerResponse & { getRawHeaderNames?: () => string[] }): readonly string[] {
  return res.getRawHeaderNames?.() ?? res.getHeaderNames()
}

export function isSame(value: OutgoingHttpHeader, before: OutgoingHttpHeader | undefined): boolean {
  if (!Array.isArray(value) || !Array.isArray(before)) return value === before
  return value.length === before.length && value.every((each, index) => each === before[index])
}
