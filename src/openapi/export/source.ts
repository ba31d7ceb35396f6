/** What is written: a definition, or that of a stage of a gateway. */
import { expanded } from '../../control/document.js'
import type { Definition, DocumentDefinition } from '../../definition.js'
import { PosternError } from '../../errors.js'
import type { Gateway } from '../../gateway.js'
import { isFields } from '../place.js'

export function definitionOf(
  source: Definition | DocumentDefinition | Gateway,
  stage: string | undefined,
): Definition {
  if (!isGateway(source)) return expanded(source, () => {})
  const { byName } = source.control.live
  const [first] = byName.values()
  const chosen = stage === undefined ? first : byName.get(stage)
  if (chosen !== undefined) return chosen.deployment.complete.given
  const names = [...byName.keys()].join(', ')
  throw new PosternError('STAGE_UNKNOWN', `there is no stage '${stage}'; there is: ${names}`)
}

/** By its shape: there may be another copy of the package. */
function isGateway(source: object): source is Gateway {
  return 'control' in source && typeof source.control === 'object' && !isFields(source.control)
}
