/** A path that has methods, and the routes of them. */
import type { Segment } from '../complete.js'
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

/** What ANY stands for where methods are listed. */
const COMMON = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** A route of a resource. */
export interface Entry<T> {
  readonly method: string
  readonly value: T
  readonly captures: Captures
  next: Entry<T> | undefined
}

/** A path that has methods. */
export class Resource<T> {
  /** In the order in which they were added. */
  #first: Entry<T> | undefined = undefined
  readonly #headFallback: boolean
  /** The forks at which a path comes here by a parameter: where it could have been a literal, but for its case. */
  readonly #forks: readonly Fork[]

  constructor(headFallback: boolean, forks: readonly Fork[]) {
    this.#headFallback = headFallback
    this.#forks = forks
  }

  /** For `Allow`: HEAD where GET is, and the common ones for ANY. */
  get methods(): readonly string[] {
    const names = new Set<string>()
    for (let entry = this.#first; entry !== undefined; entry = entry.next) {
      for (const method of entry.method === 'ANY' ? COMMON : [entry.method]) names.add(method)
      if (entry.method === 'GET' && this.#headFallback) names.add('HEAD')
    }
    return [...names]
  }

  get contested(): boolean {
    return this.#forks.some(([node, taken]) => node.outranks(taken))
  }

  /** The entry of exactly this method. */
  own(method: string): Entry<T> | undefined {
    let entry = this.#first
    while (entry !== undefined && entry.method !== method) entry = entry.next
    return entry
  }

  /** The entry that answers a method: its own, GET's for HEAD, ANY's. */
  for(method: string): Entry<T> | undefined {
    const own = this.own(method)
    if (own !== undefined) return own
    const head = method === 'HEAD' && this.#headFallback ? this.own('GET') : undefined
    return head ?? this.own('ANY')
  }

  add(method: string, value: T, captures: Captures): void {
    const entry = { method, value, captures, next: undefined }
    let last = this.#first
    while (last?.next !== undefined) last = last.next
    if (last === undefined) this.#first = entry
    else last.next = entry
  }
}
