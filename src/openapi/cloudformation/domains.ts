/** Domains, and the stages that their base paths lead to. */
import { byName } from '../place.js'
import { show } from '../report.js'
import type { Resource, Template } from './template.js'
import type { Part } from './trace.js'

const MAPPING = new Set('DomainName BasePath RestApiId Stage ApiId ApiMappingKey'.split(' '))
/** What concerns certificates and AWS's own end of a domain. */
const DOMAIN = new Set(
  'DomainName CertificateArn RegionalCertificateArn EndpointConfiguration SecurityPolicy OwnershipVerificationCertificateArn DomainNameConfigurations EndpointAccessMode RoutingMode Tags'.split(
    ' ',
  ),
)
const DOMAIN_TYPES = ['AWS::ApiGateway::DomainName', 'AWS::ApiGatewayV2::DomainName']

export type Domains = Record<string, Record<string, string>>

export interface Mapping {
  readonly host: Part
  readonly basePath: Part
  readonly stage: Part
}

export function readDomains(template: Template, api: string, stages: readonly string[]): Domains {
  const made: Domains = byName()
  for (const each of template.all('AWS::ApiGateway::BasePathMapping')) {
    if (each.at('RestApiId').text === api) add(template, made, mappingOf(each, 'BasePath'), stages)
  }
  for (const each of template.all('AWS::ApiGatewayV2::ApiMapping')) {
    if (each.at('ApiId').text === api) add(template, made, mappingOf(each, 'ApiMappingKey'), stages)
  }
  for (const each of template.all(...DOMAIN_TYPES)) {
    if (Object.hasOwn(made, each.at('DomainName').text ?? '')) each.unheeded(DOMAIN)
  }
  return made
}

function mappingOf(mapping: Resource, basePath: string): Mapping {
  mapping.unheeded(MAPPING)
  return { host: mapping.at('DomainName'), basePath: mapping.at(basePath), stage: mapping.at('Stage') }
}

export function add(
  template: Template,
  domains: Domains,
  { host, basePath, stage }: Mapping,
  stages: readonly string[],
): void {
  const { report } = template
  // Without a stage, callers name it; here, where there is one, it is meant.
  const name = stage.text ?? (stages.length === 1 ? stages[0] : undefined)
  if (host.text === undefined || name === undefined || !stages.includes(name)) {
    const [at, what] = host.text === undefined ? [host, 'domain'] : [stage, 'stage']
    const message = `${show(at.value)} is no ${what} that requests could be led to`
    report.fault(at.pointer, 'VALUE_INVALID', message, `Name the ${what}.`)
    return
  }
  const path = basePath.text === '(none)' ? '' : (basePath.text ?? '')
  domains[host.text] = { ...domains[host.text], [path]: name }
}
