/** Memory of a gateway while 1 GB goes through it, each way, with readers that are fast and slow. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { number, table, title } from './lib/print.mjs'

const PIECE = Buffer.alloc(1_048_576, 'x')
const PIECES = 1_024
const WANTED = 64

const at = (file) => fileURLToPath(new URL(file, import.meta.url))

function start(file, ...options) {
  const child = fork(at(file), options, { execArgv: ['--expose-gc'] })
  child.once('exit', (code) => code && process.exit(code))
  return child
}

const backend = start('proxy-backend.mjs')
const [behind] = await once(backend, 'message')
const gateway = start('proxy-memory-server.mjs', String(behind))
const [port] = await once(gateway, 'message')

async function measured() {
  gateway.send('memory')
  return (await once(gateway, 'message'))[0]
}

const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** @param {boolean} slowly whether it rests after each megabyte */
async function down(slowly) {
  const req = request({ port, host: '127.0.0.1', path: '/huge' }).end()
  const [res] = await once(req, 'response')
  let size = 0
  for await (const piece of res) {
    size += piece.length
    if (slowly && size % PIECE.length < 65_536) await rest(3)
  }
  return size
}

/** @param {boolean} slowly whether the backend rests */
async function up(slowly) {
  const headers = { 'content-length': PIECE.length * PIECES }
  const req = request({ port, host: '127.0.0.1', path: slowly ? '/slow' : '/huge', method: 'POST', headers })
  for (let sent = 0; sent < PIECES; sent++) if (!req.write(PIECE)) await once(req, 'drain')
  const answered = once(req.end(), 'response')
  const [res] = await answered
  let text = ''
  for await (const piece of res) text += piece
  return Number(text)
}

title('proxy-memory: of a gateway while 1 GB goes through it')
const rows = []
// A first time each, so that buffers and code are there before it counts.
await down(false)
await up(false)
for (const [name, run] of Object.entries({
  'down, a fast reader': () => down(false),
  'down, a slow reader': () => down(true),
  'up, a fast upstream': () => up(false),
  'up, a slow upstream': () => up(true),
})) {
  const before = await measured()
  const started = performance.now()
  const size = await run()
  if (size !== PIECE.length * PIECES) throw new Error(`${size} bytes arrived`)
  const seconds = (performance.now() - started) / 1000
  const { most } = await measured()
  const grown = (most - before.now) / 1_048_576
  rows.push([
    name,
    number(before.now / 1_048_576, 1),
    number(grown, 1),
    `< ${WANTED}`,
    number(1_024 / seconds),
  ])
}
table(['', 'before, MB', 'grown by, MB', 'wanted', 'MB/s'], rows)
gateway.disconnect()
backend.disconnect()
