/**
 * A model's patterns, matched in time that grows with the text and no faster: by the engine's own `RegExp` where it
 * is proven never to go back over what it has read, by RE2 elsewhere.
 */

import { linearEngine } from '../linear.js'
import { type CharSet, overlap } from './charset.js'
import { NOT_LINEAR, type Node, PatternFault, readPattern } from './syntax.js'

export interface Pattern {
  /** Whether some of the text matches. */
  test(text: string): boolean
  /** The pattern, by which ajv tells one from another. */
  toString(): string
}

type Test = (text: string) => boolean

/** @throws PatternFault */
export function compilePattern(pattern: string): Pattern {
  const { ahead, rest } = conditions(readPattern(pattern))
  const last = matcher(rest)
  const others = ahead.map(({ item, negated }) => ({ matches: matcher(item), wanted: !negated }))
  const all: Test = (text) => last(text) && others.every(({ matches, wanted }) => matches(text) === wanted)
  return { test: others.length === 0 ? last : all, toString: () => pattern }
}

interface Conditions {
  readonly ahead: readonly { readonly item: Node; readonly negated: boolean }[]
  readonly rest: Node
}

/**
 * `^(?=.*\d)(?!admin).{8,}$`, the way of writing rules for passwords: what looks ahead from the very beginning is a
 * pattern of its own, and all of them must hold.
 */
function conditions(tree: Node): Conditions {
  const items = tree.kind === 'sequence' ? tree.items : []
  const [start] = items
  if (start?.kind !== 'start') return { ahead: [], rest: tree }
  const end = items.findIndex(({ kind }) => kind !== 'start' && kind !== 'ahead')
  const leading = items.slice(0, end === -1 ? undefined : end)
  const ahead = leading.flatMap((each) =>
    each.kind === 'ahead' ? [{ item: anchored([each.item]), negated: each.negated }] : [],
  )
  return { ahead, rest: anchored(end === -1 ? [] : items.slice(end)) }
}

function anchored(items: readonly Node[]): Node {
  return { kind: 'sequence', items: [{ kind: 'start' }, ...items] }
}

function matcher(tree: Node): Test {
  return isDirect(tree) ? direct(tree) : indirect(tree)
}

function direct(tree: Node): Test {
  const native = new RegExp(printed(tree, NATIVE), 'u')
  let fallback: Test | undefined
  return (text) => {
    try {
      return native.test(text)
    } catch {
      // Its stack has an end, which a text of many megabytes may reach.
      fallback ??= indirect(tree)
      return fallback(text)
    }
  }
}

function indirect(tree: Node): Test {
  const engine = linearEngine()
  const text = printed(tree, RE2)
  try {
    const compiled = engine.compile(text)
    return (given) => compiled.test(given)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PatternFault(
      `is too large to be matched in linear time (${reason})`,
      'Repeat a group at most 1,000 times, or use `maxLength` for the length.',
    )
  }
}

/** Most characters that a pattern may look at from each place where a match could begin. */
const SHORT = 64

/**
 * Whether the engine's own matcher takes linear time. So it does for a plain row of characters, each perhaps repeated,
 * where what ends a repetition is never what it repeats: having failed further on, the matcher gives back one character
 * after the other, and each one is refused at once. The row begins at the start, or is short.
 */
function isDirect(tree: Node): boolean {
  const all = tree.kind === 'sequence' ? tree.items : [tree]
  const fixed = all[0]?.kind === 'start'
  const inner = all.slice(fixed ? 1 : 0, all.at(-1)?.kind === 'end' ? -1 : undefined)
  const places = inner.map(placeOf)
  if (!places.every((place) => place !== undefined)) return false
  const length = places.reduce((sum, { most }) => sum + most, 0)
  return (fixed || length <= SHORT) && places.every((_, index) => isDecided(places, index))
}

interface Place {
  readonly set: CharSet
  readonly least: number
  readonly most: number
}

function placeOf(node: Node): Place | undefined {
  if (node.kind === 'set') return { set: node.set, least: 1, most: 1 }
  const repeated = node.kind === 'repeat' && node.item.kind === 'set' ? node.item : undefined
  if (node.kind !== 'repeat' || repeated === undefined || node.least > node.most) return undefined
  return { set: repeated.set, least: node.least, most: node.most }
}

/** Whether the character that follows tells if the repetition goes on. */
function isDecided(places: readonly Place[], index: number): boolean {
  const place = places[index]
  if (place === undefined || place.least === place.most) return true
  for (const next of places.slice(index + 1)) {
    if (overlap(place.set, next.set)) return false
    if (next.least > 0) return true
  }
  return true
}

/** How the two engines write what is not the same in both. */
interface Dialect {
  readonly start: string
  readonly end: string
  readonly point: (code: number) => string
  readonly nothing: string
}

const hex = (code: number) => code.toString(16)
const NATIVE: Dialect = { start: '^', end: '$', point: (code) => `\\u{${hex(code)}}`, nothing: '[]' }
const RE2: Dialect = {
  start: '\\A',
  end: '\\z',
  point: (code) => `\\x{${hex(code)}}`,
  nothing: '[^\\x{0}-\\x{10ffff}]',
}

function printed(node: Node, dialect: Dialect): string {
  const print = (each: Node) => printed(each, dialect)
  if (node.kind === 'set') return printedSet(node.set, dialect)
  if (node.kind === 'sequence') return node.items.map(print).join('')
  if (node.kind === 'choice') return `(?:${node.options.map(print).join('|')})`
  if (node.kind === 'repeat') return `(?:${print(node.item)})${counted(node.least, node.most)}`
  if (node.kind === 'start') return dialect.start
  if (node.kind === 'end') return dialect.end
  if (node.kind === 'edge') return '\\b'
  if (node.kind === 'inside') return '\\B'
  throw new PatternFault(
    `has a look-ahead that is not at its very beginning, which ${NOT_LINEAR}`,
    'Put it right after `^`, or write `allOf` with a `pattern` for each condition, in `not` where it is negated.',
  )
}

function printedSet(set: CharSet, { point, nothing }: Dialect): string {
  if (set.length === 0) return nothing
  return `[${set.map(([first, last]) => `${point(first)}-${point(last)}`).join('')}]`
}

function counted(least: number, most: number): string {
  if (most !== Infinity) return `{${least},${most}}`
  return least === 0 ? '*' : least === 1 ? '+' : `{${least},}`
}
