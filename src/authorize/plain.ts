/** An authorizer of the user's own: a plain function. */
import type { AuthorizerFunction } from '../access.js'
import { type Exchange, Refusal } from '../exchange.js'
import { isPromise } from '../store/bounded.js'
import type { Authenticate, Grant } from './grant.js'
import { withHint } from './unauthorized.js'

/** Whatever goes wrong in it, the caller is not let in. */
export function plainFunction(call: AuthorizerFunction, report: (error: unknown) => void): Authenticate {
  const failed = (error: unknown) => {
    report(withHint(error, 'for a 401 return nothing at all'))
    return new Refusal('AUTHORIZER_FAILURE', error instanceof Error ? error.message : undefined)
  }
  return (exchange: Exchange) => {
    try {
      const answer = call(exchange)
      return isPromise(answer) ? Promise.resolve(answer).then(understood).catch(failed) : understood(answer)
    } catch (error) {
      return failed(error)
    }
  }
}

const NOTHING = Object.freeze({})

/** @throws TypeError for what is no answer */
function understood(answer: unknown): Grant | Refusal {
  if (answer instanceof Refusal) return answer
  // Tables of the user's own say `null` for nobody.
  if (answer === undefined || answer === null)
    return new Refusal('UNAUTHORIZED', 'the authorizer knows no such caller')
  if (typeof answer === 'string' && answer !== '') return { principal: answer, context: NOTHING }
  if (!isFields(answer)) throw malformed(answer === false ? NO : `it gave ${shown(answer)}`)
  const { principal, context = NOTHING, usageIdentifierKey } = answer
  for (const name of Object.keys(answer))
    if (!FIELDS.includes(name)) throw malformed(`\`${name.slice(0, 80)}\` is none of its fields`)
  if (typeof principal !== 'string' || principal === '')
    throw malformed(`its \`principal\` is ${shown(principal)}`)
  if (!isFields(context)) throw malformed(`its \`context\` is ${shown(context)}`)
  if (usageIdentifierKey !== undefined && typeof usageIdentifierKey !== 'string')
    throw malformed(`its \`usageIdentifierKey\` is ${shown(usageIdentifierKey)}`)
  return { principal, context, usageKey: usageIdentifierKey }
}

const NO = 'it gave false: for a 401 return nothing at all'
const FIELDS = ['principal', 'context', 'usageIdentifierKey']

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** By its kind alone where it could be a secret. */
function shown(value: unknown): string {
  if (value === '') return 'an empty text'
  if (Array.isArray(value)) return 'a list'
  if (value === undefined || value === null || typeof value === 'boolean') return String(value)
  return KINDS[typeof value] ?? `a ${typeof value}`
}

const KINDS: Readonly<Record<string, string>> = { string: 'a text', object: 'an object' }

function malformed(what: string): TypeError {
  const answers = "a name, { principal: 'alice', context?, usageIdentifierKey? }, a refusal or nothing"
  return new TypeError(`an authorizer gives ${answers}; ${what}`)
}
