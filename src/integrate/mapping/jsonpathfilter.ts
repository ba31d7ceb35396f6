/** The conditions of JSONPath's filters: `[?(@.price < 10 && @.tags[0] == 'new')]`. */
import type { JavaPattern } from './pattern.js'

/** What a filter demands of a place. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'exists'; readonly operand: Operand }
  | { readonly kind: 'compare'; readonly operator: Operator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'matches'; readonly left: Operand; readonly pattern: JavaPattern }

export type Operand =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'path'; readonly root: boolean; readonly path: (document: unknown) => unknown }

export const OPERATORS = ['==', '!=', '<=', '>=', '<', '>'] as const
export const WORDS = ['in', 'nin', 'subsetof', 'anyof', 'noneof', 'contains', 'size', 'empty'] as const
export type Operator = (typeof OPERATORS)[number] | (typeof WORDS)[number]

/** Where a condition is asked. */
export interface Place {
  readonly current: unknown
  readonly root: unknown
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
    case 'matches': {
      const value = valueOf(condition.left, place)
      return typeof value === 'string' && condition.pattern.matches(value)
    }
    case 'compare':
      return compares(condition.operator, valueOf(condition.left, place), valueOf(condition.right, place))
  }
}

function valueOf(operand: Operand, { current, root }: Place): unknown {
  return operand.kind === 'literal' ? operand.value : operand.path(operand.root ? root : current)
}

function compares(operator: Operator, left: unknown, right: unknown): boolean {
  switch (operator) {
    case '==':
      return equal(left, right)
    case '!=':
      return !equal(left, right)
    case '<':
      return ordered(left, right) && Number(left) < Number(right)
    case '<=':
      return ordered(left, right) && Number(left) <= Number(right)
    case '>':
      return ordered(left, right) && Number(left) > Number(right)
    case '>=':
      return ordered(left, right) && Number(left) >= Number(right)
    default:
      return among(operator, left, right)
  }
}

function ordered(left: unknown, right: unknown): boolean {
  return typeof left === 'number' && typeof right === 'number'
}

/** As in Jayway's: what is of two kinds is not equal; lists and objects are so by what they hold. */
function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && equal(Reflect.get(left, key), Reflect.get(right, key)))
  )
}

function among(
  operator: Exclude<Operator, (typeof OPERATORS)[number]>,
  left: unknown,
  right: unknown,
): boolean {
  const [lefts, rights] = [listOf(left), listOf(right)]
  const has = (list: readonly unknown[], value: unknown) => list.some((each) => equal(each, value))
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
      return typeof left === 'string' && typeof right === 'string' && left.includes(right)
    case 'size':
      return lengthOf(left) === right
    case 'empty':
      return (lengthOf(left) === 0) === right
  }
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined
}

function lengthOf(value: unknown): number | undefined {
  return Array.isArray(value) || typeof value === 'string' ? value.length : undefined
}
