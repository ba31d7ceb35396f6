/**
 * JSONPath as AWS has it, which is Jayway's: read once, then evaluated within bounds.
 *
 * @see https://github.com/json-path/JsonPath
 */
import { misconfigured } from './faults.js'
import { type Condition, holds } from './jsonpathfilter.js'
import { parsePath } from './jsonpathparser.js'

/** One step of a path. */
export type Segment =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'filter'; readonly condition: Condition }
  | { readonly kind: 'descendants' }

/** A path, ready to be evaluated. */
export interface JsonPath {
  /** What is there: the value of a definite path, a list of those of any other. `undefined` where there is none. */
  (document: unknown): unknown
  /** Whether it leads to one place at most. */
  readonly definite: boolean
}

/** Places that a path may visit: more would hold up every other request. */
const MOST_VISITS = 200_000

/** @throws MappingFault */
export function compilePath(text: string): JsonPath {
  return pathOf(parsePath(text, pathOf))
}

function pathOf(segments: readonly Segment[]): JsonPath {
  const definite = segments.every(isDefinite)
  const evaluate = definite ? definiteOf(segments) : indefiniteOf(segments)
  return Object.assign(evaluate, { definite })
}

function isDefinite(segment: Segment): boolean {
  if (segment.kind === 'names') return segment.names.length === 1
  return segment.kind === 'indexes' && segment.indexes.length === 1
}

function definiteOf(segments: readonly Segment[]): (document: unknown) => unknown {
  const keys = segments.map(
    (each) =>
      (each.kind === 'names' ? each.names[0] : each.kind === 'indexes' ? each.indexes[0] : undefined) ?? '',
  )
  return (document) => {
    let value = document
    for (const key of keys) {
      value = childOf(value, key)
      if (value === undefined) return undefined
    }
    return value
  }
}

/** The value at a key or an index; `undefined` where there is none. */
export function childOf(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) {
    if (typeof key !== 'number') return undefined
    return value[key < 0 ? value.length + key : key]
  }
  return typeof key === 'string' && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
}

function indefiniteOf(segments: readonly Segment[]): (document: unknown) => unknown {
  return (document) => {
    const visits = { left: MOST_VISITS }
    let values: unknown[] = [document]
    for (const segment of segments) {
      const next: unknown[] = []
      for (const value of values) select(segment, value, { root: document, found: next, visits })
      values = next
    }
    return values
  }
}

interface Selection {
  readonly root: unknown
  readonly found: unknown[]
  readonly visits: { left: number }
}

function select(segment: Segment, value: unknown, selection: Selection): void {
  visit(selection.visits)
  if (segment.kind === 'descendants') return descend(value, selection, 0)
  if (typeof value !== 'object' || value === null) return
  for (const child of selected(segment, value, selection)) {
    visit(selection.visits)
    selection.found.push(child)
  }
}

function selected(
  segment: Exclude<Segment, { kind: 'descendants' }>,
  value: object,
  { root, visits }: Selection,
): readonly unknown[] {
  if (segment.kind === 'names') return segment.names.map((name) => childOf(value, name)).filter(isThere)
  if (segment.kind === 'indexes') return segment.indexes.map((index) => childOf(value, index)).filter(isThere)
  if (segment.kind === 'slice') return Array.isArray(value) ? value.slice(segment.from, segment.to) : []
  if (segment.kind === 'wildcard') return childrenOf(value)
  // A filter looks at the members of a list, and at an object itself.
  const candidates = Array.isArray(value) ? value : [value]
  return candidates.filter((each) => {
    visit(visits)
    return holds(segment.condition, { current: each, root })
  })
}

function isThere(value: unknown): boolean {
  return value !== undefined
}

function childrenOf(value: object): readonly unknown[] {
  return Array.isArray(value) ? value : Object.values(value)
}

/** Deeper than JSON can be sent: `JSON.parse` itself takes more. */
const DEEPEST = 2_000

/** The value and everything in it, in the order in which it stands there. */
function descend(value: unknown, selection: Selection, depth: number): void {
  if (depth > DEEPEST) throw misconfigured('a JSON path goes too deep')
  if (typeof value !== 'object' || value === null) return
  selection.found.push(value)
  for (const child of childrenOf(value)) {
    visit(selection.visits)
    descend(child, selection, depth + 1)
  }
}

function visit(visits: { left: number }): void {
  visits.left -= 1
  if (visits.left < 0) throw misconfigured(`a JSON path looks at more than ${MOST_VISITS} places`)
}
