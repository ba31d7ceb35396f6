/** What is proxied: small JSON, 1 MB and 1 GB down, anything up. */
import { createServer } from 'node:http'
import { order } from './lib/apps/app.mjs'
import { serveContest } from './lib/serve.mjs'

const LARGE = Buffer.alloc(1_048_576, 'x')
const HUGE = 1_024
const SMALL = JSON.stringify(order({ id: '7' }))

const server = createServer((req, res) => {
  if (req.method === 'POST') {
    let size = 0
    req.on('data', (piece) => {
      size += piece.length
      if (req.url === '/slow') pauseBetween(req, size)
    })
    req.on('end', () => send(res, 'text/plain', String(size)))
  } else if (req.url === '/huge') huge(res)
  else if (req.url === '/large') send(res, 'application/octet-stream', LARGE)
  else send(res, 'application/json', SMALL)
})

/** Something to read slowly: it rests after each megabyte. */
function pauseBetween(req, size) {
  if (size % LARGE.length >= 65_536) return
  req.pause()
  setTimeout(() => req.resume(), 3)
}

async function huge(res) {
  res.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': HUGE * LARGE.length })
  for (let sent = 0; sent < HUGE; sent++) {
    if (!res.write(LARGE)) await new Promise((resolve) => res.once('drain', () => resolve(undefined)))
  }
  res.end()
}

function send(res, type, body) {
  res.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) })
  res.end(body)
}

await serveContest(server.listen(0, '127.0.0.1'))
