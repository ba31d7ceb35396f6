/** Upstreams, and gateways in front of them, over real sockets. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcp, type Socket, type Server as Tcp } from 'node:net'
import { onTestFinished } from 'vitest'
import { toNode } from '../../../adapters/node.js'
import { createGateway, type ExchangeRecord, type GatewayDefinition, route } from '../../../src/index.js'
import type { IntegrationDefinition } from '../../../src/integration.js'
import { type TestClock, testClock } from '../../../src/testing.js'
import { type Served, serve } from '../../sockets.js'

export interface Through extends Served {
  readonly gateway: ReturnType<typeof createGateway>
  /** Of exchanges that are over. */
  readonly records: ExchangeRecord[]
  readonly errors: unknown[]
  readonly clock: TestClock
}

/** A gateway whose routes are all answered by this integration, `ANY /{proxy+}` unless it is said. */
export async function through(
  integration: IntegrationDefinition,
  definition: Partial<GatewayDefinition> = {},
  pattern: `ANY /${string}` = 'ANY /{proxy+}',
): Promise<Through> {
  const records: ExchangeRecord[] = []
  const errors: unknown[] = []
  const clock = testClock()
  const gateway = createGateway({
    routes: [route(pattern, {}, integration)],
    httpsOnly: false,
    clock,
    random: () => 0.5,
    onRecord: (record) => records.push(record),
    onError: (error) => errors.push(error),
    ...definition,
  } as GatewayDefinition)
  const gate = toNode(gateway)
  const server = createServer(gate)
  gate.upgrade(server)
  const served = await upstream(server)
  onTestFinished(() => gateway.close())
  return { ...served, gateway, records, errors, clock } as Through
}

/** An upstream that tells what it was sent: method, target, header fields in turn, body. */
export interface Echoed {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string | undefined>
  readonly raw: readonly string[]
  readonly body: string
}

export const echo: RequestListener = (req, res) => {
  const pieces: Buffer[] = []
  req.on('data', (piece) => pieces.push(piece))
  req.on('end', () => {
    const { method, url, headers, rawHeaders: raw } = req
    const body = Buffer.concat(pieces).toString('latin1')
    res.setHeader('content-type', 'application/json').end(JSON.stringify({ method, url, headers, raw, body }))
  })
}

/** A server until the test is over, whatever its connections have become. */
export async function upstream(listener: RequestListener | Server): Promise<Served> {
  const served = await serve(listener)
  const sockets = new Set<Socket>()
  served.server.on('connection', (socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)))
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  return served
}

/** A server that speaks bytes, or another protocol, until the test is over. */
export async function speaking(
  listener: ((socket: Socket) => void) | Tcp,
): Promise<{ port: number; url: string; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>()
  const server = typeof listener === 'function' ? createTcp(listener) : listener
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, url: `http://127.0.0.1:${port}`, sockets }
}

/** Waits until it holds; 4 s at most. */
export async function until(holds: () => boolean, what = 'it'): Promise<void> {
  const deadline = Date.now() + 4_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`${what} never came to hold`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
