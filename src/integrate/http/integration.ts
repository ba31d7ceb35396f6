/**
 * HTTP and HTTP_PROXY integrations.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html
 */
import { type Exchange, type Integration, Refusal } from '../../exchange.js'
import type { CompileMapping, IntegrationSite, MappedRequest } from '../../integration.js'
import { type Way, wayTo } from './destination.js'
import { mapped } from './mapped.js'
import type { HttpDefinition } from './options.js'
import { type ParametersOf, proxied } from './proxied.js'
import type { Rules } from './sending.js'
import { rulesOf } from './transport.js'
import { UrlFault } from './url.js'

/** What maps requests and answers; it is a folder of its own. */
export interface Mappers {
  mapping: CompileMapping
  parameters: ParametersOf
}

/** An integration on its route and stage. Where a variable of the stage is missing, it refuses. */
export function compileHttp(options: HttpDefinition, site: IntegrationSite, mappers: Mappers): Integration {
  const rules = rulesOf(options, site)
  try {
    const way = wayTo(options, site, rules.breaker)
    const compiled = { options, site, rules, way }
    return isProxy(options) ? proxied(compiled, mappers.parameters) : mapped(compiled, mappers.mapping)
  } catch (error) {
    if (!(error instanceof UrlFault)) throw error
    const detail = `'${site.route.name}' on stage '${site.stage}': ${error.message}`
    site.report(new Error(`${detail}. ${error.fix}`))
    return () => new Refusal('API_CONFIGURATION_ERROR', detail)
  }
}

/** What both kinds of it are made of. */
export interface Compiling {
  readonly options: HttpDefinition
  readonly site: IntegrationSite
  readonly rules: Rules
  readonly way: Way
}

/** Whether everything is passed both ways. */
function isProxy({ proxy, responses, request }: HttpDefinition): boolean {
  if (proxy !== undefined) return proxy
  const maps = typeof request === 'function' || request?.templates !== undefined
  return responses === undefined && !maps
}

/** The method of what is sent. */
export function methodOf({ method }: HttpDefinition): (exchange: Exchange) => string {
  if (method === undefined || method === 'ANY') return (exchange) => exchange.request.method
  return () => method
}

export type Mapped = Pick<MappedRequest, 'headers' | 'query' | 'path'>
