/** What an upstream has said before it broke a connection. */
import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { after } from '../../store/timers.js'

/** Until a connection is given up that cannot be written to, ms: whoever reads learns by then that it is at its end. */
const MOST = 1_000

type Done = (error?: Error | null) => void

/**
 * An upstream that has had enough of a body answers, and may break the connection at once. Whoever still writes then
 * fails, for which Node throws away what has come and was not read: so reading comes first.
 */
export function hearing(connector: buildConnector.connector): buildConnector.connector {
  return (place, callback) => {
    connector(place, (...result: [Error, null] | [null, Socket]) => {
      const [error, socket] = result
      if (error === null) readFirst(socket)
      callback(...result)
    })
  }
}

function readFirst(socket: Socket): void {
  const { _write, _writev } = socket
  const later = (done: Done): Done => {
    return (error) => {
      if (error) after(MOST, () => done(error))
      else done()
    }
  }
  socket._write = (chunk, encoding, done) => _write.call(socket, chunk, encoding, later(done))
  if (_writev) socket._writev = (chunks, done) => _writev.call(socket, chunks, later(done))
}
