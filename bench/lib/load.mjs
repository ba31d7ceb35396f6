/** The load: autocannon in a process of its own, so that it can have a core of its own. */
import autocannon from 'autocannon'

const CONNECTIONS = 20

/**
 * Sends these by turns to whatever server the parent names, and tells it what came of it.
 *
 * @param {readonly autocannon.Request[]} sent
 * @param {boolean} awake whether it has its core to itself, and then never sleeps on it
 */
export function loadWith(sent, awake = true) {
  process.on('message', async (/** @type {{ url: string, seconds: number }} */ { url, seconds }) => {
    const given = { url, connections: CONNECTIONS, duration: seconds, requests: [...sent] }
    const sleep = awake ? stayAwake() : () => {}
    const result = await autocannon(given)
    sleep()
    if (result.non2xx > 0 || result.errors > 0)
      throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`)
    process.send?.({ requests: result['2xx'], duration: result.duration })
  })
  process.once('disconnect', () => process.exit())
}

/**
 * Whoever writes to a process that sleeps on another core pays for waking it, 5 us and more of its own time on a virtual
 * machine. A load sleeps where the server is slower than itself: without this the quick ones are spared what the slow
 * ones pay, and what they pay is no work of theirs.
 */
function stayAwake() {
  let running = true
  const turn = () => running && setImmediate(turn)
  turn()
  return () => {
    running = false
  }
}
