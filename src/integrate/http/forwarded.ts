/**
 * What an upstream is told of where a request comes from. What a proxy that is trusted has said is added to; what
 * anybody else has said is not passed on.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7239
 */
import type { Exchange } from '../../exchange.js'
import { portOf, toldByProxy } from '../../integration.js'

/** Adds `X-Forwarded-*`, `Forwarded` and `Via`. @param before what `Via` has said already */
export function addForwarded(
  fields: string[],
  exchange: Exchange,
  via: string | false,
  before: string | undefined,
): void {
  const { request } = exchange
  const told = (name: string) => toldByProxy(exchange, name)
  const peer = request.peer.startsWith('::ffff:') ? request.peer.slice(7) : request.peer
  const protocol = exchange.secure ? 'https' : 'http'
  const host = request.header('host')
  if (peer !== '') fields.push('x-forwarded-for', joined(told('x-forwarded-for'), peer))
  fields.push('x-forwarded-proto', told('x-forwarded-proto') ?? protocol)
  const named = told('x-forwarded-host') ?? host
  if (named !== undefined) fields.push('x-forwarded-host', named)
  fields.push('x-forwarded-port', told('x-forwarded-port') ?? portOf(host, exchange.secure))
  fields.push(
    'forwarded',
    joined(told('forwarded'), element(peer, host, request.encrypted ? 'https' : 'http')),
  )
  if (via !== false) fields.push('via', joined(before, `1.1 ${via}`))
  else if (before !== undefined) fields.push('via', before)
}

function joined(before: string | undefined, own: string): string {
  return before === undefined || before === '' ? own : `${before}, ${own}`
}

/** One step of the way: `for=192.0.2.7;host=api.acme.com;proto=https`. */
function element(peer: string, host: string | undefined, protocol: string): string {
  const from = peer === '' ? 'unknown' : peer.includes(':') ? `"[${peer}]"` : peer
  const asked = host === undefined ? '' : `;host=${TOKEN.test(host) ? host : quoted(host)}`
  return `for=${from}${asked};proto=${protocol}`
}

const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
