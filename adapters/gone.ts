/** Answers whose connection breaks before it is their turn. */
import type { Socket } from 'node:net'

const queues = new WeakMap<Socket, Set<() => void>>()

/**
 * An answer that stands in line behind others on its connection is not told when that breaks. One listener serves
 * all of them.
 *
 * @returns to be called once it has its turn: from then on it is told
 */
export function whenGone(socket: Socket, gone: () => void): () => void {
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
