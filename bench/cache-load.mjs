/** The load: autocannon in a process of its own, with 64 different requests that come again and again. */
import autocannon from 'autocannon'
import { headerFields, keyValues } from './lib/gateway.mjs'

const CONNECTIONS = 20
const REQUESTS = 64

/** As a client sends them, but for what would have them by-pass any cache. */
const sent = keyValues(REQUESTS).map((key, index) => {
  const { cookie, 'cache-control': control, ...headers } = headerFields(key)
  return { method: /** @type {const} */ ('GET'), path: `/prod/orders/${1_000 + index}`, headers }
})

process.on('message', async ({ url, seconds }) => {
  const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds, requests: sent })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} refused, ${result.errors} failed`)
  process.send?.({ requests: result['2xx'], duration: result.duration })
})
process.once('disconnect', () => process.exit())
