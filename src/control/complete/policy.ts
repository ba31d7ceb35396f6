/** Policies, and what stages and routes have in common. */
import { type Duration, milliseconds } from '../../clock.js'
import type { CompleteCors, CompleteLimits, CompletePolicy } from '../../complete.js'
import type { CorsPolicy, Mode, Policy, Throttle } from '../../definition.js'
import { authorizeOf } from './authorizers.js'
import { cacheOf } from './cache.js'
import { DEFAULT_CORS, NO_CORS } from './defaults.js'
import { bodyOf, parametersOf, responsesOf } from './models.js'

/** What a policy says nothing of. */
export interface PolicyDefaults {
  readonly limits: Pick<CompleteLimits, 'timeout' | 'body'>
  readonly compat: 'aws' | undefined
}

/**
 * A policy. A route's own cross-origin rules win over its stage's, and those over the definition's: what is
 * `undefined` here is the stage's to say.
 */
export function policyOf(given: Policy, { limits, compat }: PolicyDefaults): CompletePolicy {
  const observe = given.mode === 'observe'
  const { authorize, body, parameters, responses } = given
  const defaults = { body: limits.body, compat }
  return {
    authorize: authorize === undefined ? undefined : authorizeOf(authorize, observe),
    apiKey: apiKeyOf(given.apiKey, observe),
    parameters: parameters && parametersOf(parameters, observe),
    body: body === undefined ? undefined : bodyOf(body, observe, defaults),
    detailedErrors: given.errors === 'detailed',
    responses: responses && responsesOf(responses),
    cache: given.cache ? cacheOf(given.cache) : undefined,
    observe,
    throttles: throttlesOf(given.throttle, given.mode),
    cors: given.cors === false ? NO_CORS : corsOf(given.cors),
    timeout: timeoutOf(given.timeout ?? limits.timeout),
  }
}

function apiKeyOf(given: Policy['apiKey'], observe: boolean): CompletePolicy['apiKey'] {
  if (given === undefined || given === false) return undefined
  const { plans, mode } = given === true ? {} : given
  return { plans, observe: observe || mode === 'observe' }
}

/** @param mode of the policy around: where that observes, none of its throttles refuses */
export function throttlesOf(given: Throttle | readonly Throttle[] = [], mode?: Mode): readonly Throttle[] {
  const several: readonly Throttle[] = isList(given) ? given : [given]
  return several.map((each) => throttleOf(mode === 'observe' ? { ...each, mode } : each))
}

/** The type guard that `Array.isArray` is not for readonly arrays. */
function isList<T>(given: T | readonly T[]): given is readonly T[] {
  return Array.isArray(given)
}

export function throttleOf(given: Throttle): Throttle {
  return { ...given }
}

export function timeoutOf(given: Duration | false): number | false {
  return given === false ? false : milliseconds(given)
}

export function corsOf(given: boolean | CorsPolicy | undefined): CompleteCors | undefined {
  if (given === undefined || given === false) return undefined
  if (given === true) return DEFAULT_CORS
  const { origins, maxAge, ...rest } = given
  return {
    ...DEFAULT_CORS,
    ...rest,
    origins: origins === undefined || origins === '*' ? '*' : new Set(origins),
    maxAge: maxAge === undefined ? undefined : Math.floor(milliseconds(maxAge) / 1000),
  }
}
