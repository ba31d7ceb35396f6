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
  if (typeof answer !== 'object') throw malformed()
  const { principal, context = NOTHING, usageIdentifierKey } = answer as Readonly<Record<string, unknown>>
  if (typeof principal !== 'string' || principal === '' || !isFields(context)) throw malformed()
  if (usageIdentifierKey !== undefined && typeof usageIdentifierKey !== 'string') throw malformed()
  return { principal, context, usageKey: usageIdentifierKey }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(): TypeError {
  return new TypeError(
    "an authorizer gives a name, { principal: 'alice', context?, usageIdentifierKey? }, a refusal or nothing",
  )
}
