/** Authorizers, and what routes ask of them. */

import { parseTrustStore } from '../../authorize/certificate.js'
import { IDENTITY_SOURCES, identitySource } from '../../authorize/identity.js'
import type {
  IamOptions,
  MtlsOptions,
  NamedAuthorizer,
  RequestAuthorizer,
  TokenAuthorizer,
} from '../../definition.js'
import { linearEngine } from '../../linear.js'
import { jwt, scopes } from './jwt.js'
import type { Scope } from './scope.js'
import {
  boolean,
  type Check,
  callable,
  formed,
  list,
  nameOf,
  object,
  oneOrMore,
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
  const name = nameOf('authorizer', 'AUTHORIZER_UNKNOWN', [...scope.authorizers, IAM])
  const named = object<NamedAuthorizer>('an authorizer with scopes', { authorizer: name, scopes }, [
    'authorizer',
  ])
  const inPlace = authorizer(scope)
  return (at) => {
    const byName = typeof at.value === 'string' ? at : at.at('authorizer')
    if (byName.value === IAM) signed(scope, byName)
    if (typeof at.value === 'string') name(at)
    else if (at.at('authorizer').given) named(at)
    else inPlace(at)
  }
}

/** An authorizer where it is defined. */
function authorizer(scope: Scope): Check {
  const kinds: Readonly<Record<string, Check>> = { ...KINDS, iam: iam(scope) }
  return (at) => {
    if (typeof at.value === 'function') return
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
  const options = object<IamOptions>('options of signed calls', { once: boolean, normalizePath: boolean })
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

const token = object<TokenAuthorizer>('a TOKEN authorizer', {
  token: callable,
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
  request: callable,
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

const mtls = object<{ readonly mtls: MtlsOptions }>('an authorizer by client certificates', {
  mtls: object<MtlsOptions>('certificate options', { trustStore: trustStore(), header: headerName }, [
    'trustStore',
  ]),
})

function trustStore(): Check {
  const fix = "Give PEM: '-----BEGIN CERTIFICATE----- …', of the authorities who issue clients' certificates."
  const each = oneOrMore(
    text('a trust store', (at, value) => {
      try {
        parseTrustStore([value])
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        at.fault('TRUST_STORE_INVALID', `is no trust store: ${reason}`, fix)
      }
    }),
  )
  return (at) => {
    each(at)
    if (Array.isArray(at.value) && at.value.length === 0)
      at.fault('TRUST_STORE_INVALID', 'trusts nobody', fix)
  }
}

const KINDS: Readonly<Record<string, Check>> = { jwt, token, request, mtls }
