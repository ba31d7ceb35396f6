/** A document of OpenAPI 3.0, as Swagger 2.0. */
import { escaped, isFields } from '../place.js'
import type { Report } from '../report.js'
import { swaggerBody } from './swaggerbody.js'
import { swaggerHeaders, swaggerParameter } from './swaggerparameters.js'
import { given, type Json, some } from './writer.js'

export function toSwagger(document: Json, report: Report): Json {
  const { openapi: _, info, servers, tags, externalDocs, paths, components, ...rest } = document
  const { schemas, securitySchemes } = isFields(components) ? components : {}
  return given({
    swagger: '2.0',
    info: swaggerInfo(info),
    ...serverOf(servers),
    tags,
    externalDocs,
    paths: mapped(paths, (item, path) => swaggerItem(item, `#/paths/${escaped(path)}`, report)),
    definitions: schemas,
    securityDefinitions: securitySchemes,
    ...rest,
  })
}

function mapped(value: unknown, map: (each: Json, name: string) => unknown): Json {
  if (!isFields(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, map(each as Json, name)]))
}

function swaggerInfo(info: unknown): unknown {
  if (!isFields(info)) return info
  const { summary: _, ...rest } = info
  return rest
}

function serverOf(servers: unknown): Json {
  const [first, ...others] = Array.isArray(servers) ? servers.filter(isFields) : []
  if (first === undefined) return {}
  const url = filled(first)
  const [, scheme, host, path = ''] = /^(?:([a-z]+):\/\/([^/]+))?(.*)$/i.exec(url) ?? []
  const base = path === '' || (path === '/' && host === undefined) ? undefined : path
  const schemes = [scheme, ...others.map((each) => /^([a-z]+):\/\//i.exec(filled(each))?.[1])]
  const known = schemes.filter((each) => ['http', 'https', 'ws', 'wss'].includes(String(each)))
  const stated = first['x-schemes']
  return given({
    host,
    basePath: base,
    schemes: stated ?? (known.length > 0 ? [...new Set(known)] : undefined),
  })
}

/** With the values that its variables have by default. */
function filled({ url, variables }: Readonly<Record<string, unknown>>): string {
  const known = isFields(variables) ? variables : {}
  const text = String(url ?? '').replace(/\{(\w+)\}/g, (_, name: string) => {
    const variable = Object.hasOwn(known, name) ? known[name] : undefined
    return isFields(variable) ? String(variable.default ?? '') : ''
  })
  return text.replace(/([^:])\/\//g, '$1/')
}

const OPERATIONS = [
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'x-amazon-apigateway-any-method',
]

function swaggerItem(item: Json, pointer: string, report: Report): Json {
  const { summary: _, description: __, servers: ___, trace, ...rest } = item
  if (trace !== undefined) lost(report, `${pointer}/trace`, 'a path has no method TRACE')
  return Object.fromEntries(
    Object.entries(rest).map(([name, each]) => [
      name,
      OPERATIONS.includes(name) ? swaggerOperation(each as Json, `${pointer}/${name}`, report) : each,
    ]),
  )
}

function lost(report: Report, pointer: string, message: string): void {
  report.warn(pointer, 'EXPORT_UNSUPPORTED', `${message} in Swagger 2.0`, 'Write OpenAPI 3.')
}

function swaggerOperation(operation: Json, pointer: string, report: Report): Json {
  const { parameters = [], requestBody, responses, callbacks, servers, ...rest } = operation
  if (callbacks !== undefined) lost(report, pointer, 'callbacks cannot be said')
  if (servers !== undefined) lost(report, pointer, 'servers of an operation cannot be said')
  const told = (message: string) => lost(report, pointer, message)
  const own = (parameters as Json[]).flatMap((each) => swaggerParameter(each, told) ?? [])
  const body = swaggerBody(requestBody, told)
  const all = [...own, ...body.parameters]
  const produces = producedBy(responses)
  return given({
    ...rest,
    consumes: body.consumes,
    produces: produces.length > 0 ? produces : undefined,
    parameters: all.length > 0 ? all : undefined,
    responses: mapped(responses, (each, status) => swaggerResponse(each, status, told)),
  })
}

function producedBy(responses: unknown): readonly string[] {
  const all = isFields(responses) ? Object.values(responses) : []
  const types = all.flatMap((each) =>
    isFields(each) && isFields(each.content) ? Object.keys(each.content) : [],
  )
  return [...new Set(types)]
}

function swaggerResponse(response: Json, status: string, told: (message: string) => void): Json {
  const { content, headers, links, ...rest } = response
  if (links !== undefined) told('links cannot be said')
  if (/xx$/i.test(status)) told(`a class of statuses, ${status}, cannot be said`)
  const media = Object.entries(isFields(content) ? content : {}) as [string, Json][]
  const schemas = media.map(([, { schema }]) => schema).filter((schema) => schema !== undefined)
  const [schema, ...others] = [...new Set(schemas.map((each) => JSON.stringify(each)))]
  if (others.length > 0) told(`several schemas of one answer, ${status}, cannot be said`)
  const examples = media.filter(([, { example }]) => example !== undefined)
  const said = examples.map(([type, { example }]) => [type, example] as const)
  return given({
    ...rest,
    schema: schema === undefined ? undefined : JSON.parse(schema),
    headers: isFields(headers) ? some(swaggerHeaders(headers)) : undefined,
    examples: some(Object.fromEntries(said)),
  })
}
