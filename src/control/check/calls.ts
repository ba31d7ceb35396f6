/** What calls of the control plane are given beside a definition. */
import type { CacheFlush } from '../../cache/cache.js'
import { DefinitionError } from '../../errors.js'
import type { CodedFault } from '../faults.js'
import type { DeployOptions, StagePatch } from '../inputs.js'
import type { UsageQuery, UsageUpdate } from '../usage.js'
import { type FieldChecks, formed, hinted, integer, list, nameOf, object, text } from './shapes.js'
import { isFields, snapshot } from './snapshot.js'
import { Spot, show } from './spot.js'

/** @throws DefinitionError: an option that there is not, `{ stage: 'beta' }`, would else deploy to all */
export function deployOptions(given: DeployOptions): DeployOptions {
  return options('deploy', given, {
    description: text('a description'),
    stages: list('a list of stages', text('a stage')),
  })
}

/**
 * @param routes names of routes and namespaces
 * @throws DefinitionError: `{ tag: 'pets' }` would else flush all, and a misspelt route nothing
 */
export function flushOptions(given: CacheFlush, routes: () => Iterable<string>): CacheFlush {
  return options('flushCache', given, {
    route: (at) => nameOf('route or namespace', 'ROUTE_UNKNOWN', [...new Set(routes())])(at),
    target: formed('a target', /^\//, "a path from its slash on, such as '/pets/7'", 'VALUE_INVALID'),
    tags: list('a list of tags', text('a tag')),
  })
}

/** @throws DefinitionError: another field, `{ keyId }`, would else tell of all keys */
export function usageQuery(given: UsageQuery): UsageQuery {
  const checks = {
    plan: text("a plan's name"),
    key: text("a key's id"),
    from: text('a day'),
    to: text('a day'),
  }
  return options('getUsage', given, checks, {
    required: ['plan', 'from', 'to'],
    written: "{ plan: 'free', from: '2026-01-01', to: '2026-01-31' }",
  })
}

/** @throws DefinitionError */
export function usageUpdate(given: UsageUpdate): UsageUpdate {
  const checks = { plan: text("a plan's name"), key: text("a key's id"), remaining: integer(0) }
  return options('updateUsage', given, checks, {
    required: ['plan', 'key', 'remaining'],
    written: "{ plan: 'free', key: key.id, remaining: 100 }",
  })
}

/** What remains of no quota cannot be set. */
export function noQuota(plan: string): DefinitionError {
  const fix = `Give it one by updateUsagePlan('${plan}', { quota: { limit: 1000, period: 'day' }, … }).`
  return wrongCall('updateUsage', 'plan', `usage plan ${show(plan)} has no quota`, fix)
}

/** @throws DefinitionError for a plan in the place of its name */
export function namedPlan(call: 'createUsagePlan' | 'updateUsagePlan', name: unknown): void {
  if (typeof name === 'string') return
  const fix = `Write ${call}('free', { throttle: { rate: 5, burst: 10 } }).`
  throw wrongCall(call, 'name', `${show(snapshot(name, []))} is not a plan's name`, fix)
}

/** The fields themselves are a stage's, and checked as such. @throws DefinitionError where there are none */
export function patchOf(name: string, given: StagePatch): StagePatch {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given
  const fix = `Write updateStage('${name}', { deployment: id }), or the settings that are to change.`
  throw wrongCall('updateStage', 'patch', `${show(given)} is not the change of a stage`, fix)
}

function wrongCall(call: string, path: string, message: string, fix: string): DefinitionError {
  const code = path === 'plan' ? 'VALUE_INVALID' : 'WRONG_TYPE'
  return new DefinitionError([{ code, path, message, fix }], `the call of ${call}()`)
}

/** @param written how the options are written, for what has a field that must be there */
function options<T extends object>(
  call: string,
  given: T,
  checks: FieldChecks<T>,
  { required = [], written }: { required?: readonly (keyof T & string)[]; written?: string } = {},
): T {
  const faults: CodedFault[] = []
  const copy = snapshot(given, faults)
  const what = `the options of ${call}()`
  const hint = () => (written === undefined || isFields(copy) ? undefined : `Write ${call}(${written}).`)
  const check = hinted(what, hint, object<T>(what, checks, required))
  check(new Spot(copy, isFields(copy) ? '' : 'options', faults))
  if (faults.length > 0) throw new DefinitionError(faults, `the call of ${call}()`)
  return copy as T
}
