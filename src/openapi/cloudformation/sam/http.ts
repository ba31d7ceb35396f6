/** An HTTP API of SAM's, written or implied. */
import { DocumentDraft, unheeded } from '../document.js'
import { cors } from '../http.js'
import { bodyOf, described } from '../rest.js'
import { routeStageOf } from '../routestages.js'
import { Stages } from '../stages.js'
import type { Template } from '../template.js'
import { Part } from '../trace.js'
import { Auth } from './auth.js'
import type { ApiEvent } from './events.js'
import { served } from './globals.js'
import { readHttpEvent } from './operations.js'
import type { ReadSam } from './rest.js'

const READ = new Set(
  'Name Description StageName DefinitionBody DefinitionUri Auth CorsConfiguration StageVariables DefaultRouteSettings RouteSettings Domain DisableExecuteApiEndpoint FailOnWarnings Tags PropagateTags'.split(
    ' ',
  ),
)
const AUTH = new Set(['DefaultAuthorizer', 'Authorizers', 'EnableIamAuthorizer'])

export function readSamHttp(template: Template, id: string, events: readonly ApiEvent[]): ReadSam {
  const api = served(template, id, 'AWS::Serverless::HttpApi')
  template.resource(id)?.unheeded(READ)
  const body = bodyOf(template, api, ['DefinitionBody', 'DefinitionUri'])
  const name = api.at('Name')
  const title = name.given ? name : new Part(template.names.pseudo.stackName, api.pointer, template.trace)
  const draft = new DocumentDraft(template, { pointer: api.pointer, name: title }, body)
  described(draft, api)
  const open = api.at('CorsConfiguration')
  if (open.flag === true) draft.extension('cors', { allowOrigins: ['*'] }, open.pointer)
  else if (open.flag !== false) cors(draft, open)
  const disabled = api.at('DisableExecuteApiEndpoint')
  if (disabled.flag === true) {
    const endpoint = template.trace.build(disabled.pointer, { disableExecuteApiEndpoint: true })
    draft.extension('endpoint-configuration', endpoint)
  }
  unheeded(template, api.at('Auth'), AUTH, 'Auth')
  const auth = new Auth(draft, api.at('Auth'), 'http')
  for (const each of events) readHttpEvent(draft, each, auth)
  const stages = new Stages(draft)
  routeStageOf(stages, api.at('StageName').text ?? '$default', api, api.at('StageVariables'))
  return { draft, stages, api }
}
