/** `postern serve`: an API definition on a port of this machine, with each request as a line. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNode } from '../../adapters/node.js'
import type { Gateway } from '../gateway.js'
import { isDocument, type Served, servedFrom } from './document.js'
import { printFaults } from './faults.js'
import { faultsOf } from './load.js'
import { optionsOf } from './options.js'
import { outline } from './outline.js'
import { codeOf, Failure, inOneLine, misuse, STATUS, type Terminal } from './terminal.js'
import { curlLine } from './trying.js'
import { isStyled, routesInWords } from './words.js'

export const SERVE_HELP = `Usage: postern serve <file> [options]

Serves an API definition (OpenAPI 3.0, 3.1 or Swagger 2.0, with AWS's extensions or without; a template of CloudFormation
or SAM), as JSON or YAML, or the gateway that a module exports. Each request is a line; what of a document does not hold
is said first.

Options:
  -u, --upstream <url>     whom HTTP integrations ask instead of the hosts that they name, and who answers where the
                           document names nobody; <from>=<to> stands for one host alone. May be given several times
  -p, --port <number>      default 3000; 0 for any that is free
      --host <address>     default 127.0.0.1: nobody but this machine
      --stage <name>       the stage, with which each path begins; by default there is none
      --var <name>=<value> a stage variable; several times
      --function <name>=<module>[#<export>]
                           runs a Lambda function here, by its name or ARN; several times
      --strict             what is unsupported in the document is an error
  -h, --help               this text

Routes that ask for an API key get one, which is printed.
`

const OPTIONS = {
  upstream: { type: 'string', short: 'u', multiple: true },
  port: { type: 'string', short: 'p' },
  host: { type: 'string' },
  stage: { type: 'string' },
  var: { type: 'string', multiple: true },
  function: { type: 'string', multiple: true },
  strict: { type: 'boolean' },
} as const

export async function serve(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = optionsOf('postern serve', argv, OPTIONS)
  const [file] = positionals
  if (file === undefined) throw misuse('serve takes a file. See: postern serve --help')
  if (positionals.length > 1)
    throw misuse(`serve takes one file, but ${positionals.length} were given. See: postern serve --help`)
  const { port = '3000', host = '127.0.0.1', ...given } = values
  const number = portOf(port)
  try {
    const served = await servedFrom(file, { ...given, isOpen: !isLoopback(host) }, terminal)
    return await listen(served, { host, port: number, file }, terminal)
  } catch (error) {
    const faults = faultsOf(error)
    if (faults === undefined) throw error
    return printFaults(terminal, file, faults)
  }
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text)
  throw misuse(`--port is a number from 0 to 65535, not '${text}'. See: postern serve --help`)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

interface At {
  readonly host: string
  readonly port: number
  readonly file: string
}

/** Until the terminal says that it is enough. */
async function listen({ gateway, key }: Served, at: At, terminal: Terminal): Promise<number> {
  if (gateway.routes.length === 0) throw new Failure(`${at.file} ${NOTHING}`)
  const server = createServer(listenerOf(gateway, at))
  const { port } = await bound(server, at)
  terminal.stdout.write(banner(gateway, key, { ...at, port }, terminal))
  await terminal.stopped
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await gateway.close()
  return STATUS.done
}

const NOTHING = 'has no operation that could be served: every request would be refused. Give it routes'

function listenerOf(gateway: Gateway, { file }: At) {
  try {
    return toNode(gateway)
  } catch (error) {
    if (codeOf(error) !== 'APP_REQUIRED') throw error
    const route = gateway.routes.find(({ answeredBy }) => answeredBy === 'app')
    const fix = isDocument(file)
      ? 'give --upstream http://localhost:8080'
      : 'give it a handler or an integration'
    throw new Failure(`${file} names nobody who answers ${route?.name}: ${fix}`)
  }
}

function bound(server: Server, { host, port }: At): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new Failure(unbound(error, host, port))))
    server.listen(port, host, () => resolve(server.address() as AddressInfo))
  })
}

function unbound(error: Error, host: string, port: number): string {
  const code = codeOf(error)
  if (code === 'EADDRINUSE') return `port ${port} of ${host} is taken: give another one, --port ${port + 1}`
  if (code === 'EACCES') return `port ${port} may not be used by you: give one above 1023, --port 3000`
  return `cannot listen on ${host}:${port} (${inOneLine(error)}): give an address of this machine, --host 127.0.0.1`
}

const ROOT = { method: 'GET', path: '/', policy: {} }

function banner(gateway: Gateway, key: string | undefined, at: At, { stdout }: Terminal): string {
  const { stages, routes } = outline(gateway)
  const [stage] = stages
  const host = at.host.includes(':') ? `[${at.host}]` : at.host
  const base = `http://${host}:${at.port}${stage === undefined || stage.name === '$default' ? '' : `/${stage.name}`}`
  const served = gateway.routes
  const first = served.find(({ method }) => method === 'GET' || method === 'ANY') ?? served[0]
  const line = curlLine(first ?? ROOT, base, key)
  return `${routesInWords(routes, isStyled(stdout))}
${at.file} is served at ${base}. To try it:

  ${line}

`
}
