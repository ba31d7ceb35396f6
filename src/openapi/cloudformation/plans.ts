/** Usage plans and API keys. */
import type { Quota, Throttle, UsagePlan } from '../../definition.js'
import { byName } from '../place.js'
import { show } from '../report.js'
import type { DocumentDraft, TemplateApiKey } from './document.js'
import { throttleOf } from './stages.js'
import type { Resource, Template } from './template.js'
import type { Part } from './trace.js'

const PLAN = new Set(['ApiStages', 'Description', 'Quota', 'Throttle', 'UsagePlanName', 'Tags'])
const KEY = new Set('Name Description Enabled Value StageKeys GenerateDistinctId Tags'.split(' '))

export interface Plans {
  readonly plans: Record<string, UsagePlan>
  readonly apiKeys: readonly TemplateApiKey[]
  /** Where each of them stands. */
  readonly places: ReadonlyMap<string, string>
}

/** @param stages of the API */
export function readPlans(draft: DocumentDraft, api: string, stages: ReadonlySet<string>): Plans {
  const { template } = draft
  const plans: Record<string, UsagePlan> = byName()
  const places = new Map<string, string>()
  const names = new Map<string, string>()
  for (const each of template.all('AWS::ApiGateway::UsagePlan')) {
    const covered = each.at('ApiStages').items.filter((one) => one.at('ApiId').text === api)
    // Of another API.
    if (covered.length === 0 && each.at('ApiStages').items.length > 0) continue
    each.unheeded(PLAN)
    const given = each.at('UsagePlanName').text ?? each.id
    const name = Object.hasOwn(plans, given) ? each.id : given
    plans[name] = planOf(template, { plan: each, covered, stages })
    names.set(each.id, name)
    places.set(name, each.pointer)
  }
  return { plans, places, apiKeys: keysOf(template, names) }
}

interface Covering {
  readonly plan: { readonly pointer: string; at(name: string): Part }
  readonly covered: readonly Part[]
  readonly stages: ReadonlySet<string>
}

export function planOf(template: Template, { plan, covered, stages }: Covering): UsagePlan {
  const limits = plan.at('Throttle')
  const throttle = throttleOf(template, limits.at('RateLimit'), limits.at('BurstLimit'))
  const quota = quotaOf(template, plan.at('Quota'))
  const methods: Record<string, Throttle> = byName()
  const named: string[] = []
  for (const each of covered) {
    const stage = each.at('Stage')
    if (stages.has(stage.text ?? '')) named.push(stage.text ?? '')
    else
      template.report.fault(
        stage.pointer,
        'VALUE_INVALID',
        `${show(stage.value)} is no stage of the API`,
        'Refer to one of its stages.',
      )
    for (const [method, one] of each.at('Throttle').fields) {
      const made = throttleOf(template, one.at('RateLimit'), one.at('BurstLimit'))
      if (made !== undefined) methods[method] = made
    }
  }
  const description = plan.at('Description').text
  return {
    ...(description !== undefined && { description }),
    ...(throttle && { throttle }),
    ...(quota && { quota }),
    stages: [...new Set(named)],
    ...(Object.keys(methods).length > 0 && { methods }),
  }
}

function quotaOf({ report }: Template, at: Part): Quota | undefined {
  if (!at.given) return undefined
  const [limit, offset] = [at.at('Limit').number, at.at('Offset').number]
  const period = at.at('Period').text?.toLowerCase()
  if (limit !== undefined && (period === 'day' || period === 'week' || period === 'month')) {
    return { limit, period, ...(offset !== undefined && { offset }) }
  }
  const fix = "Write { Limit: 1000, Period: 'MONTH' }, with DAY or WEEK instead where that is meant."
  report.fault(at.pointer, 'VALUE_INVALID', 'a quota has a limit, and a period of DAY, WEEK or MONTH', fix)
  return undefined
}

/** Of keys that are in one of the plans. */
function keysOf(template: Template, plans: ReadonlyMap<string, string>): readonly TemplateApiKey[] {
  const byKey = new Map<string, string[]>()
  for (const each of template.all('AWS::ApiGateway::UsagePlanKey')) {
    const plan = plans.get(each.at('UsagePlanId').text ?? '')
    const key = each.at('KeyId').text ?? ''
    if (plan !== undefined) byKey.set(key, [...(byKey.get(key) ?? []), plan])
  }
  return template.all('AWS::ApiGateway::ApiKey').flatMap((each) => keyOf(each, byKey.get(each.id) ?? []))
}

function keyOf(key: Resource, plans: readonly string[]): TemplateApiKey[] {
  if (plans.length === 0) return []
  key.unheeded(KEY)
  const [description, value] = [key.at('Description').text, key.at('Value').text]
  return [
    {
      name: key.at('Name').text ?? key.id,
      ...(description !== undefined && { description }),
      enabled: key.at('Enabled').flag ?? true,
      ...(value !== undefined && { value }),
      plans,
    },
  ]
}
