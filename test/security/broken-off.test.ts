/** Requests that are broken off: half of a body is none. */
import { connect, createServer } from 'node:http2'
import { type AddressInfo, connect as open } from 'node:net'
import { before, route } from 'postern'
import { type NodeListener, toNode } from 'postern/node'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { guard, pause } from '../adapters/support.js'

const AMOUNT = { models: { Amount: { type: 'number' } }, httpsOnly: false }

/** A request over HTTP/2 of which a part is sent, and the connection under it. */
async function begin(listener: NodeListener, part: string) {
  const server = createServer(listener as never)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const socket = open(port, '127.0.0.1')
  const session = connect(`http://127.0.0.1:${port}`, { createConnection: () => socket })
  session.on('error', () => {})
  onTestFinished(() => {
    socket.destroy()
    server.close()
  })
  const stream = session.request({
    ':method': 'POST',
    ':path': '/payments',
    'content-type': 'application/json',
  })
  stream.on('error', () => {})
  stream.write(part)
  await pause(30)
  return { socket, stream }
}

describe('over HTTP/2, a request whose connection is lost in the middle of its body', () => {
  test('is not answered by what has come of it', async () => {
    const paid = vi.fn()
    const { gateway, record } = guard({
      ...AMOUNT,
      routes: [route('POST /payments', { body: 'Amount' }, paid)],
    })
    const { socket } = await begin(toNode(gateway), '10')
    socket.destroy()
    expect(await record()).toMatchObject({ status: 0, end: 'aborted' })
    expect(paid).not.toHaveBeenCalled()
  })

  test('is not, either, where the body is asked for only later', async () => {
    const paid = vi.fn()
    const { gateway, record } = guard({
      ...AMOUNT,
      routes: [route('POST /payments', { body: 'Amount' }, paid)],
      steps: [before('validate', () => pause(80).then(() => undefined))],
    })
    const { socket } = await begin(toNode(gateway), '10')
    socket.destroy()
    expect(await record()).toMatchObject({ status: 0, end: 'aborted' })
    expect(paid).not.toHaveBeenCalled()
  })

  test('is not kept waiting for where all of the body has come', async () => {
    const { gateway } = guard({
      ...AMOUNT,
      routes: [route('POST /payments', { body: 'Amount' }, ({ body }) => `${String(body)} paid`)],
    })
    const { stream } = await begin(toNode(gateway), '10')
    stream.end('00')
    let text = ''
    for await (const chunk of stream) text += String(chunk)
    expect(text).toBe('1000 paid')
  })
})
