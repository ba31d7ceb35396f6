/**
 * Answers that are kept.
 *
 * The cache is AWS's: `ttl` in seconds, keys of declared parts (or the whole query), one caller's answers never another's
 * where the route authorizes. What the app says of itself is obeyed: `private`, `no-store`, `Vary`, `Set-Cookie`.
 */
import { answer, createGateway, route } from 'postern'
import { send, testClock } from 'postern/testing'

const clock = testClock()
const gateway = createGateway({
  routes: [route('GET /pets/{petId}', { cache: { ttl: 60, staleIfError: 600, tags: ['pets'] } })],
  stages: { prod: { cache: { size: '0.5GB' } } },
  clock,
})
let calls = 0
const app = async () => answer(200, { call: ++calls })
const get = () => send(gateway, 'GET /prod/pets/7', { app })

console.log([(await get()).json(), (await get()).json()]) // => [{ call: 1 }, { call: 1 }]
const { headers } = await get()
console.log(headers['cache-status']) // => 'postern; hit; ttl=60'
console.log((await send(gateway, 'GET /prod/pets/7', { app, headers: { 'if-none-match': headers.etag ?? '' } })).status) // => 304
clock.advance('61s')
console.log((await get()).json()) // => { call: 2 }
console.log(await gateway.control.flushCache('prod', { tags: ['pets'] })) // => 1
