/** `npm start`: the pet store behind its own gateway, with lines to try. `npm start -- koa`: the same on Koa. */
import { once } from 'node:events'
import { createGateway, logRecord } from 'postern'
import { petStore } from './gateway.js'

const APPS = {
  express: '../express/app.js',
  fastify: '../fastify/app.js',
  hono: '../hono/app.js',
  koa: '../koa/app.js',
  node: '../node/app.js',
  // After `npx tsc -p examples/nestjs`.
  'nestjs-express': '../nestjs/dist/nestjs/over-express.js',
  'nestjs-fastify': '../nestjs/dist/nestjs/over-fastify.js',
}

const name = process.argv[2] ?? 'express'
if (!Object.hasOwn(APPS, name)) {
  console.error(`There is no example on '${name}'. Try one of: ${Object.keys(APPS).join(', ')}`)
  process.exit(1)
}

const gateway = createGateway({ ...petStore, onRecord: logRecord })
const acme = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })

const { start } = await import(APPS[name])
const server = await start(gateway, Number(process.env.PORT ?? 3000))
if (!server.listening) await once(server, 'listening')
const url = `http://127.0.0.1:${server.address().port}`
console.log(`
The pet store is behind its gateway. Try, in another terminal:

  curl -i ${url}/prod/pets/1
      open to all; on its way it lost the stage: the app's own route is /pets/:petId.
      Again within ten seconds: Cache-Status says hit, and the app is not asked

  curl -i -X POST ${url}/prod/pets -H 'content-type: application/json' -d '{"name":"Kit"}'
      403 Forbidden: no API key

  curl -i -X POST ${url}/prod/pets -H 'x-api-key: ${acme.value}' -H 'content-type: application/json' -d '{"name":"Kit"}'
      201, and what the key's usage plan still allows in RateLimit; without a name in it: 400

  for i in 1 2 3 4 5 6 7; do curl -s -o /dev/null -w '%{http_code}\\n' -X POST ${url}/prod/pets -H 'x-api-key: ${acme.value}' -H 'content-type: application/json' -d '{"name":"Kit"}'; done
      five at once, then 429: one more comes back each second

  curl ${url}/beta/pets
      another stage, with variables of its own

  curl -i ${url}/admin ; curl -i ${url}/prod/ADMIN
      404: the app has that route, the gateway does not

Each request's record appears below. Ctrl+C ends it.
`)
