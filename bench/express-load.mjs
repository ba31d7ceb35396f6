/** The load: requests of ten routes, with 64 keys. */
import { headerFields, keyValues, TABLE } from './lib/gateway.mjs'
import { loadWith } from './lib/load.mjs'
import { requests } from './lib/routes.mjs'

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

loadWith(sent)
