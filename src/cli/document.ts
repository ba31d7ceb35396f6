/** What a file comes to: an API definition that it holds, or the gateway that it exports. */
import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import type { GatewayDefinition } from '../definition.js'
import { Gateway } from '../gateway.js'
import { formatRecord } from '../observe/log.js'
import type { FunctionTarget, OpenApiOptions, Warning } from '../openapi.js'
import { gatewayIn } from './load.js'
import { Failure, inOneLine, misuse, type Terminal } from './terminal.js'

/** A gateway, and the API key that was made to try it. */
export interface Served {
  readonly gateway: Gateway
  readonly key: string | undefined
}

/** What a command line says of a document. */
export interface DocumentOptions {
  readonly upstream?: readonly string[]
  readonly stage?: string
  readonly var?: readonly string[]
  readonly function?: readonly string[]
  readonly strict?: boolean
  /** Whether others than this machine may call, without TLS. */
  readonly isOpen?: boolean
}

const DOCUMENTS: ReadonlySet<string> = new Set(['.json', '.yaml', '.yml'])

/** Whether it is data, and no module. */
export function isDocument(file: string): boolean {
  return DOCUMENTS.has(extname(file).toLowerCase())
}

/** @throws DefinitionError with all that is wrong with it; Failure where there is none */
export async function servedFrom(
  file: string,
  options: DocumentOptions,
  terminal: Terminal,
): Promise<Served> {
  if (!isDocument(file)) {
    const given = (['upstream', 'stage', 'var', 'function', 'strict'] as const).find(
      (name) => options[name] !== undefined,
    )
    if (given !== undefined)
      throw misuse(`--${given} is for documents: ${file} is a module, which says so itself`)
    return { gateway: await gatewayIn(terminal.cwd, file), key: undefined }
  }
  const definition = await definitionIn(file, options, terminal)
  const gateway = new Gateway(withRuntime(definition, options, terminal))
  const needsKey = definition.routes.some(
    ({ policy }) => policy?.apiKey !== undefined && policy.apiKey !== false,
  )
  if (!needsKey) return { gateway, key: undefined }
  const { value } = await gateway.control.createApiKey({
    name: 'serve',
    plans: [...Object.keys(withPlan(definition).plans)],
  })
  return { gateway, key: value }
}

/** The definition in a document; its warnings are told. @throws DefinitionError; Failure where there is no such file */
async function definitionIn(
  file: string,
  options: DocumentOptions,
  { cwd, stderr }: Terminal,
): Promise<GatewayDefinition> {
  const path = resolve(cwd, file)
  if (!existsSync(path)) throw new Failure(`there is no file ${file}`)
  const { fromOpenApi } = await import('../openapi.js')
  const { definition, warnings } = fromOpenApi(path, readingOf(options, cwd))
  for (const warning of warnings) stderr.write(warned(file, warning))
  return definition
}

function readingOf({ upstream = [], stage, strict, ...given }: DocumentOptions, cwd: string): OpenApiOptions {
  const pairs = upstream.filter((text) => text.includes('='))
  const [whole, second] = upstream.filter((text) => !text.includes('='))
  if (second !== undefined)
    throw misuse(`two upstreams for all hosts, ${whole} and ${second}: <from>=<to> stands for one of them`)
  if (whole !== undefined && pairs.length > 0)
    throw misuse(`--upstream ${whole} stands for all hosts: leave ${pairs[0]} out`)
  return {
    ...(strict === true && { strict }),
    ...(stage !== undefined && { stage }),
    ...(whole !== undefined && { upstream: urlOf(whole), integrations: 'upstream' }),
    ...(pairs.length > 0 && { upstream: Object.fromEntries(pairs.map((text) => pairOf('upstream', text))) }),
    variables: Object.fromEntries((given.var ?? []).map((text) => pairOf('var', text))),
    functions: Object.fromEntries((given.function ?? []).map((text) => functionOf(text, cwd))),
  }
}

function urlOf(text: string): string {
  if (/^https?:\/\/[^/?#]+/i.test(text)) return text
  throw misuse(`--upstream ${text} is no URL: write http://${text}`)
}

/** By the first sign: values may have more of them. */
function pairOf(option: string, text: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw misuse(`--${option} takes <name>=<value>, not '${text}'`)
}

function functionOf(text: string, cwd: string): readonly [string, FunctionTarget] {
  const [name, target] = pairOf('function', text)
  const [module = '', handler] = target.split('#')
  return [name, { module: resolve(cwd, module), ...(handler !== undefined && { handler }) }]
}

function warned(file: string, { pointer, message, code, fix }: Warning): string {
  return `${file}${pointer}: ${message} (${code})\n    ${fix}\n`
}

/** Keys need a plan that they are in. */
function withPlan<T extends GatewayDefinition>(definition: T): T & { plans: NonNullable<T['plans']> } {
  const { plans = {} } = definition
  return { ...definition, plans: Object.keys(plans).length > 0 ? plans : { serve: {} } }
}

function withRuntime(
  definition: GatewayDefinition,
  { isOpen }: DocumentOptions,
  terminal: Terminal,
): GatewayDefinition {
  const { stdout, stderr } = terminal
  return {
    ...withPlan(definition),
    ...(isOpen === true && { httpsOnly: false }),
    onRecord: (record) => {
      stdout.write(`${formatRecord(record)}\n`)
    },
    onError: (error) => {
      stderr.write(`${inOneLine(error)}\n`)
    },
  }
}
