/** Which API of a template is meant, and all that the template says of it. */
import { show } from '../report.js'
import type { DocumentDraft, TemplateApi } from './document.js'
import { type Domains, readDomains } from './domains.js'
import { readHttp } from './http.js'
import { IMPLICIT_HTTP, IMPLICIT_REST } from './names.js'
import { readPlans } from './plans.js'
import { readRest } from './rest.js'
import { type ApiEvent, eventsOf } from './sam/events.js'
import type { Served } from './sam/globals.js'
import { readSamHttp } from './sam/http.js'
import { samDomain, samPlan } from './sam/plans.js'
import { readSamRest } from './sam/rest.js'
import type { Stages } from './stages.js'
import type { Template } from './template.js'

const REST = 'AWS::ApiGateway::RestApi'
const HTTP = 'AWS::ApiGatewayV2::Api'
const SAM_REST = 'AWS::Serverless::Api'
const SAM_HTTP = 'AWS::Serverless::HttpApi'

interface Candidate {
  readonly id: string
  readonly type: string
  readonly pointer: string
}

/** @returns `undefined` where there is none, or several and none is chosen, which is reported then */
export function readApi(template: Template): TemplateApi | undefined {
  const events = eventsOf(template)
  const chosen = choose(template, candidates(template, events))
  if (chosen === undefined) return undefined
  const own = events.filter(({ api }) => api === chosen.id)
  const read = readerOf(template, chosen, own)
  // What is written around the API has to be read before the document is whole.
  return whole(template, chosen, read)
}

function candidates(template: Template, events: readonly ApiEvent[]): readonly Candidate[] {
  const written = template.all(REST, HTTP, SAM_REST, SAM_HTTP)
  if (!template.isServerless && written.some(({ type }) => type === SAM_REST || type === SAM_HTTP)) {
    const fix = "Write `Transform: 'AWS::Serverless-2016-10-31'`."
    template.report.fault('#/Transform', 'REQUIRED', 'resources of SAM are for a template that says so', fix)
  }
  const implied = [
    { id: IMPLICIT_REST, type: SAM_REST, kind: 'Api' },
    { id: IMPLICIT_HTTP, type: SAM_HTTP, kind: 'HttpApi' },
  ].flatMap(({ id, type, kind }) => {
    const first = events.find((each) => each.api === id && each.kind === kind)
    return first === undefined || template.resource(id) !== undefined
      ? []
      : [{ id, type, pointer: first.function.pointer }]
  })
  const ids = new Set([...written, ...implied].map(({ id }) => id))
  for (const { api, at } of events) {
    if (ids.has(api)) continue
    const fix = 'Refer to an API of the template, or leave it out for the one that is implied.'
    template.report.warn(at.pointer, 'REFERENCE_BROKEN', `${show(api)} is no API of the template`, fix)
  }
  return [...written, ...implied]
}

function choose(template: Template, all: readonly Candidate[]): Candidate | undefined {
  const { report, options } = template
  const sockets = all.filter((each) => isSocket(template, each))
  const chosen = options.api === undefined ? undefined : all.find(({ id }) => id === options.api)
  const served = all.filter((each) => !sockets.includes(each))
  const names = served.map(({ id }) => id).join(', ')
  if (options.api !== undefined && chosen === undefined) {
    const message = `there is no API ${show(options.api)} in the template`
    report.fault('#/Resources', 'VALUE_INVALID', message, names === '' ? 'It has none.' : `It has ${names}.`)
    return undefined
  }
  const found = chosen === undefined ? served : [chosen]
  const [first, second] = found
  if (first !== undefined && second === undefined) {
    if (!sockets.includes(first)) return first
  } else if (first !== undefined) {
    const message = `the template has several APIs: ${names}`
    report.fault(
      '#/Resources',
      'VALUE_INVALID',
      message,
      `Say which one is meant: \`api: ${show(first.id)}\`.`,
    )
    return undefined
  }
  const [socket] = sockets
  if (socket === undefined) {
    const fix = `Write an ${REST}, an ${HTTP}, an ${SAM_REST}, an ${SAM_HTTP}, or functions with events of the types Api or HttpApi.`
    report.fault('#/Resources', 'REQUIRED', 'there is no API in the template', fix)
  } else {
    const message = `${show(socket.id)} is a WebSocket API: routes here answer requests of HTTP`
    report.fault(
      socket.pointer,
      'RESOURCE_UNSUPPORTED',
      message,
      'Let the app answer it: `gate.upgrade(server)`.',
    )
  }
  return undefined
}

function isSocket(template: Template, { id, type }: Candidate): boolean {
  return type === HTTP && template.resource(id)?.at('ProtocolType').text?.toUpperCase() === 'WEBSOCKET'
}

interface ReadApi {
  readonly draft: DocumentDraft
  readonly stages: Stages
  /** Of SAM. */
  readonly api?: Served
}

function readerOf(template: Template, { id, type }: Candidate, events: readonly ApiEvent[]): ReadApi {
  if (type === SAM_REST) return readSamRest(template, id, events)
  if (type === SAM_HTTP) return readSamHttp(template, id, events)
  const resource = template.resource(id)
  if (resource === undefined) throw new TypeError(`there is no resource '${id}'`)
  return type === REST ? readRest(template, resource) : readHttp(template, resource)
}

function whole(template: Template, { id, pointer }: Candidate, { draft, stages, api }: ReadApi): TemplateApi {
  const names = Object.keys(stages.made)
  const { plans, apiKeys, places } = readPlans(draft, id, new Set(names))
  const domains: Domains = readDomains(template, id, names)
  if (api !== undefined) {
    const made = samPlan(template, api, names)
    if (made !== undefined) plans[made[0]] = made[1]
    samDomain(template, api, domains, names)
  }
  keepAnswers(draft, stages)
  const resource = template.resource(id)
  return {
    document: draft.root,
    stages: stages.made,
    plans,
    domains,
    domainsOnly: resource?.at('DisableExecuteApiEndpoint').flag === true && Object.keys(domains).length > 0,
    apiKeys,
    places: new Map([
      ...[...stages.places].map(([name, at]) => [`stages.${name}`, at] as const),
      ...[...places].map(([name, at]) => [`plans.${name}`, at] as const),
      ['', pointer] as const,
    ]),
    locate: (keys) => template.trace.locate(draft.root, keys),
  }
}

/** A stage keeps answers of methods; methods here say by what, or else by the path and the whole query. */
function keepAnswers(draft: DocumentDraft, stages: Stages): void {
  const { trace } = draft.template
  for (const { path, method, at } of draft.operations) {
    const keyed = at.at('x-amazon-apigateway-integration').at('cacheKeyParameters').given
    if (keyed || at.at('x-postern-policy').given || !stages.cached.has(`${method} ${path}`)) continue
    const operation = trace.extend(at)
    trace.put(operation, 'x-postern-policy', {
      cache: { ttl: 0, methods: method === 'ANY' ? ['GET'] : [method] },
    })
    draft.replace(path, method, operation)
  }
}
