/** Authorizers, and what routes ask of them. */

import { IDENTITY_SOURCES, identitySource } from '../../authorize/identity.js'
import type { IamOptions, NamedAuthorizer, RequestAuthorizer, TokenAuthorizer } from '../../definition.js'
import { linearEngine } from '../../linear.js'
import { authorizerAlias } from './aliases.js'
import { jwt, scopes } from './jwt.js'
import { mtls } from './mtls.js'
import type { Scope } from './scope.js'
import {
  boolean,
  type Check,
  callable,
  formed,
  hinted,
  list,
  nameOf,
  object,
  record,
  text,
} from './shapes.js'
import { enumerate, type Spot, show } from './spot.js'
import { ttl } from './ttl.js'

/** Seconds, as in AWS. */
const LONGEST_TTL = 3_600

/** `'iam'` needs no definition. */
const IAM = 'iam'

/** Authorizers by name. */
export function authorizers(scope: Scope): Check {
  const each = authorizer(scope)
  return record('authorizers by name', (at, name) => {
    if (name === IAM || name === '') {
      at.fault(
        'NAME_INVALID',
        `${show(name)} is no name for an authorizer`,
        "Give it another one: 'iam' is there by itself.",
      )
    }
    each(at)
  })
}

/** A route's `authorize`. */
export function authorize(scope: Scope): Check {
  const name = nameOf('authorizer', 'AUTHORIZER_UNKNOWN', scope.authorizers, [IAM])
  const named = object<NamedAuthorizer>('an authorizer with scopes', { authorizer: name, scopes }, [
    'authorizer',
  ])
  const inPlace = authorizer(scope)
  return (at) => {
    const known = scope.authorizers.some((each) => each === at.value)
    const fix = known ? undefined : authorizerAlias(at.value)
    const code = typeof at.value === 'string' ? 'AUTHORIZER_UNKNOWN' : 'WRONG_TYPE'
    if (fix !== undefined) return at.fault(code, `${show(at.value)} is no authorizer`, fix)
    const byName = typeof at.value === 'string' ? at : at.at('authorizer')
    if (byName.value === IAM) signed(scope, byName)
    if (typeof at.value === 'string') name(at)
    else if (at.at('authorizer').given) named(at)
    else inPlace(at)
  }
}

/** An authorizer where it is defined. */
function authorizer(scope: Scope): Check {
  const kinds: Readonly<Record<string, Check>> = { ...KINDS, iam: iam(scope), mtls: mtls(scope) }
  return (at) => {
    if (typeof at.value === 'function') return withoutCallback(at, PLAIN)
    const kind = Object.keys(kinds).find((name) => at.at(name).given)
    const check = kind === undefined ? undefined : kinds[kind]
    if (check !== undefined) check(at)
    else at.fault('WRONG_TYPE', `${show(at.value)} is no authorizer`, FORMS)
  }
}

const FORMS =
  "Write 'iam', { jwt: { issuer, audience } }, { token: function }, { request: function }, " +
  '{ mtls: { trustStore } }, or a function.'

const headerName = formed(
  'a header name',
  /^[!#$%&'*+\-.^_`|~\w]+$/,
  `a header name: 'authorization'`,
  'HEADER_INVALID',
)

function iam(scope: Scope): Check {
  const options = hinted(
    'options of signed calls',
    (value) => (value === true ? "Write `iam: {}`, or `'iam'` alone." : undefined),
    object<IamOptions>('options of signed calls', { once: boolean, normalizePath: boolean }),
  )
  return object<{ readonly iam: IamOptions }>('an authorizer of signed calls', {
    iam: (at) => {
      options(at)
      signed(scope, at)
    },
  })
}

function signed(scope: Scope, at: Spot): void {
  if (scope.signed) return
  const fix = 'Give `credentials`: a function from access key ids to { secretAccessKey, principal }.'
  at.fault('CREDENTIALS_MISSING', 'callers are to sign, but nobody is known who could', fix)
}

const PLAIN = "Return who calls: async (exchange) => ({ principal: 'alice' })."
const LAMBDA = 'Return the result: async (event) => ({ principalId, policyDocument }).'

/** Functions of old are given a callback as their third parameter: nobody would ever call theirs. */
function withoutCallback(at: Spot, fix: string): void {
  const takes = typeof at.value === 'function' && at.value.length >= 3
  if (takes) at.fault('WRONG_TYPE', 'takes a callback, which is not given', fix)
}

const lambda: Check = (at) => {
  callable(at)
  withoutCallback(at, LAMBDA)
}

const token = object<TokenAuthorizer>('a TOKEN authorizer', {
  token: lambda,
  header: headerName,
  validation: text('a regular expression', (at, value) => {
    const reason = expressionFault(value)
    const fix = 'Write one that runs in linear time, as RE2 has it: without look-around and back-references.'
    if (reason !== undefined) at.fault('EXPRESSION_INVALID', `${show(value)} cannot be used: ${reason}`, fix)
  }),
  ttl: ttl(LONGEST_TTL),
})

function expressionFault(value: string): string | undefined {
  try {
    linearEngine().compile(value)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const requestShape = object<RequestAuthorizer>('a REQUEST authorizer', {
  request: lambda,
  identitySources: list(
    'a list of identity sources',
    text('an identity source', (at, value) => {
      if (identitySource(value) !== undefined) return
      const fix = `Write one such as ${enumerate(IDENTITY_SOURCES, 'or')}.`
      at.fault('IDENTITY_SOURCE_INVALID', `${show(value)} is no identity source`, fix)
    }),
  ),
  ttl: ttl(LONGEST_TTL),
})

const request: Check = (at) => {
  requestShape(at)
  const { value } = at.at('ttl')
  const keepsNone = value === 0 || (typeof value === 'string' && /^0(?:\.0+)?[a-z]/.test(value))
  if (keepsNone || at.at('identitySources').items.length > 0 || Array.isArray(value)) return
  const fix =
    "Name what tells callers apart, `identitySources: ['method.request.header.Auth']`, or write `ttl: 0`."
  at.fault('IDENTITY_SOURCE_MISSING', 'results would be kept, but nothing says for whom', fix)
}

const KINDS: Readonly<Record<string, Check>> = { jwt, token, request }
