/**
 * JSONPath as AWS has it, which is Jayway's: read once, then evaluated within bounds.
 *
 * @see https://github.com/json-path/JsonPath
 */
import { misconfigured } from './faults.js'
import { type Condition, holds } from './jsonpathfilter.js'
import { FUNCTIONS } from './jsonpathfunctions.js'
import { parsePath } from './jsonpathparser.js'
import { isMap } from './values.js'
import { newVisits, type Visits, visit } from './visits.js'

/** One step of a path. */
export type Segment =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'filter'; readonly condition: Condition }
  | { readonly kind: 'descendants' }
  | { readonly kind: 'function'; readonly name: string }

/** A path, ready to be evaluated. */
export interface JsonPath {
  /** What is there: the value of a definite path, a list of those of any other. `undefined` where there is none. */
  (document: unknown, visits?: Visits): unknown
  /** Whether it leads to one place at most. */
  readonly definite: boolean
}

/** @throws MappingFault */
export function compilePath(text: string): JsonPath {
  return pathOf(parsePath(text, pathOf))
}

function pathOf(segments: readonly Segment[]): JsonPath {
  const last = segments.at(-1)
  if (last?.kind === 'function') return computed(last.name, pathOf(segments.slice(0, -1)))
  const definite = segments.every(isDefinite)
  const evaluate = definite ? definiteOf(segments) : indefiniteOf(segments)
  return Object.assign(evaluate, { definite })
}

/** Of several places each has a length and keys of its own; other functions take them together. */
function computed(name: string, path: JsonPath): JsonPath {
  const compute = FUNCTIONS[name] ?? (() => undefined)
  const each = !path.definite && ['length', 'size', 'keys'].includes(name)
  return Object.assign(
    (document: unknown, visits?: Visits) => {
      const value = path(document, visits)
      return each && Array.isArray(value) ? value.map(compute) : compute(value)
    },
    { definite: !each },
  )
}

/** Several names at the end are put together in one object: that is one place, too. */
function isDefinite(segment: Segment, index: number, { length }: readonly Segment[]): boolean {
  if (segment.kind === 'names') return segment.names.length === 1 || index === length - 1
  return segment.kind === 'indexes' && segment.indexes.length === 1
}

function definiteOf(segments: readonly Segment[]): (document: unknown) => unknown {
  const steps = segments.map(stepOf)
  return (document) => {
    let value = document
    for (const step of steps) {
      value = step(value)
      if (value === undefined) return undefined
    }
    return value
  }
}

function stepOf(segment: Segment): (value: unknown) => unknown {
  const keys: readonly (string | number)[] =
    segment.kind === 'names' ? segment.names : segment.kind === 'indexes' ? segment.indexes : []
  const [key = ''] = keys
  return keys.length === 1 ? (value) => childOf(value, key) : (value) => together(value, keys)
}

function together(value: unknown, names: readonly (string | number)[]): unknown {
  if (!isMap(value)) return undefined
  const found = names.filter((name) => childOf(value, name) !== undefined)
  return Object.fromEntries(found.map((name) => [name, childOf(value, name)]))
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

function indefiniteOf(segments: readonly Segment[]): (document: unknown, visits?: Visits) => unknown {
  return (document, visits = newVisits()) => {
    let values: unknown[] = [document]
    for (const [index, segment] of segments.entries()) {
      const selection = {
        root: document,
        found: [] as unknown[],
        visits,
        last: index === segments.length - 1,
      }
      for (const value of values) select(segment, value, selection)
      values = selection.found
    }
    return values
  }
}

interface Selection {
  readonly root: unknown
  readonly found: unknown[]
  readonly visits: Visits
  readonly last: boolean
}

function select(segment: Segment, value: unknown, selection: Selection): void {
  const { found, visits } = selection
  visit(visits)
  if (segment.kind === 'descendants') return descend(value, selection, 0)
  if (segment.kind === 'function') return void found.push(FUNCTIONS[segment.name]?.(value))
  if (typeof value !== 'object' || value === null) return
  for (const child of selected(segment, value, selection)) {
    visit(visits)
    found.push(child)
  }
}

function selected(
  segment: Exclude<Segment, { kind: 'descendants' | 'function' }>,
  value: object,
  { root, visits, last }: Selection,
): readonly unknown[] {
  switch (segment.kind) {
    case 'names':
      if (segment.names.length > 1 && last) return isMap(value) ? [together(value, segment.names)] : []
      return segment.names.map((name) => childOf(value, name)).filter(isThere)
    case 'indexes':
      return segment.indexes.map((index) => childOf(value, index)).filter(isThere)
    case 'slice':
      return Array.isArray(value) ? value.slice(segment.from, segment.to) : []
    case 'wildcard':
      return childrenOf(value)
    case 'filter':
      // It looks at the items of a list, and at an object itself.
      return (Array.isArray(value) ? value : [value]).filter((each) => {
        visit(visits)
        return holds(segment.condition, { current: each, root, visits })
      })
  }
}

function isThere(value: unknown): boolean {
  return value !== undefined
}

function childrenOf(value: object): readonly unknown[] {
  if (Array.isArray(value)) return value
  return isMap(value) ? Object.values(value) : []
}

/** Deeper than JSON is read. */
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
