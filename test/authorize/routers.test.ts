/** Gates on routes of the app's own, in routers below it: what they are to policies, and what they lean on. */
import { connect } from 'node:net'
import { createGateway, DefinitionError, type PolicyDocument, route } from 'postern'
import { toExpress } from 'postern/express'
import { send } from 'postern/testing'
import { describe, expect, it } from 'vitest'
import { EXPRESSES, guard, serve } from '../adapters/support.js'

const noAdmin: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' },
    { Effect: 'Deny', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*/*/admin/*' },
  ],
}

describe.each(EXPRESSES)('a single gate in a router in $name', ({ express }) => {
  it('is to policies what its pattern says, or where it stands in the app', async () => {
    const { gateway } = guard({ routes: [], resourcePolicy: noAdmin })
    const gate = toExpress(gateway)
    const router = express.Router()
    router.get('/a/:id', gate.route('GET /admin/{id}', {}), (_req, res) => res.send('in'))
    router.get('/b/:id', gate.route({}), (_req, res) => res.send('in'))
    router.get('/c/:id', gate.route('GET /open/{id}', {}), (_req, res) => res.send('in'))
    const app = express()
    app.use('/admin', router)
    const { url } = await serve(app)
    const status = async (path: string) => (await fetch(`${url}${path}`)).status
    expect([await status('/admin/a/7'), await status('/admin/b/7'), await status('/admin/c/7')]).toEqual([
      403, 403, 200,
    ])
  })

  it('refuses dot segments before a mount path, which are signed with the rest', async () => {
    const { gateway } = guard({ routes: [route('GET /x')] })
    const app = express()
    app.use('/:tenant', toExpress(gateway))
    app.get('/:tenant/x', (_req, res) => res.send('in'))
    const { port } = await serve(app)
    const first = (path: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
        })
        socket.once('data', (data) => resolve(String(data).slice(9, 12)))
      })
    expect([await first('/a/x'), await first('/../x'), await first('/./x')]).toEqual(['200', '400', '400'])
  })
})

describe('a policy in the code', () => {
  const gates = () => {
    const staff = () => 'ada'
    const gateway = createGateway({
      routes: [],
      stages: { prod: {}, beta: {} },
      authorizers: { staff },
      models: { Pet: { type: 'object' } },
    })
    toExpress(gateway, { stage: 'prod' }).route({ authorize: 'staff', body: 'Pet' })
    return { gateway, staff }
  }

  it('that names what a deployment would not have fails the deployment, on any stage', async () => {
    const { gateway, staff } = gates()
    const deployed = gateway.control.deploy({ routes: [] }, { stages: ['beta'] })
    await expect(deployed).rejects.toThrow(DefinitionError)
    await expect(deployed).rejects.toMatchObject({
      faults: [
        {
          code: 'AUTHORIZER_UNKNOWN',
          message: "a route of the app names authorizer 'staff', which stage 'beta' would not have",
          fix: 'keep it in the definition, or name one of (no authorizers)',
        },
        {
          code: 'MODEL_UNKNOWN',
          message: "a route of the app names model 'Pet', which stage 'beta' would not have",
          fix: 'keep it in the definition, or name one of (no models)',
        },
      ],
    })
    await gateway.control.deploy(
      { routes: [], authorizers: { staff }, models: { Pet: {} } },
      { stages: ['beta'] },
    )
  })
})

it('an API key is the one that the last authorizer named', async () => {
  const named = (key: string) => () => ({ principal: key, usageIdentifierKey: key })
  const gateway = createGateway({
    routes: [route('GET /a', { authorize: named('of-a'), apiKey: true }), route('GET /b', { apiKey: true })],
    plans: { free: {} },
    apiKeySource: 'authorizer',
    keys: { find: (digest) => ({ id: digest.slice(0, 8), plans: ['free'] }) },
  })
  const { forwarded } = await send(gateway, 'GET /a')
  expect(forwarded?.gateway.client?.id).toBeDefined()
  expect((await send(gateway, 'GET /b', { apiKey: 'of-a' })).status).toBe(403)
})
