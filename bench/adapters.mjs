/** Each framework over real sockets: bare, behind Postern, and behind what one would pick instead. */
import { contest, pinned } from './lib/contest.mjs'
import { ratios } from './lib/measure.mjs'
import { spread, table, title } from './lib/print.mjs'

const ROUNDS = 11
const SECONDS = 2
const WARM_UP = 4
/** What of a framework's throughput is to be left. */
const WANTED = {
  node: { bare: '1', postern: '>= 0.73', floor: '' },
  fastify: { bare: '1', postern: '>= 0.77', floor: '', usual: '' },
  koa: { bare: '1', postern: '>= 0.66', floor: '', usual: '' },
  hono: { bare: '1', postern: '' },
}

title(
  `adapters: ${ROUNDS} rounds of ${SECONDS} s each, ${pinned ? 'server and load on a core each' : 'NOT pinned to cores'}`,
)
const rows = []
for (const [framework, wanted] of Object.entries(WANTED)) {
  const contenders = await contest(
    {
      server: 'adapters-server.mjs',
      load: 'adapters-load.mjs',
      rounds: ROUNDS,
      seconds: SECONDS,
      warmUp: WARM_UP,
    },
    Object.keys(wanted).map((variant) => `${framework} ${variant}`),
  )
  const [bare] = contenders
  for (const [at, { name, throughput, cpu }] of contenders.entries()) {
    rows.push([
      name,
      spread(throughput),
      spread(ratios(throughput, bare.throughput), 2),
      Object.values(wanted)[at],
      spread(cpu, 1),
      spread(ratios(bare.cpu, cpu), 2),
      spread(
        cpu.map((each, round) => each - bare.cpu[round]),
        1,
      ),
    ])
  }
}
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
  rows,
)
