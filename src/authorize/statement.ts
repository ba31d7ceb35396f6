/**
 * A statement: it applies where each of its elements does.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
import type { PolicyPrincipal, PolicyStatement } from '../definition.js'
import { type ArnPattern, compileResource } from './arnpattern.js'
import type { Asked } from './asked.js'
import { compileCondition } from './conditions.js'
import type { Decision } from './policy.js'
import { compilePrincipals } from './principals.js'
import { tokenize } from './variables.js'
import { NO_VALUES, Pattern } from './wildcard.js'
import { quoted } from './words.js'

/** An element of a statement, or one condition of it. */
export interface Element {
  readonly name:
    | 'Principal'
    | 'NotPrincipal'
    | 'Action'
    | 'NotAction'
    | 'Resource'
    | 'NotResource'
    | 'Condition'
  /** Of a condition. */
  readonly operator?: string
  readonly key?: string
  holds(asked: Asked): boolean
  /** Why it does not, in words. */
  miss(asked: Asked): string
}

export interface Statement {
  readonly decision: Decision
  /** Those that are decided fastest first. */
  readonly elements: readonly Element[]
}

/** @param variables whether the document's version has policy variables */
export function compileStatement(given: PolicyStatement, index: number, variables: boolean): Statement {
  const elements: Element[] = []
  if (given.Action !== undefined) elements.push(actions('Action', listed(given.Action)))
  if (given.NotAction !== undefined) elements.push(actions('NotAction', listed(given.NotAction)))
  if (given.Principal !== undefined) elements.push(principals('Principal', given.Principal))
  if (given.NotPrincipal !== undefined) elements.push(principals('NotPrincipal', given.NotPrincipal))
  const denies = given.Effect === 'Deny'
  if (given.Resource !== undefined)
    elements.push(resources('Resource', listed(given.Resource), variables, denies))
  if (given.NotResource !== undefined)
    elements.push(resources('NotResource', listed(given.NotResource), variables, !denies))
  for (const [operator, keys] of Object.entries(given.Condition ?? {})) {
    for (const [key, values] of Object.entries(keys)) {
      const condition = compileCondition(operator, key, listed(values).map(String), variables)
      const holds = (asked: Asked) => condition.holds(asked)
      elements.push({ name: 'Condition', operator, key, holds, miss: (asked) => condition.miss(asked) })
    }
  }
  const decision: Decision = { effect: given.Effect, statement: index, sid: given.Sid }
  return { decision: Object.freeze(decision), elements }
}

export function applies({ elements }: Statement, asked: Asked): boolean {
  for (const element of elements) if (!element.holds(asked)) return false
  return true
}

function listed<T>(given: T | readonly T[]): readonly T[] {
  return Array.isArray(given) ? given : [given as T]
}

/** An element that lists what it is about, or what it is not about. */
function listing(
  name: Element['name'],
  wanted: readonly string[],
  found: (asked: Asked) => string,
  among: (asked: Asked) => boolean,
): Element {
  const words = name.startsWith('Not') ? 'is one of' : 'is none of'
  const except = name.startsWith('Not')
  return {
    name,
    holds: except ? (asked) => !among(asked) : among,
    miss: (asked) => `${found(asked)} ${words} ${quoted(wanted)}`,
  }
}

function actions(name: 'Action' | 'NotAction', wanted: readonly string[]): Element {
  const patterns = wanted.map(
    (each) => new Pattern(tokenize(each.toLowerCase(), { variables: false, wildcards: true })),
  )
  const exact = new Set(patterns.flatMap(({ literal }) => literal ?? []))
  const open = patterns.filter(({ literal }) => literal === undefined)
  const among = ({ action }: Asked) => {
    for (const pattern of open) if (pattern.matches(action, NO_VALUES)) return true
    return exact.has(action)
  }
  return listing(name, wanted, ({ request }) => quoted([request.action]), among)
}

/**
 * @param warily whether being among them means a no: then so does what an app could take for one of them, or a path in
 * another case would be a way around
 */
function resources(
  name: 'Resource' | 'NotResource',
  wanted: readonly string[],
  variables: boolean,
  warily: boolean,
): Element {
  const patterns = wanted.map((each) => compileResource(each, variables))
  const loose = warily ? wanted.map((each) => compileResource(each, variables, true)) : []
  const among = (asked: Asked) =>
    isAmong(patterns, asked.request.resource, asked) ||
    (warily && asked.mistakable.some((resource) => isAmong(loose, resource, asked)))
  return listing(name, wanted, ({ request }) => quoted([request.resource]), among)
}

function isAmong(patterns: readonly ArnPattern[], resource: string, asked: Asked): boolean {
  for (const pattern of patterns) if (pattern.matches(resource, asked)) return true
  return false
}

function principals(name: 'Principal' | 'NotPrincipal', given: PolicyPrincipal): Element {
  const among = compilePrincipals(given)
  const wanted = typeof given === 'string' ? [given] : Object.values(given).flat().map(String)
  const found = ({ request }: Asked) =>
    request.principal === undefined ? 'an anonymous caller' : quoted([request.principal])
  return listing(name, wanted, found, among)
}
