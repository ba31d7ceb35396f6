/** What is kept is of one place: apps make links of where they think that they are asked. */
import express from 'express'
import { Answer, createGateway, type GatewayDefinition, route } from 'postern'
import { toExpress } from 'postern/express'
import { type SendOptions, send, testClock } from 'postern/testing'
import { describe, expect, it } from 'vitest'
import { serve } from '../adapters/support.js'

const ROUTES = [route('GET /{path+}', { cache: true })]

/** Answers that are told apart by how often the app was called. */
function shop(definition: Partial<GatewayDefinition> = {}) {
  const gateway = createGateway({ routes: ROUTES, clock: testClock(), ...definition })
  let calls = 0
  return async (...requests: SendOptions[]) => {
    const got: string[] = []
    for (const options of requests) {
      const app = () => new Answer(200, ['content-type', 'text/plain'], `${++calls}`)
      got.push((await send(gateway, 'GET /a', { app, ...options })).text())
    }
    return got.join(' ')
  }
}

describe('an answer to a request', () => {
  it.each([
    ['x-forwarded-host', 'a.test', 'b.test'],
    ['x-forwarded-proto', 'https', 'http'],
    ['x-forwarded-port', '443', '8443'],
    ['forwarded', 'for=192.0.2.7;host=a.test;proto=https', 'for=192.0.2.7;host=b.test;proto=https'],
    ['x-forwarded-prefix', '/shop', '/store'],
  ])('with one %s is none to one with another, or without', async (name, one, other) => {
    // Of no trusted proxy: the scheme that counts is the same for all.
    const sourceIp = '192.0.2.1'
    const having = (value: string) => ({ sourceIp, headers: { [name]: value } })
    const all = [having(one), having(other), { sourceIp }]
    expect(await shop()(...all, ...all)).toBe('1 2 3 1 2 3')
  })

  it('over TLS is none to one without', async () => {
    const ask = shop({ httpsOnly: false })
    const [over, without] = [{ secure: true }, { secure: false, sourceIp: '192.0.2.1' }]
    expect(await ask(over, without, over, without)).toBe('1 2 1 2')
  })

  it('where the gateway stands in one place is none where it stands in another', async () => {
    const gateway = createGateway({ routes: ROUTES, clock: testClock() })
    const app = express()
    let calls = 0
    for (const mount of ['/shop', '/store']) app.use(mount, toExpress(gateway))
    app.use((req, res) => void res.send(`${++calls} ${req.originalUrl}`))
    const { url } = await serve(app)
    const got: string[] = []
    for (const path of ['/shop/a', '/store/a', '/shop/a', '/store/a'])
      got.push(await (await fetch(url + path)).text())
    expect(got).toEqual(['1 /shop/a', '2 /store/a', '1 /shop/a', '2 /store/a'])
  })
})
