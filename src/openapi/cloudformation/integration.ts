/** Integrations of REST APIs: in templates as in documents, but for the names of their fields. */
import { show } from '../report.js'
import { renamed, unheeded } from './document.js'
import type { Template } from './template.js'
import type { Draft, Part } from './trace.js'

const FIELDS = {
  type: 'Type',
  uri: 'Uri',
  httpMethod: 'IntegrationHttpMethod',
  credentials: 'Credentials',
  requestParameters: 'RequestParameters',
  requestTemplates: 'RequestTemplates',
  passthroughBehavior: 'PassthroughBehavior',
  contentHandling: 'ContentHandling',
  cacheKeyParameters: 'CacheKeyParameters',
  cacheNamespace: 'CacheNamespace',
  connectionType: 'ConnectionType',
  connectionId: 'ConnectionId',
  timeoutInMillis: 'TimeoutInMillis',
  responseTransferMode: 'ResponseTransferMode',
}
const RESPONSE_FIELDS = {
  statusCode: 'StatusCode',
  responseParameters: 'ResponseParameters',
  responseTemplates: 'ResponseTemplates',
  contentHandling: 'ContentHandling',
}
const KNOWN = new Set([...Object.values(FIELDS), 'IntegrationResponses'])
const RESPONSE_KNOWN = new Set([...Object.values(RESPONSE_FIELDS), 'SelectionPattern'])

export function integrationOf(template: Template, at: Part): Draft | undefined {
  if (!at.given) return undefined
  const { trace } = template
  const made = trace.build(at.pointer, renamed(at, FIELDS))
  unheeded(template, at, KNOWN, 'an integration')
  const responses = at.at('IntegrationResponses')
  if (responses.items.length > 0) {
    const all = trace.build(responses.pointer)
    for (const each of responses.items) response(template, all, each)
    trace.put(made, 'responses', all)
  }
  return made
}

function response(template: Template, all: Draft, at: Part): void {
  const { trace, report } = template
  const pattern = at.at('SelectionPattern').text ?? ''
  const name = pattern === '' ? 'default' : pattern
  unheeded(template, at, RESPONSE_KNOWN, 'an integration response')
  if (Object.hasOwn(all, name)) {
    const message =
      name === 'default' ? 'a second response is the default one' : `${show(pattern)} is there twice`
    report.fault(at.pointer, 'DUPLICATE', message, 'Give each another `SelectionPattern`.')
  } else trace.put(all, name, trace.build(at.pointer, renamed(at, RESPONSE_FIELDS)))
}
