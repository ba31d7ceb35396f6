/** Usage plans. */
import type { UsagePlan } from '../../definition.js'
import { EVERY_METHOD, methods } from './methods.js'
import type { Scope } from './scope.js'
import { type Check, list, nameOf, object, record, text } from './shapes.js'
import { type Spot, show } from './spot.js'
import { quota, throttle, throttles } from './throttle.js'

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MOST_METHODS = 20

/** Plans are named in header fields and in the lists of a CSV file. */
const NAME = /^(?! )[\x20-\x2b\x2d-\x7e]{1,128}(?<! )$/

export function plans(scope: Scope, most: number): Check {
  const each = plan(scope)
  const all = record('plans by name', (at, name) => {
    planName(at, name)
    each(at)
  })
  return (at) => {
    all(at)
    tooMany(at, most, 'plans', 'Raise `limits.plans`, or have fewer.')
  }
}

export function planName(at: Spot, name: string): void {
  if (NAME.test(name)) return
  const fix = 'Write 1 to 128 printable ASCII characters without a comma, and no space at either end.'
  at.fault('NAME_INVALID', `${show(name)} is no name for a plan`, fix)
}

export function plan(scope: Scope): Check {
  const shape = object<UsagePlan>('a usage plan', {
    description: text(),
    throttle: throttles,
    quota,
    stages: list('a list of stage names', nameOf('stage', 'STAGE_UNKNOWN', scope.stages)),
    methods: methods('throttles by method', scope, throttle),
  })
  return (at) => {
    shape(at)
    tooMany(
      at.at('methods'),
      MOST_METHODS,
      'methods in one plan',
      "Use the plan's own `throttle` for the rest, as AWS does.",
    )
    for (const [name, each] of at.at('methods').fields) if (isEveryMethod(name)) noWildcard(each)
  }
}

export function tooMany(at: Spot, most: number, what: string, fix: string): void {
  const count = at.fields.length
  if (count > most) at.fault('TOO_MANY', `${count} ${what} are more than the ${most} allowed`, fix)
}

function isEveryMethod(name: string): boolean {
  return name === EVERY_METHOD || name === '*/*'
}

function noWildcard(at: Spot): void {
  const fix = "Name the methods one by one; the plan's own `throttle` holds for all of them together."
  at.fault('METHOD_INVALID', 'a plan cannot speak of every method at once', fix)
}
