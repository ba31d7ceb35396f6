/**
 * In front of any framework: plain Node.
 *
 * `toNode` is a listener for Node's `http`, `https` and `http2` servers, and the fastest way to mount a gateway: refusals
 * and kept answers never enter the framework behind. That is an Express app, Koa's `app.callback()`, a function of
 * your own, or nothing, where each route has a handler.
 */
import { createServer } from 'node:http'
import { createGateway, route } from 'postern'
import { toNode } from 'postern/node'

const gateway = createGateway({
  routes: [route('GET /pets/{petId}'), route('GET /time', {}, () => ({ now: Date.now() }))],
  stages: { prod: {}, beta: {} },
})
const server = createServer(
  toNode(gateway, (req, res) => {
    res.end(`${req.url} on ${req.gateway?.stage}`) // /pets/7 on prod
  }),
)
server.listen(3000)
