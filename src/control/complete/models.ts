/** What routes hold to models. */
import type { CompleteBody, CompleteParameter, CompletePolicy, ModelRef } from '../../complete.js'
import type { Body, Parameter, ParametersPolicy, Policy } from '../../definition.js'
import { isStandardSchema } from '../../schema.js'

/** What a policy is completed with. */
export interface BodyDefaults {
  /** Bytes. */
  readonly body: number
  readonly compat: 'aws' | undefined
}

/**
 * A body's rules. A model by itself is one for JSON: a form is only read where the route says so, as any page of the
 * web can have a browser send one.
 */
export function bodyOf(given: Body, observe: boolean, defaults: BodyDefaults): CompleteBody {
  const unknownType = defaults.compat === 'aws' ? 'pass' : 'refuse'
  const common = { required: true, unknownType, inflated: defaults.body, observe } as const
  if (typeof given === 'string' || isStandardSchema(given)) {
    return { ...common, models: new Map([['application/json', given]]) }
  }
  const { models, mode, required = true, inflated = defaults.body } = given
  return {
    models: new Map(Object.entries<ModelRef>(models).map(([type, model]) => [type.toLowerCase(), model])),
    required,
    unknownType: given.unknownType ?? unknownType,
    inflated,
    observe: observe || mode === 'observe',
  }
}

/** In the order in which AWS names what is missing. */
const PLACES = ['header', 'path', 'query'] as const

export function parametersOf(given: ParametersPolicy, observe: boolean): CompletePolicy['parameters'] {
  const all = PLACES.flatMap((place) =>
    Object.entries(given[place] ?? {}).map(([name, each]) => parameterOf(place, name, each)),
  )
  return { all, observe: observe || given.mode === 'observe' }
}

function parameterOf(place: CompleteParameter['in'], name: string, given: Parameter): CompleteParameter {
  if (typeof given === 'boolean') return { in: place, name, required: given, schema: undefined }
  return { in: place, name, required: given.required ?? false, schema: given.schema }
}

export function responsesOf(given: NonNullable<Policy['responses']>): ReadonlyMap<string, ModelRef> {
  return new Map(Object.entries(given))
}
