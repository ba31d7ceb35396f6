/** A REST API of SAM's, written or implied. */
import { own } from '../../place.js'
import { DocumentDraft, unheeded } from '../document.js'
import { jsonPart, referring } from '../models.js'
import { IMPLICIT_REST } from '../names.js'
import { bodyOf, described, settings } from '../rest.js'
import { Stages } from '../stages.js'
import type { Template } from '../template.js'
import { Part } from '../trace.js'
import { Auth } from './auth.js'
import { readCors } from './cors.js'
import type { ApiEvent } from './events.js'
import { type Served, served } from './globals.js'
import { readRestEvent } from './operations.js'
import { resourcePolicy } from './policy.js'

const READ = new Set(
  'Name Description StageName DefinitionBody DefinitionUri Auth Models Cors BinaryMediaTypes MinimumCompressionSize MethodSettings Variables CanarySetting CacheClusterEnabled CacheClusterSize GatewayResponses EndpointConfiguration Domain ApiKeySourceType DisableExecuteApiEndpoint FailOnWarnings Policy Tags OpenApiVersion MergeDefinitions AlwaysDeploy Mode PropagateTags'.split(
    ' ',
  ),
)
const AUTH = new Set(
  'DefaultAuthorizer Authorizers ApiKeyRequired AddDefaultAuthorizerToCorsPreflight AddApiKeyRequiredToCorsPreflight ResourcePolicy UsagePlan InvokeRole'.split(
    ' ',
  ),
)

export interface ReadSam {
  readonly draft: DocumentDraft
  readonly stages: Stages
  readonly api: Served
}

export function readSamRest(template: Template, id: string, events: readonly ApiEvent[]): ReadSam {
  const api = served(template, id, 'AWS::Serverless::Api')
  template.resource(id)?.unheeded(READ)
  const body = bodyOf(template, api, ['DefinitionBody', 'DefinitionUri'])
  const draft = new DocumentDraft(template, { pointer: api.pointer, name: nameOf(template, api) }, body)
  described(draft, api)
  settings(draft, plain(template, api), id)
  for (const [name, schema] of api.at('Models').fields) {
    draft.schema(name, referring(draft, jsonPart(template, schema)))
  }
  const given = api.at('Auth')
  unheeded(template, given, AUTH, 'Auth')
  const auth = new Auth(draft, given, 'rest')
  for (const each of events) readRestEvent(draft, each, auth)
  // What the API's own definition says of no security is held to what holds for all.
  if (body.given) secure(draft, auth)
  readCors(draft, api.at('Cors'), auth)
  resourcePolicy(draft, given.at('ResourcePolicy'), id)
  for (const [type, each] of api.at('GatewayResponses').fields) {
    draft.entry('gateway-responses', type, gatewayResponse(template, each))
  }
  const stages = new Stages(draft)
  addStage(stages, api, id)
  return { draft, stages, api }
}

function nameOf(template: Template, api: Served): Part {
  const name = api.at('Name')
  return name.given ? name : new Part(template.names.pseudo.stackName, api.pointer, template.trace)
}

/** `image~1png` is how SAM wants slashes written. */
function plain(template: Template, api: Served): Served {
  const types = api.at('BinaryMediaTypes')
  const list = types.texts.map((type) => type.replaceAll('~1', '/'))
  const made = new Part(list, types.pointer, template.trace)
  return { ...api, at: (name) => (name === 'BinaryMediaTypes' && types.given ? made : api.at(name)) }
}

function secure(draft: DocumentDraft, auth: Auth): void {
  const { trace } = draft.template
  for (const { path, method, at } of draft.operations) {
    const bare = !at.at('security').given && !at.at('x-amazon-apigateway-auth').given
    if (!bare || method === 'OPTIONS' || own(at.value, 'security') !== undefined) continue
    const operation = trace.extend(at)
    auth.put(operation, new Part(undefined, auth.at.pointer, trace))
    draft.replace(path, method, operation)
  }
}

/** `{ Headers: { 'X-Why': "'no'" } }` */
function gatewayResponse({ trace }: Template, at: Part): object {
  const parameters = at.at('ResponseParameters')
  const renamed = trace.build(parameters.pointer)
  const places = { Headers: 'header', Paths: 'path', QueryStrings: 'querystring' }
  for (const [field, place] of Object.entries(places)) {
    for (const [name, value] of parameters.at(field).fields) {
      trace.put(renamed, `gatewayresponse.${place}.${name}`, value)
    }
  }
  return trace.build(at.pointer, {
    statusCode: at.at('StatusCode'),
    responseParameters: renamed,
    responseTemplates: at.at('ResponseTemplates'),
  })
}

function addStage(stages: Stages, api: Served, id: string): void {
  const name = api.at('StageName').text ?? (id === IMPLICIT_REST ? 'Prod' : undefined)
  if (name === undefined) {
    const { report } = stages.template
    report.fault(
      api.at('StageName').pointer,
      'REQUIRED',
      'an API of SAM has a stage',
      "Write `StageName: 'prod'`.",
    )
    return
  }
  stages.add({
    name,
    pointer: api.pointer,
    variables: api.at('Variables'),
    methodSettings: api.at('MethodSettings'),
    canary: api.at('CanarySetting'),
    cacheEnabled: api.at('CacheClusterEnabled'),
    cacheSize: api.at('CacheClusterSize'),
  })
}
