/** What SAM makes beside an API: its usage plan, and its domain. */
import type { UsagePlan } from '../../../definition.js'
import { unheeded } from '../document.js'
import { add, type Domains } from '../domains.js'
import { planOf } from '../plans.js'
import type { Template } from '../template.js'
import { Part } from '../trace.js'
import type { Served } from './globals.js'

const PLAN = new Set('CreateUsagePlan Description Quota Tags Throttle UsagePlanName'.split(' '))
const DOMAIN = new Set(
  'DomainName BasePath CertificateArn EndpointConfiguration SecurityPolicy OwnershipVerificationCertificateArn Route53 NormalizeBasePath IpAddressType'.split(
    ' ',
  ),
)

/** @returns the plan with its name; nothing where none is to be made */
export function samPlan(
  template: Template,
  api: Served,
  stages: readonly string[],
): readonly [string, UsagePlan] | undefined {
  const at = api.at('Auth').at('UsagePlan')
  const how = at.at('CreateUsagePlan').text?.toUpperCase() ?? 'NONE'
  if (!at.given || how === 'NONE') return undefined
  unheeded(template, at, PLAN, 'a usage plan')
  const plan = planOf(template, { plan: at, covered: [], stages: new Set(stages) })
  const name = how === 'SHARED' ? 'ServerlessUsagePlan' : `${api.id}UsagePlan`
  return [at.at('UsagePlanName').text ?? name, { ...plan, stages }]
}

export function samDomain(
  template: Template,
  api: Served,
  domains: Domains,
  stages: readonly string[],
): void {
  const at = api.at('Domain')
  const [stage] = stages
  if (!at.given || stage === undefined) return
  unheeded(template, at, DOMAIN, 'a domain')
  const paths = at.at('BasePath').items
  for (const basePath of paths.length > 0 ? paths : [template.nothing(at.pointer)]) {
    const path = basePath.text?.replace(/^\/|\/$/g, '')
    const mapping = {
      host: at.at('DomainName'),
      basePath: new Part(path, basePath.pointer, template.trace),
      stage: new Part(stage, at.pointer, template.trace),
    }
    add(template, domains, mapping, stages)
  }
}
