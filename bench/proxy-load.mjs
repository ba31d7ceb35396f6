/** The load: `node proxy-load.mjs small | down | up`. */
import { headerFields, keyValues } from './lib/gateway.mjs'
import { loadWith } from './lib/load.mjs'

const KEYS = 64
const LARGE = 'x'.repeat(1_048_576)

const keys = keyValues(KEYS)

/** @type {Record<string, () => import('autocannon').Request[]>} */
const ABOUT = {
  small: () =>
    keys.map((key, index) => ({
      method: 'GET',
      path: `/orders/${index}?page=1`,
      headers: headerFields(key),
    })),
  down: () => [{ method: 'GET', path: '/large', headers: headerFields(keys[0]) }],
  up: () => [{ method: 'POST', path: '/large', headers: headerFields(keys[0]), body: LARGE }],
}

// The backend is on the same core, and is to have it.
loadWith(ABOUT[process.argv[2]](), false)
