/** A resource policy, which on AWS names the API that it was written for. */
import type { Context } from './context.js'
import { type Fields, isFields, type Place } from './place.js'
import { show } from './report.js'

/** `arn:aws:execute-api:eu-central-1:123456789012:abc123/prod/GET/pets` */
const ARN = /^arn:[\w-]+:execute-api:[^:]*:[^:]*:([^/]*)(?:\/(.*))?$/s

export function resourcePolicyOf({ report }: Context, given: Place): Fields | undefined {
  const at = given.text === undefined ? given : parsed(given)
  if (!isFields(at?.value)) {
    const fix = "Write { Version: '2012-10-17', Statement: [ … ] }."
    report.fault(given, 'POLICY_UNSUPPORTED', `${show(given.value)} is no policy document`, fix)
    return undefined
  }
  const statement = at.at('Statement')
  if (Array.isArray(statement.value)) {
    return { ...at.value, Statement: statement.items.map((each) => ofThisApi(report, each)) }
  }
  return statement.given ? { ...at.value, Statement: ofThisApi(report, statement) } : at.value
}

/** CloudFormation and some tools have it as a text. */
function parsed(at: Place): Place | undefined {
  try {
    return at.as(JSON.parse(at.text ?? ''))
  } catch {
    return undefined
  }
}

function ofThisApi(report: Context['report'], statement: Place): unknown {
  if (!isFields(statement.value)) return statement.value
  const fields = ['Resource', 'NotResource'].filter((name) => statement.at(name).given)
  const short = fields.map((name) => {
    const { value } = statement.at(name)
    const one = (text: unknown) => shortened(report, statement.at(name), text)
    return [name, Array.isArray(value) ? value.map(one) : one(value)] as const
  })
  return fields.length === 0 ? statement.value : { ...statement.value, ...Object.fromEntries(short) }
}

/** Without the API that it was written for: whichever that was, it is this one now. */
function shortened(report: Context['report'], at: Place, text: unknown): unknown {
  const [, api, rest] = typeof text === 'string' ? (ARN.exec(text) ?? []) : []
  if (api === undefined || rest === undefined) return text
  if (api !== '' && api !== '*') {
    const message = `${show(text)} is taken for this very API`
    report.warn(at, 'POLICY_UNSUPPORTED', message, `Write 'execute-api:/${rest}'.`)
  }
  return `execute-api:/${rest}`
}
