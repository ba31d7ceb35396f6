/** One route match, by the number of routes: Postern's router, find-my-way, and path-to-regexp in a loop. */
import findMyWay from 'find-my-way'
import { match } from 'path-to-regexp'
import { internals } from './lib/internals.mjs'
import { compare, ratios, summary } from './lib/measure.mjs'
import { number, spread, table, title } from './lib/print.mjs'
import { colons, POOL, requests, routes } from './lib/routes.mjs'

const SIZES = [10, 100, 1_000, 10_000]
/** A scan's time grows with the routes: nothing is to be learned from waiting for ten times as many. */
const LARGEST_SCAN = 1_000

const { parseRoute, Router, splitTarget } = await internals()

/** From the raw target: the check of its form and the decoding are part of the match, as they are of find-my-way's. */
function postern(list) {
  const router = new Router()
  for (const route of list) {
    const { method, patterns } = parseRoute(`${route.method} ${route.path}`)
    for (const pattern of patterns) router.add(method, pattern, route)
  }
  return (method, target) => {
    const split = splitTarget(target)
    return typeof split === 'string' ? undefined : router.match(method, split, 0)
  }
}

function findMy(list) {
  const router = findMyWay()
  for (const route of list) router.on(route.method, colons(route.path), () => route)
  return (method, target) => router.find(method, target)
}

function scan(list) {
  const compiled = list.map(({ method, path }) => ({ method, matches: match(colons(path)) }))
  return (method, target) => {
    for (const each of compiled) {
      const found = each.method === method && each.matches(target)
      if (found) return found
    }
  }
}

const ROUTERS = { postern, 'find-my-way': findMy, 'linear path-to-regexp': scan }

function contenders(draw) {
  const all = []
  for (const size of SIZES) {
    const list = routes(size)
    const pool = requests(list, '', draw)
    for (const [name, make] of Object.entries(ROUTERS)) {
      if (make === scan && size > LARGEST_SCAN) continue
      const find = make(list)
      const wrong = pool.find(({ method, target }) => !find(method, target)?.params)
      if (wrong !== undefined) throw new Error(`${name} does not find ${wrong.method} ${wrong.target}`)
      all.push([`${name} ${size}`, (index) => find(pool[index % POOL].method, pool[index % POOL].target)])
    }
  }
  return Object.fromEntries(all)
}

function report(draw, words) {
  title(`match: ns, by number of routes, ${words}`)
  const samples = compare(contenders(draw))
  const rows = SIZES.map((size) => {
    const [ours, theirs, linear] = Object.keys(ROUTERS).map((name) => samples[`${name} ${size}`])
    const relative = spread(ratios(ours, theirs), 2)
    return [number(size), spread(ours), spread(theirs), linear ? spread(linear) : 'not run', relative]
  })
  table(['routes', ...Object.keys(ROUTERS), 'postern / find-my-way, wanted <= 1'], rows)
  const growth = (name) => number(summary(ratios(samples[`${name} 10000`], samples[`${name} 10`])).median, 2)
  console.log(
    `\nat 10,000 to at 10: postern ${growth('postern')} (wanted <= 2), find-my-way ${growth('find-my-way')}`,
  )
}

report('skewed', 'the n-th drawn 1/n as often as the first')
report('even', 'each drawn as often')
