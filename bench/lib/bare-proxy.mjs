/** What one would write by hand over undici's dispatch: no more than passing on, both ways, with back-pressure. */
import { Pool } from 'undici'

const HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['host', 'expect'],
])

/** @param {string} backend its origin */
export function bareProxy(backend) {
  const pool = new Pool(backend, { connections: 256 })
  /** @type {import('node:http').RequestListener} */
  return (req, res) => {
    const { method = 'GET', url = '/', rawHeaders } = req
    const hasBody =
      req.headers['content-length'] !== undefined || req.headers['transfer-encoding'] !== undefined
    const headers = without(rawHeaders)
    const body = hasBody ? req : null
    pool.dispatch({ path: url, method, headers, body }, new Passing(res))
  }
}

/** @param {readonly string[]} raw */
function without(raw) {
  const headers = []
  for (let at = 0; at < raw.length; at += 2) {
    if (!HOP.has(raw[at].toLowerCase())) headers.push(raw[at], raw[at + 1])
  }
  return headers
}

class Passing {
  /** @param {import('node:http').ServerResponse} res */
  constructor(res) {
    this.res = res
    this.abort = undefined
    res.on('close', () => res.writableFinished || this.abort?.())
  }

  onConnect(abort) {
    this.abort = abort
  }

  onHeaders(status, raw, resume) {
    if (status < 200) return true
    this.res.on('drain', resume)
    this.res.writeHead(status, without(raw.map(String)))
    return true
  }

  onData(chunk) {
    return this.res.write(chunk)
  }

  onComplete() {
    this.res.end()
  }

  onError(error) {
    if (this.res.headersSent) this.res.destroy(error)
    else this.res.writeHead(502).end()
  }
}
