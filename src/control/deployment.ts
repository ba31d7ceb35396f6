/** A deployment: an immutable, compiled snapshot of a definition. */
import { type CompiledPolicy, compilePolicy } from '../authorize/policy.js'
import type { Complete, CompleteRoute } from '../complete.js'
import type { Runtime } from '../definition.js'
import { sha256 } from '../digest.js'
import { isIntegration } from '../integration.js'
import { Router } from '../resolve/router.js'
import { Responder } from '../respond/respond.js'
import { isStandardSchema } from '../schema.js'
import { Models } from '../validate/models.js'

/** What is told of a deployment. */
export interface DeploymentInfo {
  /** Ten characters, made of the definition's data, its functions' source and its `version`. */
  readonly id: string
  readonly description: string | undefined
  /** ISO 8601, by the gateway's clock. */
  readonly createdAt: string
  readonly version: string
}

export interface Deployment {
  readonly info: DeploymentInfo
  readonly complete: Complete
  readonly router: Router<CompleteRoute>
  readonly responder: Responder
  readonly models: Models
  readonly resourcePolicy: CompiledPolicy | undefined
}

/** Compiles what the stages that point at it share. */
export function createDeployment(
  complete: Complete,
  description: string | undefined,
  now: number,
  onRefusal: Runtime['onRefusal'],
): Deployment {
  const router = new Router<CompleteRoute>({ headFallback: complete.compat !== 'aws' })
  for (const route of complete.routes) {
    for (const pattern of route.patterns) router.add(route.method, pattern, route)
  }
  const info = {
    id: deploymentId(complete),
    description,
    createdAt: new Date(now).toISOString(),
    version: complete.version,
  }
  return {
    info: Object.freeze(info),
    complete,
    router,
    responder: new Responder(complete, onRefusal),
    models: new Models(complete.models),
    resourcePolicy: complete.resourcePolicy && compilePolicy(complete.resourcePolicy, 'resource'),
  }
}

/**
 * The same definition has the same id in every process. Functions count by their source: two closures that
 * differ only in what they enclose are the same here, which is what `version` is for.
 */
function deploymentId({ given }: Complete): string {
  const digest = BigInt(`0x${sha256(canonical(given))}`)
  return digest.toString(36).slice(0, 10)
}

/** As JSON, whatever the order of the fields. */
export function canonical(value: unknown): string {
  return jsonOf(value) ?? 'null'
}

/** `undefined` for what JSON leaves out. */
function jsonOf(given: unknown): string | undefined {
  const value = plainOf(given)
  if (Array.isArray(value)) return `[${value.map((each) => jsonOf(each) ?? 'null').join(',')}]`
  if (!isRecord(value) || typeof value.toJSON === 'function') return JSON.stringify(value)
  const fields: string[] = []
  for (const name of Object.keys(value).sort()) {
    const json = jsonOf(value[name])
    if (json !== undefined) fields.push(nameIn(name) + json)
  }
  return `{${fields.join(',')}}`
}

/** Names of fields come again and again. */
const NAMES = new Map<string, string>()
const MOST_NAMES = 1_000

function nameIn(name: string): string {
  let json = NAMES.get(name)
  if (json === undefined) {
    json = `${JSON.stringify(name)}:`
    if (NAMES.size < MOST_NAMES) NAMES.set(name, json)
  }
  return json
}

/** What stands for something that JSON does not have. */
function plainOf(value: unknown): unknown {
  if (typeof value === 'function') return `function ${value.toString()}`
  if (value === Number.POSITIVE_INFINITY) return 'Infinity'
  if (typeof value !== 'object' || value === null) return value
  if (isStandardSchema(value)) return `a schema of ${value['~standard'].vendor}`
  if (isIntegration(value)) return { type: value.kind.type, options: value.options }
  if (value instanceof Map) return { map: [...value] }
  return value instanceof Set ? { set: [...value] } : value
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
