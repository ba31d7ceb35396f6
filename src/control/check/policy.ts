/** What a route demands. */
import { authorizing, caching, validating } from '#parts'
import type { ApiKeyPolicy, Policy } from '../../definition.js'
import { isIntegration } from '../../integration.js'
import { cors } from './cors.js'
import { operationDocs } from './docs.js'
import type { Scope } from './scope.js'
import {
  type Check,
  duration,
  eitherOr,
  LONGEST_TIMEOUT,
  late,
  list,
  nameOf,
  object,
  oneOf,
} from './shapes.js'
import type { Spot } from './spot.js'
import { mode, perApiKeyFaults, throttles } from './throttle.js'

export const timeout: Check = eitherOr([false], duration(1, LONGEST_TIMEOUT))

export function policy(scope: Scope): Check {
  const shape = object<Policy>('a policy', {
    apiKey: eitherOr([false], apiKey(scope)),
    throttle: throttles,
    cors,
    timeout,
    mode,
    authorize: late(() => authorizing().authorize(scope)),
    body: late(() => validating().body(scope)),
    parameters: late(() => validating().parameters(scope)),
    errors: oneOf('detailed', 'brief'),
    responses: late(() => validating().responses(scope)),
    cache: eitherOr(
      [true, false],
      late(() => caching().cache),
    ),
    docs: operationDocs,
  })
  return (at) => {
    if (isIntegration(at.value)) {
      const fix = 'Write a policy before it, an empty one for one: route(pattern, {}, integration).'
      return at.fault('WRONG_TYPE', 'an integration is not a policy', fix)
    }
    if (typeof at.value === 'function') {
      const fix = 'Write a policy before it, an empty one for one: route(pattern, {}, handler).'
      return at.fault('WRONG_TYPE', 'a function is not a policy', fix)
    }
    shape(at)
    if (!asksApiKey(at)) perApiKeyFaults(at.at('throttle'))
  }
}

/** Whether the policy at this spot asks for an API key. */
export function asksApiKey(at: Spot): boolean {
  const { value } = at.at('apiKey')
  return value !== undefined && value !== false
}

function apiKey({ plans }: Scope): Check {
  const shape = object<ApiKeyPolicy>('an API key policy', { plans: planNames(plans ?? []), mode })
  return (at) => {
    if (at.value !== true) shape(at)
    if (plans !== undefined) return
    const fix = 'Define a plan in `plans`, or write `plans: {}` when they are created at run time.'
    at.fault(
      'API_KEY_WITHOUT_PLANS',
      'asks for an API key, but there is no usage plan: every call would be refused',
      fix,
    )
  }
}

function planNames(plans: readonly string[]): Check {
  const names = list('a list of plan names', nameOf('plan', 'PLAN_UNKNOWN', plans))
  return (at) => {
    names(at)
    if (!Array.isArray(at.value) || at.value.length > 0) return
    at.fault(
      'VALUE_INVALID',
      'admits the keys of no plan: every call would be refused',
      'Name a plan, or leave it out for all.',
    )
  }
}
