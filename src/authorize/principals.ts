/**
 * Whom a statement is about.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import type { PolicyPrincipal } from '../definition.js'
import type { Asked } from './asked.js'
import { callerOf, isAccount, roleOf } from './caller.js'

/** Whether the caller is one of those that are named. */
export type Principals = (asked: Asked) => boolean

/** What AWS puts in the place of a user or role that was deleted. Nobody is it. */
const UNIQUE_ID = /^A[A-Z]{3}[A-Z0-9]{12,124}$/

/** Callers of a gateway are AWS's principals: a service, an identity provider or a canonical user is none of them. */
export function compilePrincipals(principal: PolicyPrincipal): Principals {
  const names = principal === '*' ? ['*'] : [principal.AWS ?? []].flat()
  if (names.includes('*')) return () => true
  const accounts = new Set<string>()
  const arns = new Set<string>()
  const roles = new Set<string>()
  for (const name of names) {
    const named = callerOf(name)
    if (isAccount(name)) accounts.add(name)
    else if (named?.type === 'Account') accounts.add(named.account)
    else if (named?.type === 'AssumedRole' && named.session === undefined) roles.add(roleOf(named) ?? NO_ROLE)
    arns.add(name)
  }
  return (asked) => {
    const { principal } = asked.request
    if (principal === undefined) return false
    if (arns.has(principal)) return true
    const { caller } = asked
    if (caller === undefined) return false
    return accounts.has(caller.account) || (roles.size > 0 && roles.has(roleOf(caller) ?? NO_ROLE))
  }
}

const NO_ROLE = '-'

/** What is wrong with a name under `AWS`. */
export function principalFault(name: string): string | undefined {
  if (name === '*' || isAccount(name) || UNIQUE_ID.test(name)) return undefined
  const caller = callerOf(name)
  if (caller === undefined) return 'is neither an account nor the ARN of a user, a role or a session'
  return /[*?]/.test(name) ? 'has a wildcard, which a principal cannot have in a part of its name' : undefined
}
