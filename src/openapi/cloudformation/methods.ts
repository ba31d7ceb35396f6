/** Methods of a REST API, as operations. */
import { show } from '../report.js'
import type { DocumentDraft } from './document.js'
import { integrationOf } from './integration.js'
import type { pathsOf } from './paths.js'
import type { Resource, Template } from './template.js'
import type { Draft, Part } from './trace.js'

const READ = new Set(
  'RestApiId ResourceId HttpMethod AuthorizationType AuthorizerId AuthorizationScopes ApiKeyRequired OperationName RequestParameters RequestModels RequestValidatorId MethodResponses Integration'.split(
    ' ',
  ),
)

/** What operations refer to: by their ids, the names that the document has for them. */
export interface Referred {
  readonly schemes: ReadonlyMap<string, string>
  readonly models: ReadonlyMap<string, string>
  readonly validators: ReadonlyMap<string, string>
}

export function readMethods(
  draft: DocumentDraft,
  methods: readonly Resource[],
  paths: ReturnType<typeof pathsOf>,
  referred: Referred,
): void {
  for (const method of methods) {
    const path = paths(method.at('ResourceId'))
    if (path === undefined) continue
    method.unheeded(READ)
    const name = method.at('HttpMethod')
    draft.operation(path, name.text ?? '', operationOf(draft, method, path, referred), name)
  }
}

function operationOf(draft: DocumentDraft, method: Resource, path: string, referred: Referred): Draft {
  const { template } = draft
  const { trace } = template
  const made = trace.build(method.pointer, { operationId: method.at('OperationName') })
  parametersOf(template, made, method.at('RequestParameters'), path)
  bodyOf(draft, made, method.at('RequestModels'), referred)
  responsesOf(draft, made, method.at('MethodResponses'), referred)
  securityOf(draft, made, method, referred)
  const validator = method.at('RequestValidatorId')
  const name = referred.validators.get(validator.text ?? '')
  if (name !== undefined) trace.put(made, 'x-amazon-apigateway-request-validator', name, validator.pointer)
  else if (validator.given) unknown(template, validator, 'request validator')
  const integration = method.at('Integration')
  trace.put(made, 'x-amazon-apigateway-integration', integrationOf(template, integration))
  return made
}

export function unknown(template: Template, at: Part, what: string): void {
  const message = `${show(at.value)} is no ${what} of this API in the template`
  template.report.fault(at.pointer, 'REFERENCE_BROKEN', message, `Refer to one: { Ref: 'LogicalId' }.`)
}

const PARAMETER = /^method\.request\.(?:multivalue)?(querystring|header|path)\.(.+)$/
const PLACES: Readonly<Record<string, string>> = { querystring: 'query', header: 'header', path: 'path' }

/** `{ 'method.request.querystring.limit': true }` */
export function parametersOf(template: Template, operation: Draft, at: Part, path: string): void {
  const all: Draft[] = []
  const named = new Set<string>()
  for (const [source, required] of at.fields) {
    const parameter = parameterOf(template, source, required)
    if (parameter === undefined) continue
    if (parameter.in === 'path') named.add(String(parameter.name))
    all.push(parameter)
  }
  // A document's path has all of its parameters declared.
  for (const [, name = ''] of path.matchAll(/\{([^{}+]+)\+?\}/g)) {
    if (named.has(name)) continue
    all.push(
      template.trace.build(at.pointer, { name, in: 'path', required: true, schema: { type: 'string' } }),
    )
  }
  if (all.length > 0) template.trace.put(operation, 'parameters', all, at.pointer)
}

export function parameterOf({ trace, report }: Template, source: string, at: Part): Draft | undefined {
  const [, place = '', name = ''] = PARAMETER.exec(source) ?? []
  const where = PLACES[place]
  if (where === undefined) {
    const fix =
      "Write 'method.request.querystring.name', with `header` or `path` instead where it stands there."
    report.fault(at.pointer, 'VALUE_INVALID', `${show(source)} names no parameter`, fix)
    return undefined
  }
  const required = where === 'path' || (at.flag ?? at.at('Required').flag ?? false)
  return trace.build(at.pointer, { name, in: where, required, schema: { type: 'string' } })
}

function bodyOf(draft: DocumentDraft, operation: Draft, at: Part, { models }: Referred): void {
  const { trace } = draft.template
  const content = trace.build(at.pointer)
  for (const [type, model] of at.fields) {
    const schema = schemaOf(draft, model, models)
    if (schema !== undefined) trace.put(content, type, trace.build(model.pointer, { schema }))
  }
  if (Object.keys(content).length > 0)
    trace.put(operation, 'requestBody', trace.build(at.pointer, { content, required: true }))
}

/** AWS has two models that nobody writes. */
const BUILT_IN = new Set(['Empty', 'Error'])

function schemaOf(draft: DocumentDraft, at: Part, models: Referred['models']): object | undefined {
  const name = models.get(at.text ?? '')
  if (name !== undefined) return draft.reference(name)
  if (!BUILT_IN.has(at.text ?? '')) unknown(draft.template, at, 'model')
  return undefined
}

function responsesOf(draft: DocumentDraft, operation: Draft, at: Part, { models }: Referred): void {
  const { trace } = draft.template
  const all = trace.build(at.pointer)
  for (const each of at.items) {
    const status = each.at('StatusCode')
    const response = trace.build(each.pointer, { description: `${status.text ?? 'default'} response` })
    const headers = trace.build(each.at('ResponseParameters').pointer)
    for (const [target, from] of each.at('ResponseParameters').fields) {
      const [, name] = /^method\.response\.header\.(.+)$/.exec(target) ?? []
      if (name !== undefined)
        trace.put(headers, name, trace.build(from.pointer, { schema: { type: 'string' } }))
    }
    if (Object.keys(headers).length > 0) trace.put(response, 'headers', headers)
    const content = trace.build(each.at('ResponseModels').pointer)
    for (const [type, model] of each.at('ResponseModels').fields) {
      const schema = schemaOf(draft, model, models)
      if (schema !== undefined) trace.put(content, type, trace.build(model.pointer, { schema }))
    }
    if (Object.keys(content).length > 0) trace.put(response, 'content', content)
    trace.put(all, status.text ?? 'default', response)
  }
  if (at.items.length === 0) all.default = { description: 'Whatever it answers' }
  trace.put(operation, 'responses', all)
}

function securityOf(draft: DocumentDraft, operation: Draft, method: Resource, { schemes }: Referred): void {
  const { template } = draft
  const { trace } = template
  const type = method.at('AuthorizationType')
  const kind = (type.text ?? 'NONE').toUpperCase()
  const requirement = trace.build(type.pointer)
  if (kind === 'AWS_IAM') trace.put(operation, 'x-amazon-apigateway-auth', { type: 'AWS_IAM' }, type.pointer)
  else if (kind === 'CUSTOM' || kind === 'COGNITO_USER_POOLS') {
    const authorizer = method.at('AuthorizerId')
    const name = schemes.get(authorizer.text ?? '')
    if (name === undefined) unknown(template, authorizer.given ? authorizer : type, 'authorizer')
    else trace.put(requirement, name, method.at('AuthorizationScopes').texts, authorizer.pointer)
  } else if (kind !== 'NONE') {
    const fix = 'Write NONE, AWS_IAM, CUSTOM or COGNITO_USER_POOLS.'
    template.report.fault(
      type.pointer,
      'VALUE_INVALID',
      `${show(type.value)} is no type of authorization`,
      fix,
    )
  }
  const key = method.at('ApiKeyRequired')
  if (key.flag) trace.put(requirement, draft.apiKeys(key.pointer), [], key.pointer)
  const asked = Object.keys(requirement).length > 0 ? [requirement] : []
  trace.put(operation, 'security', asked, type.pointer)
}
