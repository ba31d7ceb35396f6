/** Security schemes that were written for one version, as another one has them. */
import type { PlainData } from '../../docs.js'
import { isFields } from '../place.js'
import type { SecurityWriter } from './security.js'
import { given, type Json, type Writer } from './writer.js'

export function writtenSchemes(writer: Writer, security: SecurityWriter): Json | undefined {
  const { schemes } = security
  if (schemes === undefined) return undefined
  const all = Object.entries(schemes).map(([name, scheme]) => [
    name,
    schemeOf(writer, name, scheme as PlainData),
  ])
  return Object.fromEntries(all)
}

function schemeOf(writer: Writer, name: string, scheme: PlainData): Json {
  return { ...(writer.version === '2.0' ? toSwagger(writer, name, scheme) : fromSwagger(scheme)) }
}

/** The one flow that Swagger has, by the name that OpenAPI 3 gives it. */
const FLOWS: Readonly<Record<string, string>> = {
  implicit: 'implicit',
  password: 'password',
  application: 'clientCredentials',
  accessCode: 'authorizationCode',
}

function fromSwagger(scheme: PlainData): PlainData {
  if (scheme.type === 'basic') return { ...scheme, type: 'http', scheme: 'basic' }
  if (scheme.type !== 'oauth2' || typeof scheme.flow !== 'string') return scheme
  const { flow, authorizationUrl, tokenUrl, scopes = {}, ...rest } = scheme
  return {
    ...rest,
    flows: { [FLOWS[String(flow)] ?? String(flow)]: given({ authorizationUrl, tokenUrl, scopes }) },
  }
}

function toSwagger({ report }: Writer, name: string, scheme: PlainData): PlainData {
  const { scheme: kind, flows, bearerFormat: _, openIdConnectUrl: __, ...rest } = scheme
  if (scheme.type === 'http' && String(kind).toLowerCase() === 'basic') return { ...rest, type: 'basic' }
  if (scheme.type === 'oauth2' && isFields(flows)) return { ...rest, ...flowOf(flows) }
  if (scheme.type === 'apiKey' || scheme.type === 'basic' || scheme.type === 'oauth2') return scheme
  const message = `Swagger 2.0 has no security scheme of the type '${String(scheme.type)}': it is written as a header`
  report.warn(`#/securityDefinitions/${name}`, 'EXPORT_UNSUPPORTED', message, 'Write OpenAPI 3.')
  return { ...rest, type: 'apiKey', name: 'Authorization', in: 'header' }
}

function flowOf(flows: PlainData): Json {
  const [[name, flow] = ['implicit', {}]] = Object.entries(flows)
  const { authorizationUrl, tokenUrl, scopes } = isFields(flow) ? flow : {}
  const known = Object.entries(FLOWS).find(([, later]) => later === name)?.[0]
  return given({ flow: known ?? name, authorizationUrl, tokenUrl, scopes })
}
