/**
 * Hono, Deno, Bun, workers: any `fetch` server.
 *
 * `gate.route('POST /pets', policy, handler)` guards a single handler. Where the routes have handlers of their own, no app
 * and no framework is needed: `await gateway.fetch(request)`.
 */
import { createGateway, route } from 'postern'

const { fetch } = createGateway({ routes: [route('GET /pets/{petId}', {}, ({ params }) => ({ id: params.petId }))] })
const response = await fetch(new Request('https://api.acme.com/pets/7'))
console.log(await response.json()) // => { id: '7' }
