/** Proxying a node backend over real sockets: asked directly, through Postern, and through what one would pick instead. */
import { contest, DIRECT, pinned } from './lib/contest.mjs'
import { ratios } from './lib/measure.mjs'
import { installOthers } from './lib/others.mjs'
import { spread, table, title } from './lib/print.mjs'

const FILES = { server: 'proxy-server.mjs', load: 'proxy-load.mjs', backend: 'proxy-backend.mjs' }
const SMALL = {
  [DIRECT]: '1',
  'undici dispatch': '',
  postern: '',
  'postern, all on': '>= 0.26',
  '@fastify/http-proxy': '',
  'fast-gateway': '',
  'http-proxy-middleware': '',
  'express-gateway': '',
}
const LARGE = { 'undici dispatch': '1', postern: '>= 0.9', 'postern, all on': '' }

/** @param {string} about @param {Record<string, string>} wanted the first is what the others are compared to */
async function section(about, wanted, words) {
  const rounds = Number(process.env.ROUNDS ?? 9)
  const contenders = await contest({ ...FILES, about, rounds, seconds: 2, warmUp: 3 }, Object.keys(wanted))
  title(
    `proxy: ${words}, ${rounds} rounds of 2 s each, ${pinned ? 'the proxy on one core, backend and load on the other' : 'NOT pinned to cores'}`,
  )
  const [base] = contenders
  const rows = contenders.map(({ name, throughput, cpu }, at) => [
    name,
    spread(throughput),
    spread(ratios(throughput, base.throughput), 2),
    Object.values(wanted)[at],
    name === DIRECT ? '' : spread(cpu, 1),
  ])
  table(['', 'requests/s (quartiles)', `to ${base.name}`, 'wanted', 'proxy CPU us/request'], rows)
}

await installOthers()
await section('small', SMALL, 'small JSON')
await section('down', LARGE, '1 MB down')
await section('up', LARGE, '1 MB up')
