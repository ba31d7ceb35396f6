/** Plans, stages and domains. */
import type { BasePath, CompleteCors, CompleteMethod, CompletePlan, CompleteStage } from '../../complete.js'
import type { Definition, MethodSettings, StageDefinition, UsagePlan } from '../../definition.js'
import { basePathSegments } from '../check/domains.js'
import { methodName } from '../check/methods.js'
import { methodCacheOf, stageCacheOf } from './cache.js'
import { corsOf, throttleOf, throttlesOf } from './policy.js'

export function planOf(name: string, given: UsagePlan): CompletePlan {
  const methods = Object.entries(given.methods ?? {})
  return {
    name,
    description: given.description,
    throttles: throttlesOf(given.throttle),
    quota: quotaOf(given.quota),
    stages: given.stages && new Set(given.stages),
    methods: new Map(methods.map(([spelling, throttle]) => [methodName(spelling), throttleOf(throttle)])),
  }
}

function quotaOf(given: UsagePlan['quota']): CompletePlan['quota'] {
  if (given === undefined) return undefined
  const { limit, period, offset = 0, mode } = given
  return { limit, period, offset, observe: mode === 'observe' }
}

/** @param cors the definition's, for a stage that says nothing else */
export function stageOf(name: string, given: StageDefinition, cors: CompleteCors | undefined): CompleteStage {
  const methods = Object.entries(given.methods ?? {}).map(
    ([spelling, settings]) => [methodName(spelling), methodOf(settings)] as const,
  )
  return {
    name,
    description: given.description,
    variables: variablesOf(given.variables),
    throttles: throttlesOf(given.throttle),
    methods: new Map(methods),
    canary: canaryOf(given.canary),
    cache: stageCacheOf(given.cache),
    cors: given.cors === undefined ? cors : corsOf(given.cors),
  }
}

function methodOf({ throttle, cache }: MethodSettings): CompleteMethod {
  return { throttle: throttle && throttleOf(throttle), cache: methodCacheOf(cache) }
}

type Variables = Readonly<Record<string, string>>

function canaryOf(given: StageDefinition['canary']): CompleteStage['canary'] {
  if (given === undefined) return undefined
  const { percent, deployment } = given
  return { percent, variables: variablesOf(given.variables), deployment }
}

/** Without a prototype, as their names are the user's: `constructor` is a variable or nothing. */
function variablesOf(given: Variables = {}): Variables {
  return Object.freeze(Object.assign(Object.create(null), given))
}

export function domainsOf(
  given: NonNullable<Definition['domains']>,
): ReadonlyMap<string, readonly BasePath[]> {
  return new Map(Object.entries(given).map(([host, stages]) => [host.toLowerCase(), basePathsOf(stages)]))
}

/** Longest first, so that the first one that matches is AWS's choice. */
function basePathsOf(given: string | { readonly [basePath: string]: string }): readonly BasePath[] {
  if (typeof given === 'string') return [{ segments: [], stage: given }]
  const all = Object.entries(given).map(([path, stage]) => ({ segments: basePathSegments(path), stage }))
  return all.sort((a, b) => b.segments.length - a.segments.length)
}
