/** Header fields on their way through. */
import type { Buffer } from 'node:buffer'
import { without } from '../../answer.js'

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

/** Whether a field has this name. @param key lower case */
export function isNamed(name: string | undefined, key: string): boolean {
  return name?.length === key.length && name.toLowerCase() === key
}

/** The fields that are the connection's, because it says so (RFC 9110, 7.6.1): lower case, if there are any. */
export function namedByConnection(connection: string | undefined): ReadonlySet<string> | undefined {
  // The usual values of `Connection` name no field.
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()))
}

/** What of an answer belongs to its connection, or is the gateway's to write. */
const OWN: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['proxy-authenticate', 'x-amzn-requestid', 'x-amz-apigw-id'],
])

/**
 * The fields of an answer as they go on to the caller.
 *
 * @param isWhole whether the gateway itself will say how long it is
 * @param cors whether the gateway writes what browsers are told of other origins
 */
export function answerFields(headers: readonly string[], isWhole: boolean, cors: boolean): string[] {
  const fields: string[] = []
  let connection: string | undefined
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    const value = headers[index + 1] ?? ''
    const key = name.toLowerCase()
    if (key === 'connection') connection = connection === undefined ? value : `${connection},${value}`
    if (OWN.has(key) || (isWhole && key === 'content-length')) continue
    if (cors && key.startsWith('access-control-')) continue
    fields.push(name, value)
  }
  const dropped = namedByConnection(connection)
  return dropped === undefined ? fields : without(fields, dropped)
}
