/** A REST API of a template: `AWS::ApiGateway::RestApi` and what belongs to it. */
import { byName } from '../place.js'
import { show } from '../report.js'
import { readAuthorizers } from './authorizers.js'
import { DocumentDraft, ofApi, type Propertied, renamed } from './document.js'
import { readMethods } from './methods.js'
import { jsonPart, readModels } from './models.js'
import { pathsOf } from './paths.js'
import { Stages } from './stages.js'
import type { Resource, Template } from './template.js'
import type { Draft, Part } from './trace.js'

const READ = new Set(
  'Name Description Body BodyS3Location BinaryMediaTypes MinimumCompressionSize ApiKeySourceType EndpointConfiguration Policy Parameters FailOnWarnings Mode CloneFrom DisableExecuteApiEndpoint Tags'.split(
    ' ',
  ),
)
const STAGE = new Set(
  'RestApiId StageName DeploymentId Description Variables MethodSettings CanarySetting CacheClusterEnabled CacheClusterSize Tags DocumentationVersion'.split(
    ' ',
  ),
)

export function readRest(
  template: Template,
  api: Resource,
): { readonly draft: DocumentDraft; readonly stages: Stages } {
  api.unheeded(READ)
  const draft = new DocumentDraft(
    template,
    { pointer: api.pointer, name: api.at('Name') },
    bodyOf(template, api),
  )
  const of = (...types: readonly string[]) =>
    ofApi(template, api.id, 'RestApiId', ...types.map((each) => `AWS::ApiGateway::${each}`))
  described(draft, api)
  settings(draft, api, api.id)
  const models = readModels(draft, of('Model'))
  const schemes = readAuthorizers(draft, of('Authorizer'))
  const validators = validatorsOf(draft, of('RequestValidator'))
  const methods = of('Method')
  if (methods.length > 0 && draft.version === '2.0') {
    const fix = 'Write it into the body, or the body in OpenAPI 3.'
    for (const each of methods) {
      template.report.fault(
        each.pointer,
        'RESOURCE_UNSUPPORTED',
        'a method is not added to a body in Swagger 2.0',
        fix,
      )
    }
  } else {
    readMethods(draft, methods, pathsOf(template, api.id, of('Resource')), { models, schemes, validators })
  }
  gatewayResponses(draft, of('GatewayResponse'))
  documentation(draft, of('DocumentationPart'), of('DocumentationVersion'))
  return { draft, stages: stagesOf(draft, of('Stage'), of('Deployment')) }
}

/** What stands in the template, or in a file beside it. */
export function bodyOf(
  template: Template,
  api: Propertied,
  [body, location] = ['Body', 'BodyS3Location'],
): Part {
  const { report } = template
  const given = api.at(body)
  const elsewhere = api.at(location)
  if (api.at('CloneFrom').given) {
    const message = 'the API that this one is a clone of is on AWS'
    report.fault(
      api.at('CloneFrom').pointer,
      'RESOURCE_UNSUPPORTED',
      message,
      'Export it, and write it as `Body`.',
    )
  }
  if (given.given || !elsewhere.given) return given
  if (typeof elsewhere.value === 'string') {
    const file = template.file(elsewhere.value, elsewhere.pointer)
    return file === undefined
      ? template.nothing(elsewhere.pointer)
      : template.evaluator.part(file.value, file.pointer)
  }
  const message = 'what lies on S3 is not fetched'
  report.fault(elsewhere.pointer, 'REFERENCE_REMOTE', message, `Put it into the template, as \`${body}\`.`)
  return template.nothing(elsewhere.pointer)
}

export function described(draft: DocumentDraft, api: Propertied): void {
  const { trace } = draft.template
  const { info } = draft.root
  const description = api.at('Description')
  if (description.given && !draft.body.given) trace.put(info as Draft, 'description', description)
  const tags = api.at('Tags')
  const list = tags.items.filter((each) => each.at('Key').given)
  const pairs =
    list.length > 0 ? list.map((each) => [each.at('Key').text ?? '', each.at('Value')] as const) : tags.fields
  if (pairs.length === 0) return
  const named = pairs.map(([name, value]) =>
    trace.build(value.pointer, { name, 'x-amazon-apigateway-tag-value': value.text }),
  )
  const before = draft.body.at('tags').items.map(({ value }) => value)
  trace.put(draft.root, 'tags', [...before, ...named], tags.pointer)
}

export function settings(draft: DocumentDraft, api: Propertied, id: string): void {
  const { report } = draft.template
  if (api.at('BinaryMediaTypes').items.length > 0)
    draft.extension('binary-media-types', api.at('BinaryMediaTypes'))
  draft.extension(
    'minimum-compression-size',
    api.at('MinimumCompressionSize').number,
    api.at('MinimumCompressionSize').pointer,
  )
  draft.extension('api-key-source', api.at('ApiKeySourceType'))
  endpoint(draft, api)
  const policy = jsonPart(draft.template, api.at('Policy'))
  if (policy.given) draft.extension('policy', ofWhichever(policy.value, id), policy.pointer)
  if (api.at('FailOnWarnings').flag === true && draft.body.given && !report.strict) {
    const fix = 'Give `strict: true`.'
    report.warn(
      api.at('FailOnWarnings').pointer,
      'NO_EFFECT',
      'warnings are errors where the reader says so',
      fix,
    )
  }
}

function endpoint(draft: DocumentDraft, api: Propertied): void {
  const configuration = api.at('EndpointConfiguration')
  const types = configuration.at('Types').given ? configuration.at('Types') : configuration.at('Type')
  const disabled = api.at('DisableExecuteApiEndpoint')
  if (!types.given && !configuration.at('VpcEndpointIds').given && disabled.flag !== true) return
  const made = draft.template.trace.build(configuration.pointer, {
    types: types.items.length > 0 ? types.texts : undefined,
    vpcEndpointIds: configuration.at('VpcEndpointIds'),
    ipAddressType: configuration.at('IpAddressType'),
  })
  if (disabled.flag === true)
    draft.template.trace.put(made, 'disableExecuteApiEndpoint', true, disabled.pointer)
  draft.extension('endpoint-configuration', made)
}

/** A policy names the API that it is for by its reference, which is this one. */
export function ofWhichever(policy: unknown, api: string): unknown {
  const text = JSON.stringify(policy)
  const escaped = JSON.stringify(`:${api}/`).slice(1, -1)
  return text.includes(escaped) ? (JSON.parse(text.replaceAll(escaped, ':*/')) as unknown) : policy
}

const VALIDATOR = {
  validateRequestBody: 'ValidateRequestBody',
  validateRequestParameters: 'ValidateRequestParameters',
}

function validatorsOf(draft: DocumentDraft, resources: readonly Resource[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const each of resources) {
    const name = each.at('Name').text ?? each.id
    names.set(each.id, name)
    const flags = Object.entries(renamed(each, VALIDATOR)).map(
      ([field, at]) => [field, at.flag ?? false] as const,
    )
    draft.entry('request-validators', name, draft.template.trace.build(each.pointer, byName(flags)))
  }
  return names
}

const RESPONSE = {
  statusCode: 'StatusCode',
  responseParameters: 'ResponseParameters',
  responseTemplates: 'ResponseTemplates',
}

function gatewayResponses(draft: DocumentDraft, resources: readonly Resource[]): void {
  for (const each of resources) {
    const type = each.at('ResponseType').text ?? ''
    draft.entry('gateway-responses', type, draft.template.trace.build(each.pointer, renamed(each, RESPONSE)))
  }
}

const LOCATION = { type: 'Type', path: 'Path', method: 'Method', statusCode: 'StatusCode', name: 'Name' }

function documentation(
  draft: DocumentDraft,
  parts: readonly Resource[],
  versions: readonly Resource[],
): void {
  const { trace } = draft.template
  const [first] = [...parts, ...versions]
  if (first === undefined) return
  const documentationParts = parts.map((each) => {
    const location = trace.build(each.at('Location').pointer, renamed(each.at('Location'), LOCATION))
    return trace.build(each.pointer, {
      location,
      properties: jsonPart(draft.template, each.at('Properties')),
    })
  })
  const made = trace.build(first.pointer, { documentationParts })
  const version = versions.at(-1)?.at('DocumentationVersion')
  trace.put(made, 'version', version)
  draft.extension('documentation', made)
}

function stagesOf(
  draft: DocumentDraft,
  stages: readonly Resource[],
  deployments: readonly Resource[],
): Stages {
  const made = new Stages(draft)
  for (const each of stages) {
    each.unheeded(STAGE)
    stage(made, each, each.at('StageName'), { at: (name) => each.at(name), canary: each.at('CanarySetting') })
  }
  for (const each of deployments) {
    const name = each.at('StageName')
    if (!name.given) continue
    const described = each.at('StageDescription')
    stage(made, each, name, {
      at: (field) => described.at(field),
      canary: each.at('DeploymentCanarySettings'),
    })
  }
  return made
}

interface Of {
  readonly at: (name: string) => Part
  readonly canary: Part
}

function stage(made: Stages, resource: Resource, name: Part, { at, canary }: Of): void {
  if (name.text === undefined) {
    const { report } = made.template
    report.fault(name.pointer, 'REQUIRED', `${show(resource.id)} has no name`, "Write `StageName: 'prod'`.")
    return
  }
  made.add({
    name: name.text,
    pointer: resource.pointer,
    description: at('Description'),
    variables: at('Variables'),
    methodSettings: at('MethodSettings'),
    canary,
    cacheEnabled: at('CacheClusterEnabled'),
    cacheSize: at('CacheClusterSize'),
  })
}
