/** Which usage plans a key may be in together. */
import { PosternError } from '../../errors.js'
import { didYouMean } from '../../suggest.js'

/** The stages that a plan covers. @throws PosternError `PLAN_UNKNOWN` */
export type StagesOf = (plan: string) => Iterable<string>

/** @param known the names of those that there are */
export function unknownPlan(name: string, known: Iterable<string>): PosternError {
  const names = [...known]
  const there = `there is no usage plan '${name}'; there is: ${names.join(', ') || 'none'}`
  const near = didYouMean(name, names, '')
  return new PosternError('PLAN_UNKNOWN', near === '' ? there : `${there}. ${near}`)
}

/**
 * A key is in one plan only for each stage, as on AWS: else it would not be known which one to charge.
 *
 * @throws PosternError `PLAN_UNKNOWN`, `PLAN_CONFLICT`
 */
export function agreeOnStages(plans: readonly string[], stagesOf: StagesOf): void {
  const coveredBy = new Map<string, string>()
  for (const plan of plans) {
    for (const stage of stagesOf(plan)) {
      const other = coveredBy.get(stage)
      if (other !== undefined) {
        const both = `usage plans '${other}' and '${plan}' both cover stage '${stage}'`
        throw new PosternError('PLAN_CONFLICT', `${both}: an API key is in one plan for each stage`)
      }
      coveredBy.set(stage, plan)
    }
  }
}
