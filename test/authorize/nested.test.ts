/** A route's own gate behind a mounted one: what that one has found out of the caller stays true. */
import type { RequestHandler } from 'express'
import { type Policy, type PolicyDocument, type PolicyStatement, route } from 'postern'
import { toExpress } from 'postern/express'
import { describe, expect, it } from 'vitest'
import { EXPRESSES, guard, serve } from '../adapters/support.js'
import { statement } from './ask.js'

function document(...statements: Partial<PolicyStatement>[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements.map((each) => statement(each)) }
}

const INVALIDATE = 'execute-api:InvalidateCache'
const everybody = { Principal: '*' } as const

describe.each(EXPRESSES)('behind a gate in $name', ({ express }) => {
  const whoever: RequestHandler = (req, res) => {
    res.send(`for ${req.gateway?.principal}`)
  }

  it('answers are kept apart by the caller whom the gate before knows', async () => {
    const byHeader: Policy<never, never, never> = { authorize: ({ request }) => request.header('x-user') }
    const gate = toExpress(guard({ routes: [route('GET /me', byHeader)] }).gateway)
    const app = express()
    app.use(gate)
    app.get('/me', gate.route({ cache: true }), whoever)
    const { url } = await serve(app)
    for (const user of ['alice', 'bob', 'alice']) {
      const answer = await fetch(`${url}/me`, { headers: { 'x-user': user } })
      expect(await answer.text()).toBe(`for ${user}`)
    }
  })

  it('a caller whom its own policy allows is not asked for by the resource policy anew', async () => {
    const { gateway } = guard({
      routes: [route('GET /me', { authorize: { token: lambda({}) } })],
      resourcePolicy: document({ ...everybody, Resource: 'execute-api:/*/GET/other' }),
    })
    const gate = toExpress(gateway)
    const app = express()
    app.use(gate)
    app.get('/me', gate.route({ throttle: { rate: 5, burst: 5 } }), whoever)
    const { url } = await serve(app)
    expect((await fetch(`${url}/me`, { headers: { authorization: 'x' } })).status).toBe(200)
  })

  it('a caller may do no more than the gate before lets it', async () => {
    let calls = 0
    const { gateway } = guard({
      routes: [
        route('GET /me', { authorize: { token: lambda({}, { Effect: 'Deny', Action: INVALIDATE }) } }),
      ],
      resourcePolicy: document(everybody),
    })
    const gate = toExpress(gateway)
    const app = express()
    app.use(gate)
    app.get('/me', gate.route({ cache: true }), (_req, res) => {
      res.send(`answer ${++calls}`)
    })
    const { url } = await serve(app)
    const call = async (headers: Record<string, string> = {}) =>
      (await fetch(`${url}/me`, { headers: { authorization: 'x', ...headers } })).text()
    expect(await call()).toBe('answer 1')
    expect(await call({ 'cache-control': 'max-age=0' })).toBe('answer 1')
  })

  it('the resource policy is asked where the gate before has only passed the request on', async () => {
    const { gateway } = guard({
      routes: [],
      unmatched: 'pass',
      resourcePolicy: document({ ...everybody, Resource: 'execute-api:/*/GET/other' }),
    })
    const gate = toExpress(gateway)
    const app = express()
    app.use(gate)
    app.get('/me', gate.route({}), whoever)
    const { url } = await serve(app)
    expect((await fetch(`${url}/me`)).status).toBe(403)
  })
})

function lambda(...statements: Partial<PolicyStatement>[]) {
  return () => ({ principalId: 'alice', policyDocument: document(...statements) })
}
