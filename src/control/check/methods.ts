/** The methods that stages and plans speak of, in our spelling and in AWS's. */
import { PatternError, parseRoute } from '../../resolve/pattern.js'
import { didYouMean } from '../../suggest.js'
import type { RouteInScope, Scope } from './scope.js'
import { isObject } from './shapes.js'
import { type Spot, show } from './spot.js'

/** Stands for each method of a stage. */
export const EVERY_METHOD = '*'

/**
 * The name of the route that a spelling means: `GET /pets/{petId}` for itself, for `GET /pets/:petId`, for a plan's
 * `/pets/{petId}/GET` (the root's is `//GET`) and for a stage's `~1pets~1{petId}/GET`; `*` for itself and for `*\/*`.
 *
 * @throws PatternError when it is no method and path
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_PatchOperation.html
 */
export function methodName(spelling: string): string {
  if (spelling === EVERY_METHOD || spelling === '*/*') return EVERY_METHOD
  const slash = spelling.lastIndexOf('/')
  if (spelling.includes(' ') || slash < 0) return parseRoute(spelling).name
  const path = spelling.slice(0, slash).replaceAll('~1', '/').replaceAll('~0', '~')
  // Terraform leaves the leading slash out.
  return parseRoute(`${spelling.slice(slash + 1)} ${path.startsWith('/') ? path : `/${path}`}`).name
}

/** What is said of single methods. The check of an entry is given its route, which `*` has not. */
export function methods(what: string, { routes }: Scope, entry: (at: Spot, route?: RouteInScope) => void) {
  return (at: Spot): void => {
    if (!isObject(at, what)) return
    const seen = new Map<string, string>()
    for (const [spelling, each] of at.fields) {
      const name = meant(spelling, each)
      if (name !== undefined && name !== EVERY_METHOD && !routes.has(name))
        unknownRoute(name, each, routes.keys())
      const before = name === undefined ? undefined : seen.get(name)
      if (before !== undefined) {
        each.fault('DUPLICATE', `means the same as ${show(before)}`, 'Keep one of them.')
      }
      if (name !== undefined) seen.set(name, spelling)
      entry(each, routes.get(name ?? ''))
    }
  }
}

function meant(spelling: string, at: Spot): string | undefined {
  try {
    return methodName(spelling)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    const fix = `Write method and path, 'GET /pets/{petId}', or as AWS does, '/pets/{petId}/GET'.`
    at.fault('METHOD_INVALID', `names no method: ${error.message}`, fix)
    return undefined
  }
}

function unknownRoute(name: string, at: Spot, names: Iterable<string>): void {
  at.fault('ROUTE_UNKNOWN', `no route is ${show(name)}`, didYouMean(name, names, 'Name a route of `routes`.'))
}
