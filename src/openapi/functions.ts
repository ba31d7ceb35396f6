/** What stands for a Lambda function of a document. */
import { nameOf, unqualified } from './amazon.js'
import type { FunctionTarget, OpenApiOptions } from './options.js'
import { own } from './place.js'

/** By its ARN, by that without an alias, or by its mere name. */
export function functionFor(arn: string, { functions }: OpenApiOptions): FunctionTarget | undefined {
  for (const key of [arn, unqualified(arn), nameOf(arn)]) {
    const found = own(functions, key)
    if (found !== undefined) return found as FunctionTarget
  }
  return undefined
}
