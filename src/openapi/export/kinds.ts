/** Each kind of integration, in AWS's words. */
import { DEFAULT_REGION } from '../../control/complete/defaults.js'
import { GLOBAL_REGION, serviceOf } from '../../integrate/aws/services.js'
import type { RequestMapping, ResponseMapping } from '../../integration.js'
import { invocationUri, serviceUri } from '../amazon.js'
import { isFields } from '../place.js'
import { given, type Json } from './writer.js'

export interface WrittenKind {
  readonly extension: Json
  /** Options that the extension does not say. */
  readonly rest: Json
}

/**
 * @param region the definition's, where the integration names none
 * @returns `undefined` where it is something of this process
 */
export function writtenKind(type: string, options: Json, region = DEFAULT_REGION): WrittenKind | undefined {
  return KINDS[type]?.(options, region)
}

type WriteKind = (options: Json, region: string) => WrittenKind | undefined

const KINDS: Readonly<Record<string, WriteKind | undefined>> = {
  http,
  lambda,
  aws,
  mock: ({ request, responses, ...rest }) => ({
    extension: { type: 'mock', ...mapping(request, responses) },
    rest,
  }),
}

function http({
  url,
  method,
  proxy,
  vpcLink,
  tls,
  request,
  responses,
  ...rest
}: Json): WrittenKind | undefined {
  const uri = Array.isArray(url) ? urlIn(url[0]) : url
  if (typeof uri !== 'string') return undefined
  const passes = proxy ?? !(responses !== undefined || typeof request === 'function' || hasTemplates(request))
  const { rejectUnauthorized, servername, ...tlsRest } = isFields(tls) ? tls : {}
  const tlsConfig = given({
    insecureSkipVerification: rejectUnauthorized === false ? true : undefined,
    serverNameToVerify: servername,
  })
  const others = {
    ...rest,
    ...(Array.isArray(url) && url.length > 1 && { url }),
    ...(Object.keys(tlsRest).length > 0 && { tls: tlsRest }),
    ...(typeof request === 'function' && { request }),
    ...(typeof responses === 'function' && { responses }),
  }
  const extension = given({
    type: passes ? 'http_proxy' : 'http',
    uri,
    httpMethod: method ?? 'ANY',
    connectionType: vpcLink === undefined ? undefined : 'VPC_LINK',
    connectionId: vpcLink,
    tlsConfig: Object.keys(tlsConfig).length > 0 ? tlsConfig : undefined,
    ...mapping(request, responses),
  })
  return { extension, rest: others }
}

function urlIn(upstream: unknown): unknown {
  return isFields(upstream) ? upstream.url : upstream
}

function hasTemplates(request: unknown): boolean {
  return isFields(request) && request.templates !== undefined
}

function lambda(options: Json): WrittenKind | undefined {
  const { target, payload, proxy, invocation, streaming, request, responses, ...rest } = options
  const passes = proxy !== false
  const said = {
    type: passes ? 'aws_proxy' : 'aws',
    httpMethod: 'POST',
    ...(passes && payload === '2.0' && { payloadFormatVersion: payload }),
    ...(streaming === true && { responseTransferMode: 'STREAM' }),
    ...adding(mapping(request, responses), invocation === 'Event' ? EVENT : {}),
  }
  // What stands for a function of AWS's is told of as that one: the name stands in the docs.
  if (typeof target !== 'string' || !target.startsWith('arn:')) return undefined
  return { extension: { ...said, uri: invocationUri(target, streaming === true) }, rest }
}

const EVENT = { 'integration.request.header.X-Amz-Invocation-Type': "'Event'" }

function aws(options: Json, usual: string): WrittenKind | undefined {
  const { service, action, region, subdomain, method, target, request, responses, ...rest } = options
  const where = isFields(action) ? action.path : undefined
  if (typeof service !== 'string') return undefined
  const uri = serviceUri({
    region:
      typeof region === 'string' ? region : serviceOf(service, true, {})?.isGlobal ? GLOBAL_REGION : usual,
    subdomain: typeof subdomain === 'string' ? subdomain : undefined,
    service,
    action: typeof action === 'string' ? action : undefined,
    path: typeof where === 'string' ? where : undefined,
  })
  const named =
    target === undefined ? {} : { 'integration.request.header.X-Amz-Target': `'${target}.${String(action)}'` }
  const extension = given({
    type: 'aws',
    uri,
    httpMethod: method ?? (where === undefined ? 'POST' : undefined),
    ...adding(mapping(request, responses), named),
  })
  return { extension, rest }
}

/** Parameters that an option stands for here. */
function adding(mapped: Json, parameters: Json): Json {
  if (Object.keys(parameters).length === 0) return mapped
  const before = isFields(mapped.requestParameters) ? mapped.requestParameters : {}
  return { ...mapped, requestParameters: { ...before, ...parameters } }
}

/** Of functions nothing can be said. */
function mapping(request: unknown, responses: unknown): Json {
  const { parameters, templates, passthroughBehavior, contentHandling }: RequestMapping = isFields(request)
    ? request
    : {}
  return given({
    requestParameters: parameters,
    requestTemplates: templates,
    passthroughBehavior: passthroughBehavior?.toLowerCase(),
    contentHandling,
    responses: Array.isArray(responses) ? responsesOf(responses) : undefined,
  })
}

function responsesOf(responses: readonly ResponseMapping[]): Json {
  const all = responses.map(({ selectionPattern, statusCode, parameters, templates, contentHandling }) => [
    selectionPattern || 'default',
    given({
      statusCode: statusCode === undefined ? undefined : String(statusCode),
      responseParameters: parameters,
      responseTemplates: templates,
      contentHandling,
    }),
  ])
  return Object.fromEntries(all)
}
