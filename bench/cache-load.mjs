/** The load: 64 different requests that come again and again. */
import { headerFields, keyValues } from './lib/gateway.mjs'
import { loadWith } from './lib/load.mjs'

const REQUESTS = 64

/** As a client sends them, but for what would have them by-pass any cache. */
const sent = keyValues(REQUESTS).map((key, index) => {
  const { cookie, 'cache-control': control, ...headers } = headerFields(key)
  return { method: /** @type {const} */ ('GET'), path: `/prod/orders/${1_000 + index}`, headers }
})

loadWith(sent)
