/** `Auth.ResourcePolicy` of SAM, as the policy that it makes. */
import type { DocumentDraft } from '../document.js'
import { unheeded } from '../document.js'
import { ofWhichever } from '../rest.js'
import type { Part } from '../trace.js'

const KNOWN = new Set(
  'CustomStatements AwsAccountWhitelist AwsAccountBlacklist IpRangeWhitelist IpRangeBlacklist SourceVpcWhitelist SourceVpcBlacklist IntrinsicVpcWhitelist IntrinsicVpcBlacklist IntrinsicVpceWhitelist IntrinsicVpceBlacklist'.split(
    ' ',
  ),
)
const INVOKE = { Action: 'execute-api:Invoke', Resource: 'execute-api:/*' } as const

export function resourcePolicy(draft: DocumentDraft, at: Part, api: string): void {
  if (!at.given) return
  unheeded(draft.template, at, KNOWN, 'a resource policy')
  const made = [...addresses(at), ...accounts(at), ...networks(at)]
  const allowed =
    made.length > 0 && !made.some(({ Effect, Principal }) => Effect === 'Allow' && Principal === '*')
  const open =
    allowed && !at.at('AwsAccountWhitelist').given ? [{ Effect: 'Allow', Principal: '*', ...INVOKE }] : []
  const custom = ofWhichever(
    at.at('CustomStatements').items.map(({ value }) => value),
    api,
  ) as readonly object[]
  const policy = { Version: '2012-10-17', Statement: [...open, ...made, ...custom] }
  if (policy.Statement.length > 0) draft.extension('policy', policy, at.pointer)
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal: unknown
}

function denied(operator: string, key: string, values: readonly string[]): readonly Statement[] {
  if (values.length === 0) return []
  return [
    { Effect: 'Deny', Principal: '*', ...INVOKE, Condition: { [operator]: { [key]: values } } } as Statement,
  ]
}

function addresses(at: Part): readonly Statement[] {
  return [
    ...denied('NotIpAddress', 'aws:SourceIp', at.at('IpRangeWhitelist').texts),
    ...denied('IpAddress', 'aws:SourceIp', at.at('IpRangeBlacklist').texts),
  ]
}

function accounts(at: Part): readonly Statement[] {
  const roots = (field: string) =>
    at.at(field).texts.map((id) => (/^\d{12}$/.test(id) ? `arn:aws:iam::${id}:root` : id))
  const statement = (Effect: Statement['Effect'], field: string): readonly Statement[] =>
    roots(field).length === 0 ? [] : [{ Effect, Principal: { AWS: roots(field) }, ...INVOKE } as Statement]
  return [...statement('Allow', 'AwsAccountWhitelist'), ...statement('Deny', 'AwsAccountBlacklist')]
}

function networks(at: Part): readonly Statement[] {
  const named = (kind: string, list: string) => {
    const plain = at.at(`SourceVpc${list}`).texts.filter((id) => id.startsWith('vpce-') === (kind === 'Vpce'))
    return [...plain, ...at.at(`Intrinsic${kind}${list}`).texts]
  }
  return [
    ...denied('StringNotEquals', 'aws:SourceVpc', named('Vpc', 'Whitelist')),
    ...denied('StringEquals', 'aws:SourceVpc', named('Vpc', 'Blacklist')),
    ...denied('StringNotEquals', 'aws:SourceVpce', named('Vpce', 'Whitelist')),
    ...denied('StringEquals', 'aws:SourceVpce', named('Vpce', 'Blacklist')),
  ]
}
