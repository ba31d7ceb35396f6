/** Mapping templates: Velocity's language with AWS's variables. Read once, rendered for each request. */
import { Compile, parse } from 'velocityjs'
import type { Exchange } from '../../exchange.js'
import type { IntegrationSite } from '../../integration.js'
import { CONTEXT_NAMES, contextValue } from './context.js'
import { MappingFault, misconfigured } from './faults.js'
import { compilePath, type JsonPath } from './jsonpath.js'
import type { MethodRequest, Payload } from './methodrequest.js'

/** What a template speaks of. */
export interface Scene {
  readonly exchange: Exchange
  readonly site: IntegrationSite
  readonly method: MethodRequest
  readonly payload: Payload
  readonly overrides: Overrides
}

/** What templates set by `$context.requestOverride` and `$context.responseOverride`. */
export interface Overrides {
  readonly request: {
    readonly header: Record<string, unknown>
    readonly path: Record<string, unknown>
    readonly querystring: Record<string, unknown>
  }
  readonly response: { readonly header: Record<string, unknown>; status?: unknown }
}

export function noOverrides(): Overrides {
  const none = (): Record<string, unknown> => Object.create(null)
  return { request: { header: none(), path: none(), querystring: none() }, response: { header: none() } }
}

export interface Template {
  readonly readsBody: boolean
  /** @throws Unmapped */
  render(scene: Scene): string
}

/** AWS's bound. */
const LONGEST = 300 * 1024

/** @throws MappingFault */
export function compileTemplate(source: string): Template {
  if (source.length > LONGEST)
    throw new MappingFault(`a template of ${source.length} characters`, `At most ${LONGEST} are read.`)
  const asts = parsed(source)
  return {
    readsBody: /\binput\b/.test(source),
    render: (scene) => {
      try {
        return new Compile(asts).render(variablesOf(scene))
      } catch (error) {
        if (error instanceof MappingFault) throw misconfigured(error.message)
        throw error
      }
    },
  }
}

function parsed(source: string): ReturnType<typeof parse> {
  try {
    return parse(source)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new MappingFault(`a template that cannot be read: ${reason}`, 'See the reference of VTL.')
  }
}

const PATHS = new Map<string, JsonPath>()

function pathOf(text: string): JsonPath {
  let path = PATHS.get(text)
  if (path === undefined) {
    path = compilePath(text)
    if (PATHS.size < 1_000) PATHS.set(text, path)
  }
  return path
}

function variablesOf(scene: Scene): Record<string, unknown> {
  const { method, payload, site, exchange, overrides } = scene
  const context: Record<string, unknown> = Object.create(null)
  for (const name of CONTEXT_NAMES) context[name] = contextValue(name, exchange, site)
  context.requestOverride = overrides.request
  context.responseOverride = overrides.response
  const params = () => ({
    path: { ...exchange.params },
    querystring: lastOf(method.queries),
    header: lastOf(method.headers),
  })
  const input = {
    body: payload.text === '' ? '{}' : payload.text,
    json: (path: string) => JSON.stringify(pathOf(path)(payload.json) ?? ''),
    path: (path: string) => pathOf(path)(payload.json) ?? '',
    params: (name?: string) =>
      name === undefined
        ? params()
        : (method.path(name) ?? method.querystring(name).at(-1) ?? method.header(name).at(-1) ?? ''),
  }
  return { input, context, stageVariables: { ...site.variables }, util: UTIL }
}

function lastOf(all: ReadonlyMap<string, readonly string[]>): Record<string, string> {
  return Object.fromEntries([...all].map(([name, values]) => [name, values.at(-1) ?? '']))
}

const UTIL = {
  escapeJavaScript: (text: unknown) => JSON.stringify(String(text)).slice(1, -1).replaceAll("'", "\\'"),
  parseJson: (text: string): unknown => JSON.parse(text),
  urlEncode: (text: unknown) => encodeURIComponent(String(text)).replaceAll('%20', '+'),
  urlDecode: (text: string) => decodeURIComponent(text.replaceAll('+', ' ')),
  base64Encode: (text: unknown) => Buffer.from(String(text)).toString('base64'),
  base64Decode: (text: string) => Buffer.from(text, 'base64').toString(),
}
