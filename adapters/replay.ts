/** A request that Node has taken for an upgrade, as the usual request that it is as well. */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'

/** Of an upgrade alone: header fields, and what `Connection` names. */
const OFFER = /^(?:upgrade|http2-settings)$/i

/** The server gets the connection once more, from the request's first byte on, which offers nothing now. */
export function replay(server: Server, req: IncomingMessage, socket: Duplex, head: Uint8Array): void {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`]
  for (let index = 0; index < req.rawHeaders.length; index += 2) {
    const name = req.rawHeaders[index] ?? ''
    const value = req.rawHeaders[index + 1] ?? ''
    if (OFFER.test(name)) continue
    const kept = name.toLowerCase() === 'connection' ? withoutOffer(value) : value
    if (kept !== undefined) lines.push(`${name}: ${kept}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  const isSecure = (socket as TLSSocket).encrypted === true
  server.emit(isSecure ? 'secureConnection' : 'connection', socket)
}

function withoutOffer(connection: string): string | undefined {
  const kept = connection.split(',').filter((name) => !OFFER.test(name.trim()))
  return kept.length === 0 ? undefined : kept.join(',')
}
