/** An HTTP API of a template: `AWS::ApiGatewayV2::Api` and what belongs to it. */
import { show } from '../report.js'
import { schemeOf } from './authorizers.js'
import { DocumentDraft, ofApi, renamed, unheeded } from './document.js'
import { parametersOf, unknown } from './methods.js'
import { bodyOf, described } from './rest.js'
import { routeStage } from './routestages.js'
import { Stages } from './stages.js'
import type { Resource, Template } from './template.js'
import type { Draft, Part } from './trace.js'

const READ = new Set(
  'Name Description ProtocolType Body BodyS3Location CorsConfiguration DisableExecuteApiEndpoint Tags Version Target RouteKey CredentialsArn BasePath FailOnWarnings RouteSelectionExpression'.split(
    ' ',
  ),
)
const ROUTE = new Set(
  'ApiId RouteKey Target AuthorizationType AuthorizerId AuthorizationScopes OperationName'.split(' '),
)
const INTEGRATION = {
  uri: 'IntegrationUri',
  httpMethod: 'IntegrationMethod',
  payloadFormatVersion: 'PayloadFormatVersion',
  connectionType: 'ConnectionType',
  connectionId: 'ConnectionId',
  timeoutInMillis: 'TimeoutInMillis',
  requestParameters: 'RequestParameters',
  credentials: 'CredentialsArn',
  integrationSubtype: 'IntegrationSubtype',
}
const INTEGRATION_READ = new Set([
  ...Object.values(INTEGRATION),
  'ApiId',
  'IntegrationType',
  'Description',
  'TlsConfig',
  'ResponseParameters',
])
const AUTHORIZER = {
  identitySource: 'IdentitySource',
  authorizerUri: 'AuthorizerUri',
  authorizerPayloadFormatVersion: 'AuthorizerPayloadFormatVersion',
  authorizerResultTtlInSeconds: 'AuthorizerResultTtlInSeconds',
  enableSimpleResponses: 'EnableSimpleResponses',
}
const AUTHORIZER_READ = new Set([
  ...Object.values(AUTHORIZER),
  'ApiId',
  'Name',
  'AuthorizerType',
  'JwtConfiguration',
  'AuthorizerCredentialsArn',
])

export function readHttp(
  template: Template,
  api: Resource,
): { readonly draft: DocumentDraft; readonly stages: Stages } {
  api.unheeded(READ)
  const draft = new DocumentDraft(
    template,
    { pointer: api.pointer, name: api.at('Name') },
    bodyOf(template, api),
  )
  const of = (type: string) => ofApi(template, api.id, 'ApiId', `AWS::ApiGatewayV2::${type}`)
  described(draft, api)
  cors(draft, api.at('CorsConfiguration'))
  const disabled = api.at('DisableExecuteApiEndpoint')
  if (disabled.flag === true) {
    draft.extension(
      'endpoint-configuration',
      template.trace.build(disabled.pointer, { disableExecuteApiEndpoint: true }),
    )
  }
  const schemes = authorizersOf(draft, of('Authorizer'))
  const integrations = new Map(of('Integration').map((each) => [each.id, each]))
  quick(draft, api)
  for (const each of of('Route')) route(draft, each, schemes, integrations)
  for (const each of of('ApiGatewayManagedOverrides')) {
    template.report.warn(
      each.pointer,
      'RESOURCE_UNSUPPORTED',
      'what AWS itself has made is not overridden',
      'Write its own resources.',
    )
  }
  const stages = new Stages(draft)
  for (const each of of('Stage')) routeStage(stages, each)
  // AWS makes it beside the one route.
  if (api.at('Target').given && !Object.hasOwn(stages.made, '$default'))
    stages.add({ name: '$default', pointer: api.at('Target').pointer })
  return { draft, stages }
}

const CORS = {
  allowOrigins: 'AllowOrigins',
  allowMethods: 'AllowMethods',
  allowHeaders: 'AllowHeaders',
  exposeHeaders: 'ExposeHeaders',
}

export function cors(draft: DocumentDraft, at: Part): void {
  if (!at.given) return
  const { trace } = draft.template
  const made = trace.build(at.pointer, renamed(at, CORS))
  trace.put(made, 'maxAge', at.at('MaxAge').number, at.at('MaxAge').pointer)
  trace.put(made, 'allowCredentials', at.at('AllowCredentials').flag, at.at('AllowCredentials').pointer)
  unheeded(draft.template, at, new Set([...Object.values(CORS), 'MaxAge', 'AllowCredentials']), 'CORS')
  draft.extension('cors', made)
}

/** An API with a target of its own, for one route or all. */
function quick(draft: DocumentDraft, api: Resource): void {
  const target = api.at('Target')
  if (!target.given) return
  const { trace } = draft.template
  const isFunction = (target.text ?? '').startsWith('arn:')
  const integration = trace.build(target.pointer, {
    type: isFunction ? 'aws_proxy' : 'http_proxy',
    uri: target,
    payloadFormatVersion: isFunction ? '2.0' : undefined,
    httpMethod: isFunction ? 'POST' : 'ANY',
  })
  const key = api.at('RouteKey')
  routed(
    draft,
    key.given ? key : target,
    key.text ?? '$default',
    trace.build(api.pointer, { 'x-amazon-apigateway-integration': integration }),
  )
}

/** `GET /pets/{petId}`, or `$default` for whatever no other route is for. */
export function routed(draft: DocumentDraft, at: Part, key: string, operation: Draft): void {
  const [, method, path] = /^(\S+)\s+(\/\S*)$/.exec(key) ?? []
  if (key !== '$default' && (method === undefined || path === undefined)) {
    const message = `${show(key)} is no key of a route`
    draft.template.report.fault(
      at.pointer,
      'VALUE_INVALID',
      message,
      "Write 'GET /pets', 'ANY /{proxy+}' or '$default'.",
    )
    return
  }
  if (operation.parameters === undefined) parametersOf(draft.template, operation, at.at(''), path ?? '')
  operation.responses ??= { default: { description: 'Whatever it answers' } }
  draft.operation(path ?? '/$default', method ?? 'ANY', operation, at)
}

function route(
  draft: DocumentDraft,
  given: Resource,
  schemes: ReadonlyMap<string, string>,
  integrations: ReadonlyMap<string, Resource>,
): void {
  const { template } = draft
  given.unheeded(ROUTE)
  const operation = template.trace.build(given.pointer, { operationId: given.at('OperationName') })
  const target = given.at('Target')
  const integration = integrations.get((target.text ?? '').replace(/^integrations\//, ''))
  if (integration !== undefined) {
    template.trace.put(operation, 'x-amazon-apigateway-integration', integrationOf(draft, integration))
  } else if (target.given) unknown(template, target, 'integration')
  security(draft, operation, given, schemes)
  routed(draft, given.at('RouteKey'), given.at('RouteKey').text ?? '', operation)
}

function integrationOf({ template }: DocumentDraft, given: Resource): Draft {
  const { trace, report } = template
  given.unheeded(INTEGRATION_READ)
  const made = trace.build(given.pointer, renamed(given, INTEGRATION))
  trace.put(
    made,
    'type',
    given.at('IntegrationType').text?.toLowerCase(),
    given.at('IntegrationType').pointer,
  )
  const tls = given.at('TlsConfig')
  if (tls.given)
    trace.put(
      made,
      'tlsConfig',
      trace.build(tls.pointer, { serverNameToVerify: tls.at('ServerNameToVerify') }),
    )
  if (given.at('ResponseParameters').given) {
    const fix = 'Map it where the request is answered.'
    report.warn(
      given.at('ResponseParameters').pointer,
      'MAPPING_UNSUPPORTED',
      'answers of a proxy are not mapped',
      fix,
    )
  }
  return made
}

function security(
  draft: DocumentDraft,
  operation: Draft,
  given: Resource,
  schemes: ReadonlyMap<string, string>,
): void {
  const { template } = draft
  const type = given.at('AuthorizationType')
  const kind = (type.text ?? 'NONE').toUpperCase()
  const requirement = template.trace.build(type.pointer)
  if (kind === 'AWS_IAM')
    template.trace.put(operation, 'x-amazon-apigateway-auth', { type: 'AWS_IAM' }, type.pointer)
  else if (kind === 'JWT' || kind === 'CUSTOM') {
    const authorizer = given.at('AuthorizerId')
    const name = schemes.get(authorizer.text ?? '')
    if (name === undefined) unknown(template, authorizer.given ? authorizer : type, 'authorizer')
    else template.trace.put(requirement, name, given.at('AuthorizationScopes').texts, authorizer.pointer)
  } else if (kind !== 'NONE') {
    const fix = 'Write NONE, JWT, AWS_IAM or CUSTOM.'
    template.report.fault(
      type.pointer,
      'VALUE_INVALID',
      `${show(type.value)} is no type of authorization`,
      fix,
    )
  }
  template.trace.put(
    operation,
    'security',
    Object.keys(requirement).length > 0 ? [requirement] : [],
    type.pointer,
  )
}

function authorizersOf(draft: DocumentDraft, resources: readonly Resource[]): ReadonlyMap<string, string> {
  const { trace } = draft.template
  const names = new Map<string, string>()
  for (const each of resources) {
    each.unheeded(AUTHORIZER_READ)
    const name = each.at('Name').text ?? each.id
    names.set(each.id, name)
    const authorizer = trace.build(each.pointer, renamed(each, AUTHORIZER))
    const type = each.at('AuthorizerType')
    trace.put(authorizer, 'type', type.text?.toLowerCase() ?? '', type.pointer)
    const jwt = each.at('JwtConfiguration')
    if (jwt.given) {
      const configuration = trace.build(jwt.pointer, {
        issuer: jwt.at('Issuer'),
        audience: jwt.at('Audience'),
      })
      trace.put(authorizer, 'jwtConfiguration', configuration)
    }
    draft.scheme(name, schemeOf(draft, each.pointer, authorizer))
  }
  return names
}
