/** Schema values of validation libraries. @see https://standardschema.dev */
import type { StandardIssue, StandardResult, StandardSchema, ValidationFault } from '../schema.js'
import type { Validated, Validator } from './models.js'
import { fault, MOST_FAULTS, token } from './words.js'

/** A validator of a library's schema. What the schema throws is its own bug, and is thrown on. */
export function standardValidator(schema: StandardSchema): Validator {
  const standard = schema['~standard']
  return (value) => {
    const result = standard.validate(value)
    return isThenable(result)
      ? Promise.resolve(result).then((late) => told(late, standard.vendor))
      : told(result, standard.vendor)
  }
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function told(result: StandardResult<unknown>, vendor: string): Validated {
  if (result.issues === undefined) return { value: result.value }
  return { faults: result.issues.slice(0, MOST_FAULTS).map((issue) => faultOf(issue, vendor)) }
}

function faultOf({ message, path = [] }: StandardIssue, vendor: string): ValidationFault {
  const keys = path.map((part) => (typeof part === 'object' ? part.key : part))
  return fault(keys.map(token).join(''), String(vendor), String(message))
}
