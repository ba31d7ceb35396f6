/** What calls of the control plane are given beside a definition. */
import type { CacheFlush } from '../../cache/cache.js'
import { DefinitionError } from '../../errors.js'
import type { CodedFault } from '../faults.js'
import type { DeployOptions } from '../inputs.js'
import { type Check, type FieldChecks, formed, list, nameOf, object, text } from './shapes.js'
import { isFields, snapshot } from './snapshot.js'
import { Spot } from './spot.js'

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

function options<T extends object>(call: string, given: T, checks: FieldChecks<T>): T {
  const faults: CodedFault[] = []
  const copy = snapshot(given, faults)
  const check: Check = object<T>(`the options of ${call}()`, checks)
  check(new Spot(copy, isFields(copy) ? '' : 'options', faults))
  if (faults.length > 0) throw new DefinitionError(faults, `the call of ${call}()`)
  return copy as T
}
