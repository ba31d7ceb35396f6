/** Which stage a request is for: by host and base path, by the first segment of its path, or the one there is. */
import type { BasePath } from '../complete.js'
import type { Target } from './target.js'

/** A stage found, and how many segments of the path led to it. */
export interface Found<S> {
  readonly stage: S
  readonly from: number
}

/** The hosts of an API. */
export interface Hosts {
  readonly domains: ReadonlyMap<string, readonly BasePath[]>
  readonly defaultEndpoint: boolean
}

/** The stage that is there when none is named. */
export const DEFAULT_STAGE = '$default'

/**
 * The stage by host; `'host'` when the host is not served, `undefined` when the path leads to none.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html
 */
export function byHost<S>(
  { domains, defaultEndpoint }: Hosts,
  stages: ReadonlyMap<string, S>,
  host: string,
  target: Target,
): Found<S> | 'host' | undefined {
  const mappings = domains.get(host)
  if (mappings === undefined) return defaultEndpoint ? byPath(stages, target) : 'host'
  // Longest first, whole segments only.
  const mapping = mappings.find(({ segments }) =>
    segments.every((segment, at) => segment === target.segments[at]),
  )
  const stage = mapping && stages.get(mapping.stage)
  return stage && { stage, from: mapping.segments.length }
}

/** The stage that the first segment names; the unnamed one otherwise. */
export function byPath<S>(stages: ReadonlyMap<string, S>, { first }: Target): Found<S> | undefined {
  const named = first === undefined || first === DEFAULT_STAGE ? undefined : stages.get(first)
  if (named !== undefined) return { stage: named, from: 1 }
  const unnamed = stages.get(DEFAULT_STAGE)
  return unnamed && { stage: unnamed, from: 0 }
}
