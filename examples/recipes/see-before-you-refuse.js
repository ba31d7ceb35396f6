/**
 * See before you refuse.
 *
 * `mode: 'observe'` on a policy, an `apiKey`, a throttle or a quota records what it would have refused.
 */
import { createGateway, route } from 'postern'
import { send } from 'postern/testing'

const wouldRefuse = []
const gateway = createGateway({
  routes: [route('GET /pets', { throttle: { rate: 1, burst: 1, mode: 'observe' } })],
  onRecord: ({ observed }) => wouldRefuse.push(...observed),
})
for (let call = 0; call < 3; call++) await send(gateway, 'GET /pets')
console.log(wouldRefuse) // => ['THROTTLED', 'THROTTLED']
