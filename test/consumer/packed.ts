/** The package as its users get it: packed, and installed into a project of theirs. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PROJECTS = fileURLToPath(new URL('./projects', import.meta.url))

/** A project of somebody else's, outside this repository. */
export interface Project extends AsyncDisposable {
  readonly folder: string
  /** Runs a program in it, and gives what it printed. Rejects with all that it printed when it fails. */
  run(program: string, ...given: string[]): Promise<Output>
}

export interface Output {
  readonly stdout: string
  readonly stderr: string
}

/** A new project with these dependencies, the packed package among them, and the files of `./projects`. */
export async function installPacked(dependencies: Record<string, string>): Promise<Project> {
  if (!existsSync(join(ROOT, 'dist'))) throw new Error('nothing is built: npm run build')
  const folder = await mkdtemp(join(tmpdir(), 'postern-consumer-'))
  const { stdout } = await run(
    ROOT,
    'npm',
    'pack',
    '--ignore-scripts',
    '--json',
    '--pack-destination',
    folder,
  )
  const tarball = `file:./${JSON.parse(stdout)[0].filename}`
  const manifest = { name: 'consumer', private: true, dependencies: { postern: tarball, ...dependencies } }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, undefined, 2))
  await cp(PROJECTS, folder, { recursive: true })
  await run(folder, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error')
  return {
    folder,
    run: (program, ...given) => run(folder, program, ...given),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

function run(cwd: string, program: string, ...given: string[]): Promise<Output> {
  return new Promise((resolve, reject) => {
    const shell = process.platform === 'win32'
    execFile(
      program,
      given,
      { cwd, env: environment(), shell, timeout: 300_000 },
      (error, stdout, stderr) => {
        if (error === null) resolve({ stdout, stderr })
        else reject(new Error(`${program} ${given.join(' ')} failed:\n${stdout}${stderr}`, { cause: error }))
      },
    )
  })
}

/** This process's environment without what npm and vitest put there for their own. */
export function environment(): NodeJS.ProcessEnv {
  const foreign = /^(npm_(?!config_(cache|registry|userconfig)$)|VITEST|NODE_ENV$|NODE_OPTIONS$)/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}
