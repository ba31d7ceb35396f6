/** The header fields of a request on its way to an upstream. */
import { without } from '../../answer.js'
import type { Exchange } from '../../exchange.js'
import { lengthOf } from './body.js'
import { namedByConnection } from './fields.js'
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
 * @param withheld lower case: what the caller may not say, even where nothing is said instead
 */
export function requestFields(
  exchange: Exchange,
  body: unknown,
  via: string | false,
  stated: readonly string[] = NONE,
  withheld?: ReadonlySet<string>,
): string[] {
  const raw = exchange.request.rawHeaders()
  const fields: string[] = []
  const own: OwnFields = { connection: undefined, te: undefined, via: undefined }
  let cookie = -1
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? ''
    const value = raw[index + 1] ?? ''
    const key = name.toLowerCase()
    if (OWN.has(key)) note(own, key, value)
    else if (key !== 'cookie') fields.push(name, value)
    // Over HTTP/2 each crumb may come by itself (RFC 9113, 8.2.3).
    else if (cookie !== -1) fields[cookie] = `${fields[cookie]}; ${value}`
    else cookie = fields.push(name, value) - 1
  }
  const said = withheld === undefined ? fields : without(fields, withheld)
  const kept = keptOf(said, exchange, own.connection, stated)
  for (const text of stated) kept.push(text)
  const length = lengthOf(exchange, body)
  if (length !== undefined) kept.push('content-length', length)
  if (own.te !== undefined && /\btrailers\b/i.test(own.te)) kept.push('te', 'trailers')
  addForwarded(kept, exchange, via, own.via)
  kept.push('x-amzn-requestid', exchange.requestId)
  return kept
}

const NONE: readonly string[] = []

/** What of the connection's own fields counts for what is sent on. */
interface OwnFields {
  connection: string | undefined
  te: string | undefined
  via: string | undefined
}

function note(own: OwnFields, key: string, value: string): void {
  if (key !== 'connection' && key !== 'te' && key !== 'via') return
  own[key] = own[key] === undefined ? value : `${own[key]}, ${value}`
}

/** Without those that `Connection` names, and those that are said otherwise. */
function keptOf(
  fields: string[],
  { forwardHeaders }: Exchange,
  connection: string | undefined,
  stated: readonly string[],
): string[] {
  const dropped = namedByConnection(connection)
  let kept = dropped === undefined ? fields : without(fields, dropped)
  if (forwardHeaders !== undefined) {
    kept = without(kept, forwardHeaders)
    for (const [name, value] of forwardHeaders)
      if (value !== undefined && !OWN.has(name)) kept.push(name, value)
  }
  if (stated.length === 0) return kept
  return without(
    kept,
    new Set(stated.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())),
  )
}
