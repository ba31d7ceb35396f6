/** What is flushed, and what is meant by it. */
import type { Labels } from './entry.js'

/** What is flushed: a whole stage, what one route or namespace keeps, what bears a tag. All that is named must hold. */
export interface CacheFlush {
  /** `GET /pets/{petId}`, or a namespace. */
  readonly route?: string
  /** A path as callers spell it below the stage: `/pets/7`; with a query only the answers to that: `/pets/7?full=true`. */
  readonly target?: string
  /** Answers that bear one of them. */
  readonly tags?: readonly string[]
}

export function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? ''
}

/** Whether an answer is among what is flushed. */
export function isMeant(labels: Labels, { route, target, tags }: CacheFlush): boolean {
  if (route !== undefined && route !== labels.route && route !== labels.namespace) return false
  if (tags !== undefined && !tags.some((tag) => labels.tags.includes(tag))) return false
  if (target === undefined) return true
  const path = pathOf(target)
  if (path !== labels.path) return false
  return target === path || labels.queryKey(target.slice(path.length)) === labels.query
}
