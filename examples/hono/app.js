/** The pet store on Hono, by @hono/node-server. */
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { callers, gatewayOf, toFetch } from 'postern/fetch'
import { Pets } from '../petstore/pets.js'

/**
 * @param {import('postern').Gateway} gateway
 * @param {number} port
 */
export function start(gateway, port) {
  const pets = new Pets()
  const app = new Hono()

  app.get('/health', (c) => c.json({ ok: true }))
  app.get('/pets', (c) => c.json({ greeting: gatewayOf(c.req.raw)?.variables.greeting, pets: pets.all() }))
  app.get('/pets/:petId', (c) => {
    const pet = pets.find(c.req.param('petId'))
    return pet === undefined ? c.json({ message: 'no such pet' }, 404) : c.json(pet)
  })
  app.post('/pets', (c) => {
    const { body, client } = gatewayOf(c.req.raw) ?? {} // the body is what its model made of it
    return c.json(pets.add(body, client?.name), 201)
  })
  app.delete('/pets/:petId', (c) => c.body(null, pets.remove(c.req.param('petId')) ? 204 : 404))
  app.get('/admin', (c) => c.text('nobody gets here: no route of the gateway names it'))

  const fetch = toFetch(gateway, app.fetch, { caller: callers.node })
  return createAdaptorServer({ fetch }).listen(port, '127.0.0.1')
}
