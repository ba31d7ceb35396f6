/** Stages. */
import { caching } from '#parts'
import type { CanaryDefinition, MethodSettings, StageDefinition } from '../../definition.js'
import { DEFAULT_STAGE } from '../../resolve/stage.js'
import { cors } from './cors.js'
import { methods } from './methods.js'
import { tooMany } from './plans.js'
import type { Scope } from './scope.js'
import { type Check, eitherOr, finite, formed, late, object, record, text } from './shapes.js'
import { type Spot, show } from './spot.js'
import { perApiKeyFaults, throttle, throttles } from './throttle.js'

const NAME = /^[\w-]{1,128}$/
const VARIABLE = /^\w{1,64}$/
const LONGEST_VALUE = 512
const MOST_VARIABLES = 100

export function stages(scope: Scope, most: number): Check {
  const each = stage(scope)
  const all = record('stages by name', (at, name) => {
    if (name !== DEFAULT_STAGE && !NAME.test(name)) {
      const fix = `Write 1 to 128 letters, digits, '_' and '-', or '${DEFAULT_STAGE}'.`
      at.fault('NAME_INVALID', `${show(name)} is no name for a stage`, fix)
    }
    each(at)
  })
  return (at) => {
    all(at)
    tooMany(at, most, 'stages', 'Raise `limits.stages`, or have fewer.')
  }
}

/** The settings of one stage. */
export function stage(scope: Scope): Check {
  return object<StageDefinition>('a stage', {
    description: text(),
    variables,
    throttle: throttles,
    methods: methods('method settings', scope, (at, route) => {
      settings(at)
      if (route?.asksApiKey === false) perApiKeyFaults(at.at('throttle'))
    }),
    canary,
    cache: eitherOr(
      [false],
      late(() => caching().stageCache),
    ),
    cors,
  })
}

/** By stage, the names of its variables and of its canary's. */
export function variablesIn(at: Spot): ReadonlyMap<string, ReadonlySet<string>> {
  const names = (each: Spot) => each.at('variables').fields.map(([name]) => name)
  const all = at.fields.map(
    ([stage, each]) => [stage, new Set([...names(each), ...names(each.at('canary'))])] as const,
  )
  return new Map(all.length === 0 ? [[DEFAULT_STAGE, new Set()]] : all)
}

const settings = object<MethodSettings>('method settings', {
  throttle,
  cache: eitherOr(
    [false],
    late(() => caching().methodCache),
  ),
})

const values = record('stage variables', (at, name) => {
  if (!VARIABLE.test(name)) {
    at.fault(
      'NAME_INVALID',
      `${show(name)} is no name for a variable`,
      "Write 1 to 64 letters, digits and '_'.",
    )
  }
  text('a variable', (each, value) => {
    if (value.length <= LONGEST_VALUE) return
    const message = `${value.length} characters are more than a variable holds`
    each.fault('TOO_MANY', message, `Write at most ${LONGEST_VALUE} characters.`)
  })(at)
})

const variables: Check = (at) => {
  values(at)
  tooMany(at, MOST_VARIABLES, 'variables', 'Have fewer, as on AWS.')
}

const canary = object<CanaryDefinition>(
  'a canary',
  {
    percent: finite(0, 100),
    variables,
    deployment: formed('a deployment id', /./, 'the id of a deployment'),
  },
  ['percent'],
)
