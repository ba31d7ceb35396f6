/** `postern check`: what a definition comes to, or all that is wrong with it. */
import type { Fault } from '../errors.js'
import type { Gateway } from '../gateway.js'
import { isDocument, servedFrom } from './document.js'
import { printFaults } from './faults.js'
import { faultsOf, gatewayIn, usualFile } from './load.js'
import { optionsOf } from './options.js'
import { outline } from './outline.js'
import { misuse, type Output, STATUS, type Terminal } from './terminal.js'
import { inWords, isStyled } from './words.js'

export const CHECK_HELP = `Usage: postern check [file] [options]

Reads an API definition (OpenAPI, Swagger, CloudFormation; JSON or YAML), or imports a module and takes the gateway or
definition that it exports (\`gateway\`, \`definition\`, \`default\`, or any export that is one). Prints its stages, usage
plans and routes as tables; with faults it prints them all and exits with 1.
Without a file: gateway.ts or gateway.js, here or in src, lib or app.

Options:
      --json    one JSON object on standard output, faults too
  -h, --help    this text

TypeScript is loaded by Node itself, from 22.18 on. Elsewhere, and for what Node does not take:
  npx tsx node_modules/postern/dist/cli.js check gateway.ts
`

export async function check(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = optionsOf('postern check', argv, { json: { type: 'boolean' } })
  if (positionals.length > 1) {
    throw misuse(`check takes one file, but ${positionals.length} were given. See: postern check --help`)
  }
  const file = positionals[0] ?? usualFile(terminal.cwd)
  const print = values.json ? asJson : asText
  try {
    const gateway = await quietly(terminal.stderr, () => read(file, terminal))
    return print(terminal, { file, outline: outline(gateway) })
  } catch (error) {
    const faults = faultsOf(error)
    if (faults === undefined) throw error
    return print(terminal, { file, faults })
  }
}

async function read(file: string, terminal: Terminal): Promise<Gateway> {
  return isDocument(file) ? (await servedFrom(file, {}, terminal)).gateway : gatewayIn(terminal.cwd, file)
}

/** Either or. */
type Found =
  | { readonly file: string; readonly outline: ReturnType<typeof outline> }
  | { readonly file: string; readonly faults: readonly Fault[] }

function asJson({ stdout }: Terminal, found: Found): number {
  const { file } = found
  const data = 'faults' in found ? { file, faults: found.faults } : { file, faults: [], ...found.outline }
  stdout.write(`${JSON.stringify(data, undefined, 2)}\n`)
  return 'faults' in found ? STATUS.failed : STATUS.done
}

function asText(terminal: Terminal, found: Found): number {
  const { stdout } = terminal
  if (!('faults' in found)) {
    stdout.write(inWords(found.outline, isStyled(stdout)))
    return STATUS.done
  }
  return printFaults(terminal, found.file, found.faults)
}

/** What the module itself prints, a key that it made for one, is kept out of what this command prints. */
async function quietly<T>(stderr: Output, work: () => Promise<T>): Promise<T> {
  const { stdout } = process
  const { write } = stdout
  stdout.write = stderr.write.bind(stderr) as typeof write
  try {
    return await work()
  } finally {
    stdout.write = write
  }
}
