/** Policy documents. */
import { documentFaults } from '../../authorize/policy.js'
import { didYouMean } from '../suggest.js'
import type { Check } from './shapes.js'
import { type Spot, show } from './spot.js'

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MOST_CHARACTERS = 8192

export const resourcePolicy: Check = (at) => {
  const faults = documentFaults(at.value, 'resource')
  for (const { code, keys, message, fix, instead } of faults) {
    const place = keys.reduce<Spot>((spot, key) => spot.at(key), at)
    place.fault(code, message, instead === undefined ? fix : didYouMean(instead.name, instead.known, fix))
  }
  if (faults.length > 0) return
  uniqueSids(at)
  actions(at)
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

/** An action that API Gateway does not have would never be allowed, nor ever denied. */
function actions(at: Spot): void {
  for (const statement of several(at.at('Statement'))) {
    for (const name of ['Action', 'NotAction'])
      for (const each of several(statement.at(name))) knownAction(each)
  }
}

function several(at: Spot): readonly Spot[] {
  return Array.isArray(at.value) ? at.items : [at]
}

function knownAction(at: Spot): void {
  const { value } = at
  if (typeof value !== 'string' || /[*?]/.test(value) || !value.toLowerCase().startsWith(SERVICE)) return
  if (ACTIONS.some((action) => action.toLowerCase() === value.toLowerCase())) return
  const fix = `Write ${ACTIONS.join(', ')} or execute-api:*.`
  at.fault('POLICY_INVALID', `API Gateway has no action '${value}'`, didYouMean(value, ACTIONS, fix))
}
