/** Answers that are kept, over real sockets: a bare handler, Postern's hits, and those of what one would pick instead. */
import { contest, pinned } from './lib/contest.mjs'
import { ratios } from './lib/measure.mjs'
import { spread, table, title } from './lib/print.mjs'

const ROUNDS = 15
const SECONDS = 2
const WARM_UP = 4
/** Each against its framework's bare handler: what it is, and what is wanted of its throughput. */
const CONTENDERS = {
  express: {
    bare: ['the handler answers', '1'],
    postern: ['a hit', '>= 1.12'],
    busy: ['a hit, API key, throttles and quota on', ''],
    front: ['a hit of toNode(gateway, app)', '>= 5'],
    cache: ['apicache alone: a hit', ''],
    usual: ['apicache behind metrics, key check and limiter: a hit', ''],
  },
  koa: {
    bare: ['the handler answers', '1'],
    postern: ['a hit', '>= 1.4'],
    usual: ['koa-cash behind logger, key check and koa-ratelimit: a hit', ''],
  },
  fastify: {
    bare: ['the handler answers', '1'],
    postern: ['a hit', '>= 0.80'],
    usual: ['@fastify/caching behind metrics, key check and @fastify/rate-limit: a hit', ''],
  },
  node: { bare: ['the handler answers', '1'], postern: ['a hit', ''] },
}

title(
  `cache: ${ROUNDS} rounds of ${SECONDS} s each, ${pinned ? 'server and load on a core each' : 'NOT pinned to cores'}`,
)
const rows = []
for (const [framework, told] of Object.entries(CONTENDERS)) {
  const contenders = await contest(
    { server: 'cache-server.mjs', load: 'cache-load.mjs', rounds: ROUNDS, seconds: SECONDS, warmUp: WARM_UP },
    Object.keys(told).map((variant) => `${framework} ${variant}`),
  )
  const [bare] = contenders
  const words = Object.values(told)
  for (const [at, { throughput, cpu }] of contenders.entries()) {
    const [what, wanted] = words[at]
    rows.push([
      `${framework}: ${what}`,
      spread(throughput),
      spread(ratios(throughput, bare.throughput), 2),
      wanted,
      spread(cpu, 1),
      spread(ratios(bare.cpu, cpu), 2),
    ])
  }
}
table(
  ['', 'requests/s (quartiles)', 'to bare', 'wanted', 'server CPU us/request', 'bare CPU / its CPU'],
  rows,
)
