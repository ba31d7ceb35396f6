/** Paths and their operations, as routes. */
import type { PlainData } from '../docs.js'
import type { RouteDefinition } from '../policy.js'
import type { Context } from './context.js'
import { extensionsOf, isAmazons } from './described.js'
import { readOperation } from './operations.js'
import { byName, type Place } from './place.js'
import { show } from './report.js'
import type { Security } from './security.js'
import { shaped } from './shapes.js'

/** Fields of a path whose values are operations, and the methods that they are of. */
const METHODS: ReadonlyMap<string, string> = new Map([
  ...['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'].map(
    (name) => [name, name.toUpperCase()] as const,
  ),
  ['x-amazon-apigateway-any-method', 'ANY'],
])

const DESCRIBED = new Set(['summary', 'description', 'servers'])

/** HTTP APIs have what no other route is for under this name. */
const DEFAULT_ROUTE = '/$default'

export interface ReadPaths {
  readonly routes: readonly RouteDefinition[]
  /** Where each of them stands. */
  readonly places: readonly Place[]
  /** What is said of paths. */
  readonly docs: { readonly [path: string]: PlainData } | undefined
}

export function readPaths(context: Context, security: Security, base: string): ReadPaths {
  const paths = context.root.at('paths')
  const routes: RouteDefinition[] = []
  const places: Place[] = []
  const docs: Record<string, PlainData> = byName()
  for (const [path, given] of paths.fields) {
    if (path.startsWith('x-')) continue
    if (!path.startsWith('/')) {
      context.report.fault(
        given,
        'PATH_INVALID',
        `${show(path)} does not begin with a slash`,
        `Write '/${path}'.`,
      )
      continue
    }
    const item = context.references.follow(given)
    shaped(context.report, item, 'path')
    const said = saidOf(context, item)
    if (said !== undefined) docs[path] = said
    for (const [field, operation] of item.fields) {
      const method = METHODS.get(field)
      if (method !== undefined) {
        for (const where of patternsOf(base, path)) {
          routes.push(readOperation(context, security, { item, operation, method, path: where }))
          places.push(operation)
        }
      }
    }
  }
  return { routes, places, docs: Object.keys(docs).length > 0 ? docs : undefined }
}

/** A path of a document holds no other syntax than `{name}`: what routes read otherwise is encoded. */
function patternsOf(base: string, path: string): readonly string[] {
  if (path === DEFAULT_ROUTE) return [`${base}/{proxy+}`, base === '' ? '/' : base]
  return [base + path.replace(/[:*\\](?![^{}]*\})/g, encoded)]
}

function encoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

function saidOf({ report }: Context, item: Place): PlainData | undefined {
  const extensions = extensionsOf(item, (name) => METHODS.has(name))
  for (const name of Object.keys(extensions ?? {}).filter(isAmazons)) {
    report.warn(item.at(name), 'EXTENSION_UNKNOWN', `${show(name)} has no effect on a path`, 'Leave it out.')
  }
  const said = item.fields
    .filter(([name]) => DESCRIBED.has(name))
    .map(([name, { value }]) => [name, value] as const)
  if (said.length === 0 && extensions === undefined) return undefined
  return { ...Object.fromEntries(said), ...extensions }
}
