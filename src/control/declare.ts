/** What is declared beside the definition, and what a deployment may not change. */
import { isAlike } from '../alike.js'
import type { Complete } from '../complete.js'
import type { Definition } from '../definition.js'
import { DefinitionError, type Fault, PosternError } from '../errors.js'
import type { Route } from '../exchange.js'
import { PatternError, parseRoute } from '../resolve/pattern.js'
import { Router } from '../resolve/router.js'
import { DEFAULT_STAGE } from '../resolve/stage.js'
import { canonical } from './canonical.js'
import type { Inline } from './publish.js'

/** The route that an inline policy names, and what finds the parameters of its path. */
export interface InlineRoute extends Route {
  readonly params: ReadonlySet<string>
  readonly router: Router<true>
}

/** @throws DefinitionError */
export function inlineRoute(pattern: string | undefined): InlineRoute | undefined {
  if (pattern === undefined) return undefined
  try {
    const { method, path, name, params, patterns } = parseRoute(pattern)
    const router = new Router<true>()
    for (const each of patterns) router.add('ANY', each, true)
    return { method, path, name, params, router }
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    throw new DefinitionError([
      { code: 'PATTERN_INVALID', path: 'pattern', message: error.message, fix: error.fix },
    ])
  }
}

/**
 * The stage of a policy on a route of the app's, whose path names none.
 *
 * @throws PosternError `STAGE_REQUIRED`, `STAGE_UNKNOWN`
 */
export function inlineStage(
  given: string | undefined,
  names: readonly string[],
  made: (options: string) => string,
): string {
  const all = names.join(', ')
  if (given !== undefined) {
    if (names.includes(given)) return given
    throw new PosternError('STAGE_UNKNOWN', `there is no stage '${given}'; there is: ${all}`)
  }
  const [only] = names
  if (only !== undefined && names.length === 1) return only
  if (names.includes(DEFAULT_STAGE)) return DEFAULT_STAGE
  throw new PosternError(
    'STAGE_REQUIRED',
    `a policy on a route of the app belongs to one stage, and there are ${all}: say which, ` +
      made(`{ stage: '${only}' }`),
  )
}

/**
 * The same policy may be declared again: a module is loaded twice, a framework routes HEAD with GET.
 *
 * @returns its number
 * @throws PosternError `ROUTE_CONFLICT` where another one stands on the route already
 */
export function declaredBefore(
  inline: readonly Inline[],
  stage: string,
  route: Route | undefined,
  given: unknown,
  anew: boolean,
): number | undefined {
  if (route === undefined) return undefined
  const index = inline.findIndex((each) => each.stage === stage && each.route?.name === route.name)
  const before = inline[index]
  if (before === undefined) return undefined
  if (anew || isAlike(before.given, given)) return index
  throw new PosternError(
    'ROUTE_CONFLICT',
    `'${route.name}' is gated twice, by different policies: give both places the same policy, or one of them another pattern`,
  )
}

/** What every request passes before its stage is known. It is the gateway's, and the same for all deployments. */
const OF_THE_GATEWAY = [
  'api',
  'domains',
  'defaultEndpoint',
  'account',
  'region',
  'pass',
  'unmatched',
  'compat',
  'limits',
] as const

/**
 * A deployment may leave out what belongs to the gateway, or repeat it.
 *
 * @throws DefinitionError where it would change it
 */
export function checkFront(front: Complete, next: Complete, given: Definition): void {
  const faults: Fault[] = OF_THE_GATEWAY.filter(
    (field) => given[field] !== undefined && canonical(told(front, field)) !== canonical(told(next, field)),
  ).map((field) => ({
    code: 'GATEWAY_FIELD',
    path: field,
    message: 'belongs to the gateway, not to a deployment, and differs from what createGateway was given',
    fix: 'Leave it out, or give what createGateway was given.',
  }))
  if (faults.length > 0) throw new DefinitionError(faults)
}

function told(complete: Complete, field: (typeof OF_THE_GATEWAY)[number]): unknown {
  return field === 'account' ? [complete.account, complete.accountId] : complete[field]
}

/** @throws PosternError `STAGE_REQUIRED` where nobody says which of several stages is meant */
export function deployedTo(named: readonly string[], names: readonly string[]): readonly string[] {
  if (named.length > 0) return named
  if (names.length === 1) return names
  throw new PosternError(
    'STAGE_REQUIRED',
    `there are the stages ${names.join(', ')}: say which are to be pointed at the deployment, ` +
      `deploy(definition, { stages: ['${names[0]}'] }), or none, { stages: [] }`,
  )
}
