/** `x-amazon-apigateway-integration`: what answers the requests of an operation. */
import type { PlainData } from '../../docs.js'
import type { IntegrationDefinition } from '../../integration.js'
import type { CachePolicy } from '../../policy.js'
import type { Context } from '../context.js'
import { fieldsAt } from '../described.js'
import { byName, isFields, type Place } from '../place.js'
import { show } from '../report.js'
import { readAws } from './aws.js'
import { readHttp } from './http.js'
import { mock } from './kinds.js'
import { COMMON, MAPPING, type Made, mapped, type Spec } from './spec.js'
import { missingVariables, unheeded } from './unheeded.js'

export const INTEGRATION = 'x-amazon-apigateway-integration'

export interface ReadIntegration {
  /** `undefined`: the app itself answers. */
  readonly integration: IntegrationDefinition | undefined
  /** What the document says of it beside that which runs. */
  readonly docs: PlainData | undefined
  /** What its answers are to be kept by, once the stage keeps any. */
  readonly cache: CachePolicy | undefined
}

const NONE: ReadIntegration = { integration: undefined, docs: undefined, cache: undefined }

/** @param path of the route */
export function readIntegration(context: Context, given: Place, path: string): ReadIntegration {
  const at = context.references.follow(given)
  if (!isFields(at.value)) {
    const fix = "Write { type: 'http_proxy', uri: 'https://…', httpMethod: 'GET' }."
    if (at.given) context.report.fault(at, 'WRONG_TYPE', `${show(at.value)} is no integration`, fix)
    return NONE
  }
  const spec = { context, at, type: (at.at('type').text ?? '').toLowerCase(), path }
  const cache = cacheOf(spec)
  if (context.options.integrations === 'app') return { ...NONE, cache }
  const made = madeOf(spec)
  missingVariables(spec)
  return { integration: made?.integration, docs: restOf(spec, made), cache }
}

/** @returns `undefined` where it cannot be had here, which is reported then */
function madeOf(spec: Spec): Made | undefined {
  const { context, at, type } = spec
  if (type === 'mock') return { integration: mock(mapped(spec)), taken: [...COMMON, ...MAPPING] }
  if (type === 'http' || type === 'http_proxy') return readHttp(spec)
  if (type === 'aws' || type === 'aws_proxy') return readAws(spec)
  const fix = "Write 'http', 'http_proxy', 'aws', 'aws_proxy' or 'mock'."
  const message = `${show(at.at('type').value)} is no type of integrations`
  context.report.fault(at.at('type'), 'VALUE_INVALID', message, fix)
  return undefined
}

const CACHE = ['cacheKeyParameters', 'cacheNamespace']

/** What is told again, and does not run. */
function restOf(spec: Spec, made: Made | undefined): PlainData | undefined {
  const { at } = spec
  const isCached = at.at('cacheKeyParameters').given
  const isKnown = (name: string) => made?.taken.includes(name) || (isCached && CACHE.includes(name))
  const left = Object.keys(fieldsAt(at) ?? {}).filter((name) => !isKnown(name))
  if (made !== undefined)
    for (const name of left) if (!CACHE.includes(name)) unheeded(spec, name, at.at(name))
  return left.length === 0 ? undefined : byName(left.map((name) => [name, at.at(name).value] as const))
}

/** Only a stage has answers kept, as on AWS; what they are kept by is the method's. */
function cacheOf({ context, at }: Spec): CachePolicy | undefined {
  const given = at.at('cacheKeyParameters')
  if (!given.given) return undefined
  const key = { query: [] as string[], headers: [] as string[], path: [] as string[] }
  for (const each of given.items) {
    const [, place, name = ''] = PARAMETER.exec(each.text ?? '') ?? []
    if (place === 'querystring') key.query.push(name)
    else if (place === 'header') key.headers.push(name)
    else if (place === 'path') key.path.push(name)
    else {
      const fix = "Write 'method.request.querystring.name', or leave it out."
      context.report.warn(
        each,
        'EXTENSION_UNSUPPORTED',
        `${show(each.value)} is no part of a cache's key here`,
        fix,
      )
    }
  }
  const namespace = at.at('cacheNamespace').text
  return { ttl: 0, key, ...(namespace !== undefined && { namespace }) }
}

const PARAMETER = /^method\.request\.(?:multivalue)?(querystring|header|path)\.(.+)$/
