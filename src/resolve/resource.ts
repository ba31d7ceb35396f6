/** A path that has methods, and the routes of them. */
import type { Segment } from '../complete.js'
import { interned } from './table.js'
import type { Capture, Node } from './trie.js'

/** How the parameters of a route are read. */
export interface Captures {
  /** All names, in turn. */
  readonly names: readonly string[]
  /** The segments, where not each of them has just one name. */
  readonly mixed: readonly Capture[] | undefined
}

/** A node, case folded away, and the segment by which a pattern goes on from there. */
export type Fork = readonly [at: Node<unknown>, taken: Segment]

/** How far a router has grown. */
export interface Growth {
  routes: number
}

/** What ANY stands for where methods are listed. */
const COMMON = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** A route of a resource. Apart from what is seldom asked of the resource itself: less to fetch from memory. */
export class Entry<T> {
  readonly method: string
  next: Entry<T> | undefined = undefined

  constructor(
    method: string,
    readonly value: T,
    readonly captures: Captures,
    readonly resource: Resource<T>,
  ) {
    this.method = interned(method)
  }

  /** The entry of exactly this method, from here on. */
  own(method: string): Entry<T> | undefined {
    let entry: Entry<T> | undefined = this
    while (entry !== undefined && entry.method !== method) entry = entry.next
    return entry
  }

  /**
   * The entry that answers a method, from the first one on: its own, GET's for HEAD, ANY's. Where GET has an entry,
   * HEAD never falls to ANY's: the app would run its GET handler under another policy.
   */
  for(method: string, headFallback: boolean): Entry<T> | undefined {
    const own = this.own(method)
    if (own !== undefined) return own
    const get = method === 'HEAD' ? this.own('GET') : undefined
    if (get !== undefined) return headFallback ? get : undefined
    return this.own('ANY')
  }
}

/** A path that has methods. */
export class Resource<T> {
  /** In the order in which they were added. */
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

  add(method: string, value: T, captures: Captures): Entry<T> {
    const entry = new Entry(method, value, captures, this)
    const last = this.#entries.at(-1)
    if (last !== undefined) last.next = entry
    this.#entries.push(entry)
    return entry
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
