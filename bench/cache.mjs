/** Answers that are kept, through real Express 5 over real sockets: bare, Postern's hits, and apicache's. */
import { contest, pinned } from './lib/contest.mjs'
import { ratios } from './lib/measure.mjs'
import { spread, table, title } from './lib/print.mjs'

const ROUNDS = 15
const SECONDS = 2
const WARM_UP = 4
const WANTED = { bare: '1', postern: '>= 1.12', busy: '', apicache: '', usual: '' }
const NAMES = {
  bare: 'bare: the handler answers',
  postern: 'postern: a hit',
  busy: 'postern: a hit, API key, throttles and quota on',
  apicache: 'apicache alone: a hit',
  usual: 'apicache behind metrics, key check and limiter: a hit',
}

const contenders = await contest(
  { server: 'cache-server.mjs', load: 'cache-load.mjs', rounds: ROUNDS, seconds: SECONDS, warmUp: WARM_UP },
  Object.keys(WANTED),
)

title(
  `cache: ${ROUNDS} rounds of ${SECONDS} s each, ${pinned ? 'server and load on a core each' : 'NOT pinned to cores'}`,
)
const [bare] = contenders
table(
  ['', 'requests/s (quartiles)', 'to bare', 'wanted', 'server CPU us/request', 'bare CPU / its CPU'],
  contenders.map(({ name, throughput, cpu }) => [
    NAMES[name],
    spread(throughput),
    spread(ratios(throughput, bare.throughput), 2),
    WANTED[name],
    spread(cpu, 1),
    spread(ratios(bare.cpu, cpu), 2),
  ]),
)
