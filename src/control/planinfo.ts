/** Usage plans as they are told of: a copy, as what is handed out must not change what holds. */
import type { CompletePlan } from '../complete.js'
import type { Quota, Throttle, UsagePlan } from '../definition.js'

/** A usage plan, in the words of a definition. */
export interface UsagePlanInfo extends UsagePlan {
  readonly name: string
  readonly throttle: readonly Throttle[]
}

export function planInfo({
  name,
  description,
  throttles,
  quota,
  stages,
  methods,
}: CompletePlan): UsagePlanInfo {
  return {
    name,
    ...(description !== undefined && { description }),
    throttle: throttles.map((each) => ({ ...each })),
    ...(quota !== undefined && { quota: quotaInfo(quota) }),
    ...(stages !== undefined && { stages: [...stages] }),
    methods: Object.fromEntries([...methods].map(([route, throttle]) => [route, { ...throttle }])),
  }
}

function quotaInfo({ limit, period, offset, observe }: NonNullable<CompletePlan['quota']>): Quota {
  return { limit, period, offset, ...(observe && { mode: 'observe' as const }) }
}
