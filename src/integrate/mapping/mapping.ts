/**
 * Requests and results, mapped: AWS's integration requests and integration responses, by templates or by functions.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html
 */
import type { Exchange, Refusal } from '../../exchange.js'
import type { IntegrationSite, Mapping, MappingOptions } from '../../integration.js'
import { type MappedNames, type MappedParameters, originOf, parameterMapping } from './parameters.js'
import { received } from './received.js'
import { mapRequest, refused, refusing } from './requests.js'
import { mapAnswer } from './responses.js'

/** @throws MappingFault for what `mappingChecks` would have found */
export function compileMapping({ request, responses }: MappingOptions, site: IntegrationSite): Mapping {
  return { request: mapRequest(request, site), answer: mapAnswer(responses, site) }
}

type Given = MappedParameters | Refusal

/** Parameters alone, for what passes everything else on as it is. */
export interface ParameterMapper {
  (exchange: Exchange): Given | Promise<Given>
  /** Whether some value comes from the request's body. */
  readonly readsBody: boolean
  readonly names: MappedNames
}

/** @throws MappingFault for what `mappingChecks` would have found */
export function compileParameters(
  parameters: Readonly<Record<string, string>>,
  site: IntegrationSite,
): ParameterMapper {
  const { apply, readsBody, names } = parameterMapping(parameters, 'request')
  const map = (exchange: Exchange, body?: Uint8Array) => refusing(() => apply(originOf(exchange, site, body)))
  const mapper = readsBody
    ? (exchange: Exchange) => received(exchange, site.bodyLimit).then((body) => map(exchange, body), refused)
    : (exchange: Exchange) => map(exchange)
  return Object.assign(mapper, { readsBody, names })
}
