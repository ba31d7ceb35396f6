/** What requests are held to, in the words of AWS's request validators, and of ours where those do not do. */
import type { Definition, Policy, RouteDefinition } from '../../definition.js'
import { parseRoute } from '../../resolve/pattern.js'
import { VALIDATE, VALIDATOR, VALIDATORS } from '../validation.js'
import { asksSchemas } from './parameters.js'
import type { Json, Writer } from './writer.js'

/** By whether the body is validated, and the parameters. */
const NAMES = { both: 'Validate body, query string parameters, and headers', body: 'Validate body' } as const
const PARAMETERS = 'Validate query string parameters and headers'

/** `all`: schemas of parameters, too; `document`: as the validators say. */
type Mode = 'all' | 'document' | 'either'

export function validatorsOf({ definition }: Writer, route: RouteDefinition): Json {
  const { policy = {} } = route
  const mode = modeOf(route)
  const usual = usualMode(definition)
  const own = mode === 'either' || mode === usual ? {} : { [VALIDATE]: mode }
  const validator = nameFor(policy)
  return { ...(validator === undefined ? {} : { [VALIDATOR]: validator }), ...own }
}

/** Of the whole document. */
export function validatorsIn(definition: Definition): Json {
  const names = new Set(
    definition.routes.map(({ policy = {} }) => nameFor(policy)).filter((name) => name !== undefined),
  )
  const usual = usualMode(definition)
  const all = [...names].map((name) => {
    const validateRequestBody = name !== PARAMETERS
    return [name, { validateRequestBody, validateRequestParameters: name !== NAMES.body }] as const
  })
  return {
    ...(all.length > 0 && { [VALIDATORS]: Object.fromEntries(all) }),
    ...(definition.routes.length > 0 && { [VALIDATE]: usual }),
  }
}

function nameFor({ parameters, body }: Policy): string | undefined {
  const [asksParameters, asksBody] = [parameters !== undefined, body !== undefined]
  if (asksParameters) return asksBody ? NAMES.both : PARAMETERS
  return asksBody ? NAMES.body : undefined
}

/** That of most routes. */
function usualMode({ routes }: Definition): Exclude<Mode, 'either'> {
  const modes = routes.map(modeOf)
  const count = (mode: Mode) => modes.filter((each) => each === mode).length
  return count('all') >= count('document') ? 'all' : 'document'
}

/** How the same policy would be read again. */
function modeOf({ pattern, policy = {} }: RouteDefinition): Mode {
  const { docs = {}, body, parameters } = policy
  if (asksSchemas(policy) || isStrict(body)) return 'all'
  if (parameters !== undefined || body !== undefined) return 'document'
  const isDescribed = Object.keys(docs.parameters ?? {}).length > 0 || docs.body !== undefined
  return isDescribed || hasParameters(pattern) ? 'document' : 'either'
}

/** Those of a path are described whether or not anything is said of them. */
function hasParameters(pattern: string): boolean {
  return parseRoute(pattern).patterns.some(({ segments }) => segments.some(({ kind }) => kind !== 'literal'))
}

/** Whether a content type without a model is refused. */
function isStrict(body: Policy['body']): boolean {
  if (body === undefined) return false
  return typeof body === 'string' || !('models' in body) || body.unknownType !== 'pass'
}
