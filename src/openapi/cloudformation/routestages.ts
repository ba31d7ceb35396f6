/** Stages of HTTP APIs. */
import { byName } from '../place.js'
import { show } from '../report.js'
import { type Propertied, unheeded } from './document.js'
import { type Stages, throttleOf } from './stages.js'
import type { Resource } from './template.js'
import type { Part } from './trace.js'

const READ = new Set(
  'ApiId StageName Description StageVariables DefaultRouteSettings RouteSettings AutoDeploy DeploymentId Tags'.split(
    ' ',
  ),
)
const SETTINGS = new Set(['ThrottlingRateLimit', 'ThrottlingBurstLimit'])

export function routeStage(stages: Stages, given: Resource): void {
  given.unheeded(READ)
  const name = given.at('StageName')
  if (name.text === undefined) {
    const message = `${show(given.id)} has no name`
    stages.template.report.fault(name.pointer, 'REQUIRED', message, "Write `StageName: '$default'`.")
    return
  }
  routeStageOf(stages, name.text, given, given.at('StageVariables'))
}

export function routeStageOf(stages: Stages, name: string, given: Propertied, variables: Part): void {
  stages.add({ name, pointer: given.pointer, description: given.at('Description'), variables })
  const methods = byName<object>()
  const all = settingOf(stages, given.at('DefaultRouteSettings'))
  if (all !== undefined) methods['*'] = all
  for (const [key, each] of given.at('RouteSettings').fields) {
    const setting = settingOf(stages, each)
    if (setting === undefined) continue
    for (const route of routesOf(stages, key, each)) methods[route] = setting
  }
  const stage = stages.made[name]
  if (Object.keys(methods).length > 0) stages.made[name] = { ...stage, methods }
}

function settingOf(stages: Stages, at: Part): object | undefined {
  unheeded(stages.template, at, SETTINGS, "a route's settings")
  const throttle = throttleOf(stages.template, at.at('ThrottlingRateLimit'), at.at('ThrottlingBurstLimit'))
  return throttle && { throttle }
}

function routesOf(stages: Stages, key: string, at: Part): readonly string[] {
  // The route for all others is two: the paths below the root, and the root.
  if (key === '$default') return ['ANY /{proxy+}', 'ANY /']
  const found = stages.draft.operations.some(
    ({ method, path }) => `${method} ${path}` === key.replace(/\s+/, ' '),
  )
  if (found) return [key]
  const message = `${show(key)} is no route of the API: its settings hold for nothing`
  stages.template.report.warn(at.pointer, 'NO_EFFECT', message, 'Name one that there is, or leave them out.')
  return []
}
