#!/usr/bin/env node
/** The program `postern`. */
import { run } from './run.js'

const { stdout, stderr } = process
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
})
const status = await run(process.argv.slice(2), { cwd: process.cwd(), stdout, stderr, stopped })
// A module that was looked at may have left a server or a timer behind: what is written goes out, then it ends.
stdout.write('', () => stderr.write('', () => process.exit(status)))
