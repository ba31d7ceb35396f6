/** A gateway in front of the backend on this port; tells how much memory it has taken since it was last asked. */
import { createServer } from 'node:http'
import { createGateway, route } from 'postern'
import { http } from 'postern/http'
import { toNode } from 'postern/node'

const backend = `http://127.0.0.1:${process.argv[2]}`
const routes = [route('ANY /{proxy+}', {}, http(`${backend}/{proxy}`, { timeout: '5m' }))]
const gateway = createGateway({ routes, httpsOnly: false, limits: { body: 2 ** 32 } })
const server = createServer(toNode(gateway)).listen(0, '127.0.0.1', () => {
  process.send?.(/** @type {import('node:net').AddressInfo} */ (server.address()).port)
})

let most = 0
setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss())
}, 20).unref()

process.on('message', () => {
  globalThis.gc?.()
  const now = process.memoryUsage.rss()
  process.send?.({ most: Math.max(most, now), now })
  most = now
})
process.once('disconnect', () => process.exit())
