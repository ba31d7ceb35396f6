/** `x-amazon-apigateway-authorizer`: who decides about callers. */
import type { AuthorizerDefinition, RequestAuthorizer, TokenAuthorizer } from '../access.js'
import { functionIn, issuerOf } from './amazon.js'
import type { Context } from './context.js'
import { functionFor } from './functions.js'
import { isFields, type Place } from './place.js'
import { remoteAuthorizer } from './remote.js'
import { show } from './report.js'
import { simple } from './simple.js'

export const AUTHORIZER = 'x-amazon-apigateway-authorizer'

/** @param scheme the security scheme that has it */
export function readAuthorizer(context: Context, name: string, scheme: Place): AuthorizerDefinition {
  const at = context.references.follow(scheme.at(AUTHORIZER))
  const type = at.at('type').text?.toLowerCase()
  if (type === 'jwt') return jwt(context, at)
  if (type === 'cognito_user_pools') return cognito(context, at, scheme)
  if (type === 'token') return token(context, name, at, scheme)
  if (type === 'request') return request(context, name, at)
  const fix = "Write 'token', 'request', 'cognito_user_pools' or 'jwt'."
  context.report.fault(
    at.at('type'),
    'VALUE_INVALID',
    `${show(at.at('type').value)} is no type of authorizers`,
    fix,
  )
  return closed(name)
}

/** Nobody can decide: nobody is let in. */
function closed(name: string): AuthorizerDefinition {
  return () => {
    throw new Error(`the authorizer '${name}' cannot be asked here`)
  }
}

function jwt(context: Context, at: Place): AuthorizerDefinition {
  const configuration = at.at('jwtConfiguration')
  const audience = configuration.at('audience').items.flatMap((each) => each.text ?? [])
  const header = headerOf(context, sourcesOf(at))
  const issuer = configuration.at('issuer').text ?? ''
  return { jwt: { issuer, audience, ...(header !== undefined && { header }) } }
}

/** Tokens of a user pool, for whichever of its clients: that is how REST APIs take them. */
function cognito(context: Context, at: Place, scheme: Place): AuthorizerDefinition {
  const { report } = context
  const [pool, ...others] = at.at('providerARNs').items
  if (others[0] !== undefined) {
    const message = 'one pool can be asked, and no more: tokens of the others are refused'
    report.warn(others[0], 'AUTHORIZER_UNSUPPORTED', message, 'Give an authorizer for each pool.')
  }
  const issuer = issuerOf(pool?.text ?? '')
  if (issuer === undefined) {
    const fix = "Write its ARN: 'arn:aws:cognito-idp:{region}:{account}:userpool/{id}'."
    report.fault(pool ?? at, 'AUTHORIZER_UNSUPPORTED', `${show(pool?.value)} is no user pool`, fix)
  }
  const expression = at.at('identityValidationExpression')
  if (expression.given) {
    const message = 'the audience of a token is not held against an expression'
    report.warn(expression, 'AUTHORIZER_UNSUPPORTED', message, 'Give a `jwt` authorizer with its audience.')
  }
  const header = headerOf(context, sourcesOf(at)) ?? headerIn(scheme)
  return { jwt: { issuer: issuer ?? '', audience: '*', ...(header !== undefined && { header }) } }
}

function token(context: Context, name: string, at: Place, scheme: Place): AuthorizerDefinition {
  const header = headerOf(context, sourcesOf(at)) ?? headerIn(scheme)
  const validation = at.at('identityValidationExpression').text
  return {
    token: callable(context, name, at) as TokenAuthorizer['token'],
    ...(header !== undefined && { header }),
    ...(validation !== undefined && { validation }),
    ...ttlOf(at),
  }
}

function request(context: Context, name: string, at: Place): AuthorizerDefinition {
  const identitySources = sourcesOf(at).flatMap((each) => restSource(context, each))
  const ttl = ttlOf(at)
  const kept = ttl.ttl !== 0 && identitySources.length > 0
  const called = callable(context, name, at)
  const second = at.at('authorizerPayloadFormatVersion').text === '2.0'
  return {
    request: (second ? simple(called, identitySources) : called) as RequestAuthorizer['request'],
    ...(identitySources.length > 0 && { identitySources }),
    // Without a word on who is who, results cannot be kept.
    ...(kept ? ttl : { ttl: 0 }),
  }
}

function ttlOf(at: Place): { readonly ttl?: number } {
  const { value } = at.at('authorizerResultTtlInSeconds')
  const ttl = typeof value === 'string' ? Number(value) : value
  return typeof ttl === 'number' && Number.isFinite(ttl) ? { ttl } : {}
}

export type Called = (event: never) => unknown

/** What is asked: a function that was given, or that one on AWS. */
function callable(context: Context, name: string, at: Place): Called {
  const uri = at.at('authorizerUri').text ?? ''
  const arn = functionIn(uri)?.arn
  if (arn === undefined) {
    const fix = "Write 'arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations'."
    context.report.fault(
      at.at('authorizerUri'),
      'AUTHORIZER_UNSUPPORTED',
      `${show(uri)} calls no function`,
      fix,
    )
    return closed(name) as Called
  }
  const given = functionFor(arn, context.options)
  if (typeof given === 'function') return given as Called
  if (isFields(given)) {
    const message = `a module stands for ${show(arn)}, and an authorizer is a function`
    context.report.warn(
      at.at('authorizerUri'),
      'FUNCTION_MISSING',
      message,
      'Import it, and give the function.',
    )
    return closed(name) as Called
  }
  return remoteAuthorizer(context, at.at('authorizerUri'), arn)
}

/** REST APIs write a list as one text, HTTP APIs as a list. */
function sourcesOf(at: Place): readonly Place[] {
  const source = at.at('identitySource')
  if (source.text === undefined) return source.items
  return source.text.split(',').map((each) => source.as(each.trim()))
}

function headerOf({ report }: Context, [first]: readonly Place[]): string | undefined {
  if (first === undefined) return undefined
  const [, name] = /^(?:method\.request|\$request)\.header\.(.+)$/.exec(first.text ?? '') ?? []
  const fix = "Write 'method.request.header.Authorization'."
  if (name === undefined) {
    report.warn(
      first,
      'AUTHORIZER_UNSUPPORTED',
      `a token is read from a header, and not from ${show(first.value)}`,
      fix,
    )
  }
  return name?.toLowerCase()
}

/** The header that the scheme itself names; AWS writes `Unused` where it is none. */
function headerIn(scheme: Place): string | undefined {
  const name = scheme.at('name').text?.toLowerCase()
  return name === undefined || name === 'unused' || name === 'authorization' ? undefined : name
}

function restSource({ report }: Context, at: Place): readonly string[] {
  const text = at.text ?? ''
  if (/^(?:method\.request\.|stageVariables\.|context\.)/.test(text)) return [text]
  if (/^\$(?:request|context|stageVariables)\./.test(text)) {
    return [text.startsWith('$request.') ? `method.${text.slice(1)}` : text.slice(1)]
  }
  report.warn(at, 'AUTHORIZER_UNSUPPORTED', `${show(at.value)} identifies no caller here`, 'Leave it out.')
  return []
}
