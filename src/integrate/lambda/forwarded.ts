/** What AWS adds to a request's header fields, and leaves out of them. */
import type { Exchange } from '../../exchange.js'
import { portOf, toldByProxy } from '../../integration.js'

/** Of the connection; AWS's events have none of them. And what stands in their place below. */
export const CONNECTIONS: ReadonlySet<string> = new Set([
  ...[
    'connection',
    'keep-alive',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'expect',
  ],
  ...['x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto'],
])

/** The same with what REST APIs leave out. */
export const CONNECTIONS_V1: ReadonlySet<string> = new Set([...CONNECTIONS, 'content-length'])

/** Names and values in turn. */
export function addedHeaders(exchange: Exchange): string[] {
  const { request, proxied } = exchange
  const isSecure = proxied ? exchange.secure : request.encrypted
  const added = [
    'X-Forwarded-Port',
    toldByProxy(exchange, 'x-forwarded-port') ?? portOf(request.header('host'), isSecure),
    'X-Forwarded-Proto',
    isSecure ? 'https' : 'http',
  ]
  const { peer } = request
  // What others than trusted proxies say of where a request comes from is not passed on.
  const before = toldByProxy(exchange, 'x-forwarded-for')
  if (peer !== '') added.push('X-Forwarded-For', before === undefined ? peer : `${before}, ${peer}`)
  const trace = request.header('x-amzn-trace-id') === undefined ? traceOf(exchange) : undefined
  if (trace !== undefined) added.push('X-Amzn-Trace-Id', trace)
  return added
}

/** As X-Ray has it: the time, and 96 bits of the request's id. None where ids are no UUIDs. */
function traceOf({ requestId, startedAt }: Exchange): string | undefined {
  if (requestId.length !== 36) return undefined
  const digits = requestId.replaceAll('-', '')
  if (digits.length !== 32) return undefined
  const seconds = Math.floor(startedAt / 1000).toString(16)
  return `Root=1-${seconds.padStart(8, '0')}-${digits.slice(0, 24).toLowerCase()}`
}
