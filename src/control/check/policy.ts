/** What a route demands. */
import type { ApiKeyPolicy, Policy } from '../../definition.js'
import { cors } from './cors.js'
import type { Scope } from './scope.js'
import { type Check, duration, eitherOr, LONGEST_TIMEOUT, list, nameOf, object } from './shapes.js'
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
    authorize: each(
      nameOf('authorizer', 'AUTHORIZER_UNKNOWN', [...scope.authorizers, 'iam']),
      later(...AUTHORIZE),
    ),
    body: each(bodyModel(scope), later(...BODY)),
    cache: later(...CACHE),
  })
  return (at) => {
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

function bodyModel({ models }: Scope): Check {
  return (at) => {
    if (typeof at.value === 'string') nameOf('model', 'MODEL_UNKNOWN', models)(at)
  }
}

const AUTHORIZE = [
  '`authorize` is not in this version: nobody would be asked who they are',
  "Ask in a step of your own, `before('authorize', step)`, and leave `authorize` out.",
] as const

const BODY = [
  '`body` is not in this version: nothing would be validated',
  "Validate in the handler or in a step of your own, `before('validate', step)`, and leave `body` out.",
] as const

const CACHE = [
  '`cache` is not in this version: nothing would be cached',
  'Cache in the app or in front of it, and leave `cache` out.',
] as const

/** Honest about what is not there yet. */
export function later(message: string, fix: string): Check {
  return (at) => at.fault('NOT_IN_THIS_VERSION', message, fix)
}

function each(...checks: readonly Check[]): Check {
  return (at) => {
    for (const check of checks) check(at)
  }
}
