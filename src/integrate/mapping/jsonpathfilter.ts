/** The conditions of JSONPath's filters: `[?(@.price < 10 && @.tags[0] == 'new')]`. */
import type { JavaPattern } from './pattern.js'
import { isMap, numberOf, textOfValue } from './values.js'
import { type Visits, visit } from './visits.js'

type Path = (document: unknown, visits?: Visits) => unknown

/** What a filter demands of a place. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'exists'; readonly operand: Operand }
  | { readonly kind: 'compare'; readonly operator: Operator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'matches'; readonly left: Operand; readonly pattern: JavaPattern }

export type Operand =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'path'; readonly root: boolean; readonly path: Path }

export const OPERATORS = ['==', '!=', '<=', '>=', '<', '>'] as const
export const WORDS = ['in', 'nin', 'subsetof', 'anyof', 'noneof', 'contains', 'size', 'empty'] as const
export type Operator = (typeof OPERATORS)[number] | (typeof WORDS)[number]

/** Where a condition is asked. */
export interface Place {
  readonly current: unknown
  readonly root: unknown
  readonly visits: Visits
}

export function holds(condition: Condition, place: Place): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, place) && holds(condition.right, place)
    case 'or':
      return holds(condition.left, place) || holds(condition.right, place)
    case 'not':
      return !holds(condition.condition, place)
    case 'exists':
      return valueOf(condition.operand, place) !== undefined
    case 'matches':
      return isMatch(condition.pattern, valueOf(condition.left, place), place.visits)
    case 'compare': {
      const { operator, left, right } = condition
      return compares(operator, valueOf(left, place), valueOf(right, place), place.visits)
    }
  }
}

/** Characters that are looked at in the time of a place. */
const CHARACTERS = 16

function isMatch(pattern: JavaPattern, value: unknown, visits: Visits): boolean {
  if (value === undefined || value === null || typeof value === 'object') return false
  const text = textOfValue(value)
  visit(visits, text.length)
  return pattern.matches(text)
}

function valueOf(operand: Operand, { current, root, visits }: Place): unknown {
  return operand.kind === 'literal' ? operand.value : operand.path(operand.root ? root : current, visits)
}

function compares(operator: Operator, left: unknown, right: unknown, visits: Visits): boolean {
  switch (operator) {
    case '==':
      return equal(left, right, visits)
    case '!=':
      return !equal(left, right, visits)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ordered(operator, left, right)
    default:
      return among(operator, left, right, visits)
  }
}

/** Numbers with numbers, texts with texts; anything else has no order. */
function ordered(operator: '<' | '<=' | '>' | '>=', left: unknown, right: unknown): boolean {
  const [a, b] =
    typeof left === 'string' && typeof right === 'string' ? [left, right] : [numberOf(left), numberOf(right)]
  if (a === undefined || b === undefined) return false
  if (operator === '<') return a < b
  if (operator === '<=') return a <= b
  return operator === '>' ? a > b : a >= b
}

/** As in Jayway's: a number equals its text; lists and objects are equal by what they hold. */
function equal(left: unknown, right: unknown, visits: Visits): boolean {
  visit(visits, typeof left === 'string' ? 1 + left.length / CHARACTERS : 1)
  if (left === right) return true
  const [a, b] = [numberOf(left), numberOf(right)]
  if (a !== undefined && b !== undefined)
    return typeof left === 'bigint' && typeof right === 'bigint' ? false : a === b
  if (a !== undefined || b !== undefined) return isNumberOf(left, b) || isNumberOf(right, a)
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((each, index) => equal(each, right[index], visits))
  }
  if (!isMap(left) || !isMap(right)) return false
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && equal(left[key], right[key], visits))
  )
}

function isNumberOf(text: unknown, number: number | undefined): boolean {
  return typeof text === 'string' && number !== undefined && text.trim() !== '' && Number(text) === number
}

function among(
  operator: Exclude<Operator, (typeof OPERATORS)[number]>,
  left: unknown,
  right: unknown,
  visits: Visits,
): boolean {
  const [lefts, rights] = [listOf(left), listOf(right)]
  const has = (list: readonly unknown[], value: unknown) => list.some((each) => equal(each, value, visits))
  switch (operator) {
    case 'in':
      return rights !== undefined && has(rights, left)
    case 'nin':
      return rights !== undefined && !has(rights, left)
    case 'subsetof':
      return lefts !== undefined && rights !== undefined && lefts.every((each) => has(rights, each))
    case 'anyof':
      return lefts !== undefined && rights !== undefined && lefts.some((each) => has(rights, each))
    case 'noneof':
      return lefts !== undefined && rights !== undefined && !lefts.some((each) => has(rights, each))
    case 'contains':
      if (lefts !== undefined) return has(lefts, right)
      if (typeof left !== 'string' || typeof right !== 'string') return false
      visit(visits, (left.length / CHARACTERS) * Math.max(1, right.length / CHARACTERS))
      return left.includes(right)
    case 'size':
      return lengthOf(left) !== undefined && lengthOf(left) === numberOf(right)
    case 'empty':
      return lengthOf(left) !== undefined && (lengthOf(left) === 0) === right
  }
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined
}

function lengthOf(value: unknown): number | undefined {
  return Array.isArray(value) || typeof value === 'string' ? value.length : undefined
}
