/** Node's own server: a function that looks at the path. */
import { createServer } from 'node:http'
import { toNode } from 'postern/node'
import { jsonOf, order, placed } from './app.mjs'

/** @param {import('./app.mjs').Build} build */
export async function node({ gateway, floor, called }) {
  const app = (req, res) => {
    called()
    const { method, url } = req
    if (method === 'POST') return jsonOf(req).then((given) => send(res, 201, placed(given)))
    const mark = url.indexOf('?')
    const [id, , itemId] = url
      .slice(0, mark === -1 ? undefined : mark)
      .split('/', 6)
      .slice(-3)
    send(res, 200, order({ id, itemId }))
  }
  const floored = (req, res) => floor?.(req, res) && app(req, res)
  const bare = floor === undefined ? app : floored
  return createServer(gateway === undefined ? bare : toNode(gateway, app)).listen(0, '127.0.0.1')
}

function send(res, status, value) {
  const body = JSON.stringify(value)
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  })
  res.end(body)
}
