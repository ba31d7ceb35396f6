/** The load: requests of ten routes, with 64 keys. One in ten brings a body. */
import { headerFields, keyValues, TABLE } from './lib/gateway.mjs'
import { loadWith } from './lib/load.mjs'
import { requests } from './lib/routes.mjs'

const KEYS = 64
const EACH = 10
const BODY = JSON.stringify({ sku: 'A-17', count: 2, note: 'Leave it with the neighbour.' })

const keys = keyValues(KEYS)
const read = requests(
  TABLE.slice(0, 10).filter(({ method }) => method === 'GET'),
  '/prod',
)

const sent = keys.map((key, index) => {
  const headers = headerFields(key)
  if (index % EACH === EACH - 1) {
    const typed = { ...headers, 'content-type': 'application/json' }
    return { method: /** @type {const} */ ('POST'), path: '/prod/orders', headers: typed, body: BODY }
  }
  const { target } = read[index]
  const path = target === '/prod/orders' ? `${target}?page=${index + 1}` : target
  return { method: /** @type {const} */ ('GET'), path, headers }
})

loadWith(sent)
