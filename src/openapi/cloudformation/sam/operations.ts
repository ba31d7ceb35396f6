/** Events, as operations. */
import { show } from '../../report.js'
import { type DocumentDraft, unheeded } from '../document.js'
import { routed } from '../http.js'
import { parameterOf, parametersOf, unknown } from '../methods.js'
import { functionArn } from '../physical.js'
import type { Draft, Part } from '../trace.js'
import type { Auth } from './auth.js'
import type { ApiEvent } from './events.js'
import { served } from './globals.js'
import { uriOf } from './invocation.js'

const REST = new Set(
  'Path Method RestApiId Auth RequestModel RequestParameters TimeoutInMillis ResponseTransferMode'.split(' '),
)
const HTTP = new Set('ApiId Path Method Auth PayloadFormatVersion TimeoutInMillis RouteSettings'.split(' '))
const REST_AUTH = new Set(
  'Authorizer AuthorizationScopes ApiKeyRequired InvokeRole OverrideApiAuth'.split(' '),
)
const INTEGRATION = 'x-amazon-apigateway-integration'

export function readRestEvent(draft: DocumentDraft, event: ApiEvent, auth: Auth): void {
  const { template } = draft
  const { at } = event
  unheeded(template, at, REST, 'an event')
  unheeded(template, at.at('Auth'), REST_AUTH, "an event's auth")
  const path = at.at('Path').text ?? ''
  if (!path.startsWith('/')) {
    template.report.fault(
      at.at('Path').pointer,
      'PATH_INVALID',
      `${show(at.at('Path').value)} is no path`,
      "Write '/pets'.",
    )
    return
  }
  const operation = template.trace.build(at.pointer)
  const integration = template.trace.build(at.pointer, {
    type: 'aws_proxy',
    httpMethod: 'POST',
    uri: uriOf(template, arnOf(draft, event), at.at('ResponseTransferMode').text?.toUpperCase() === 'STREAM'),
    timeoutInMillis: at.at('TimeoutInMillis').number,
  })
  parameters(draft, operation, integration, at.at('RequestParameters'), path)
  validation(draft, operation, at)
  operation.responses = { default: { description: 'Whatever the function answers' } }
  template.trace.put(operation, INTEGRATION, integration)
  auth.put(operation, at.at('Auth'))
  if (isTold(draft, path, at.at('Method').text ?? '')) return
  draft.operation(path, at.at('Method').text ?? '', operation, at.at('Method'))
}

export function readHttpEvent(draft: DocumentDraft, event: ApiEvent, auth: Auth): void {
  const { template } = draft
  const { trace } = template
  const { at } = event
  unheeded(template, at, HTTP, 'an event')
  const operation = trace.build(at.pointer)
  const integration = trace.build(at.pointer, {
    type: 'aws_proxy',
    httpMethod: 'POST',
    uri: uriOf(template, arnOf(draft, event)),
    payloadFormatVersion: at.at('PayloadFormatVersion').text ?? '2.0',
    timeoutInMillis: at.at('TimeoutInMillis').number,
  })
  trace.put(operation, INTEGRATION, integration)
  auth.put(operation, at.at('Auth'))
  const [path, method] = [at.at('Path').text, at.at('Method').text?.toUpperCase() ?? 'ANY']
  const key =
    path === undefined || path === '$default' ? '$default' : `${method === '*' ? 'ANY' : method} ${path}`
  if (path !== undefined && isTold(draft, path, method)) return
  routed(draft, at.at('Path').given ? at.at('Path') : at, key, operation)
}

/** Whether the API's own definition has it: events stand for permissions then. */
function isTold(draft: DocumentDraft, path: string, method: string): boolean {
  if (!draft.body.given) return false
  return draft.operations.some((each) => each.path === path && each.method === method.toUpperCase())
}

function arnOf(draft: DocumentDraft, { function: of, at }: ApiEvent): string {
  const { names } = draft.template
  const arn = functionArn(names.functionName(of, at.pointer), names.pseudo)
  const alias = served(draft.template, of.id, 'AWS::Serverless::Function').at('AutoPublishAlias').text
  return alias === undefined ? arn : `${arn}:${alias}`
}

/** A list of names, or of names with what is asked of them. */
function parameters(
  draft: DocumentDraft,
  operation: Draft,
  integration: Draft,
  at: Part,
  path: string,
): void {
  const { template } = draft
  const all: Draft[] = []
  const keys: string[] = []
  for (const each of at.items) {
    const [name, asked] = each.fields[0] ?? [each.text ?? '', each]
    const parameter = parameterOf(template, name, asked)
    if (parameter === undefined) continue
    all.push(parameter)
    if (asked.at('Caching').flag === true) keys.push(name)
  }
  if (keys.length > 0) template.trace.put(integration, 'cacheKeyParameters', keys, at.pointer)
  const named = new Set(all.filter((each) => each.in === 'path').map((each) => each.name))
  const bare = path.replace(/\{([^{}+]+)\+?\}/g, (whole, name: string) => (named.has(name) ? '' : whole))
  parametersOf(template, operation, template.nothing(at.pointer), bare)
  const before = (operation.parameters ?? []) as readonly Draft[]
  if (all.length + before.length > 0)
    template.trace.put(operation, 'parameters', [...before, ...all], at.pointer)
}

function validation(draft: DocumentDraft, operation: Draft, at: Part): void {
  const { trace } = draft.template
  const model = at.at('RequestModel')
  const name = model.at('Model')
  if (name.text !== undefined) {
    const known = draft.schemas.has(name.text)
    if (!known) unknown(draft.template, name, 'model')
    else {
      const content = { 'application/json': { schema: draft.reference(name.text) } }
      trace.put(
        operation,
        'requestBody',
        trace.build(model.pointer, { content, required: model.at('Required').flag ?? false }),
      )
    }
  }
  const [body, parameters] = [
    model.at('ValidateBody').flag === true,
    model.at('ValidateParameters').flag === true,
  ]
  if (!body && !parameters) return
  const called = body && parameters ? 'body-and-params' : body ? 'body-only' : 'params-only'
  const validator = { validateRequestBody: body, validateRequestParameters: parameters }
  draft.entry('request-validators', called, trace.build(model.pointer, validator))
  trace.put(operation, 'x-amazon-apigateway-request-validator', called, model.pointer)
}
