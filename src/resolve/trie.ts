/** A trie of path segments: finds the most specific pattern of a canonical path, in one walk. */
import type { Segment } from '../complete.js'
import { interned, isAt, Table } from './table.js'
import { decodeText, encodeSegment } from './target.js'

/** So many literals side by side are compared in turn: cheaper than hashing the characters of a segment. */
const FEW = 16

/**
 * Begin and end, in turn, of each segment that the last walk took for a parameter. One array for all walks: they
 * never overlap, and what they found is read at once.
 */
export const captured: number[] = []

type MixedSegment = Extract<Segment, { kind: 'mixed' }>

/** What stands for the value of one name, or of several. */
export type Capture = Exclude<Segment, { kind: 'literal' }>

interface Mixed<V> {
  readonly segment: MixedSegment
  readonly node: Node<V>
}

/** Where a walk can go from a node: nowhere or several ways, by a literal alone, by a parameter alone. */
const SEVERAL = 0
const LITERALS = 1
const PARAM = 2

export class Node<V> {
  /** Of the three above; known beforehand, as nearly every node has one way to go. */
  ways = SEVERAL
  /** The first literal below, while they are few; the others follow as its `next`, in the order of their coming. */
  child: Node<V> | undefined = undefined
  param: Node<V> | undefined = undefined
  value: V | undefined = undefined
  next: Node<V> | undefined = undefined
  /** All literals below, once they are more. */
  many: Table<Node<V>> | undefined = undefined
  /** More text first, then in an order that does not depend on which was added first, nor on case. */
  mixed: readonly Mixed<V>[] | undefined = undefined
  greedy: Node<V> | undefined = undefined

  /** The literal that leads here, percent-encoded as in a canonical path; its first character. */
  readonly text: string
  readonly code: number

  constructor(text: string) {
    this.text = interned(text)
    this.code = text.charCodeAt(0)
  }

  /** The node below whose text is the segment of a path that begins at `start`. */
  literal(path: string, start: number): Node<V> | undefined {
    if (this.many !== undefined) return this.many.find(path, start)
    let child = this.child
    while (child !== undefined && !isAt(child.text, child.code, path, start)) child = child.next
    return child
  }

  /** Whether a path could go another way from here than by such a segment, and be matched more specifically. */
  outranks({ kind }: Segment): boolean {
    if (kind === 'literal') return false
    if (this.child !== undefined) return true
    const others = this.mixed?.length ?? 0
    return kind === 'mixed' ? others > 1 : others > 0 || (kind === 'greedy' && this.param !== undefined)
  }

  /** The node below that a segment leads to; made where there is none. */
  grow(segment: Segment): Node<V> {
    const below = this.#below(segment)
    const others = this.mixed ?? this.greedy
    if (this.param === undefined) this.ways = others === undefined ? LITERALS : SEVERAL
    else this.ways = others === undefined && this.child === undefined ? PARAM : SEVERAL
    return below
  }

  #below(segment: Segment): Node<V> {
    if (segment.kind === 'literal') return this.#growLiteral(encodeSegment(segment.text))
    if (segment.kind === 'mixed') return this.#growMixed(segment)
    this[segment.kind] ??= new Node('')
    return this[segment.kind] ?? this
  }

  #growLiteral(text: string): Node<V> {
    const known = this.literal(text, 0)
    if (known !== undefined) return known
    const node = new Node<V>(text)
    if (this.many !== undefined) this.many.add(node)
    else this.#append(node)
    return node
  }

  #append(node: Node<V>): void {
    const few: Node<V>[] = []
    for (let each = this.child; each !== undefined; each = each.next) few.push(each)
    const last = few.at(-1)
    if (last === undefined) this.child = node
    else last.next = node
    if (few.length === FEW) this.many = new Table([...few, node])
  }

  #growMixed(segment: MixedSegment): Node<V> {
    const texts = segment.texts.join('\0')
    const known = this.mixed?.find((branch) => branch.segment.texts.join('\0') === texts)
    if (known !== undefined) return known.node
    const node = new Node<V>('')
    this.mixed = [...(this.mixed ?? []), { segment, node }].sort(byText)
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
 * The value of the most specific pattern that matches `path` from `start` on, where a segment begins. A loop while
 * there is one way to go; every node is visited at most once.
 *
 * @param count how many positions are in `captured` already
 */
export function find<V>(from: Node<V>, path: string, start: number, count: number): V | undefined {
  let node: Node<V> | undefined = from
  let at = start
  let seen = count
  while (node !== undefined && at < path.length) {
    if (node.ways === LITERALS) {
      node = node.literal(path, at)
      if (node !== undefined) at += node.text.length + 1
    } else if (node.ways === PARAM) {
      const end = endOf(path, at)
      captured[seen++] = at
      captured[seen++] = end
      at = end + 1
      node = node.param
    } else return findAmong(node, path, at, seen)
  }
  return node?.value
}

/** The same from a node where there is more than one way to go. */
function findAmong<V>(node: Node<V>, path: string, start: number, seen: number): V | undefined {
  const literal = node.literal(path, start)
  const below = literal && find(literal, path, start + literal.text.length + 1, seen)
  if (below !== undefined) return below
  const end = endOf(path, start)
  captured[seen] = start
  captured[seen + 1] = end
  for (const branch of node.mixed ?? []) {
    const fits = mixedValues(branch.segment.texts, decodeText(path.slice(start, end))) !== undefined
    const found = fits ? find(branch.node, path, end + 1, seen + 2) : undefined
    if (found !== undefined) return found
  }
  const found = node.param && find(node.param, path, end + 1, seen + 2)
  if (found !== undefined) return found
  captured[seen + 1] = path.endsWith('/') ? path.length - 1 : path.length
  return node.greedy?.value
}

/** Where the segment that begins there ends. */
function endOf(path: string, at: number): number {
  const slash = path.indexOf('/', at)
  return slash === -1 ? path.length : slash
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
