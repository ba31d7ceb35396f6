/** The load: autocannon in a process of its own, so that it can have a core of its own. */
import autocannon from 'autocannon'

const CONNECTIONS = 20

/** Sends these by turns to whatever server the parent names, and tells it what came of it. @param {readonly autocannon.Request[]} sent */
export function loadWith(sent) {
  process.on('message', async (/** @type {{ url: string, seconds: number }} */ { url, seconds }) => {
    const given = { url, connections: CONNECTIONS, duration: seconds, requests: [...sent] }
    const result = await autocannon(given)
    if (result.non2xx > 0 || result.errors > 0)
      throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`)
    process.send?.({ requests: result['2xx'], duration: result.duration })
  })
  process.once('disconnect', () => process.exit())
}
