/** Places that a JSON path visits: more of them would hold up every other request. */
import { misconfigured } from './faults.js'

/** Counts down. */
export interface Visits {
  left: number
}

export const MOST_VISITS = 500_000

export function newVisits(): Visits {
  return { left: MOST_VISITS }
}

/** @throws Unmapped */
export function visit(visits: Visits, places = 1): void {
  visits.left -= places
  if (visits.left < 0) throw misconfigured(`a JSON path looks at more than ${MOST_VISITS} places`)
}
