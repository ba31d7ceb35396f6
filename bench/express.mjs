/** Real Express 5 over real sockets: bare, behind Postern, and behind what one would pick instead. */
import { contest, pinned } from './lib/contest.mjs'
import { ratios } from './lib/measure.mjs'
import { spread, table, title } from './lib/print.mjs'

const ROUNDS = 15
const SECONDS = 2
const WARM_UP = 4
const WANTED = { bare: '1', postern: '>= 0.80', floor: '', usual: '' }

const contenders = await contest(
  {
    server: 'express-server.mjs',
    load: 'express-load.mjs',
    rounds: ROUNDS,
    seconds: SECONDS,
    warmUp: WARM_UP,
  },
  Object.keys(WANTED),
)

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
