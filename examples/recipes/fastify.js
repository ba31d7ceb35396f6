/**
 * Fastify.
 *
 * Fastify 5 and 4, as a plugin: register it before others. Fastify finds a route before any hook runs, so
 * `rewriteUrl` takes stages off the path; without stages it is not needed, but has paths in other spellings served, too.
 */
import Fastify from 'fastify'
import { createGateway, route } from 'postern'
import { rewriteUrl, toFastify } from 'postern/fastify'

const gateway = createGateway({
  routes: [route('GET /pets/{petId}'), route('POST /pets')],
  plans: { free: {} },
  stages: { prod: {}, beta: {} },
})
const app = Fastify({ rewriteUrl: rewriteUrl(gateway) })
await app.register(toFastify(gateway, { stage: 'prod' }))
app.get('/pets/:petId', async (request) => ({ id: request.params, stage: request.gateway?.stage }))
app.post('/pets', { config: { gateway: { apiKey: true } } }, async () => ({ sold: true }))
await app.listen({ port: 3000 })

console.log((await app.inject('/prod/pets/7')).json()) // => { id: { petId: '7' }, stage: 'prod' }
console.log((await app.inject({ method: 'POST', url: '/prod/pets' })).statusCode) // => 403
await app.close()
