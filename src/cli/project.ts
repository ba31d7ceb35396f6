/** What a user's project says of itself. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FRAMEWORKS, type FrameworkName, isFramework } from './frameworks.js'
import { codeOf, Failure, inOneLine } from './terminal.js'
import { wantsModuleType } from './typescript.js'

export interface Project {
  /** Those that it depends on, the likeliest first. */
  readonly frameworks: readonly FrameworkName[]
  readonly typescript: boolean
  /** Whether a `.js` file of it is an ES module. */
  readonly esm: boolean
  /** Whether package.json says that it is none: then Node takes a `.ts` file for none either. */
  readonly commonJs: boolean
  /** Whether `.ts` files with `import` do not compile unless package.json says `"type": "module"`. */
  readonly untyped: boolean
  /** Where its source lies: `src/`, or nothing. */
  readonly source: 'src/' | ''
  /** The same for Next.js, which leaves `src` alone where `app` or `pages` stands beside it. */
  readonly pages: 'src/' | ''
}

/** @throws Failure without a package.json that can be read */
export async function readProject(folder: string): Promise<Project> {
  const manifest = await readManifest(folder)
  const [used, development] = [
    names(manifest.dependencies, manifest.peerDependencies),
    names(manifest.devDependencies),
  ]
  const frameworks = among(used)
  const has = (name: string) => existsSync(join(folder, name))
  const source = has('src') ? 'src/' : ''
  return {
    frameworks: frameworks.length > 0 ? frameworks : among(development),
    typescript: has('tsconfig.json') || used.has('typescript') || development.has('typescript'),
    esm: manifest.type === 'module',
    commonJs: manifest.type === 'commonjs',
    untyped: manifest.type !== 'module' && wantsModuleType(folder),
    source,
    pages: has('app') || has('pages') ? '' : source,
  }
}

async function readManifest(folder: string): Promise<Record<string, unknown>> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    if (isRecord(manifest)) return manifest
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw new Failure(`package.json cannot be read: ${inOneLine(error)}`)
    throw new Failure(
      'there is no package.json here. Go to the folder of your app, or make one: npm init --yes',
    )
  }
  throw new Failure('package.json holds no object. Make another one: npm init --yes')
}

/** The names of packages in these fields of a package.json. */
function names(...fields: readonly unknown[]): ReadonlySet<string> {
  return new Set(fields.flatMap((field) => (isRecord(field) ? Object.keys(field) : [])))
}

function among(packages: ReadonlySet<string>): FrameworkName[] {
  return Object.keys(FRAMEWORKS)
    .filter(isFramework)
    .filter((name) => FRAMEWORKS[name].packages.some((each) => packages.has(each)))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
