/** A path that has methods, and the routes of them. */
import type { Segment } from '../complete.js'
import type { Node } from './trie.js'
import type { Captures } from './verb.js'

/** A node, case folded away, and the segment by which a pattern goes on from there. */
export type Fork = readonly [at: Node<unknown>, taken: Segment]

/** How far a router has grown. */
export interface Growth {
  routes: number
}

/** What ANY stands for where methods are listed. */
const COMMON = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** A route of a resource. */
export interface Entry<T> {
  readonly method: string
  readonly value: T
  readonly captures: Captures
}

/** A path that has methods. */
export class Resource<T> {
  readonly #entries: Entry<T>[] = []
  readonly #headFallback: boolean
  /** The forks at which a path comes here by a parameter: where it could have been a literal, but for its case. */
  readonly #forks: readonly Fork[]

  /** Of its pattern, case folded away. */
  readonly #segments: readonly Segment[]
  readonly #growth: Growth
  #contested = false
  /** Of how many routes that was found. */
  #among = 0

  constructor(headFallback: boolean, forks: readonly Fork[], segments: readonly Segment[], growth: Growth) {
    this.#headFallback = headFallback
    this.#forks = forks
    this.#segments = segments
    this.#growth = growth
  }

  /** In the order in which they were added. */
  get entries(): readonly Entry<T>[] {
    return this.#entries
  }

  /** Adds a route, unless one with the same method is there; then returns that one's value. */
  add(entry: Entry<T>): T | undefined {
    const known = this.#entries.find(({ method }) => method === entry.method)
    if (known !== undefined) return known.value
    this.#entries.push(entry)
    this.#growth.routes++
    return undefined
  }

  /** For `Allow`: HEAD where GET is, and the common ones for ANY. */
  get methods(): readonly string[] {
    const names = new Set<string>()
    for (const { method } of this.#entries) {
      for (const name of method === 'ANY' ? COMMON : [method]) names.add(name)
      if (method === 'GET' && this.#headFallback) names.add('HEAD')
    }
    return [...names]
  }

  /** Whether another resource has text where a path of this one may have just anything. */
  get contested(): boolean {
    if (this.#among !== this.#growth.routes) {
      this.#contested = this.#forks.some(([node, taken]) => node.outranks(taken))
      this.#among = this.#growth.routes
    }
    return this.#contested
  }

  /** Whether it has text where the pattern of another first departs from it to take anything. */
  outranks(other: Resource<unknown>): boolean {
    const at = this.#segments.findIndex((segment, index) => !isAlike(segment, other.#segments[index]))
    return isText(this.#segments[at]) && !isText(other.#segments[at])
  }
}

function isText(segment: Segment | undefined): boolean {
  return segment?.kind === 'literal' || segment?.kind === 'mixed'
}

/** Whatever parameters are called. */
function isAlike(one: Segment, other: Segment | undefined): boolean {
  if (one.kind === 'literal') return other?.kind === 'literal' && one.text === other.text
  if (one.kind === 'mixed') return other?.kind === 'mixed' && one.texts.join('\0') === other.texts.join('\0')
  return one.kind === other?.kind
}
