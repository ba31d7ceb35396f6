/** What a file comes to: an API definition that it holds, or the gateway that it exports. */
import { readFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import type { GatewayDefinition } from '../definition.js'
import { Gateway } from '../gateway.js'
import { formatRecord } from '../observe/log.js'
import type { FunctionTarget, OpenApiOptions, Warning } from '../openapi.js'
import { gatewayIn, pathOf } from './load.js'
import { inOneLine, misuse, type Terminal } from './terminal.js'

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
  if (!needsKey(definition)) return { gateway, key: undefined }
  const plans = Object.keys(withPlan(definition).plans ?? {})
  return { gateway, key: (await gateway.control.createApiKey({ name: 'serve', plans })).value }
}

/** The definition in a document; its warnings are told. @throws DefinitionError; Failure where there is no such file */
async function definitionIn(
  file: string,
  options: DocumentOptions,
  { cwd, stderr }: Terminal,
): Promise<GatewayDefinition> {
  const path = pathOf(cwd, file)
  const text = readFileSync(path, 'utf8')
  for (const [option, name] of namesIn(options)) {
    if (!text.includes(name)) throw misuse(`--${option} ${name} stands for nothing: ${file} does not name it`)
  }
  const { fromOpenApi } = await import('../openapi.js')
  const { definition, warnings } = fromOpenApi(path, readingOf(options, cwd))
  for (const warning of warnings) stderr.write(warned(file, warning))
  return definition
}

/** What a document has to say for an option to have a meaning. An ARN may be put together from pieces there. */
function namesIn(options: DocumentOptions): readonly (readonly [option: string, name: string])[] {
  const functions = (options.function ?? []).map((text) => pairOf('function', text)[0])
  const hosts = (options.upstream ?? []).filter(isPair).map((text) => pairOf('upstream', text)[0])
  return [
    ...functions.filter((name) => !name.startsWith('arn:')).map((name) => ['function', name] as const),
    ...hosts.map((host) => ['upstream', host] as const),
  ]
}

function readingOf({ upstream = [], stage, strict, ...given }: DocumentOptions, cwd: string): OpenApiOptions {
  const pairs = upstream.filter(isPair)
  const [whole, second] = upstream.filter((text) => !isPair(text))
  if (second !== undefined)
    throw misuse(`two upstreams for all hosts, ${whole} and ${second}: <from>=<to> stands for one of them`)
  if (whole !== undefined && pairs.length > 0)
    throw misuse(`--upstream ${whole} stands for all hosts: leave ${pairs[0]} out`)
  return {
    ...(strict === true && { strict }),
    ...(stage !== undefined && { stage }),
    ...(whole !== undefined && { upstream: urlOf(whole), integrations: 'upstream' }),
    ...(pairs.length > 0 && { upstream: Object.fromEntries(pairs.map(upstreamOf)) }),
    variables: Object.fromEntries((given.var ?? []).map((text) => pairOf('var', text))),
    functions: Object.fromEntries((given.function ?? []).map((text) => functionOf(text, cwd))),
  }
}

/** Paths come behind it, so that there can be none of what follows a path. */
function urlOf(text: string): string {
  if (/^https?:\/\/[^/?#]+[^?#]*$/i.test(text)) return text
  if (/[?#]/.test(text))
    throw misuse(`--upstream ${text} goes on behind its path: leave out ${/[?#].*/s.exec(text)}`)
  const isHost = /^[\w.-]+(?::\d+)?(?:\/|$)/.test(text)
  throw misuse(
    `--upstream ${text} is no URL: write ${isHost ? `http://${text}` : 'one such as http://localhost:8080'}`,
  )
}

function upstreamOf(text: string): readonly [string, string] {
  const [from, to] = pairOf('upstream', text)
  return [from, urlOf(to)]
}

/** A query may have such a sign, too. */
function isPair(text: string): boolean {
  return /^[^?#]*=/.test(text)
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

function needsKey({ routes }: GatewayDefinition): boolean {
  return routes.some(({ policy }) => policy?.apiKey !== undefined && policy.apiKey !== false)
}

/** Keys need a plan that they are in. */
function withPlan(definition: GatewayDefinition): GatewayDefinition {
  const hasPlan = Object.keys(definition.plans ?? {}).length > 0
  return hasPlan || !needsKey(definition) ? definition : { ...definition, plans: { serve: {} } }
}

/** Where in code of the user's own it was thrown. */
function placeIn(error: unknown, cwd: string): string {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').slice(1) : []
  const own = frames.find((frame) => frame.includes(cwd) && !frame.includes('node_modules'))
  const [, place] = /([^\s()]+:\d+:\d+)\)?$/.exec(own ?? '') ?? []
  return place === undefined ? '' : ` (${place})`
}

function withRuntime(
  definition: GatewayDefinition,
  { isOpen }: DocumentOptions,
  terminal: Terminal,
): GatewayDefinition {
  const { cwd, stdout, stderr } = terminal
  return {
    ...withPlan(definition),
    ...(isOpen === true && { httpsOnly: false }),
    onRecord: (record) => {
      stdout.write(`${formatRecord(record)}\n`)
    },
    onError: (error) => {
      stderr.write(`${inOneLine(error)}${placeIn(error, cwd)}\n`)
    },
  }
}
