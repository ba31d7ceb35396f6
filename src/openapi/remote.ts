/** A Lambda authorizer on AWS. */
import type { Called } from './authorizers.js'
import type { Context } from './context.js'
import type { Place } from './place.js'
import { show } from './report.js'

/** @param at where it is named */
export function remoteAuthorizer({ report }: Context, at: Place, arn: string): Called {
  const fix = `Give what stands for it: \`functions: { ${show(arn)}: async (event) => … }\`.`
  report.warn(at, 'FUNCTION_MISSING', `${show(arn)} is not given: nobody is let in by it`, fix)
  return () => {
    throw new Error(`${arn} is not given: nobody is let in by it`)
  }
}
