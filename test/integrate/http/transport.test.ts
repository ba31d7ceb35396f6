/** The transport that kinds of integrations share, by a kind that is only here. */
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ReceivedAnswer, Refusal } from '../../../src/exchange.js'
import { createGateway, type ExchangeRecord, route } from '../../../src/index.js'
import { createTransport, type TransportOptions } from '../../../src/integrate/http/transport.js'
import { IntegrationDefinition, type IntegrationKind, type Outbound } from '../../../src/integration.js'
import { send, testClock } from '../../../src/testing.js'
import { serve } from '../../sockets.js'

interface Options extends TransportOptions {
  outbound: Partial<Outbound> & { origin: string }
}

const KIND: IntegrationKind<Options> = {
  type: 'plain',
  check() {},
  compile({ outbound, ...options }, site) {
    const transport = createTransport(options, site)
    return async (exchange) => {
      const body = exchange.request.stream(site.bodyLimit)
      const given = { method: exchange.request.method, path: '/', headers: [], body, ...outbound }
      const inbound = await transport(exchange, given)
      if (inbound instanceof Refusal) return inbound
      return new ReceivedAnswer(
        inbound.status,
        ['x-whole', String(inbound.body instanceof Uint8Array)],
        inbound.body,
      )
    }
  },
}

function gatewayTo(
  origin: string,
  { outbound = {}, ...options }: Partial<TransportOptions> & { outbound?: object } = {},
) {
  const records: ExchangeRecord[] = []
  const clock = testClock()
  const integration = new IntegrationDefinition(KIND, {
    ...options,
    outbound: { origin, ...outbound },
  } as Options)
  const gateway = createGateway({
    routes: [route('ANY /', {}, integration)],
    clock,
    random: () => 0,
    onRecord: (record) => records.push(record),
    onError: () => {},
  })
  onTestFinished(() => gateway.close())
  return { gateway, records, clock }
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('a transport', () => {
  it('sends a request and gives what came back, whole where it is there', async () => {
    const upstream = await serve((req, res) => {
      let text = ''
      req.on('data', (chunk) => {
        text += chunk
      })
      req.on('end', () => res.writeHead(201).end(`${req.method} ${text}`))
    })
    const { gateway } = gatewayTo(upstream.url)
    const sent = await send(gateway, 'POST /', { body: 'hello' })
    expect([sent.status, sent.text(), sent.headers['x-whole']]).toEqual([201, 'POST hello', 'true'])
  })

  it('refuses where nobody listens, and says whom it asked', async () => {
    const port = await closedPort()
    const { gateway, records } = gatewayTo(`http://127.0.0.1:${port}`, { retries: false })
    const sent = await send(gateway, 'GET /')
    expect([sent.status, sent.json()]).toEqual([504, { message: 'Internal server error' }])
    expect(records[0]).toMatchObject({
      refusal: 'INTEGRATION_FAILURE',
      detail: `http://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`,
    })
  })

  it('refuses what does not answer in time', async () => {
    const upstream = await serve(() => {})
    const { gateway, records } = gatewayTo(upstream.url, { timeout: 60 })
    const sent = await send(gateway, 'GET /')
    expect([sent.status, sent.json()]).toEqual([504, { message: 'Endpoint request timed out' }])
    expect(records[0]).toMatchObject({
      refusal: 'INTEGRATION_TIMEOUT',
      detail: `${upstream.url}: no answer within 60 ms`,
    })
  })

  it('sends what is idempotent again where the connection broke, and nothing else', async () => {
    let calls = 0
    const upstream = await serve((req, res) => {
      if (++calls % 3 === 0) res.end(String(calls))
      else req.socket.destroy()
    })
    const { gateway } = gatewayTo(upstream.url)
    expect((await send(gateway, 'GET /')).text()).toBe('3')
    expect((await send(gateway, 'POST /')).status).toBe(504)
    expect(calls).toBe(4)
  })

  it('leaves a target alone that keeps failing, and tries again after a while', async () => {
    let calls = 0
    const upstream = await serve((req, res) => {
      if (++calls > 2) res.end('back')
      else req.socket.destroy()
    })
    const breaker = { failures: 2, cooldown: '10s' } as const
    const { gateway, records, clock } = gatewayTo(upstream.url, { retries: false, breaker })
    for (let call = 0; call < 4; call++) expect((await send(gateway, 'GET /')).status).toBe(504)
    expect(calls).toBe(2)
    expect(records[3]?.detail).toBe(`${upstream.url}: not called, for all calls of late have failed`)
    clock.advance('10s')
    expect((await send(gateway, 'GET /')).text()).toBe('back')
  })
})
