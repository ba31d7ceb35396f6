/** Policy documents. */
import { documentFaults } from '../../authorize/policy.js'
import { didYouMean } from '../../suggest.js'
import { conditionKeys } from './conditions.js'
import { resource } from './resources.js'
import type { Scope } from './scope.js'
import type { Check } from './shapes.js'
import { type Spot, show } from './spot.js'

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MOST_CHARACTERS = 8192

/** A resource policy. */
export function resourcePolicy(scope: Scope): Check {
  return (at) => {
    if (typeof at.value !== 'string') return document(at, scope)
    const fix = 'Give the document itself: JSON.parse it first.'
    at.fault('WRONG_TYPE', `${show(at.value)} is a text and not a policy document`, fix)
  }
}

function document(at: Spot, scope: Scope): void {
  const faults = documentFaults(at.value, 'resource')
  for (const { code, keys, message, fix, instead } of faults) {
    const place = keys.reduce<Spot>((spot, key) => spot.at(key), at)
    place.fault(code, message, instead === undefined ? fix : didYouMean(instead.name, instead.known, fix))
  }
  if (faults.length > 0) return
  uniqueSids(at)
  for (const each of several(at.at('Statement'))) statement(each, scope)
  const { length } = JSON.stringify(at.value)
  if (length > MOST_CHARACTERS) {
    const fix = 'Say it in fewer statements, with wildcards or lists of values.'
    at.fault(
      'TOO_MANY',
      `${length} characters are more than the ${MOST_CHARACTERS} that a policy may have`,
      fix,
    )
  }
}

function uniqueSids(at: Spot): void {
  const seen = new Set<unknown>()
  for (const sid of several(at.at('Statement')).map((each) => each.at('Sid'))) {
    if (sid.given && seen.has(sid.value)) {
      sid.fault(
        'DUPLICATE',
        `another statement has the Sid ${show(sid.value)}`,
        'Give each statement its own.',
      )
    }
    seen.add(sid.value)
  }
}

const SERVICE = 'execute-api:'
const ACTIONS = ['execute-api:Invoke', 'execute-api:InvalidateCache', 'execute-api:ManageConnections']

/** What no request ever has, does or is for would never be allowed, nor ever denied. */
function statement(at: Spot, scope: Scope): void {
  for (const name of ['Action', 'NotAction']) for (const each of several(at.at(name))) knownAction(each)
  for (const name of ['Resource', 'NotResource'])
    for (const each of several(at.at(name))) resource(each, scope)
  conditionKeys(at)
}

function several(at: Spot): readonly Spot[] {
  return Array.isArray(at.value) ? at.items : [at]
}

function knownAction(at: Spot): void {
  const { value } = at
  if (typeof value !== 'string') return
  const service = value.slice(0, value.indexOf(':') + 1)
  const open = /[*?]/.test(service.toLowerCase() === SERVICE ? value : service)
  if (open || /^\*+$/.test(value)) return
  if (ACTIONS.some((action) => action.toLowerCase() === value.toLowerCase())) return
  const fix = `Write ${ACTIONS.join(', ')} or execute-api:*.`
  at.fault('POLICY_INVALID', `API Gateway has no action '${value}'`, didYouMean(value, ACTIONS, fix))
}
