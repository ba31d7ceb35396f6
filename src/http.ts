/**
 * HTTP upstreams as integrations: `http('https://pets.internal/{proxy}')`.
 *
 * @module postern/http
 */
import { httpOptions } from './control/check/http.js'
import { compileHttp } from './integrate/http/integration.js'
import type { HttpDefinition, HttpOptions, Upstream } from './integrate/http/options.js'
import { compileMapping, compileParameters } from './integrate/mapping/mapping.js'
import { IntegrationDefinition, type IntegrationKind } from './integration.js'

export type { ConnectionOptions, TlsOptions } from './integrate/http/connections.js'
export type { HealthPolicy } from './integrate/http/health.js'
export type { HttpDefinition, HttpOptions, Upstream } from './integrate/http/options.js'
export type { OutlierPolicy } from './integrate/http/outliers.js'
export type {
  BreakerPolicy,
  IntegrationOptions,
  IntegrationResult,
  MappingOptions,
  RequestFunction,
  RequestMapping,
  RequestParts,
  ResponseFunction,
  ResponseMapping,
  RetryPolicy,
} from './integration.js'

const MAPPERS = { mapping: compileMapping, parameters: compileParameters }

const KIND: IntegrationKind<HttpDefinition> = {
  type: 'http',
  upgrades: true,
  check: httpOptions,
  startsEarly: ({ url, health, vpcLink }) =>
    health !== undefined || vpcLink !== undefined || JSON.stringify(url).includes('${'),
  compile: (options, site) => compileHttp(options, site, MAPPERS),
}

/**
 * An integration that asks an upstream over HTTP. Parameters of the route's path fill its URL, `{id}` and `{proxy}`;
 * variables of the stage stand in it as `${stageVariables.host}`. Whom it leads to is fixed when a stage is published.
 *
 * @param url `'https://pets.internal/{proxy}'`, `'unix:/run/pets.sock:/pets/{id}'`, or several, with weights, of one path
 *
 * @example
 * route('ANY /pets/{proxy+}', {}, http('https://pets.internal/{proxy}', { timeout: '5s' }))
 * route('GET /orders/{id}', {}, http(['http://10.0.0.5:8080/orders/{id}', 'http://10.0.0.6:8080']))
 * route('ANY /{proxy+}', {}, http('https://${stageVariables.host}/{proxy}', { vpcLink: 'legacy' }))
 */
export function http(
  url: string | readonly (string | Upstream)[],
  options: HttpOptions = {},
): IntegrationDefinition<HttpDefinition> {
  return new IntegrationDefinition(KIND, { ...options, url })
}
