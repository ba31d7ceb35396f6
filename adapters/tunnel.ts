/** Two connections that have become one: what comes on the one goes out on the other. */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Exchange } from '../src/exchange.js'
import type { Gateway } from '../src/gateway.js'
import type { Upgrade } from '../src/port.js'

/** The connection of a caller who asks for another protocol, for an integration to take on. */
export class Tunnel implements Upgrade {
  readonly #gateway: Gateway
  readonly #exchange: Exchange
  readonly #socket: Duplex

  constructor(
    gateway: Gateway,
    exchange: Exchange,
    socket: Duplex,
    readonly head: Uint8Array,
  ) {
    this.#gateway = gateway
    this.#exchange = exchange
    this.#socket = socket
    socket.on('readable', this.#look).on('end', this.#leave)
  }

  /** Who does not read does not learn that the other side has left; what comes meanwhile stays where it is. */
  readonly #look = (): void => {
    if (this.#socket.readableLength === 0) this.#socket.read(0)
  }

  readonly #leave = (): void => {
    this.#socket.destroy()
  }

  /** It has been answered, and somebody else reads. */
  release(): void {
    this.#socket.off('readable', this.#look).off('end', this.#leave)
  }

  accept(headers: readonly string[], other: Duplex, head: Uint8Array): void {
    const socket = this.#socket
    this.release()
    other.on('error', ignore)
    this.#exchange.watched = true
    if (socket.destroyed) {
      other.destroy()
      return this.#ended(0)
    }
    socket.once('close', () => this.#ended(101))
    const fields = [...this.#gateway.headers(this.#exchange), ...headers]
    let text = 'HTTP/1.1 101 Switching Protocols\r\n'
    for (let index = 0; index < fields.length; index += 2)
      text += `${fields[index]}: ${fields[index + 1]}\r\n`
    socket.write(`${text}\r\n`, 'latin1')
    if (head.length > 0) socket.write(head)
    if (this.head.length > 0) other.write(this.head)
    join(socket, other)
  }

  #ended(status: 0 | 101): void {
    const { bytesRead = 0, bytesWritten = 0 } = this.#socket as Partial<Socket>
    const sent = { status, bytesIn: bytesRead, bytesOut: bytesWritten, whole: status !== 0 }
    this.#gateway.ended(this.#exchange, sent)
  }
}

/** Until either ends: the other one then gets what is still on its way, and no more. */
function join(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', ignore).on('close', () => finish(to))
    // How long silence may last is a matter of the protocol that they speak.
    ;(from as Partial<Socket>).setTimeout?.(0)
    from.pipe(to)
  }
}

function finish(socket: Duplex): void {
  const { destroySoon } = socket as Partial<Socket>
  if (destroySoon === undefined) socket.destroy()
  else destroySoon.call(socket)
}

function ignore(): void {}
