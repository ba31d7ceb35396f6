/** What is left of callers who leave: nothing. */
import { connect, type Socket } from 'node:net'
import { queryObjects } from 'node:v8'
import { expect, it } from 'vitest'
import { NodeRequest } from '../../../adapters/request.js'
import { http } from '../../../src/http.js'
import { tell, wire } from '../../sockets.js'
import { through, until, upstream } from './support.js'

const CONNECTIONS = 20
const ROUNDS = 25
const AT_A_TIME = 120

/** How callers leave: while they send a large or a small body, while they wait, and when something has come. */
const LEAVING = [
  { sent: 'POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', hears: false },
  { sent: 'POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc', hears: false },
  { sent: 'GET /wait HTTP/1.1\r\nHost: a\r\n\r\n', hears: false },
  { sent: 'GET /down HTTP/1.1\r\nHost: a\r\n\r\n', hears: true },
]

/** An upstream that never comes to an end, but for `/fine`, and knows who is connected. */
async function endless() {
  const sockets = new Set<Socket>()
  const served = await upstream((req, res) => {
    if (req.url === '/down') res.write('x')
    else if (req.url === '/fine') res.end('ok')
  })
  served.server.on('connection', (socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)))
  })
  return { ...served, sockets }
}

/** Comes, sends, and leaves: with the first that it hears, or some ms later at most. */
function leave(port: number, nth: number): Promise<void> {
  const { sent, hears } = LEAVING[nth % LEAVING.length] ?? { sent: '', hears: false }
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(sent)
      setTimeout(() => socket.destroy(), hears ? 100 : nth % 10).unref()
      if (hears) socket.once('data', () => socket.destroy())
    })
    socket.on('error', () => {}).on('close', () => resolve())
  })
}

/** Timers that keep this process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}

/** Requests that can still be reached: whatever else is made for one leads there. */
function kept(): number {
  return queryObjects(NodeRequest, { format: 'count' }) as number
}

it('three thousand callers who leave, leave nothing behind', async () => {
  const { url, sockets } = await endless()
  const options = { connections: CONNECTIONS, breaker: { failures: 1 } } as const
  const gate = await through(http(`${url}/{proxy}`, options))
  const before = timers()
  let most = 0
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(Array.from({ length: AT_A_TIME }, (_, nth) => leave(gate.port, nth)))
    most = Math.max(most, sockets.size)
  }
  await until(() => gate.records.length === ROUNDS * AT_A_TIME, 'a record of each')
  expect(new Set(gate.records.map(({ end }) => end))).toEqual(new Set(['aborted']))
  expect(most).toBeLessThanOrEqual(2 * CONNECTIONS)
  await until(() => sockets.size <= CONNECTIONS, 'an upstream with no more connections than are kept')
  expect((await tell(gate.port, wire('GET /fine'))).status).toBe(200)
  expect(timers()).toBeLessThanOrEqual(before + 1)
  expect(kept()).toBeLessThan(20)
}, 20_000)
