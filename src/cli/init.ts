/** `postern init`: a first gateway for the framework that the project has. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FRAMEWORKS, type FrameworkName, gatewayFile, isFramework, toCommonJs } from './frameworks.js'
import { optionsOf, unknown } from './options.js'
import { type Project, readProject } from './project.js'
import { codeOf, Failure, inOneLine, misuse, STATUS, type Terminal } from './terminal.js'
import { nodeLoadsTypeScript, TSX } from './typescript.js'

const NAMES = Object.keys(FRAMEWORKS)

export const INIT_HELP = `Usage: postern init [options]

Writes a first gateway, gateway.ts or gateway.js, beside your source, and prints the lines that mount it. The framework
is the one that package.json depends on; TypeScript and the kind of modules are found there, too.

Options:
  -f, --framework <name>   ${NAMES.join(', ')}
      --force              overwrite a gateway file that is there
  -h, --help               this text
`

export async function init(argv: readonly string[], { cwd, stdout }: Terminal): Promise<number> {
  const { values, positionals } = optionsOf('postern init', argv, {
    framework: { type: 'string', short: 'f' },
    force: { type: 'boolean' },
  })
  if (positionals.length > 0) {
    throw misuse(`init takes no file, but '${positionals[0]}' was given. See: postern init --help`)
  }
  const asked = values.framework === undefined ? undefined : frameworkOf(values.framework)
  const project = await readProject(cwd)
  const name = asked ?? project.frameworks[0] ?? 'node'
  const shape = shapeOf(name, project)
  await write(join(cwd, shape.file), shape.file, shape.render(gatewayFile(FRAMEWORKS[name])), values.force)
  stdout.write(`Wrote ${shape.file}, a gateway for ${FRAMEWORKS[name].title}${why(name, asked, project)}.\n`)
  stdout.write(next(name, shape))
  return STATUS.done
}

function frameworkOf(name: string): FrameworkName {
  if (isFramework(name)) return name
  throw misuse(unknown('framework', name, NAMES, 'postern init'))
}

/** Which file is written, in which language, and how others import it. */
interface Shape {
  readonly file: string
  readonly extension: string
  readonly source: string
  /** What stands at the end of an import of it. */
  readonly imported: string
  render(code: string): string
  /** Whether it does not compile yet. */
  readonly untyped: boolean
  /** What prints it as a table, on the Node that runs here. */
  readonly check: string
}

function shapeOf(name: FrameworkName, { typescript, ...project }: Project): Shape {
  const untyped = typescript && project.untyped
  const esm = project.esm || untyped
  const bundled = FRAMEWORKS[name].file !== undefined
  const source = bundled ? project.pages : project.source
  const commonJs = !typescript && !esm && !bundled
  // Next.js compiles ES modules whatever package.json says; Node has to be told, for `postern check`.
  const extension = typescript ? 'ts' : bundled && !esm ? 'mjs' : 'js'
  const imported = typescript && (bundled || !esm) ? '' : extension === 'mjs' ? '.mjs' : '.js'
  const render = commonJs ? toCommonJs : (code: string) => code
  const loads = !typescript || (nodeLoadsTypeScript() && (esm || !project.commonJs))
  const check = `${loads ? 'npx postern' : TSX} check`
  return { file: `${source}gateway.${extension}`, extension, source, imported, render, untyped, check }
}

async function write(path: string, file: string, text: string, force = false): Promise<void> {
  try {
    await writeFile(path, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw new Failure(`${file} cannot be written: ${inOneLine(error)}`)
    throw new Failure(`${file} is there already. Nothing was written; --force overwrites it`)
  }
}

/** How the framework was chosen, where there was a choice. */
function why(name: FrameworkName, asked: FrameworkName | undefined, { frameworks }: Project): string {
  if (asked !== undefined || (frameworks.length === 1 && frameworks[0] === name)) return ''
  if (frameworks.length === 0) return ` (package.json names no framework; choose one with --framework)`
  return ` (package.json also names ${frameworks.slice(1).join(', ')}; choose with --framework)`
}

/** The lines that mount it, and what to try then. */
function next(name: FrameworkName, shape: Shape): string {
  const { where, imports, code, mounted, file, base } = FRAMEWORKS[name]
  const up = file === undefined ? './' : '../'.repeat(file.split('/').length - 1)
  const lines = [...imports, `import { ${mounted} } from '${up}gateway${shape.imported}'`, '', ...code].join(
    '\n',
  )
  const place = file === undefined ? where : `${where}, ${beside(shape, file)}`
  const url = `http://localhost:3000${base}/hello`
  return `${shape.untyped ? UNTYPED : ''}
Mount it ${place}:

${indented(file === undefined ? shape.render(lines) : lines)}
${started(name, shape)}
Then try:

  ${shape.check}
  curl -i ${url}/world
  curl -i -X POST ${url}     (403: it asks for an API key; gateway.control.createApiKey() makes one)
`
}

const UNTYPED = `
It does not compile yet: with verbatimModuleSyntax, TypeScript takes it for an ES module only where package.json says so.
Then .js files are ES modules, too:

  npm pkg set type=module
`

/** What loads it with the server, where the framework waits for the first request. */
function started(name: FrameworkName, shape: Shape): string {
  const { start } = FRAMEWORKS[name]
  if (start === undefined) return ''
  const loading = `if (process.env.NEXT_RUNTIME === 'nodejs') await import('./gateway${shape.imported}')`
  return `
Load it when the server starts, in ${beside(shape, start)}: requests that come before that are answered with 503.

${indented(`export async function register() {\n  ${loading}\n}`)}
`
}

/** A file of the framework's, which compiles it. */
function beside({ source, extension }: Shape, file: string): string {
  return `${source}${file}.${extension === 'ts' ? 'ts' : 'js'}`
}

function indented(lines: string): string {
  return lines.replace(/^(?=.)/gm, '  ')
}
