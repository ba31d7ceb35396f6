/** The header fields of a request on its way to an upstream. */
import type { Exchange } from '../../exchange.js'
import { lengthOf } from './body.js'
import { isNamed, namedByConnection } from './fields.js'
import { addForwarded } from './forwarded.js'

/**
 * What is not passed on: what belongs to the connection (RFC 9110, 7.6.1) or is between the caller and this gateway,
 * what undici writes by itself, and what is written anew.
 */
const OWN: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['proxy-authenticate', 'proxy-authorization', 'http2-settings', 'expect'],
  ...['host', 'content-length'],
  ...['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-port', 'forwarded', 'via'],
  'x-amzn-requestid',
])

/**
 * Names and values in turn, spelt as they came.
 *
 * @param via what the gateway calls itself; `false` where it does not
 * @param stated what is said instead of what the caller says
 */
export function requestFields(
  exchange: Exchange,
  body: unknown,
  via: string | false,
  stated: readonly string[] = NONE,
): string[] {
  const { request, forwardHeaders } = exchange
  const raw = request.rawHeaders()
  const dropped = namedByConnection(request.header('connection'))
  const fields: string[] = []
  let cookie = -1
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? ''
    const key = name.toLowerCase()
    if (OWN.has(key) || dropped?.has(key) === true || forwardHeaders?.has(key) === true) continue
    if (stated.length > 0 && isStated(stated, key)) continue
    if (key === 'cookie') {
      // Over HTTP/2 each crumb may come by itself (RFC 9113, 8.2.3).
      if (cookie !== -1) {
        fields[cookie] = `${fields[cookie]}; ${raw[index + 1]}`
        continue
      }
      cookie = fields.length + 1
    }
    fields.push(name, raw[index + 1] ?? '')
  }
  if (forwardHeaders !== undefined) {
    for (const [name, value] of forwardHeaders)
      if (value !== undefined && !OWN.has(name) && !isStated(stated, name)) fields.push(name, value)
  }
  for (const text of stated) fields.push(text)
  const length = lengthOf(exchange, body)
  if (length !== undefined) fields.push('content-length', length)
  if (/\btrailers\b/i.test(request.header('te') ?? '')) fields.push('te', 'trailers')
  addForwarded(fields, exchange, via)
  fields.push('x-amzn-requestid', exchange.requestId)
  return fields
}

const NONE: readonly string[] = []

function isStated(stated: readonly string[], key: string): boolean {
  for (let index = 0; index < stated.length; index += 2) if (isNamed(stated[index], key)) return true
  return false
}
