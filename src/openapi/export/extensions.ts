/** What AWS has extensions of a whole document for. */
import { milliseconds } from '../../clock.js'
import type { CorsPolicy, Definition, RefusalOverride } from '../../definition.js'
import { given, type Json, some, type Writer } from './writer.js'

const NAME = 'x-amazon-apigateway-'

export function writtenExtensions(writer: Writer): Json {
  const { definition } = writer
  const { refusals, resourcePolicy, cors, binaryMediaTypes, apiKeySource, endpoint, docs } = definition
  const fields = given({
    'gateway-responses': refusals && some(Object.fromEntries(responsesOf(refusals))),
    policy: resourcePolicy,
    cors: corsOf(cors),
    'binary-media-types': binaryMediaTypes,
    'api-key-source': apiKeySource?.toUpperCase(),
    'endpoint-configuration': endpoint,
    'minimum-compression-size': definition.minimumCompressionSize,
    documentation: docs?.parts && given({ version: docs.partsVersion, documentationParts: docs.parts }),
  })
  if (!writer.extensions) {
    for (const name of Object.keys(fields)) {
      const message = `${NAME}${name} can be said with extensions only`
      writer.report.warn('#', 'EXPORT_UNSUPPORTED', message, 'Write `extensions: true`.')
    }
    return {}
  }
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [NAME + name, value]))
}

function responsesOf(refusals: NonNullable<Definition['refusals']>): (readonly [string, Json])[] {
  return Object.entries(refusals).map(([type, { status, headers, templates }]: [string, RefusalOverride]) => [
    type,
    given({
      statusCode: status,
      responseParameters: headers && Object.fromEntries(Object.entries(headers).map(header)),
      responseTemplates: templates,
    }),
  ])
}

/** A variable by itself, or a constant in quotes. */
function header([name, value]: readonly [string, string]): readonly [string, string] {
  const [, variable] = /^\$((?:context|stageVariables)\.[\w.-]+)$/.exec(value) ?? []
  return [`gatewayresponse.header.${name}`, variable ?? `'${value}'`]
}

function corsOf(cors: boolean | CorsPolicy | undefined): Json | undefined {
  if (cors === undefined || cors === false) return undefined
  const {
    origins = '*',
    methods,
    headers,
    exposeHeaders,
    credentials,
    maxAge,
  }: CorsPolicy = cors === true ? {} : cors
  return given({
    allowOrigins: origins === '*' ? ['*'] : origins,
    allowMethods: methods ?? ['*'],
    allowHeaders: headers ?? ['*'],
    exposeHeaders,
    allowCredentials: credentials,
    maxAge: maxAge === undefined ? undefined : Math.floor(milliseconds(maxAge) / 1000),
  })
}
