/** From a trie that grows to the places that are walked. */
import { Place, type Way, type Ways } from './places.js'
import type { Node } from './trie.js'

/** What the value of a node comes to. */
export interface End<E> {
  /** One for all nodes that it is alike for. */
  readonly end: E | undefined
  /** How many values are counted for the node. */
  readonly count: number
}

/**
 * The place where all paths of a trie begin.
 *
 * @param endOf asked of each value of the trie, in the order in which they are counted
 */
export function settle<V, E>(root: Node<V>, endOf: (value: V) => End<E>): Place<E> {
  const nodes = withAllBelow(root)
  const ends = nodes.map(({ value }) => (value === undefined ? NONE : endOf(value)))
  const places = new Settling<V, E>()
  // What stands below a node comes after it, and is settled before.
  for (let at = nodes.length - 1; at > 0; at--) places.settle(nodes[at] as Node<V>, ends[at])
  return places.settle(root, ends[0]).place
}

/** In the order in which values are counted. Without recursion: a pattern may be as deep as it likes. */
function withAllBelow<V>(root: Node<V>): Node<V>[] {
  const nodes: Node<V>[] = []
  const left = [root]
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    nodes.push(node)
    for (const below of node.below().reverse()) left.push(below)
  }
  return nodes
}

const NONE = { end: undefined, count: 0 }

interface Settled<E> {
  readonly place: Place<E>
  /** How many values there are from it on. */
  readonly size: number
}

class Settling<V, E> {
  readonly #settled = new Map<Node<V>, Settled<E>>()
  readonly #places = new Map<string, Place<E>>()
  readonly #ids = new Map<unknown, number>()

  /** @param node those below it are settled */
  settle(node: Node<V>, { end, count }: End<E> = NONE): Settled<E> {
    let size = count
    const way = (below: Node<V>): Way<E> => {
      const { place, size: more } = this.#settled.get(below) as Settled<E>
      size += more
      return { to: place, skip: size - more }
    }
    // In the order of `below`, as values are counted.
    const ways = {
      literals: Array.from(node.literals ?? [], ([text, below]) => [text, way(below)] as const),
      mixed: node.mixed.map(({ segment, node: below }) => ({ segment, ...way(below) })),
      param: node.param && way(node.param),
      greedy: node.greedy && way(node.greedy),
    }
    const key = this.#key(end, ways)
    const place = this.#places.get(key) ?? new Place(end, ways)
    this.#places.set(key, place)
    const settled = { place, size }
    this.#settled.set(node, settled)
    return settled
  }

  /** The same for places from which the same can follow. */
  #key(end: E | undefined, { literals, mixed, param, greedy }: Ways<E>): string {
    return JSON.stringify([
      this.#id(end),
      literals.map(([text, { to }]) => [text, this.#id(to)]),
      mixed.map(({ segment, to }) => [segment.texts, this.#id(to)]),
      this.#id(param?.to),
      this.#id(greedy?.to),
    ])
  }

  #id(of: unknown): number {
    const id = this.#ids.get(of) ?? this.#ids.size
    this.#ids.set(of, id)
    return id
  }
}
