/** The methods of a path, and how its parameters are read. */
import { interned } from './table.js'
import type { Capture } from './trie.js'

/** How the parameters of a route are read. */
export interface Captures {
  /** All names, in turn. */
  readonly names: readonly string[]
  /** The segments, where not each of them has just one name. */
  readonly mixed: readonly Capture[] | undefined
}

/** A method of a path. Paths that have the same methods share them: less to fetch from memory. */
export class Verb implements Captures {
  readonly method: string
  readonly names: readonly string[]
  readonly mixed: readonly Capture[] | undefined

  constructor(
    method: string,
    { names, mixed }: Captures,
    /** Which of the values of a path is its own. */
    readonly at: number,
    readonly next: Verb | undefined,
  ) {
    this.method = interned(method)
    this.names = names
    this.mixed = mixed
  }

  /** That of exactly this method, from here on. */
  own(method: string): Verb | undefined {
    let verb: Verb | undefined = this
    while (verb !== undefined && verb.method !== method) verb = verb.next
    return verb
  }

  /**
   * The one that answers a method, from the first one on: its own, GET's for HEAD, ANY's. Where GET has one,
   * HEAD never falls to ANY's: the app would run its GET handler under another policy.
   */
  for(method: string, headFallback: boolean): Verb | undefined {
    const own = this.own(method)
    if (own !== undefined) return own
    const get = method === 'HEAD' ? this.own('GET') : undefined
    if (get !== undefined) return headFallback ? get : undefined
    return this.own('ANY')
  }
}

/** What makes lists of methods, and each list once. */
export class Verbs {
  readonly #known = new Map<string, Verb>()

  /** The first of such methods, which leads to the others; `undefined` where there are none. */
  of(methods: readonly { readonly method: string; readonly captures: Captures }[]): Verb | undefined {
    const key = JSON.stringify(methods.map(({ method, captures }) => [method, captures]))
    const known = this.#known.get(key)
    if (known !== undefined) return known
    let first: Verb | undefined
    for (const [at, { method, captures }] of [...methods.entries()].reverse()) {
      first = new Verb(method, captures, at, first)
      this.#known.set(key, first)
    }
    return first
  }
}
