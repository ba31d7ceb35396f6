/** What is the same in all events of a route on its stage. */
import type { IntegrationSite } from '../../integration.js'
import { mediaMatcher } from './media.js'

export interface Facts {
  readonly accountId: string
  readonly api: string
  readonly stage: string
  readonly deployment: string
  /** `/pets/{petId}` */
  readonly resource: string
  /** `GET /pets/{petId}` */
  readonly routeKey: string
  readonly variables: Readonly<Record<string, string>>
  readonly hasVariables: boolean
  /** The parameter that takes all that is left of a path, and how many segments are before it. */
  readonly greedy: { readonly name: string; readonly at: number } | undefined
  readonly isBinary: (mediaType: string | undefined) => boolean
}

export function factsOf(site: IntegrationSite): Facts {
  const { accountId, api, stage, deployment, route, variables, binaryMediaTypes } = site
  return {
    ...{ accountId, api, stage, deployment, variables },
    resource: route.path,
    routeKey: route.name,
    hasVariables: Object.keys(variables).length > 0,
    greedy: greedyIn(route.path),
    isBinary: mediaMatcher(binaryMediaTypes),
  }
}

/** Only the last segment of a pattern can be one. */
function greedyIn(path: string): Facts['greedy'] {
  const segments = path.slice(1).split('/')
  const [, name] = /^\{(.+)\+\}$/.exec(segments.at(-1) ?? '') ?? []
  return name === undefined ? undefined : { name, at: segments.length - 1 }
}
