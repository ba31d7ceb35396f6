/** A line to try a gateway with: a request that its first route would admit. */
import type { Parameter, Policy } from '../policy.js'

/** What is asked for. */
export interface Tried {
  /** `GET`, or `ANY`. */
  readonly method: string | undefined
  /** `/pets/{petId}` */
  readonly path: string | undefined
  readonly policy: Policy
}

/** @param base what paths stand behind: `http://127.0.0.1:3000/prod` @param key of the API, where it asks for one */
export function curlLine({ method = 'GET', path = '/', policy }: Tried, base: string, key?: string): string {
  const { parameters = {} } = policy
  const verb = method === 'GET' || method === 'ANY' ? '' : ` -X ${method}`
  const filled = path.replace(/\{([^{}+]*)\+?\}/g, (_, name: string) =>
    encodeURIComponent(sample(parameters.path?.[name], '1')),
  )
  const query = required(parameters.query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  )
  const url = `${base}${filled}${query.length === 0 ? '' : `?${query.join('&')}`}`
  const headers = [
    ...(key === undefined ? [] : [['x-api-key', key] as const]),
    ...required(parameters.header),
  ]
  const told = headers.map(([name, value]) => ` -H ${quoted(`${name}: ${value}`)}`)
  return `curl -i${verb} ${query.length === 0 ? url : quoted(url)}${told.join('')}`
}

function required(
  parameters: { readonly [name: string]: Parameter } = {},
): readonly (readonly [name: string, value: string])[] {
  return Object.entries(parameters)
    .filter(([, asked]) => asked === true || (typeof asked === 'object' && asked.required === true))
    .map(([name, asked]) => [name, sample(asked, 'x')] as const)
}

/** A value that it may have, as far as its schema tells. */
function sample(asked: Parameter | undefined, otherwise: string): string {
  const schema = typeof asked === 'object' ? asked.schema : undefined
  if (typeof schema !== 'object' || schema === null) return otherwise
  const {
    example,
    examples,
    default: usual,
    enum: among,
    type,
    minimum,
  } = schema as Readonly<Record<string, unknown>>
  const given = [example, first(examples), usual, first(among)].find((each) => isScalar(each))
  if (given !== undefined) return String(given)
  if (type === 'integer' || type === 'number') return String(isScalar(minimum) ? minimum : 1)
  return type === 'boolean' ? 'true' : otherwise
}

function first(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** For a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
