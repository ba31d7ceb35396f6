/** `npm run bench`, or `npm run bench -- pipeline match`: each section in a process of its own, one after another. */
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

/** With the memory of a server that was given some: otherwise the collector's pauses drown what is measured. */
const SECTIONS = {
  pipeline: ['--max-semi-space-size=32'],
  express: [],
  adapters: [],
  cache: [],
  proxy: [],
  'proxy-memory': [],
  match: ['--max-semi-space-size=32'],
  policy: ['--max-semi-space-size=32'],
  sigv4: ['--max-semi-space-size=32'],
  lambda: ['--max-semi-space-size=32'],
  mapping: ['--max-semi-space-size=32'],
  openapi: ['--max-semi-space-size=32'],
  validate: ['--max-semi-space-size=32'],
  memory: [],
  import: [],
}

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !(name in SECTIONS))
if (unknown !== undefined) {
  console.error(`there is no section '${unknown}'; there are: ${Object.keys(SECTIONS).join(', ')}`)
  process.exit(1)
}

console.log(`node ${process.version}, ${cpus().length} cores`)
for (const [name, flags] of Object.entries(SECTIONS)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const file = fileURLToPath(new URL(`./${name}.mjs`, import.meta.url))
  const { status } = spawnSync(process.execPath, [...flags, file], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
