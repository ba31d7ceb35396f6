/** The pet store on Node alone: the gateway says which route it is, and what its parameters are. */
import { createServer } from 'node:http'
import { toNode } from 'postern/node'
import { Pets } from '../petstore/pets.js'

/**
 * @param {import('postern').Gateway} gateway
 * @param {number} port
 */
export function start(gateway, port) {
  const pets = new Pets()
  /** @type {Record<string, (gateway: import('postern').GatewayContext) => [status: number, body?: unknown]>} */
  const routes = {
    'GET /pets': ({ variables }) => [200, { greeting: variables.greeting, pets: pets.all() }],
    'GET /pets/{petId}': ({ params }) => {
      const pet = pets.find(params.petId)
      return pet === undefined ? [404, { message: 'no such pet' }] : [200, pet]
    },
    'POST /pets': ({ body, client }) => [201, pets.add(body, client?.name)],
    'DELETE /pets/{petId}': ({ params }) => [pets.remove(params.petId) ? 204 : 404],
  }

  const server = createServer(
    toNode(gateway, (req, res) => {
      const found = routes[req.gateway?.route ?? '']
      // What is in `pass`, here /health, comes without a route.
      const [status, body] = found === undefined || !req.gateway ? [200, { ok: true }] : found(req.gateway)
      res.statusCode = status
      if (body !== undefined) res.setHeader('content-type', 'application/json')
      res.end(body === undefined ? '' : JSON.stringify(body))
    }),
  )
  return server.listen(port, '127.0.0.1')
}
