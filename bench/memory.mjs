/** Bytes a tracked key: its bucket and its quota, the key's id apart. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { summary } from './lib/measure.mjs'
import { number, table, title } from './lib/print.mjs'

const SIZES = [10_000, 100_000, 1_000_000]
const KINDS = {
  'postern: what a take leaves behind': 'tracked',
  'the same, and its handles held': 'held',
  'a Map of objects': 'map',
}
const ROUNDS = 3

/** A process of its own for each, so that no garbage of another is in its heap. */
function bytes(kind, size) {
  const file = fileURLToPath(new URL('./memory-child.mjs', import.meta.url))
  return Number(
    execFileSync(process.execPath, ['--expose-gc', file, kind, String(size)], { encoding: 'utf8' }),
  )
}

title('memory: bytes a key for a bucket and a quota, ids not counted')
const rows = Object.entries(KINDS).map(([name, kind]) => [
  name,
  ...SIZES.map((size) => number(summary(Array.from({ length: ROUNDS }, () => bytes(kind, size))).median)),
  kind === 'tracked' ? '<= 200' : '',
])
table(['keys', ...SIZES.map((size) => number(size)), 'wanted'], rows)
