/** How the end of an answer is learnt of, whichever way it comes. */
import type { Socket } from 'node:net'
import { streamOf } from './http2.js'
import type { NodeRequest } from './request.js'

/**
 * Calls back when an answer is over, or is not going to be: at least once.
 *
 * @param turn told when its turn on the connection comes, if others are before it
 */
export function whenOver(
  { res, socket, isHttp2 }: Pick<NodeRequest, 'res' | 'socket' | 'isHttp2'>,
  over: () => void,
  turn?: { begin(): void },
): void {
  // Not `once`, which takes thrice the time.
  res.on('close', over)
  if (isHttp2) return whenStreamEnds(streamOf(res), over)
  if (res.socket !== null) return
  const forget = whenGone(socket, over)
  res.once('socket', () => {
    forget()
    turn?.begin()
  })
}

/**
 * Node does not tell a response of all that ends its stream: not of what breaks off a HEAD, nor of a caller who
 * resets it without an error, for whom it would wait for good.
 */
function whenStreamEnds(stream: ReturnType<typeof streamOf>, over: () => void): void {
  stream?.once('aborted', () => stream.destroy()).once('close', over)
}

const queues = new WeakMap<Socket, Set<() => void>>()

/**
 * An answer that stands in line behind others on its connection is not told when that breaks. One listener serves
 * all of them.
 *
 * @returns to be called once it has its turn: from then on it is told
 */
function whenGone(socket: Socket, gone: () => void): () => void {
  const queue = queues.get(socket) ?? new Set()
  if (!queues.has(socket)) {
    queues.set(socket, queue)
    socket.once('close', () => {
      for (const each of queue) each()
    })
  }
  queue.add(gone)
  return () => queue.delete(gone)
}
