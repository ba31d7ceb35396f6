/** Which usage plans a key may be in together. */
import { PosternError } from '../../errors.js'

/** The stages that a plan covers; `undefined` where there is no such plan. */
export type StagesOf = (plan: string) => Iterable<string> | undefined

/**
 * A key is in one plan only for each stage, as on AWS: else it would not be known which one to charge.
 *
 * @throws PosternError `PLAN_UNKNOWN`, `PLAN_CONFLICT`
 */
export function agreeOnStages(plans: readonly string[], stagesOf: StagesOf): void {
  const coveredBy = new Map<string, string>()
  for (const plan of plans) {
    const stages = stagesOf(plan)
    if (stages === undefined) throw new PosternError('PLAN_UNKNOWN', `there is no usage plan '${plan}'`)
    for (const stage of stages) {
      const other = coveredBy.get(stage)
      if (other !== undefined) {
        const both = `usage plans '${other}' and '${plan}' both cover stage '${stage}'`
        throw new PosternError('PLAN_CONFLICT', `${both}: an API key is in one plan for each stage`)
      }
      coveredBy.set(stage, plan)
    }
  }
}
