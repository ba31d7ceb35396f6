/** Real Express 5 over real sockets: bare, behind Postern, and behind what one would pick instead. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { numbers, ratios } from './lib/measure.mjs'
import { spread, table, title } from './lib/print.mjs'

const ROUNDS = 15
const SECONDS = 2
const WARM_UP = 4
const VARIANTS = /** @type {const} */ (['bare', 'postern', 'usual'])
const WANTED = { bare: '1', postern: '>= 0.80', usual: '' }
const SERVER_CORE = '0'
const LOAD_CORE = '1'

const pinned = cpus().length > 1 && has('taskset')

function has(command) {
  try {
    execFileSync(command, ['--version'])
    return true
  } catch {
    return false
  }
}

/** A child on a core of its own, that answers each message with one. */
function start(file, core, ...options) {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const [command, ...rest] = [...(pinned ? ['taskset', '-c', core] : []), process.execPath, path, ...options]
  const child = spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  child.once('exit', (code) => code && process.exit(code))
  return child
}

async function ask(child, message) {
  child.send(message)
  return (await once(child, 'message'))[0]
}

async function measure({ server, url }, seconds) {
  const before = await ask(server, 'cpu')
  const { requests, duration } = await ask(load, { url, seconds })
  const after = await ask(server, 'cpu')
  return { throughput: requests / duration, cpu: (after - before) / requests }
}

const load = start('./express-load.mjs', LOAD_CORE)
const contenders = []
for (const name of VARIANTS) {
  const server = start('./express-server.mjs', SERVER_CORE, name)
  const [port] = await once(server, 'message')
  const url = `http://127.0.0.1:${port}`
  contenders.push({ name, url, server, throughput: numbers(), cpu: numbers() })
}

for (const each of contenders) await measure(each, WARM_UP)
for (let round = 0; round < ROUNDS; round++) {
  for (let turn = 0; turn < contenders.length; turn++) {
    const each = contenders[(round + turn) % contenders.length]
    const { throughput, cpu } = await measure(each, SECONDS)
    each.throughput.push(throughput)
    each.cpu.push(cpu)
  }
}
for (const { server } of contenders) server.disconnect()
load.disconnect()

title(
  `express: ${ROUNDS} rounds of ${SECONDS} s each, ${pinned ? 'server and load on a core each' : 'NOT pinned to cores'}`,
)
const [bare] = contenders
table(
  [
    '',
    'requests/s (quartiles)',
    'to bare',
    'wanted',
    'server CPU us/request',
    'bare CPU / its CPU',
    'added us',
  ],
  contenders.map(({ name, throughput, cpu }) => [
    name,
    spread(throughput),
    spread(ratios(throughput, bare.throughput), 2),
    WANTED[name],
    spread(cpu, 1),
    spread(ratios(bare.cpu, cpu), 2),
    spread(
      cpu.map((each, round) => each - bare.cpu[round]),
      1,
    ),
  ]),
)
