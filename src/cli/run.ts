/** The command line: which command, and how each ends. */
import { version } from '../../package.json'
import { CHECK_HELP, check } from './check.js'
import { INIT_HELP, init } from './init.js'
import { optionsOf, unknown } from './options.js'
import { SERVE_HELP, serve } from './serve.js'
import { Failure, misuse, STATUS, type Terminal } from './terminal.js'

interface Command {
  readonly help: string
  run(argv: readonly string[], terminal: Terminal): Promise<number>
}

const COMMANDS: Readonly<Record<string, Command>> = {
  init: { help: INIT_HELP, run: init },
  check: { help: CHECK_HELP, run: check },
  serve: { help: SERVE_HELP, run: serve },
}

const HELP = `Usage: postern <command> [options]

Commands:
  init            write a first gateway for the framework that package.json names
  check [file]    validate a definition; print its stages, plans and routes
  serve <file>    serve an API definition, or the gateway that a module exports

Options:
  -h, --help      this text; of a command: postern check --help
  -v, --version   the version

Exit codes: 0 done, 1 faults found or not done, 2 a command line that is wrong.
`

/**
 * Runs one command line.
 *
 * @param argv without the program's name: `['check', 'gateway.js']`
 * @returns the exit code: 0 done, 1 faults found or not done, 2 a command line that is wrong
 */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(argv, terminal)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    terminal.stderr.write(`postern: ${error.message}\n`)
    return error.status
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined) {
    terminal.stderr.write(HELP)
    return STATUS.misused
  }
  if (name.startsWith('-')) return general(argv, terminal)
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) throw misuse(unknown('command', name, Object.keys(COMMANDS), 'postern'))
  if (!rest.includes('--help') && !rest.includes('-h')) return command.run(rest, terminal)
  terminal.stdout.write(command.help)
  return STATUS.done
}

function general(argv: readonly string[], { stdout }: Terminal): number {
  const { values, positionals } = optionsOf('postern', argv, {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'v' },
  })
  const [command] = positionals
  if (command !== undefined) throw misuse(`options follow the command: postern ${command} ${argv[0]}`)
  stdout.write(values.version ? `${version}\n` : HELP)
  return STATUS.done
}
