/** What `import 'postern'` costs at start, beside `ajv` and `lru-cache`: fresh processes by turns. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { numbers, ratios } from './lib/measure.mjs'
import { spread, table, title } from './lib/print.mjs'

const ROUNDS = 31
const CONTENDERS = {
  'ajv and lru-cache': './import-baseline.mjs',
  postern: 'postern',
  'postern and postern/express': './import-both.mjs',
  'node:http and node:crypto': './import-node.mjs',
}

function start(module) {
  const file = fileURLToPath(new URL('./import-child.mjs', import.meta.url))
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', file, module], { encoding: 'utf8' }))
}

const names = Object.keys(CONTENDERS)
const times = Object.fromEntries(names.map((name) => [name, numbers()]))
const heaps = Object.fromEntries(names.map((name) => [name, numbers()]))
// The first round fills the page cache, and does not count.
for (let round = -1; round < ROUNDS; round++) {
  for (let turn = 0; turn < names.length; turn++) {
    const name = names[(round + 1 + turn) % names.length]
    const { ms, kilobytes } = start(CONTENDERS[name])
    if (round < 0) continue
    times[name].push(ms)
    heaps[name].push(kilobytes)
  }
}

title('import: time and heap of the first import in a fresh process')
const [base] = names
table(
  ['', 'ms (quartiles)', 'ratio', 'KB (quartiles)', 'ratio', 'wanted'],
  names.map((name) => [
    name,
    spread(times[name], 1),
    spread(ratios(times[name], times[base]), 2),
    spread(heaps[name]),
    spread(ratios(heaps[name], heaps[base]), 2),
    name === 'postern' ? '<= 1.5, both' : '',
  ]),
)
