/**
 * What is wrong with a policy document: everything, before any of it is used.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */

import { resourceFault } from './arnpattern.js'
import { conditionFaults } from './conditionfaults.js'
import { At, type DocumentFault } from './faults.js'
import { principalFault } from './principals.js'
import { variableFault } from './variables.js'

export type DocumentKind = 'identity' | 'resource'

const VERSIONS = ['2012-10-17', '2008-10-17']
const EFFECTS = ['Allow', 'Deny']
const DOCUMENT = ['Version', 'Id', 'Statement']
const STATEMENT = [
  ...['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource'],
  'Condition',
]
const PRINCIPAL = ['AWS', 'Service', 'Federated', 'CanonicalUser']

/** @param kind whether its statements name principals; `undefined`: either */
export function documentFaults(document: unknown, kind?: DocumentKind): readonly DocumentFault[] {
  const at = new At(document)
  if (!at.object('a policy document', DOCUMENT)) return at.faults
  const version = at.at('Version')
  version.oneOf(VERSIONS)
  at.at('Id').text()
  const statements = at.at('Statement')
  if (!statements.given || statements.items.length === 0) {
    statements.fault(
      'REQUIRED',
      'a policy document has at least one statement',
      'Add a statement to `Statement`.',
    )
  }
  for (const each of statements.items) statementFaults(each, kind, version.value === VERSIONS[0])
  return at.faults
}

function statementFaults(at: At, kind: DocumentKind | undefined, variables: boolean): void {
  if (!at.object('a statement', STATEMENT)) return
  at.at('Sid').text()
  at.at('Effect').oneOf(EFFECTS, true)
  for (const action of oneOfTwo(at, 'Action', 'NotAction')) action.text(actionFault, 'an action', ACTION)
  for (const resource of oneOfTwo(at, 'Resource', 'NotResource')) {
    resource.text(
      (text) => (variables ? variableFault(text) : undefined) ?? resourceFault(text, variables),
      'a resource',
      RESOURCE,
    )
  }
  principals(at, kind)
  conditionFaults(at.at('Condition'), variables)
}

const ACTION = 'Write it with its service, `execute-api:Invoke` or `execute-api:*`, or `*` for every action.'
const RESOURCE =
  'Write `execute-api:/stage/METHOD/path`, `arn:aws:execute-api:region:account:api/stage/METHOD/path`, or `*`.'

function actionFault(text: string): string | undefined {
  return /^(?:\*+|[\w*?-]+:[\w*?-]+)$/.test(text) ? undefined : 'names no action of a service'
}

/** The items of an element that is there under its one name or the other, but not both. */
function oneOfTwo(at: At, name: string, not: string): readonly At[] {
  const [one, other] = [at.at(name), at.at(not)]
  if (one.given && other.given) {
    other.fault(
      'POLICY_INVALID',
      `a statement cannot have both \`${name}\` and \`${not}\``,
      `Keep one of them.`,
    )
  }
  if (!one.given && !other.given) {
    one.fault('REQUIRED', `a statement needs \`${name}\` or \`${not}\``, `Add \`${name}\`.`)
  }
  const given = one.given ? one : other
  return given.given ? given.several() : []
}

function principals(at: At, kind: DocumentKind | undefined): void {
  const [principal, not] = [at.at('Principal'), at.at('NotPrincipal')]
  if (kind === 'identity') {
    for (const each of [principal, not])
      if (each.given) each.fault('POLICY_INVALID', IDENTITY, 'Leave it out.')
    return
  }
  if (kind === 'resource' || (principal.given && not.given)) oneOfTwo(at, 'Principal', 'NotPrincipal')
  for (const each of [principal, not]) if (each.given && each.value !== '*') named(each)
}

const IDENTITY = "an identity's own policy is about that identity and names no principal"

function named(at: At): void {
  if (typeof at.value === 'string') {
    const fix = "Write '*' for everybody, or { AWS: '123456789012' }."
    at.fault('POLICY_INVALID', `'${at.value}' is no principal`, fix)
    return
  }
  if (!at.object('a principal', PRINCIPAL)) return
  if (at.fields.length === 0)
    at.fault('REQUIRED', 'a principal names at least one', "Write { AWS: '123456789012' }.")
  for (const each of at.at('AWS').several()) each.text(principalFault, 'a principal', AWS)
  for (const name of PRINCIPAL.slice(1)) for (const each of at.at(name).several()) each.text()
}

const AWS = "Write '123456789012', 'arn:aws:iam::123456789012:user/alice', '…:role/staff' or '*'."
