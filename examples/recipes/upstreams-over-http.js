/**
 * Upstreams over HTTP.
 *
 * A route can be answered by an upstream instead of the app. Everything passes both ways as it comes: bodies with back-pressure,
 * those of requests up to `limits.body` (10 MiB unless you raise it), trailers, compressed answers, redirects, WebSockets (with
 * `gate.upgrade(server)`), `103 Early Hints`. A `100 Continue` that nobody has asked for is a 502: undici takes none.
 */
import { createServer } from 'node:http'
import { once } from 'node:events'
import { createGateway, route } from 'postern'
import { http } from 'postern/http'
import { send } from 'postern/testing'

const pets = createServer((req, res) => res.end(`pets: ${req.method} ${req.url}`)).listen(0, '127.0.0.1')
await once(pets, 'listening')
const { port } = pets.address()

const gateway = createGateway({
  routes: [
    route('GET /pets/{petId}', { cache: { ttl: 60 } }, http('http://${stageVariables.host}/v2/pets/{petId}')),
    route('ANY /orders/{proxy+}', {}, http(['http://10.0.0.5:8080/{proxy}', { url: 'http://10.0.0.6:8080', weight: 2 }], {
      timeout: '5s',
      health: { path: '/health' },
    })),
    route('ANY /legacy/{proxy+}', {}, http('http://legacy/{proxy}', { vpcLink: 'legacy' })),
  ],
  vpcLinks: { legacy: { targets: ['http://10.0.1.7:8080', 'unix:/run/legacy.sock'] } },
  stages: { prod: { variables: { host: `127.0.0.1:${port}` } } },
})
const pet = await send(gateway, 'GET /prod/pets/7?full=1')
console.log(pet.text()) // => 'pets: GET /v2/pets/7?full=1'
await gateway.close() // connections and timers, once the server has closed
pets.close()
