/** An operation, as a route. */
import type { OperationDocs, PlainData } from '../docs.js'
import { IntegrationDefinition } from '../integration.js'
import type { Policy, RouteDefinition } from '../policy.js'
import { remembered } from '../remembered.js'
import { readBody } from './bodies.js'
import type { Context } from './context.js'
import { extensionsOf, fieldsAt, fieldsIn, isAmazons } from './described.js'
import { http } from './integration/kinds.js'
import { INTEGRATION, readIntegration } from './integration/read.js'
import { joined } from './integration/upstream.js'
import { readParameters } from './parameters.js'
import { isFields, type Place } from './place.js'
import { show } from './report.js'
import { readResponses } from './responses.js'
import type { Security } from './security.js'
import { shaped } from './shapes.js'
import { INTEGRATION_OPTIONS, POLICY, VALIDATE, validationOf } from './validation.js'

export interface Operation {
  /** The path's own entry. */
  readonly item: Place
  readonly operation: Place
  /** `GET`, or `ANY`. */
  readonly method: string
  /** As routes write it. */
  readonly path: string
}

/** Extensions of operations that are read. */
const READ = new Set([
  INTEGRATION,
  'x-amazon-apigateway-request-validator',
  'x-amazon-apigateway-auth',
  VALIDATE,
  POLICY,
  INTEGRATION_OPTIONS,
])

export function readOperation(outer: Context, security: Security, given: Operation): RouteDefinition {
  const { operation, method, path } = given
  const pattern = `${method} ${path}`
  // Its path has reported it.
  if (!isFields(operation.value)) return { pattern, policy: {} }
  shaped(outer.report, operation, 'operation')
  const { context, parameters: asked, body: asksBody } = validationOf(outer, operation)
  const parameters = readParameters(context, [given.item, operation], namesIn(path), asked)
  const body = readBody(context, { operation, ...parameters, asked: asksBody })
  const responses = readResponses(context, operation)
  const required = security.required(operation)
  const found = readIntegration(context, operation.at(INTEGRATION), path)
  const docs: OperationDocs = {
    ...saidOf(context, operation),
    ...(parameters.docs && { parameters: parameters.docs }),
    ...(body.docs && { body: body.docs }),
    responses: responses.docs,
    ...(required.docs && { security: required.docs }),
    ...(found.docs && { integration: found.docs }),
  }
  const policy: Policy = {
    ...(required.authorize !== undefined && { authorize: required.authorize }),
    ...(required.apiKey && { apiKey: true }),
    ...(parameters.policy && { parameters: parameters.policy }),
    ...(body.policy && { body: body.policy }),
    ...(responses.policy && { responses: responses.policy }),
    ...(found.cache && { cache: found.cache }),
  }
  const integration = withOptions(found.integration ?? fallback(context, operation, path), operation)
  const whole = { ...withPolicy(policy, fieldsAt(operation.at(POLICY))), docs }
  return { pattern, policy: whole, ...(integration && { integration }) }
}

/** What has been written of a policy in our own words. */
function withPolicy(policy: Policy, own: PlainData | undefined): Policy {
  if (own === undefined) return policy
  const within = (['body', 'parameters'] as const).flatMap((name) => {
    const [before, after] = [policy[name], own[name]]
    return isFields(before) && isFields(after) ? [[name, { ...before, ...after }] as const] : []
  })
  return { ...policy, ...own, ...Object.fromEntries(within) }
}

function withOptions(integration: IntegrationDefinition | undefined, operation: Place) {
  const own = fieldsAt(operation.at(INTEGRATION_OPTIONS))
  if (integration === undefined || own === undefined) return integration
  return new IntegrationDefinition(integration.kind, { ...integration.options, ...own })
}

/** The names of a path's parameters. */
const namesIn = remembered(
  (path): ReadonlySet<string> =>
    new Set([...path.matchAll(/\{([^{}+]+)\+?\}/g)].map(([, name = '']) => name)),
  1_000,
)

/** What answers where the document has nothing to: the app, or the upstream. */
function fallback({ options }: Context, operation: Place, path: string): IntegrationDefinition | undefined {
  const { integrations, upstream } = options
  if (integrations !== 'upstream' || typeof upstream !== 'string') return undefined
  return operation.at(INTEGRATION).given ? undefined : http(joined(upstream, path), { proxy: true })
}

const TEXTS = ['operationId', 'summary', 'description'] as const

function saidOf({ report }: Context, operation: Place): OperationDocs {
  const said: { -readonly [K in (typeof TEXTS)[number]]?: string } = {}
  for (const name of TEXTS) {
    const { text } = operation.at(name)
    if (text !== undefined) said[name] = text
  }
  const tags = operation.at('tags').items.flatMap((each) => each.text ?? [])
  const servers = fieldsIn(operation.at('servers'))
  const [externalDocs, callbacks] = [
    fieldsAt(operation.at('externalDocs')),
    fieldsAt(operation.at('callbacks')),
  ]
  const extensions = extensionsOf(operation, (name) => READ.has(name))
  for (const name of extensions === undefined ? [] : Object.keys(extensions).filter(isAmazons)) {
    const message = `${show(name)} has no effect on an operation`
    report.warn(operation.at(name), 'EXTENSION_UNKNOWN', message, 'Leave it out.')
  }
  return {
    ...said,
    ...(tags.length > 0 && { tags }),
    ...(operation.at('deprecated').value === true && { deprecated: true }),
    ...(externalDocs && { externalDocs }),
    ...(servers.length > 0 && { servers }),
    ...(callbacks && { callbacks }),
    ...(extensions && { extensions }),
  }
}
