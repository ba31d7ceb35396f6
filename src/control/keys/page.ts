/** Lists by the page. */
import { readFields, refuse } from './input.js'
import type { ApiKey } from './record.js'

/** Which keys, and how many of them. */
export interface KeyQuery {
  /** 1 to 500; default 25. */
  readonly limit?: number
  /** What the page before gave. */
  readonly position?: string
  /** Only keys whose name begins with this. */
  readonly name?: string
}

/** Some keys, and where the next ones begin. */
export interface KeyPage {
  readonly items: readonly ApiKey[]
  /** Where the next page begins; absent on the last one. */
  readonly position?: string
}

const DEFAULT_LIMIT = 25
const MOST = 500
const POSITION = /^[\w-]{1,128}$/

/** @throws PosternError `PAGE_INVALID`, `POSITION_INVALID` */
export function readQuery(given: unknown): { limit: number; position: string; name: string } {
  const {
    limit = DEFAULT_LIMIT,
    position,
    name = '',
  } = readFields(given, 'a list', ['limit', 'position', 'name'])
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > MOST) {
    refuse(`\`limit\` is a number, from 1 to ${MOST}`, 'PAGE_INVALID')
  }
  if (position !== undefined && (typeof position !== 'string' || !POSITION.test(position))) {
    refuse('`position` is what the page before gave', 'POSITION_INVALID')
  }
  if (typeof name !== 'string') refuse('`name` is how the names of keys begin', 'PAGE_INVALID')
  return { limit, position: position ?? '', name }
}
