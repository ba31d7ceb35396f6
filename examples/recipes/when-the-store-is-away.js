/**
 * When the store is away.
 *
 * Counters and keys live in memory unless `store` names another place, such as one shared by many processes; its
 * contract is the exported type `Store`, with one suite for all (`test/contract/`). When it fails or takes
 * longer than `storeTimeout` (250 ms), `whenStoreFails` says what happens to limits: `'local'`, this process's own
 * counters (default), `'refuse'`, 503, or `'admit'`. Key look-ups always refuse.
 */
import { createGateway, memoryStore, route } from 'postern'
import { send } from 'postern/testing'

const { counters, records } = memoryStore()
const fails = () => Promise.reject(new Error('connection refused'))
const away = { counter: (...of) => counters.counter(...of), take: fails, usage: fails, setRemaining: fails, forget: fails }
const twice = async (whenStoreFails) => {
  const routes = [route('GET /pets', { throttle: { rate: 1, burst: 1 } })]
  const gateway = createGateway({ routes, store: { counters: away, records }, whenStoreFails, onError: () => {} })
  return [(await send(gateway, 'GET /pets')).status, (await send(gateway, 'GET /pets')).status]
}
console.log([await twice('local'), await twice('refuse'), await twice('admit')]) // => [[200, 429], [503, 503], [200, 200]]
