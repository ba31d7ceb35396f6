/** The load: autocannon in a process of its own, so that it can have a core of its own. */
import autocannon from 'autocannon'
import { headerFields, keyValues, TABLE } from './lib/gateway.mjs'
import { requests } from './lib/routes.mjs'

const CONNECTIONS = 20
const KEYS = 64

const keys = keyValues(KEYS)
/** GETs of the resource that the app has: with another key and path each. */
const sent = requests(
  TABLE.slice(0, 10).filter(({ method }) => method === 'GET'),
  '/prod',
)
  .slice(0, KEYS)
  .map(({ target }, index) => ({
    method: /** @type {const} */ ('GET'),
    path: target,
    headers: headerFields(keys[index]),
  }))

process.on('message', async ({ url, seconds }) => {
  const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds, requests: sent })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} refused, ${result.errors} failed`)
  process.send?.({ requests: result['2xx'], duration: result.duration })
})
process.once('disconnect', () => process.exit())
