/** Which stage a request is for: by host and base path, by the first segment of its path, or the one there is. */
import type { BasePath } from '../complete.js'
import { Table } from './table.js'
import { encodeSegment, type Target } from './target.js'

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
  { byName, byPath }: { readonly byName: ReadonlyMap<string, S>; readonly byPath: StagePaths<S> },
  host: string,
  target: Target,
): Found<S> | 'host' | undefined {
  const mappings = domains.get(host)
  if (mappings === undefined) return defaultEndpoint ? byPath.find(target) : 'host'
  // Longest first, whole segments only.
  const mapping = mappings.find(({ segments }) =>
    segments.every((segment, at) => segment === target.segments[at]),
  )
  const stage = mapping && byName.get(mapping.stage)
  return stage && { stage, from: mapping.segments.length }
}

/** Stages by the first segment of a path. */
export class StagePaths<S> {
  readonly #named: Table<{ readonly text: string; readonly found: Found<S> }>
  readonly #unnamed: Found<S> | undefined

  /** @param stages by name */
  constructor(stages: ReadonlyMap<string, S>) {
    const unnamed = stages.get(DEFAULT_STAGE)
    this.#unnamed = unnamed && { stage: unnamed, from: 0 }
    const named = [...stages].filter(([name]) => name !== DEFAULT_STAGE)
    this.#named = new Table(
      named.map(([name, stage]) => ({ text: encodeSegment(name), found: { stage, from: 1 } })),
    )
  }

  /** The stage that the first segment names; the unnamed one otherwise. */
  find({ canonicalPath }: Target): Found<S> | undefined {
    return this.#named.find(canonicalPath, 1)?.found ?? this.#unnamed
  }
}
