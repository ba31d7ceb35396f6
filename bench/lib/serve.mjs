/** The server of a contest: it tells its port, then its CPU time when asked. */

/** @param {import('node:net').Server} server @param {() => void} over called when nobody asks any more */
export async function serveContest(server, over = () => {}) {
  if (!server.listening) await new Promise((resolve) => server.once('listening', () => resolve(undefined)))
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.(user + system)
  })
  process.once('disconnect', () => {
    over()
    process.exit()
  })
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  process.send?.(port)
}
