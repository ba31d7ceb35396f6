/**
 * Hono, Deno, Bun, workers: any `fetch` server.
 *
 * `gate.route('POST /pets', policy, handler)` guards a single handler, from `Request` to `Response`. Hono's are given a context,
 * which has both the request and what the server hands over: `app.post('/pets', (c) => guarded(c.req.raw, c.env))`. Where the routes have handlers of their own, no app
 * and no framework is needed: `await gateway.fetch(request)`.
 */
import { createGateway, route } from 'postern'

const { fetch } = createGateway({ routes: [route('GET /pets/{petId}', {}, ({ params }) => ({ id: params.petId }))] })
const response = await fetch(new Request('https://api.acme.com/pets/7'))
console.log(await response.json()) // => { id: '7' }
