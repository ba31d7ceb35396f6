/**
 * Adopt it bit by bit.
 *
 * `unmatched: 'pass'` hands what no route names on to the app, ungated. It still refuses what is a route in disguise: in
 * other case, with another slash, or without its stage. A path that has a route has that route's methods: the others are 405
 * until they have one too, `route('GET /pets')`.
 */
import { createGateway, route } from 'postern'
import { send } from 'postern/testing'

const gateway = createGateway({ routes: [route('POST /pets', { apiKey: true })], plans: { free: {} }, unmatched: 'pass' })
console.log([(await send(gateway, 'GET /old')).status, (await send(gateway, 'POST /pets')).status]) // => [200, 403]
console.log((await send(gateway, 'POST /PETS')).status) // => 404
