/** The pet store on Fastify. */
import Fastify from 'fastify'
import { rewriteUrl, toFastify } from 'postern/fastify'
import { Pets } from '../petstore/pets.js'

/**
 * @param {import('postern').Gateway} gateway
 * @param {number} port
 */
export async function start(gateway, port) {
  const pets = new Pets()
  const app = Fastify({ rewriteUrl: rewriteUrl(gateway) }) // takes the stage off the path, before Fastify routes it
  await app.register(toFastify(gateway))

  app.get('/health', async () => ({ ok: true }))
  app.get('/pets', async (request) => ({
    greeting: request.gateway?.variables.greeting,
    pets: pets.all(),
  }))
  app.get('/pets/:petId', async (request, reply) => {
    const { petId } = /** @type {{ petId: string }} */ (request.params)
    return pets.find(petId) ?? reply.code(404).send({ message: 'no such pet' })
  })
  app.post('/pets', async (request, reply) => {
    const { body, client } = request.gateway ?? {} // the body is what its model made of it
    reply.code(201)
    return pets.add(body, client?.name)
  })
  app.delete('/pets/:petId', async (request, reply) => {
    const { petId } = /** @type {{ petId: string }} */ (request.params)
    return reply.code(pets.remove(petId) ? 204 : 404).send()
  })
  app.get('/admin', async () => 'nobody gets here: no route of the gateway names it')

  await app.listen({ port, host: '127.0.0.1' })
  return app.server
}
