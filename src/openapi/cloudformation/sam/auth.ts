/** `Auth` of SAM: authorizers, and what asks for them. */
import { show } from '../../report.js'
import { headerIn } from '../authorizers.js'
import { type DocumentDraft, unheeded } from '../document.js'
import type { Draft, Part } from '../trace.js'
import { invocation } from './invocation.js'

/** @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-apiauth.html */
const REST = new Set(
  'UserPoolArn FunctionArn FunctionPayloadType FunctionInvokeRole Identity AuthorizationScopes DisableFunctionDefaultPermissions'.split(
    ' ',
  ),
)
const HTTP = new Set(
  'JwtConfiguration AuthorizationScopes IdentitySource AuthorizerPayloadFormatVersion EnableSimpleResponses FunctionArn FunctionInvokeRole Identity EnableFunctionDefaultPermissions'.split(
    ' ',
  ),
)
const IAM = 'AWS_IAM'

/** The security that all operations have which say nothing else. */
export class Auth {
  /** The scopes that an authorizer asks for by itself. */
  readonly #scopes = new Map<string, readonly string[]>()

  constructor(
    readonly draft: DocumentDraft,
    readonly at: Part,
    readonly kind: 'rest' | 'http',
  ) {
    for (const [name, each] of at.at('Authorizers').fields) {
      this.#scopes.set(name, each.at('AuthorizationScopes').texts)
      draft.scheme(name, kind === 'rest' ? this.#rest(each) : this.#http(each))
    }
  }

  /** @param own what an event says for itself */
  put(operation: Draft, own: Part): void {
    const { trace, report } = this.draft.template
    const requirement = trace.build(own.pointer)
    const authorizer = own.at('Authorizer').given ? own.at('Authorizer') : this.at.at('DefaultAuthorizer')
    const name = authorizer.text ?? 'NONE'
    if (name.toUpperCase() === IAM) {
      trace.put(operation, 'x-amazon-apigateway-auth', { type: IAM }, authorizer.pointer)
    } else if (this.#scopes.has(name)) {
      const scopes = own.at('AuthorizationScopes')
      trace.put(
        requirement,
        name,
        scopes.given ? scopes.texts : (this.#scopes.get(name) ?? []),
        authorizer.pointer,
      )
    } else if (name !== 'NONE') {
      const fix = `There is ${[...this.#scopes.keys(), IAM, 'NONE'].join(', ')}.`
      report.fault(authorizer.pointer, 'VALUE_INVALID', `${show(name)} is no authorizer of the API`, fix)
    }
    const key = own.at('ApiKeyRequired').given ? own.at('ApiKeyRequired') : this.at.at('ApiKeyRequired')
    if (key.flag === true) trace.put(requirement, this.draft.apiKeys(key.pointer), [], key.pointer)
    const asked = Object.keys(requirement).length > 0 ? [requirement] : []
    if (asked.length > 0 || operation.security === undefined)
      trace.put(operation, 'security', asked, own.pointer)
  }

  #rest(at: Part): Draft {
    const { trace } = this.draft.template
    unheeded(this.draft.template, at, REST, 'an authorizer')
    const identity = at.at('Identity')
    const header = identity.at('Header')
    const pool = at.at('UserPoolArn')
    const isRequest = at.at('FunctionPayloadType').text?.toUpperCase() === 'REQUEST'
    const sources = isRequest
      ? sourcesOf(identity, 'method.request.')
      : [`method.request.header.${header.text ?? 'Authorization'}`]
    const type = pool.given ? 'cognito_user_pools' : isRequest ? 'request' : 'token'
    const authorizer = trace.build(at.pointer, {
      type,
      providerARNs: pool.given ? pool.texts : undefined,
      identitySource: sources.length > 0 ? sources.join(', ') : undefined,
      identityValidationExpression: identity.at('ValidationExpression'),
      authorizerResultTtlInSeconds: identity.at('ReauthorizeEvery').number,
    })
    if (!pool.given)
      trace.put(authorizer, 'authorizerUri', ...invocation(this.draft.template, at.at('FunctionArn')))
    const name = type === 'request' ? 'Unused' : headerIn(sources[0])
    const scheme = trace.build(at.pointer, { type: 'apiKey', in: 'header', name })
    trace.put(scheme, 'x-amazon-apigateway-authtype', pool.given ? 'cognito_user_pools' : 'custom')
    trace.put(scheme, 'x-amazon-apigateway-authorizer', authorizer)
    return scheme
  }

  #http(at: Part): Draft {
    const { trace } = this.draft.template
    unheeded(this.draft.template, at, HTTP, 'an authorizer')
    const jwt = at.at('JwtConfiguration')
    const scheme = jwt.given
      ? trace.build(at.pointer, { type: 'oauth2', flows: {} })
      : trace.build(at.pointer, { type: 'apiKey', in: 'header', name: 'Unused' })
    const authorizer = jwt.given
      ? trace.build(at.pointer, {
          type: 'jwt',
          identitySource: at.at('IdentitySource').text ?? '$request.header.Authorization',
        })
      : this.#function(at)
    // Templates write these in either case.
    const [issuer, audience] = ['issuer', 'audience'].map((name) => either(jwt, name))
    if (jwt.given) trace.put(authorizer, 'jwtConfiguration', trace.build(jwt.pointer, { issuer, audience }))
    trace.put(scheme, 'x-amazon-apigateway-authorizer', authorizer)
    return scheme
  }

  #function(at: Part): Draft {
    const { trace } = this.draft.template
    const identity = at.at('Identity')
    const sources = sourcesOf(identity, '$request.')
    const made = trace.build(at.pointer, {
      type: 'request',
      identitySource: sources.length > 0 ? sources : undefined,
      authorizerPayloadFormatVersion: at.at('AuthorizerPayloadFormatVersion').text,
      authorizerResultTtlInSeconds: identity.at('ReauthorizeEvery').number,
      enableSimpleResponses: at.at('EnableSimpleResponses').flag,
    })
    trace.put(made, 'authorizerUri', ...invocation(this.draft.template, at.at('FunctionArn')))
    return made
  }
}

function either(part: Part, name: string): Part {
  const own = part.at(name)
  return own.given ? own : part.at(name[0]?.toUpperCase() + name.slice(1))
}

/** @param request what comes before the names of what a request has */
function sourcesOf(identity: Part, request: string): readonly string[] {
  const other = request.startsWith('$') ? '$' : ''
  const named = (field: string, before: string) => identity.at(field).texts.map((name) => before + name)
  return [
    ...named('Headers', `${request}header.`),
    ...named('QueryStrings', `${request}querystring.`),
    ...named('StageVariables', `${other}stageVariables.`),
    ...named('Context', `${other}context.`),
  ]
}
