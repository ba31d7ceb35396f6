/** A route, as an operation of OpenAPI 3. */
import type { CachePolicy, Policy, RouteDefinition } from '../../definition.js'
import { POLICY } from '../validation.js'
import { writtenBody } from './bodies.js'
import { writtenIntegration } from './integration.js'
import { vendorsOf } from './media.js'
import { writtenParameters } from './parameters.js'
import { writtenResponses } from './responses.js'
import type { SecurityWriter } from './security.js'
import { validatorsOf } from './validators.js'
import { given, isPlain, type Json, some, type Writer } from './writer.js'

export interface Placed {
  readonly route: RouteDefinition
  /** As AWS writes it, with the names of its parameters. */
  readonly path: string
  readonly names: readonly string[]
  /** Where the operation is written. */
  readonly pointer: string
  /** Added to its `operationId`, where the route is written several times. */
  readonly suffix: string
}

export function writtenOperation(writer: Writer, security: SecurityWriter, placed: Placed): Json {
  const { route, pointer, suffix } = placed
  const policy: Policy = route.policy ?? {}
  const { docs = {} } = policy
  const integration = writtenIntegration(writer, placed)
  return given({
    operationId: docs.operationId === undefined ? undefined : docs.operationId + suffix,
    summary: docs.summary,
    description: docs.description,
    tags: docs.tags,
    deprecated: docs.deprecated,
    externalDocs: docs.externalDocs,
    servers: docs.servers,
    parameters: writtenParameters(writer, placed),
    requestBody: writtenBody(writer, policy, `${pointer}/requestBody`),
    responses: writtenResponses(writer, policy, `${pointer}/responses`),
    callbacks: docs.callbacks,
    security: security.required(policy, pointer),
    ...vendorsOf(writer, docs.extensions),
    ...(writer.extensions ? validatorsOf(writer, route) : {}),
    ...integration,
    ...rest(writer, placed, integration !== undefined),
  })
}

/** What of a policy OpenAPI and AWS have no words for. */
function rest(writer: Writer, { route, pointer }: Placed, integrated: boolean): Json {
  const policy: Policy = route.policy ?? {}
  const { apiKey, throttle, cache, cors, timeout, errors, mode, body, parameters } = policy
  const held = given({
    apiKey: apiKey === true ? undefined : apiKey,
    throttle,
    cache: integrated && isDeclared(cache) ? undefined : cache,
    cors,
    timeout,
    errors,
    mode,
    body: some(bodyRest(body)),
    parameters: parameters?.mode === undefined ? undefined : { mode: parameters.mode },
  })
  const known = Object.entries(held).filter(([name, value]) => isPlain(value) || told(writer, pointer, name))
  const plain = Object.fromEntries(known.filter(([, value]) => isPlain(value)))
  if (Object.keys(plain).length === 0) return {}
  if (writer.extensions) return { [POLICY]: plain }
  const names = Object.keys(plain).map((name) => `\`${name}\``)
  const message = `${names.join(', ')} of its policy can be said with extensions only`
  writer.report.warn(pointer, 'EXPORT_UNSUPPORTED', message, 'Write `extensions: true`.')
  return {}
}

/** A function is no data. */
function told({ report }: Writer, pointer: string, name: string): false {
  const message = `\`${name}\` of its policy holds a function, and is left out`
  report.warn(pointer, 'EXPORT_UNSUPPORTED', message, 'Say it in data.')
  return false
}

/** What AWS says with the integration: the key of what a stage may keep. */
export function isDeclared(cache: Policy['cache']): cache is CachePolicy {
  if (typeof cache !== 'object' || cache.ttl !== 0 || cache.key === undefined) return false
  return Object.keys(cache).every((name) => ['ttl', 'key', 'namespace'].includes(name))
}

function bodyRest(body: Policy['body']): Json {
  if (typeof body !== 'object' || !('models' in body)) return {}
  const { inflated, mode } = body
  return given({ inflated, mode })
}
