/**
 * Parameter mapping: values of a request or a result, moved to where the other side wants them.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
 */
import type { Exchange } from '../../exchange.js'
import type { IntegrationResult, IntegrationSite, MappedRequest } from '../../integration.js'
import { contextValue } from './context.js'
import { safe } from './fields.js'
import { childOf } from './jsonpath.js'
import { MethodRequest, Payload } from './methodrequest.js'
import { readSource, type Side, type Source } from './source.js'
import { readTarget, type Target } from './target.js'

/** What parameters give of a request that goes to an integration. */
export type MappedParameters = Pick<MappedRequest, 'headers' | 'query' | 'path'>

/** What values are read from. */
export interface Origin {
  readonly exchange: Exchange
  readonly site: IntegrationSite
  readonly method: MethodRequest
  readonly payload: Payload
  /** Of an answer's mapping. */
  readonly result?: IntegrationResult
}

interface Assignment {
  readonly target: Target
  readonly values: (origin: Origin) => readonly string[]
}

/** What is mapped, whether or not there is a value for it: a caller must not say it instead. */
export interface MappedNames {
  /** Lower case. */
  readonly header: ReadonlySet<string>
  readonly querystring: ReadonlySet<string>
}

/** A mapping of parameters, compiled. */
export interface ParameterMapping {
  readonly readsBody: boolean
  readonly names: MappedNames
  /** @throws Unmapped */
  apply(origin: Origin): MappedParameters
}

/** @throws MappingFault */
export function parameterMapping(parameters: Readonly<Record<string, string>>, side: Side): ParameterMapping {
  const assignments: Assignment[] = []
  let readsBody = false
  for (const [target, text] of Object.entries(parameters)) {
    const source = readSource(text, side)
    readsBody ||= source.kind === 'body'
    assignments.push({ target: readTarget(target, side), values: reader(source, side) })
  }
  const targets = assignments.map(({ target }) => target)
  const header = new Set(namesAt(targets, 'header').map((name) => name.toLowerCase()))
  const names = { header, querystring: new Set(namesAt(targets, 'querystring')) }
  return { readsBody, names, apply: (origin) => applied(assignments, origin) }
}

function namesAt(targets: readonly Target[], place: Target['place']): readonly string[] {
  return targets.filter((target) => target.place === place).map(({ name }) => name)
}

function applied(assignments: readonly Assignment[], origin: Origin): MappedParameters {
  const headers: string[] = []
  const query: [string, string][] = []
  const path: Record<string, string> = Object.create(null)
  for (const { target, values } of assignments) {
    // Else the path of the request, which is the caller's, would fill its place.
    if (target.place === 'path') path[target.name] ??= ''
    for (const value of values(origin)) {
      if (target.place === 'header') headers.push(target.name, safe(target.name, value, origin.payload.side))
      else if (target.place === 'querystring') query.push([target.name, value])
      else path[target.name] = value
    }
  }
  return { headers, query, path }
}

const NONE: readonly string[] = []

function reader(source: Source, side: Side): Assignment['values'] {
  switch (source.kind) {
    case 'static':
      return () => [source.value]
    case 'stageVariable':
      return ({ site: { variables } }) =>
        some(Object.hasOwn(variables, source.name) ? variables[source.name] : undefined)
    case 'context':
      return ({ exchange, site }) => some(contextAt(source.names, exchange, site))
    case 'path':
      return ({ method }) => some(method.path(source.name))
    case 'querystring':
      return ({ method }) => chosen(method.querystring(source.name), source.all)
    case 'header':
      return (origin) =>
        chosen(
          side === 'request' ? origin.method.header(source.name) : headersOf(origin, source.name),
          source.all,
        )
    case 'body':
      return ({ payload }) => {
        if (source.path === undefined) return payload.text === '' ? NONE : [payload.text]
        return some(source.path(payload.json))
      }
  }
}

function contextAt(names: readonly string[], exchange: Exchange, site: IntegrationSite): unknown {
  const [first = '', ...rest] = names
  let value = contextValue(first, exchange, site)
  for (const name of rest) value = childOf(value, name)
  return value
}

/** The last one, as single values of AWS's are. */
function chosen(values: readonly string[], all: boolean): readonly string[] {
  return all ? values : values.slice(-1)
}

function headersOf({ result }: Origin, name: string): readonly string[] {
  const wanted = name.toLowerCase()
  const headers = result?.headers ?? []
  return headers.filter((_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === wanted)
}

function some(value: unknown): readonly string[] {
  if (value === undefined || value === null) return NONE
  return [typeof value === 'string' ? value : JSON.stringify(value)]
}

/** What the parameters of a proxy integration need, read from one exchange. */
export function originOf(exchange: Exchange, site: IntegrationSite, body?: Uint8Array): Origin {
  const text = body === undefined ? '' : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()
  return { exchange, site, method: new MethodRequest(exchange), payload: new Payload(text, 'request') }
}
