/**
 * `$context`: what AWS tells of a request, as far as there is such a thing here.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#context-variable-reference
 */
import { commonLogTime } from '../../clock.js'
import type { Exchange } from '../../exchange.js'
import type { IntegrationSite } from '../../integration.js'
import { identityOf } from './identity.js'
import { callMethod } from './methods.js'
import type { Run } from './run.js'
import type { Scene } from './scene.js'
import { Host, type JavaMap, listOf, newMap, setKey } from './values.js'

type Read = (exchange: Exchange, site: IntegrationSite) => unknown

const CONTEXT: Readonly<Record<string, Read>> = {
  accountId: (_, { accountId }) => accountId,
  apiId: (_, { api }) => api,
  authorizer: (exchange) => authorizerOf(exchange),
  awsEndpointRequestId: ({ requestId }) => requestId,
  // What AWS has besides, and nobody has here, is known all the same.
  customDomain: () => undefined,
  deploymentId: (_, { deployment }) => deployment,
  domainName: ({ host }) => host,
  domainPrefix: ({ host }) => host.split('.', 1)[0],
  error: ({ misfit }) => (misfit === undefined ? undefined : mapOf({ validationErrorString: misfit })),
  extendedRequestId: ({ extendedRequestId }) => extendedRequestId,
  httpMethod: ({ request }) => request.method,
  identity: identityOf,
  isCanaryRequest: ({ canary }) => canary,
  path: ({ target }) => target?.canonical(0),
  protocol: () => 'HTTP/1.1',
  requestId: ({ requestId }) => requestId,
  requestTime: ({ startedAt }) => commonLogTime(startedAt),
  requestTimeEpoch: ({ startedAt }) => startedAt,
  resourceId: (_, { route }) => route.path,
  resourcePath: (_, { route }) => route.path,
  stage: (_, { stage }) => stage,
  wafResponseCode: () => undefined,
  webaclArn: () => undefined,
  xrayTraceId: () => undefined,
}

/** The names of what there is. */
export const CONTEXT_NAMES: readonly string[] = Object.keys(CONTEXT)

/** A variable by its first name; `undefined` where there is none. */
export function contextValue(name: string, exchange: Exchange, site: IntegrationSite): unknown {
  return Object.hasOwn(CONTEXT, name) ? CONTEXT[name]?.(exchange, site) : undefined
}

/** A Lambda authorizer's values are texts in AWS; the claims of a token are a map. */
function authorizerOf({ authorizer, principal }: Exchange): JavaMap {
  const values = newMap()
  if (principal !== undefined) values.principalId = principal
  for (const [name, value] of Object.entries(authorizer)) {
    setKey(
      values,
      name,
      typeof value === 'number' || typeof value === 'boolean' ? String(value) : copied(value),
    )
  }
  return values
}

/** What templates may change is not what others share. */
function copied(value: unknown): unknown {
  if (Array.isArray(value)) return listOf(value.map(copied))
  if (typeof value === 'object' && value !== null) return mapOf(value)
  return typeof value === 'function' || typeof value === 'symbol' ? undefined : value
}

function mapOf(value: object): JavaMap {
  const map = newMap()
  for (const [name, each] of Object.entries(value)) setKey(map, name, copied(each))
  return map
}

/** Steps that a variable costs: some are put together first. */
const COST = 4

/** `$context`, of which most templates want a few variables only. */
export class Context extends Host {
  readonly #scene: Scene
  readonly #run: Run

  constructor(scene: Scene, run: Run) {
    super()
    this.#scene = scene
    this.#run = run
  }

  property(name: string): unknown {
    const { exchange, site, overrides } = this.#scene
    this.#run.spend(COST)
    if (name === 'requestOverride') return overrides.request
    if (name === 'responseOverride') return overrides.response
    return contextValue(name, exchange, site)
  }

  call(name: string, args: readonly unknown[]): unknown {
    return callMethod(this.#all(), name, args, this.#run)
  }

  text(): string {
    return this.#run.print(this.#all())
  }

  #all(): JavaMap {
    const map = newMap()
    for (const name of [...CONTEXT_NAMES, 'requestOverride', 'responseOverride']) {
      const value = this.property(name)
      if (value !== undefined) map[name] = value
    }
    return map
  }
}
