/**
 * A trie of path segments in the form in which it is walked: places from which the same can follow are one, however
 * many paths lead there. Below most resources stands the same, so that even a large table has few places, and these
 * are at hand when they are wanted. What differs is found by counting: each way on says how many values it passes by.
 *
 * @see https://doi.org/10.1002/spe.4380230103 (minimal automata that number what they accept)
 */
import { interned, isAt, Table } from './table.js'
import { decodeText } from './target.js'
import { type MixedSegment, mixedValues } from './trie.js'

/** So many literals side by side are compared in turn: cheaper than hashing the characters of a segment. */
const FEW = 16

/** What the last walk found: one object for all walks, as they never overlap and it is read at once. */
export const found = {
  /** How many values stand before those of the place where it ended. */
  index: 0,
  /** Begin and end, in turn, of each segment that was taken for a parameter. */
  captured: [] as number[],
}
const { captured } = found

/** Where a walk can go from a place: nowhere or several ways, by a literal alone, by a parameter alone. */
const SEVERAL = 0
const LITERALS = 1
const PARAM = 2

/** A way on. */
export interface Way<E> {
  /** How many values it passes by, of those that its place leads to. */
  readonly skip: number
  readonly to: Place<E>
}

interface MixedWay<E> extends Way<E> {
  readonly segment: MixedSegment
}

class Literal<E> implements Way<E> {
  readonly skip: number
  readonly to: Place<E>
  readonly code: number

  constructor(
    /** Percent-encoded, as in a canonical path. */
    readonly text: string,
    { skip, to }: Way<E>,
    /** Another way from the same place. */
    readonly next: Literal<E> | undefined,
  ) {
    this.skip = skip
    this.to = to
    this.code = text.charCodeAt(0)
  }
}

export interface Ways<E> {
  readonly literals: readonly (readonly [text: string, way: Way<E>])[]
  readonly mixed: readonly MixedWay<E>[]
  readonly param: Way<E> | undefined
  readonly greedy: Way<E> | undefined
}

export class Place<E> {
  /** Of the three above; known beforehand, as nearly every place has one way to go. */
  readonly ways: number
  readonly #literals: Literal<E> | undefined
  readonly #table: Table<Literal<E>> | undefined
  readonly mixed: readonly MixedWay<E>[]
  readonly param: Place<E> | undefined
  readonly paramSkip: number
  readonly greedy: Way<E> | undefined

  constructor(
    /** What a path that ends here comes to. */
    readonly end: E | undefined,
    { literals, mixed, param, greedy }: Ways<E>,
  ) {
    const others = mixed.length > 0 || greedy !== undefined || (param !== undefined && literals.length > 0)
    const only = param === undefined ? LITERALS : PARAM
    this.ways = others ? SEVERAL : only
    const all: Literal<E>[] = []
    for (const [text, way] of [...literals].reverse()) all.push(new Literal(interned(text), way, all.at(-1)))
    this.#literals = all.at(-1)
    this.#table = all.length > FEW ? new Table(all) : undefined
    this.mixed = mixed
    this.param = param?.to
    this.paramSkip = param?.skip ?? 0
    this.greedy = greedy
  }

  /** The way on by the segment of a path that begins at `start`, where it is a literal of this place. */
  literal(path: string, start: number): Literal<E> | undefined {
    if (this.#table !== undefined) return this.#table.find(path, start)
    let literal = this.#literals
    while (literal !== undefined && !isAt(literal.text, literal.code, path, start)) literal = literal.next
    return literal
  }
}

/**
 * The end of the most specific pattern that matches `path` from `start` on, where a segment begins; see {@link found}.
 * Every place is visited at most once.
 */
export function find<E>(place: Place<E>, path: string, start: number): E | undefined {
  return walk(place, path, start, 0, 0)
}

/** A loop while there is one way to go. @param seen how many positions are captured already */
function walk<E>(from: Place<E>, path: string, start: number, passed: number, seen: number): E | undefined {
  let place = from
  let at = start
  let index = passed
  let count = seen
  while (at < path.length) {
    if (place.ways === LITERALS) {
      const literal = place.literal(path, at)
      if (literal === undefined) return undefined
      at += literal.text.length + 1
      index += literal.skip
      place = literal.to
    } else if (place.ways === PARAM && place.param !== undefined) {
      const end = endOf(path, at)
      captured[count++] = at
      captured[count++] = end
      at = end + 1
      index += place.paramSkip
      place = place.param
    } else return walkAmong(place, path, at, index, count)
  }
  found.index = index
  return place.end
}

/** The same from a place where there is more than one way to go. */
function walkAmong<E>(
  place: Place<E>,
  path: string,
  start: number,
  index: number,
  seen: number,
): E | undefined {
  const end = endOf(path, start)
  const literal = place.literal(path, start)
  const below = literal && walk(literal.to, path, end + 1, index + literal.skip, seen)
  if (below !== undefined) return below
  captured[seen] = start
  captured[seen + 1] = end
  for (const { segment, to, skip } of place.mixed) {
    const fits = mixedValues(segment.texts, decodeText(path.slice(start, end))) !== undefined
    const other = fits ? walk(to, path, end + 1, index + skip, seen + 2) : undefined
    if (other !== undefined) return other
  }
  const { param, paramSkip, greedy } = place
  const other = param && walk(param, path, end + 1, index + paramSkip, seen + 2)
  if (other !== undefined || greedy === undefined) return other
  captured[seen + 1] = path.endsWith('/') ? path.length - 1 : path.length
  found.index = index + greedy.skip
  return greedy.to.end
}

/** Where the segment that begins there ends. */
function endOf(path: string, at: number): number {
  const slash = path.indexOf('/', at)
  return slash === -1 ? path.length : slash
}
