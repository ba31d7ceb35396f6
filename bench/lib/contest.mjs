/** Servers by turns under the same load: each on the one core, the load on another where there is one. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { numbers } from './measure.mjs'

const SERVER_CORE = '0'
const LOAD_CORE = '1'

export const pinned = cpus().length > 1 && has('taskset')

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
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url))
  const [command, ...rest] = [...(pinned ? ['taskset', '-c', core] : []), process.execPath, path, ...options]
  const child = spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  child.once('exit', (code) => code && process.exit(code))
  return child
}

async function ask(child, message) {
  child.send(message)
  return (await once(child, 'message'))[0]
}

/** What answers behind the servers, on the core of the load: what is measured is what stands between. */
export const DIRECT = 'direct'

/**
 * Requests a second and microseconds of server CPU a request, round by round.
 *
 * @param {{ server: string, load: string, rounds: number, seconds: number, warmUp: number, backend?: string, about?: string }} options
 *   files in `bench/`; what the load is told to be about
 * @param {readonly string[]} variants what the server is told to be; `DIRECT`: the backend itself
 */
export async function contest(options, variants) {
  const {
    server: serverFile,
    load: loadFile,
    rounds,
    seconds,
    warmUp,
    backend: backendFile,
    about = '',
  } = options
  const load = start(loadFile, LOAD_CORE, about)
  const backend = backendFile === undefined ? undefined : start(backendFile, LOAD_CORE)
  const [behind] = backend === undefined ? [''] : await once(backend, 'message')
  const contenders = []
  for (const name of variants) {
    const isDirect = name === DIRECT && backend !== undefined
    const server = isDirect ? backend : start(serverFile, SERVER_CORE, name, String(behind))
    const [port] = isDirect ? [behind] : await once(server, 'message')
    contenders.push({
      name,
      server,
      url: `http://127.0.0.1:${port}`,
      throughput: numbers(),
      cpu: numbers(),
    })
  }
  const measure = async ({ server, url }, time) => {
    const before = await ask(server, 'cpu')
    const { requests, duration } = await ask(load, { url, seconds: time })
    return { throughput: requests / duration, cpu: ((await ask(server, 'cpu')) - before) / requests }
  }
  for (const each of contenders) await measure(each, warmUp)
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const each = contenders[(round + turn) % contenders.length]
      const { throughput, cpu } = await measure(each, seconds)
      each.throughput.push(throughput)
      each.cpu.push(cpu)
    }
  }
  for (const { server } of contenders) if (server !== backend) server.disconnect()
  backend?.disconnect()
  load.disconnect()
  return contenders
}
