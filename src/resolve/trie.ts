/** A trie of path segments, which grows as patterns come. It is walked in another form, see `places.ts`. */
import type { Segment } from '../complete.js'
import { encodeSegment } from './target.js'

export type MixedSegment = Extract<Segment, { kind: 'mixed' }>

/** What stands for the value of one name, or of several. */
export type Capture = Exclude<Segment, { kind: 'literal' }>

interface Mixed<V> {
  readonly segment: MixedSegment
  readonly node: Node<V>
}

export class Node<V> {
  value: V | undefined = undefined
  /** By the text that leads there, percent-encoded as in a canonical path. */
  literals: Map<string, Node<V>> | undefined = undefined
  param: Node<V> | undefined = undefined
  greedy: Node<V> | undefined = undefined
  /** More text first, then in an order that does not depend on which was added first, nor on case. */
  mixed: readonly Mixed<V>[] = []

  /** Whether a path could go another way from here than by such a segment, and be matched more specifically. */
  outranks({ kind }: Segment): boolean {
    if (kind === 'literal') return false
    if (this.literals !== undefined) return true
    const others = this.mixed.length
    return kind === 'mixed' ? others > 1 : others > 0 || (kind === 'greedy' && this.param !== undefined)
  }

  /** All nodes below, the most specific ones first. */
  below(): Node<V>[] {
    const some = [...(this.literals?.values() ?? []), ...this.mixed.map(({ node }) => node)]
    for (const node of [this.param, this.greedy]) if (node !== undefined) some.push(node)
    return some
  }

  /** The node below that a segment leads to; made where there is none. */
  grow(segment: Segment): Node<V> {
    if (segment.kind === 'literal') return this.#growLiteral(encodeSegment(segment.text))
    if (segment.kind === 'mixed') return this.#growMixed(segment)
    this[segment.kind] ??= new Node()
    return this[segment.kind] ?? this
  }

  #growLiteral(text: string): Node<V> {
    const literals = this.literals ?? new Map<string, Node<V>>()
    this.literals = literals
    const node = literals.get(text) ?? new Node<V>()
    literals.set(text, node)
    return node
  }

  #growMixed(segment: MixedSegment): Node<V> {
    const texts = segment.texts.join('\0')
    const known = this.mixed.find((branch) => branch.segment.texts.join('\0') === texts)
    if (known !== undefined) return known.node
    const node = new Node<V>()
    this.mixed = [...this.mixed, { segment, node }].sort(byText)
    return node
  }
}

function byText<V>(a: Mixed<V>, b: Mixed<V>): number {
  const more = fold(b.segment.texts.join('')).length - fold(a.segment.texts.join('')).length
  const [one, other] = [fold(a.segment.texts.join('\0')), fold(b.segment.texts.join('\0'))]
  return more || Number(one > other) - Number(one < other)
}

/** Alike for all that a regular expression's `i` takes for alike, and for some more. */
export function fold(text: string): string {
  return text.toUpperCase().toLowerCase()
}

/**
 * The parameters of a segment that text and parameters share: each one as short as can be, none empty.
 * Where any division fits, this one does, in linear time.
 */
export function mixedValues(texts: readonly string[], segment: string): string[] | undefined {
  const [head = '', ...rest] = texts
  const tail = rest.pop() ?? ''
  const last = segment.length - tail.length
  if (!segment.startsWith(head) || !segment.endsWith(tail)) return undefined
  const values: string[] = []
  let start = head.length
  for (const text of rest) {
    const end = segment.indexOf(text, start + 1)
    if (end === -1) return undefined
    values.push(segment.slice(start, end))
    start = end + text.length
  }
  if (start >= last) return undefined
  values.push(segment.slice(start, last))
  return values
}
