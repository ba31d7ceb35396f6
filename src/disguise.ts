/** Paths that no route names, and that an app behind could take for a route's all the same. */
import { isAlike } from './alike.js'
import type { Complete } from './complete.js'
import type { Exchange } from './exchange.js'
import type { Live } from './live.js'
import type { Resource } from './resolve/resource.js'
import { foldTarget, furtherTarget, Match, unslashTarget } from './resolve/router.js'
import type { Target } from './resolve/target.js'

/**
 * Whether a path that no route names would still be taken for a route's by an app that is less exact: once stage
 * or base path, case, trailing and encoded slashes are folded away, or a trailing one is taken for an empty parameter.
 *
 * @param meant whether a path is not to be taken for that route's in spite of it
 */
export function isDisguised(
  live: Live,
  { domains }: Complete,
  target: Target,
  meant: (route: Resource<unknown>) => boolean = () => false,
): boolean {
  const first = target.segments[0]?.toLowerCase()
  const folded = foldTarget(target)
  const spellings = folded.canonicalPath.includes('%2F') ? [folded, unslashTarget(folded)] : [folded]
  if (target.trailingSlash) spellings.push(furtherTarget(folded.canonicalPath))
  const cuts = new Set([0])
  for (const name of live.byName.keys()) if (name.toLowerCase() === first) cuts.add(1)
  for (const mappings of domains.values()) for (const { segments } of mappings) cuts.add(segments.length)
  for (const stage of live.byName.values()) {
    const routers = [stage.deployment.router, ...(stage.canary ? [stage.canary.live.deployment.router] : [])]
    for (const router of routers)
      for (const from of cuts)
        for (const folded of spellings)
          for (const route of router.foldedMatches(folded, from)) if (!meant(route)) return true
  }
  return false
}

/**
 * Whether an app that has let the last parameter of a path be empty, `/pets/:id` for `/pets/`, runs by that what another
 * policy is for than the one by which it was admitted, or none.
 */
export function isEmptied(
  live: Live,
  { unmatched }: Complete,
  { at, target, from, request }: Exchange,
): boolean {
  const stage = at && live.byName.get(at.name)
  if (stage === undefined || target === undefined) return false
  const { router } = (at?.canary === true && stage.canary?.live.deployment) || stage.deployment
  const { method } = request
  // What resolves a target puts it there whole.
  const match = router.match(method, target as Target, from)
  if (!(match instanceof Match)) return false
  const other = router.beyond(method, target as Target, from)
  if (other === undefined) return unmatched === 'refuse'
  return !isAlike(other.given, match.value.given)
}
