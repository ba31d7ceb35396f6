/** Resources that no request to this API has: what is said of them would never hold. */
import { METHODS } from '../../methods.js'
import { didYouMean } from '../../suggest.js'
import type { Scope } from './scope.js'
import { enumerate, type Spot } from './spot.js'

const SHORT = 'execute-api:/'
/** Where the last part of an ARN begins. */
const LAST = 5

/** A wildcard or a variable: what it stands for is known at run time only. */
function isOpen(text: string): boolean {
  return /[*?]|\$\{/.test(text)
}

export function resource(at: Spot, scope: Scope): void {
  const { value } = at
  if (typeof value !== 'string') return
  if (value.startsWith(SHORT)) return place(at, value.slice(SHORT.length).split('/'), scope)
  const parts = value.split(':')
  if (parts[0] !== 'arn') return
  // With fewer parts, a wildcard stands for several, and what follows could be anything.
  if (parts.length <= LAST) return isOpen(parts[1] ?? '') ? undefined : service(at, parts[2])
  if (!owner(at, parts, scope)) return
  const [api = '', ...rest] = parts.slice(LAST).join(':').split('/')
  if (isOpen(api)) return
  if (api === scope.home.api) place(at, rest, scope)
  else differs(at, 'API', api, scope.home.api)
}

/** Whether it is of this service, region and account; reports it where not. */
function owner(at: Spot, [, , name, region, account]: readonly string[], { home }: Scope): boolean {
  const found = at.faults.length
  service(at, name)
  differs(at, 'region', region, home.region)
  differs(at, 'account', account, home.accountId)
  return at.faults.length === found
}

function service(at: Spot, name = ''): void {
  if (name === 'execute-api' || isOpen(name)) return
  const fix = 'Write `execute-api:/stage/METHOD/path`.'
  at.fault('POLICY_INVALID', `no request to this API is for a resource of the service '${name}'`, fix)
}

function differs(at: Spot, what: string, given = '', own: string): void {
  if (given === own || isOpen(given)) return
  const fix = `Write '${own}', '*', or the short \`execute-api:/stage/METHOD/path\`.`
  at.fault('POLICY_INVALID', `it is of the ${what} '${given}', and this one is '${own}'`, fix)
}

/** The stage, then the method. A wildcard may stand for slashes, too: what follows on one is not looked at. */
function place(at: Spot, [stage = '', method, path]: readonly string[], { home, stages }: Scope): void {
  if (isOpen(stage)) return
  const known = [...new Set([...stages, ...home.stages])]
  if (!known.includes(stage)) {
    const there = `Write one of ${enumerate(known.slice(0, 20), 'and')}, or '*'.`
    at.fault('POLICY_INVALID', `there is no stage '${stage}'`, didYouMean(stage, known, there))
  } else if (method === undefined) {
    at.fault('POLICY_INVALID', 'it ends before the method', `Write \`execute-api:/${stage}/*\`.`)
  } else if (isOpen(method)) return
  else if (!METHODS.has(method)) {
    const upper = method.toUpperCase()
    const right = METHODS.has(upper) ? upper : '*'
    const fix = `Write stage, method, then path: \`execute-api:/${stage}/${right}/…\`.`
    at.fault('POLICY_INVALID', `'${method}' stands where the method belongs, and is none`, fix)
  } else if (path === undefined) {
    at.fault('POLICY_INVALID', 'it ends before the path', `Write \`execute-api:/${stage}/${method}/*\`.`)
  }
}
