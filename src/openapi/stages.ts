/** What the options of an import give to the definition: a stage with its variables, and links. */
import { DEFAULT_STAGE } from '../resolve/stage.js'
import type { Draft } from './context.js'
import type { OpenApiOptions } from './options.js'
import { byName } from './place.js'

export function linksOf({ stage, variables, vpcLinks }: OpenApiOptions): Pick<Draft, 'stages' | 'vpcLinks'> {
  const links = Object.entries(vpcLinks ?? {}).map(
    ([id, link]) => [id, 'targets' in link ? link : { targets: link }] as const,
  )
  const named = stage !== undefined || variables !== undefined
  return {
    ...(named && { stages: { [stage ?? DEFAULT_STAGE]: variables === undefined ? {} : { variables } } }),
    ...(links.length > 0 && { vpcLinks: byName(links) }),
  }
}
