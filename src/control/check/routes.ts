/** Routes: their patterns, and what each one demands. */
import type { RouteDefinition } from '../../definition.js'
import { isIntegration } from '../../integration.js'
import { type ParsedRoute, PatternError, parsePattern, parseRoute, shapeOf } from '../../resolve/pattern.js'
import { DEFAULT_STAGE } from '../../resolve/stage.js'
import { didYouMean } from '../../suggest.js'
import { asksApiKey, policy } from './policy.js'
import type { RouteInScope, Scope } from './scope.js'
import { type Check, callable, list, object, text } from './shapes.js'
import { Spot, show } from './spot.js'

/** The routes whose patterns can be read; the faults of the others are reported. */
export function readRoutes(at: Spot): Pick<Scope, 'routes' | 'guards'> {
  const routes = new Map<string, RouteInScope>()
  const guards = new Map<string, Spot>()
  const seen = new Map<string, Spot>()
  const spellings = new Map<string, string>()
  for (const each of at.items) {
    const { value } = each.at('pattern')
    if (typeof value !== 'string') continue
    const parsed = readable(each.at('pattern'), () => parseRoute(value))
    if (parsed === undefined) continue
    routes.set(parsed.name, { asksApiKey: asksApiKey(each.at('policy')) })
    for (const shape of parsed.shapes) guards.set(shape, each)
    unknownParameters(each.at('policy'), parsed)
    caseAlone(each, parsed, spellings)
    sameMeaning(each, parsed, value, seen)
  }
  return { routes, guards }
}

/** Parameters of the path that a policy speaks of, and its pattern does not have. */
export function unknownParameters(
  policy: Spot,
  { name, params: names }: Pick<ParsedRoute, 'name' | 'params'>,
): void {
  const { fields } = policy.at('parameters').at('path')
  const { items } = policy.at('cache').at('key').at('path')
  const keyed = items.map((each) => [String(each.value), each] as const)
  for (const [parameter, each] of [...fields, ...keyed]) {
    if (names.has(parameter)) continue
    const fix = didYouMean(
      parameter,
      names,
      names.size === 0 ? 'It has none.' : `It has ${[...names].join(', ')}.`,
    )
    each.fault('PARAMETER_UNKNOWN', `${show(name)} has no parameter ${show(parameter)}`, fix)
  }
}

/** Two routes of one method whose patterns match the same paths: the second one could never be reached. */
function sameMeaning(at: Spot, { method, shapes }: ParsedRoute, text: string, seen: Map<string, Spot>): void {
  const earlier: Spot[] = []
  for (const shape of shapes) {
    const meaning = `${method} ${shape}`
    const before = seen.get(meaning)
    if (before === undefined) seen.set(meaning, at)
    else if (!earlier.includes(before)) earlier.push(before)
  }
  for (const before of earlier) {
    const other = `${before.path}, ${show(before.at('pattern').value)}`
    const message = `${show(text)} matches the same paths as ${other}`
    at.at('pattern').fault('PATTERN_DUPLICATE', message, 'Keep one of them, or give them different methods.')
  }
}

/** Two paths that an app without regard to case, such as Express, would take for one: whose policy would hold? */
function caseAlone(at: Spot, { patterns, shapes }: ParsedRoute, spellings: Map<string, string>): void {
  for (const [index, shape] of shapes.entries()) {
    const folded = shape.toUpperCase().toLowerCase()
    const before = spellings.get(folded)
    if (before === undefined) spellings.set(folded, shape)
    else if (before !== shape) {
      const message = `${show(patterns[index]?.path)} differs from another route's path by case alone`
      at.at('pattern').fault(
        'PATTERN_DUPLICATE',
        message,
        'Apps like Express cannot tell them apart: spell them alike.',
      )
    }
  }
}

function readable<T>(at: Spot, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    at.fault('PATTERN_INVALID', error.message, error.fix)
    return undefined
  }
}

export function routes(scope: Scope): Check {
  const each = object<RouteDefinition>(
    'a route',
    // The pattern's own faults are found when it is read.
    { pattern: text('a pattern'), policy: policy(scope), handler: callable, integration: anIntegration },
    ['pattern'],
  )
  // None is fine: an app may keep all its policies on its own routes.
  return list('a list of routes', (at) => {
    each(at)
    integrationOf(at, scope)
  })
}

function anIntegration(at: Spot): void {
  if (isIntegration(at.value)) return
  const fix = "Make it by http('https://…'), lambda(…), aws(…) or mock(…): route(pattern, policy, http(…))."
  at.fault('WRONG_TYPE', `an integration, not ${show(at.value)}`, fix)
}

function integrationOf(at: Spot, scope: Scope): void {
  const integration = at.at('integration')
  if (!isIntegration(integration.value)) return
  if (at.at('handler').given) {
    const message = 'answered by a handler and by an integration'
    integration.fault('DUPLICATE', message, 'Keep one of them.')
  }
  const { kind, options } = integration.value
  const pattern = at.at('pattern').value
  const params = typeof pattern === 'string' ? paramsIn(pattern) : undefined
  kind.check(new Spot(options, integration, integration.faults), { ...scope.around, params })
}

function paramsIn(pattern: string): ReadonlySet<string> | undefined {
  try {
    return parseRoute(pattern).params
  } catch {
    return undefined // reported where the pattern was read
  }
}

/** More distinct paths than `limits.resources` allows. */
export function tooManyPaths(at: Spot, { routes: named }: Scope, most: number): void {
  const paths = new Set([...named.keys()].map((name) => name.slice(name.indexOf(' ') + 1)))
  if (paths.size <= most) return
  const message = `${paths.size} distinct paths are more than the ${most} of \`limits.resources\``
  at.fault('TOO_MANY', message, 'Raise `limits.resources`.')
}

/**
 * Paths that go on ungated. Where a stage has no name in the path, one that a route guards as well is a
 * contradiction; elsewhere the two stand apart by the stage's name.
 */
export function pass({ guards, stages }: Scope): Check {
  const path = text('a path', (at, value) => {
    const patterns = readable(at, () => parsePattern(value)) ?? []
    const guard = patterns.map((pattern) => guards.get(shapeOf(pattern))).find((each) => each !== undefined)
    if (guard === undefined || !stages.includes(DEFAULT_STAGE)) return
    at.fault(
      'PATTERN_DUPLICATE',
      `${show(value)} would go ungated, and ${guard.path} guards it`,
      'Keep one of them.',
    )
  })
  return list('a list of paths', path)
}
