/** Prints the time and the heap that importing modules takes: `node --expose-gc import-child.mjs ajv lru-cache`. */
function heap() {
  for (let round = 0; round < 3; round++) globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

const modules = process.argv.slice(2)
const before = heap()
const start = process.hrtime.bigint()
await Promise.all(modules.map((name) => import(name)))
const ms = Number(process.hrtime.bigint() - start) / 1e6
console.log(JSON.stringify({ ms, kilobytes: (heap() - before) / 1024 }))
