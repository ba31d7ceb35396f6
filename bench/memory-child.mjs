/** Prints the bytes a key of one kind of table: `node --expose-gc memory-child.mjs tracked 100000`. */
import { memoryStore } from 'postern'

const BUCKET = { kind: /** @type {const} */ ('bucket'), rate: 10, burst: 20 }
const QUOTA = {
  kind: /** @type {const} */ ('quota'),
  limit: 100_000,
  period: /** @type {const} */ ('month'),
  offset: 0,
}
const NOW = Date.UTC(2026, 0, 15)

/** Each fills itself with all ids, and returns what has to stay alive. */
const KINDS = {
  tracked(ids) {
    const { counters } = memoryStore()
    for (const id of ids) counters.take(open(counters, id), NOW)
    if (counters.tracked !== 2 * ids.length) throw new Error(`${counters.tracked} are tracked`)
    return counters
  },
  held(ids) {
    const { counters } = memoryStore()
    const handles = ids.map((id) => open(counters, id))
    for (const each of handles) counters.take(each, NOW)
    return { counters, handles }
  },
  map(ids) {
    return new Map(ids.map((id) => [id, { tokens: 19.5, writtenAt: NOW, used: 1, resetAt: NOW }]))
  },
}

function open(counters, id) {
  return [counters.counter('plan/free', id, BUCKET), counters.counter('plan/free/quota', id, QUOTA)]
}

function settled() {
  for (let round = 0; round < 4; round++) globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  // `external` has the array buffers in it.
  return heapUsed + external
}

const [kind, size] = process.argv.slice(2)
const ids = Array.from({ length: Number(size) }, (_, index) =>
  Buffer.from(`key ${index} `.padEnd(15)).toString('base64url'),
)
// A first one, small, so that code and its feedback are there before it counts.
let alive = KINDS[kind](ids.slice(0, 1_000))
alive = undefined
const before = settled()
alive = KINDS[kind](ids)
const after = settled()
console.log((after - before) / (alive && ids.length))
