/** Condition keys that no request ever has: a `Deny` by one would never apply. */
import { GLOBAL_KEYS } from '../../authorize/globalkeys.js'
import { suggest } from '../../suggest.js'
import type { Spot } from './spot.js'

const NAMESPACE = 'aws'
const KNOWN: ReadonlySet<string> = new Set(GLOBAL_KEYS.map((key) => key.toLowerCase()))
/** By what follows on `aws:`, so that all those before do not make every name a near one. */
const NAMES = GLOBAL_KEYS.map((key) => key.slice(NAMESPACE.length + 1))

/** @param statement whose conditions are sound */
export function conditionKeys(statement: Spot): void {
  for (const [, keys] of statement.at('Condition').fields) {
    for (const [key, at] of keys.fields) {
      const meant = misspelt(key)
      const fix = `Did you mean \`${meant}\`? Keys of your own come from \`conditionKeys\`.`
      if (meant !== undefined) at.fault('POLICY_INVALID', `no request has the key '${key}'`, fix)
    }
  }
}

/** What was meant, where it is one of AWS's own keys. Those of other namespaces are the user's. */
function misspelt(key: string): string | undefined {
  const colon = key.indexOf(':')
  const slash = key.indexOf('/') + 1
  const [base, rest] = slash === 0 ? [key, ''] : [key.slice(0, slash), key.slice(slash)]
  if (KNOWN.has(base.toLowerCase()) || suggest(key.slice(0, colon), [NAMESPACE]) === undefined)
    return undefined
  const name = suggest(base.slice(colon + 1), NAMES)
  return name === undefined ? undefined : `${NAMESPACE}:${name}${rest}`
}
