import type { AddressInfo } from 'node:net'
import express from 'express'
import { type AuthorizerFunction, createGateway, type GatewayDefinition, refuse, route } from 'postern'
import { toExpress } from 'postern/express'
import { send } from 'postern/testing'
import { describe, expect, it } from 'vitest'

/** A gateway whose one route asks this function, and what it was told of failures. */
function asking(authorize: AuthorizerFunction, definition: Partial<GatewayDefinition> = {}) {
  const errors: unknown[] = []
  const gateway = createGateway({
    onError: (error) => errors.push(error),
    ...definition,
    routes: [route('GET /pets/{id}', { authorize })],
  })
  return { gateway, errors, get: (headers = {}) => send(gateway, 'GET /pets/7', { headers }) }
}

const WAYS: [string, <T>(value: T) => T | Promise<T>][] = [
  ['at once', (value) => value],
  ['later', async (value) => value],
]

describe.each(WAYS)('a function that answers %s', (_, give) => {
  it('lets in whom it names', async () => {
    const { get } = asking(({ request }) => give(request.header('x-user')))
    const answer = await get({ 'x-user': 'alice' })
    expect(answer.status).toBe(200)
    expect(answer.forwarded?.gateway).toMatchObject({ principal: 'alice', authorizer: {} })
  })

  it('refuses with 401 whom it does not know', async () => {
    for (const nobody of [undefined, null as unknown as undefined]) {
      const answer = await asking(() => give(nobody)).get()
      expect([answer.status, answer.json(), answer.forwarded]).toEqual([
        401,
        { message: 'Unauthorized' },
        undefined,
      ])
    }
  })

  it('refuses as it likes', async () => {
    const { get, errors } = asking(() => give(refuse('WAF_FILTERED', 'not on Sundays')))
    expect((await get()).status).toBe(403)
    expect(errors).toEqual([])
  })

  it('tells the app more of its caller', async () => {
    const { get } = asking(({ params }) => give({ principal: 'alice', context: { pet: params.id } }))
    expect((await get()).forwarded?.gateway).toMatchObject({ principal: 'alice', authorizer: { pet: '7' } })
  })

  it.each<[unknown, string]>([
    [true, 'it gave true'],
    [false, 'it gave false: for a 401 return nothing at all'],
    [7, 'it gave a number'],
    ['', 'it gave an empty text'],
    [['alice'], 'it gave a list'],
    [() => 'alice', 'it gave a function'],
    [{ user: 'alice' }, '`user` is none of its fields'],
    [{}, 'its `principal` is undefined'],
    [{ principal: '' }, 'its `principal` is an empty text'],
    [{ principal: { name: 'alice' } }, 'its `principal` is an object'],
    [{ principal: 'alice', ctx: {} }, '`ctx` is none of its fields'],
    [{ principal: 'alice', context: 'x' }, 'its `context` is a text'],
    [{ principal: 'alice', context: null }, 'its `context` is null'],
    [{ principal: 'alice', usageIdentifierKey: 7 }, 'its `usageIdentifierKey` is a number'],
  ])('lets nobody in by %j, and says what is wrong with it', async (answer, wrong) => {
    const { get, errors } = asking(() => give(answer as string))
    const { status, headers, forwarded } = await get()
    expect([status, headers['x-amzn-errortype'], forwarded]).toEqual([
      500,
      'AuthorizerFailureException',
      undefined,
    ])
    const answers = "a name, { principal: 'alice', context?, usageIdentifierKey? }, a refusal or nothing"
    expect(errors).toEqual([new TypeError(`an authorizer gives ${answers}; ${wrong}`)])
  })
})

describe('a function as an authorizer', () => {
  it.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('the table is away')
      },
    ],
    ['rejects', () => Promise.reject(new Error('the table is away'))],
  ])('lets nobody in when it %s, and that is reported', async (_, authorize) => {
    const { get, errors } = asking(authorize)
    const answer = await get()
    expect([answer.status, answer.json()]).toEqual([500, { message: 'Internal server error' }])
    expect(answer.forwarded).toBeUndefined()
    expect(errors).toEqual([new Error('the table is away')])
  })

  it('is asked at every request', async () => {
    const users = ['alice', undefined, 'bob']
    const { get } = asking(() => users.shift())
    const seen = [await get(), await get(), await get()].map(({ forwarded }) => forwarded?.gateway.principal)
    expect(seen).toEqual(['alice', undefined, 'bob'])
  })

  it('has its callers checked for the scopes that it says they have', async () => {
    const given: Record<string, unknown>[] = [
      { scopes: ['pets:read', 'admin'] },
      { scope: 'pets:read admin' },
      { scopes: ['pets:read'] },
      { scope: 'administrator' },
      { scopes: 'admins' },
      {},
    ]
    const seen = []
    for (const context of given) {
      const gateway = createGateway({
        authorizers: { own: () => ({ principal: 'alice', context }) },
        routes: [route('GET /', { authorize: { authorizer: 'own', scopes: ['admin', 'root'] } })],
      })
      const answer = await send(gateway, 'GET /')
      seen.push(answer.status)
      expect(answer.headers['www-authenticate']).toBeUndefined()
    }
    expect(seen).toEqual([200, 200, 403, 403, 403, 403])
  })

  it('names the API key where keys come from the authorizer', async () => {
    const gateway = createGateway({
      apiKeySource: 'authorizer',
      plans: { free: {} },
      routes: [
        route('GET /', {
          apiKey: true,
          authorize: ({ request }) => ({
            principal: 'alice',
            usageIdentifierKey: request.header('x-tenant') ?? '',
          }),
        }),
      ],
    })
    const { id, value } = await gateway.control.createApiKey({ name: 'acme', plans: ['free'] })
    const answer = await send(gateway, 'GET /', { headers: { 'x-tenant': value } })
    expect(answer.forwarded?.gateway.client?.id).toBe(id)
    expect((await send(gateway, 'GET /', { apiKey: value })).status).toBe(403)
  })

  it('guards an Express app over real sockets', async () => {
    const { gateway } = asking(async ({ request }) => request.header('x-user'))
    const app = express()
    app.use(toExpress(gateway))
    app.get('/pets/:id', (req, res) => {
      res.json([req.params.id, req.gateway?.principal])
    })
    const server = app.listen(0, '127.0.0.1')
    try {
      await new Promise((resolve) => server.once('listening', resolve))
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pets/7`
      expect((await fetch(url)).status).toBe(401)
      expect(await (await fetch(url, { headers: { 'x-user': 'alice' } })).json()).toEqual(['7', 'alice'])
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
})
