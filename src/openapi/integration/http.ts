/** Integrations over HTTP. */
import type { Place } from '../place.js'
import { show } from '../report.js'
import { http } from './kinds.js'
import { requestMapping } from './mapping.js'
import { COMMON, MAPPING, type Made, mapped, methodOf, type Spec, timeoutOf } from './spec.js'
import { upstreamOf } from './upstream.js'
import { vpcLinkOf } from './vpclink.js'

const CONNECTION = ['httpMethod', 'connectionType', 'connectionId', 'tlsConfig']

/** @returns `undefined` where it leads nowhere, which is reported then */
export function readHttp(spec: Spec): Made | undefined {
  const proxy = spec.type === 'http_proxy'
  const place = destination(spec)
  if (place === undefined) return undefined
  const options = {
    proxy,
    method: methodOf(spec).method ?? 'ANY',
    ...(place.vpcLink !== undefined && { vpcLink: place.vpcLink }),
    ...timeoutOf(spec),
    ...tlsOf(spec.at.at('tlsConfig')),
    ...(proxy ? parametersOf(spec) : mapped(spec)),
  }
  const taken = [...COMMON, ...CONNECTION, ...(proxy ? ['requestParameters'] : MAPPING)]
  return { integration: http(place.url, options), taken }
}

/** A proxy's request is as it was, but for these. */
function parametersOf({ context, at }: Spec) {
  const request = requestMapping(context, at.only('requestParameters'))
  return request && { request }
}

function destination(spec: Spec): { readonly url: string; readonly vpcLink?: string } | undefined {
  const { context, at, path } = spec
  const uri = at.at('uri').text ?? ''
  const upstream = upstreamOf(context, uri)
  if (upstream !== undefined) return { url: upstream }
  if (at.at('connectionType').text?.toUpperCase() === 'VPC_LINK') return vpcLinkOf(context, at, { uri, path })
  if (/^(?:https?:\/\/|unix:\/|\$\{stageVariables\.)/.test(uri)) return { url: uri }
  const fix = "Write where it leads: 'https://pets.example.com/{proxy}'."
  context.report.fault(at.at('uri'), 'INTEGRATION_INVALID', `${show(uri)} is no URL`, fix)
  return undefined
}

function tlsOf(config: Place): { readonly tls?: object } {
  const servername = config.at('serverNameToVerify').text
  const tls = {
    ...(config.at('insecureSkipVerification').value === true && { rejectUnauthorized: false }),
    ...(servername !== undefined && { servername }),
  }
  return Object.keys(tls).length === 0 ? {} : { tls }
}
