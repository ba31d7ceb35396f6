/** The same checks for every module system: they are handed the modules, however those were loaded. */
const assert = require('node:assert/strict')
const { once } = require('node:events')
const { createServer } = require('node:http')

function petShop({ createGateway, route }, { testClock }) {
  return createGateway({
    routes: [route('GET /pets/{petId}'), route('POST /pets', { apiKey: true })],
    stages: { prod: { throttle: { rate: 100, burst: 200 } }, beta: {} },
    plans: {
      free: { throttle: { rate: 1, burst: 5 }, quota: { limit: 1000, period: 'month' } },
    },
    clock: testClock('2026-01-01T00:00:00Z'),
  })
}

/** Every subpath that the package exports loads and holds something. */
async function checkSubpaths(load) {
  const { exports: subpaths } = await load('postern/package.json')
  for (const subpath of Object.keys(subpaths)) {
    const module = await load(subpath.replace('.', 'postern'))
    assert.notEqual(Object.keys(module).length, 0, `${subpath} exports nothing`)
  }
}

/** Without a server: refused without a key, admitted with one, until the plan's burst is spent. */
async function checkSend(postern, testing) {
  const gateway = petShop(postern, testing)
  const call = (options) => testing.send(gateway, 'POST /prod/pets', { json: { name: 'Rex' }, ...options })
  const refused = await call()
  assert.equal(refused.status, 403)
  assert.deepEqual(await refused.json(), { message: 'Forbidden' })

  const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
  const statuses = []
  for (let i = 0; i < 6; i++) statuses.push((await call({ apiKey: value })).status)
  assert.equal(statuses.indexOf(429), 5, `statuses were ${statuses}`)
}

/** In front of an Express app, over a socket. */
async function checkExpress(postern, testing, { toExpress }, express) {
  const gateway = petShop(postern, testing)
  const { value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
  const app = express()
  app.use(toExpress(gateway))
  app.get('/pets/:petId', (request, response) => response.json({ id: request.params.petId }))
  app.post('/pets', express.json(), (request, response) => response.status(201).json(request.body))

  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const call = async (path, options) => {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}${path}`, options)
    return [answer.status, await answer.json()]
  }
  try {
    const pet = { method: 'POST', body: '{"name":"Rex"}', headers: { 'content-type': 'application/json' } }
    const keyed = { ...pet, headers: { ...pet.headers, 'x-api-key': value } }
    assert.deepEqual(await call('/beta/pets/7'), [200, { id: '7' }])
    assert.deepEqual(await call('/prod/pets', pet), [403, { message: 'Forbidden' }])
    assert.deepEqual(await call('/prod/pets', keyed), [201, { name: 'Rex' }])
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

module.exports = { checkSubpaths, checkSend, checkExpress }
