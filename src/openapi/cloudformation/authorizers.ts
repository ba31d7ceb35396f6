/** Authorizers of REST APIs, as security schemes. */

import { byName } from '../place.js'
import { show } from '../report.js'
import { type DocumentDraft, renamed } from './document.js'
import type { Resource } from './template.js'
import type { Draft } from './trace.js'

const FIELDS = {
  authorizerUri: 'AuthorizerUri',
  authorizerCredentials: 'AuthorizerCredentials',
  identitySource: 'IdentitySource',
  identityValidationExpression: 'IdentityValidationExpression',
  authorizerResultTtlInSeconds: 'AuthorizerResultTtlInSeconds',
  providerARNs: 'ProviderARNs',
}
const READ = new Set([...Object.values(FIELDS), 'RestApiId', 'Name', 'Type', 'AuthType'])

/** @returns the names of schemes, by the authorizers' ids */
export function readAuthorizers(
  draft: DocumentDraft,
  resources: readonly Resource[],
): ReadonlyMap<string, string> {
  const { template } = draft
  const { trace, report } = template
  const names = new Map<string, string>()
  const used = new Set<string>()
  for (const each of resources) {
    each.unheeded(READ)
    const given = each.at('Name').text ?? each.id
    const name = used.has(given) ? each.id : given
    used.add(name)
    names.set(each.id, name)
    const type = each.at('Type')
    const kind = type.text?.toLowerCase() ?? ''
    if (!['token', 'request', 'cognito_user_pools'].includes(kind)) {
      const fix = 'Write TOKEN, REQUEST or COGNITO_USER_POOLS.'
      report.fault(type.pointer, 'VALUE_INVALID', `${show(type.value)} is no type of authorizers`, fix)
      continue
    }
    const authorizer = trace.build(each.pointer, renamed(each, FIELDS))
    trace.put(authorizer, 'type', kind, type.pointer)
    const authtype = kind === 'cognito_user_pools' ? 'cognito_user_pools' : 'custom'
    const header = headerIn(each.at('IdentitySource').text)
    const scheme = trace.build(each.pointer, { type: 'apiKey', in: 'header', name: header })
    trace.put(scheme, 'x-amazon-apigateway-authtype', authtype)
    trace.put(scheme, 'x-amazon-apigateway-authorizer', authorizer)
    draft.scheme(name, scheme)
  }
  return names
}

export function headerIn(source: string | undefined): string {
  const [, name] = /^method\.request\.header\.([^,]+)$/.exec(source ?? '') ?? []
  return name ?? 'Unused'
}

/** The scheme of an HTTP API's authorizer. */
export function schemeOf({ template: { trace } }: DocumentDraft, pointer: string, authorizer: Draft): Draft {
  const jwt = authorizer.type === 'jwt'
  const kind = jwt
    ? { type: 'oauth2', flows: byName() }
    : { type: 'apiKey', in: 'header', name: headerIn(undefined) }
  const scheme = trace.build(pointer, kind)
  trace.put(scheme, 'x-amazon-apigateway-authorizer', authorizer)
  return scheme
}
