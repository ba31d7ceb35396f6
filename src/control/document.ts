/** A definition that names a document: what is read from it comes first, and what stands beside adds to it or overrides it. */
import type { Definition, DocumentDefinition } from '../definition.js'
import { DocumentWarning } from '../errors.js'
import { importer } from '../importer.js'
import { ORIGINS } from '../origins.js'
import type { RouteDefinition } from '../policy.js'
import { parseRoute } from '../resolve/pattern.js'

type Given = Definition | DocumentDefinition

/**
 * @param tell of what does not hold
 * @throws DefinitionError with all that is wrong with the document
 */
export function expanded(given: Given, tell: (error: unknown) => void): Definition {
  const source = sourceIn(given)
  if (source === undefined) return given as Definition
  const { openapi: _, ...own } = given as DocumentDefinition
  const { document, ...options } = isObject(source) && 'document' in source ? source : { document: source }
  const beside = {
    authorizers: new Set(namesIn(own.authorizers)),
    variables: new Set(Object.values(own.stages ?? {}).flatMap((stage) => namesIn(stage?.variables))),
    vpcLinks: new Set(namesIn(own.vpcLinks)),
  }
  const { definition, warnings } = importer()(document, options, beside)
  if (warnings.length > 0) tell(new DocumentWarning(warnings))
  return merged(definition, own)
}

/** What cannot be read is told of when the whole is checked. */
function sourceIn(given: unknown): unknown {
  try {
    return isObject(given) ? Reflect.get(given, 'openapi') : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function namesIn(value: unknown): readonly string[] {
  return isObject(value) ? Object.keys(value) : []
}

/** Fields whose entries stand each by its name. */
const BY_NAME = ['models', 'authorizers', 'plans', 'refusals', 'vpcLinks', 'tags', 'docs'] as const

function merged(document: Definition, own: Omit<DocumentDefinition, 'openapi'>): Definition {
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
  const both = BY_NAME.filter((name) => isObject(document[name]) && isObject(own[name]))
  return {
    ...document,
    ...given,
    ...Object.fromEntries(both.map((name) => [name, { ...document[name], ...own[name] }])),
    routes: routesOf(document.routes, own.routes),
    [ORIGINS]: Reflect.get(document, ORIGINS),
  } as Definition
}

function routesOf(document: readonly RouteDefinition[], own: unknown): readonly RouteDefinition[] {
  // Whatever is wrong with it is found when the whole is checked.
  if (!Array.isArray(own)) return own === undefined ? document : (own as readonly RouteDefinition[])
  const places = new Map(document.map((route, index) => [keyOf(route), index] as const))
  const all = [...document]
  for (const route of own as readonly RouteDefinition[]) {
    const index = places.get(keyOf(route))
    const before = index === undefined ? undefined : document[index]
    if (index === undefined || before === undefined) all.push(route)
    else all[index] = over(before, route)
  }
  return all
}

/** Equal for two routes of one method whose patterns match the same paths. */
function keyOf(route: unknown): string | undefined {
  const pattern: unknown = isObject(route) ? route.pattern : undefined
  if (typeof pattern !== 'string') return undefined
  try {
    const { method, shapes } = parseRoute(pattern)
    return `${method} ${shapes.join(' ')}`
  } catch {
    return pattern
  }
}

/** Field by field: what the document asks still holds where its route says nothing else. */
function over(before: RouteDefinition, own: RouteDefinition): RouteDefinition {
  const { handler, integration, ...rest } = own
  const answers = handler === undefined && integration === undefined ? before : own
  const docs = { ...before.policy.docs, ...own.policy?.docs }
  return {
    ...rest,
    policy: { ...before.policy, ...own.policy, ...(Object.keys(docs).length > 0 && { docs }) },
    ...(answers.handler && { handler: answers.handler }),
    ...(answers.integration && { integration: answers.integration }),
  }
}
