/** AWS's names of functions and services, as documents write them. */
import { SERVICE_NAMES } from '../integrate/aws/services.js'

/** An integration's `uri` that calls a Lambda function. */
export interface FunctionUri {
  /** `arn:aws:lambda:eu-central-1:123456789012:function:pets:live` */
  readonly arn: string
  readonly streaming: boolean
}

const INVOCATION =
  /^arn:[\w-]+:apigateway:[^:]+:lambda:path\/[^/]+\/functions\/(.+)\/(response-streaming-invocations|invocations)$/

export function functionIn(uri: string): FunctionUri | undefined {
  const [, arn, how] = INVOCATION.exec(uri) ?? []
  if (arn !== undefined) return { arn, streaming: how !== 'invocations' }
  return /^arn:[\w-]+:lambda:/.test(uri) ? { arn: uri, streaming: false } : undefined
}

export function invocationUri(arn: string, streaming: boolean): string {
  const [, partition = 'aws', , region = '*'] = arn.split(':')
  const [version, how] = streaming
    ? ['2021-11-15', 'response-streaming-invocations']
    : ['2015-03-31', 'invocations']
  return `arn:${partition}:apigateway:${region}:lambda:path/${version}/functions/${arn}/${how}`
}

/** An integration's `uri` that calls another service. */
export interface ServiceUri {
  readonly region: string
  readonly subdomain: string | undefined
  readonly service: string
  /** Either of the two. */
  readonly action: string | undefined
  readonly path: string | undefined
}

const SERVICE = /^arn:[\w-]+:apigateway:([^:]+):([\w-]+(?:\.[\w-]+)*):(path|action)\/(.*)$/s

export function serviceIn(uri: string): ServiceUri | undefined {
  const [, region, host, how, rest = ''] = SERVICE.exec(uri) ?? []
  if (region === undefined || host === undefined) return undefined
  return {
    region,
    ...named(host),
    action: how === 'action' ? rest : undefined,
    path: how === 'path' ? rest.replace(/^\//, '') : undefined,
  }
}

/** What stands before a service's name is a subdomain; but some of the names have a dot: `runtime.sagemaker`. */
function named(host: string): Pick<ServiceUri, 'service' | 'subdomain'> {
  const labels = host.split('.')
  const two = labels.slice(-2).join('.')
  const service = SERVICE_NAMES.includes(two) ? two : (labels.at(-1) ?? host)
  const before = host.slice(0, -service.length - 1)
  return { service, subdomain: before === '' ? undefined : before }
}

export function serviceUri({ region, subdomain, service, action, path }: ServiceUri): string {
  const host = subdomain === undefined ? service : `${subdomain}.${service}`
  const what = action === undefined ? `path/${(path ?? '').replace(/^\//, '')}` : `action/${action}`
  return `arn:aws:apigateway:${region}:${host}:${what}`
}

/** The name of a function: `pets` of `arn:aws:lambda:eu-central-1:123456789012:function:pets:live`. */
export function nameOf(arn: string): string {
  return arn.split(':')[6] ?? arn
}

/** The ARN without its version or alias. */
export function unqualified(arn: string): string {
  return arn.split(':').slice(0, 7).join(':')
}

/** The issuer of a user pool: `arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_abc`. */
export function issuerOf(pool: string): string | undefined {
  const [, region, id] = /^arn:[\w-]+:cognito-idp:([\w-]+):\d*:userpool\/([\w-]+)$/.exec(pool) ?? []
  return region === undefined ? undefined : `https://cognito-idp.${region}.amazonaws.com/${id}`
}

/** The names of stage variables in a text. */
export function variablesIn(text: string): readonly string[] {
  if (!text.includes('stageVariables.')) return []
  return [...text.matchAll(/stageVariables\.(\w+)/g)].map(([, name = '']) => name)
}
