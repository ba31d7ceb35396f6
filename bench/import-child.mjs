/** Prints the time and the heap that importing a module takes: `node --expose-gc import-child.mjs postern`. */
function heap() {
  for (let round = 0; round < 3; round++) globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

const module = process.argv[2]
const before = heap()
const start = process.hrtime.bigint()
await import(module)
const ms = Number(process.hrtime.bigint() - start) / 1e6
console.log(JSON.stringify({ ms, kilobytes: (heap() - before) / 1024 }))
