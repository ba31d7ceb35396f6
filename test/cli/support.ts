/** A command line run in a folder of its own, with what it printed. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { run } from '../../src/cli/run.js'

const made: string[] = []

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A new folder with these files. It lies in this repository, where `postern` is the source. */
export function folderOf(files: Readonly<Record<string, string | object>>): string {
  const folder = mkdtempSync(fileURLToPath(new URL('../.cli-', import.meta.url)))
  made.push(folder)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

export interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `postern …` there. */
export async function postern(cwd: string, ...argv: string[]): Promise<Ran> {
  return running(cwd, argv, Promise.resolve())
}

/** The same, for what runs until it is stopped. @param heard is told what it prints on standard output */
export async function running(
  cwd: string,
  argv: readonly string[],
  stopped: Promise<void>,
  heard: (stdout: string) => void = () => {},
): Promise<Ran> {
  const said = { stdout: '', stderr: '' }
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      said[name] += text
      if (name === 'stdout') heard(said.stdout)
    },
  })
  const status = await run(argv, {
    cwd,
    stdout: output('stdout'),
    stderr: output('stderr'),
    stopped,
  })
  return { status, ...said }
}
