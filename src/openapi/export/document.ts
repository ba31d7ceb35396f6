/** A whole definition, as a document. */
import type { Segment } from '../../complete.js'
import type { RouteDefinition } from '../../definition.js'
import { parseRoute } from '../../resolve/pattern.js'
import { escaped } from '../place.js'
import { writtenExtensions } from './extensions.js'
import { vendorsOf } from './media.js'
import { type Placed, writtenOperation } from './operations.js'
import { writtenSchemes } from './schemes.js'
import { SecurityWriter } from './security.js'
import { validatorsIn } from './validators.js'
import { given, type Json, some, type Writer } from './writer.js'

const VERSIONS = { '2.0': '3.0.3', '3.0': '3.0.3', '3.1': '3.1.0' } as const

/** In the words of OpenAPI 3; what Swagger says otherwise is rewritten afterwards. */
export function writtenDocument(writer: Writer): Json {
  const { definition, version } = writer
  const { docs = {}, api } = definition
  const security = new SecurityWriter(writer)
  const paths = writtenPaths(writer, security)
  if (docs.webhooks !== undefined && version !== '3.1')
    lost(writer, '#/webhooks', 'webhooks are of OpenAPI 3.1 only')
  const components = given({
    schemas: some(writer.schemas.all()),
    securitySchemes: writtenSchemes(writer, security),
  })
  return given({
    openapi: VERSIONS[version],
    info: { title: api ?? 'API', version: '1.0', ...docs.info },
    servers: docs.servers,
    tags: tagsOf(writer),
    externalDocs: docs.externalDocs,
    paths,
    webhooks: version === '3.1' ? docs.webhooks : undefined,
    components: some(components),
    ...vendorsOf(writer, docs.extensions),
    ...(writer.extensions ? validatorsIn(definition) : {}),
    ...writtenExtensions(writer),
  })
}

function lost({ report }: Writer, pointer: string, message: string): void {
  report.warn(pointer, 'EXPORT_UNSUPPORTED', message, 'Write another version of OpenAPI.')
}

/** Methods that a path of a document has. */
const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE']

function writtenPaths(writer: Writer, security: SecurityWriter): Json {
  const paths: Record<string, Json> = Object.create(null)
  const { definition } = writer
  for (const { fields, ...placed } of placesOf(writer)) {
    const path = pathOf(placed.path)
    const item = paths[path] ?? { ...vendorsOf(writer, definition.docs?.paths?.[path]) }
    paths[path] = item
    for (const { field, suffix } of fields) {
      if (item[field] !== undefined) continue
      const pointer = `#/paths/${escaped(path)}/${field}`
      item[field] = writtenOperation(writer, security, { ...placed, pointer, suffix })
    }
  }
  return paths
}

interface Place extends Omit<Placed, 'pointer' | 'suffix'> {
  /** The fields of its path that it is written to. */
  readonly fields: readonly { readonly field: string; readonly suffix: string }[]
}

/** Where routes are written; those of one method before those of any. */
function placesOf(writer: Writer): readonly Place[] {
  const all = writer.definition.routes.flatMap((route) => placed(writer, route))
  const isAny = ({ fields }: Place) => fields.length !== 1
  return writer.extensions ? all : [...all.filter((each) => !isAny(each)), ...all.filter(isAny)]
}

function placed(writer: Writer, route: RouteDefinition): readonly Place[] {
  const { method, patterns } = parseRoute(route.pattern)
  const fields = fieldsOf(writer, method)
  if (fields.length === 0) lost(writer, '#/paths', `${route.pattern}: a path has no method ${method}`)
  return patterns.map(({ path, segments }, index) => ({
    route,
    path,
    names: segments.flatMap(namesIn),
    fields: index === 0 ? fields : fields.map((each) => ({ ...each, suffix: `${each.suffix}_${index + 1}` })),
  }))
}

function fieldsOf({ extensions }: Writer, method: string): Place['fields'] {
  if (method !== 'ANY') return METHODS.includes(method) ? [{ field: method.toLowerCase(), suffix: '' }] : []
  if (extensions) return [{ field: 'x-amazon-apigateway-any-method', suffix: '' }]
  return METHODS.filter((each) => each !== 'TRACE').map((each) => ({
    field: each.toLowerCase(),
    suffix: `_${each.toLowerCase()}`,
  }))
}

function namesIn(segment: Segment): readonly string[] {
  if (segment.kind === 'mixed') return segment.names
  return segment.kind === 'literal' ? [] : [segment.name]
}

/** What routes have to encode, so that it is not read as their syntax, documents write as it is. */
function pathOf(path: string): string {
  return path.replaceAll('%3A', ':').replaceAll('%2A', '*')
}

/** Those of operations, and those of the API on AWS, which are the ones that have a value. */
function tagsOf({ definition: { docs, tags = {} }, extensions }: Writer): readonly Json[] | undefined {
  const told = docs?.tags ?? []
  const named = new Set(told.map(({ name }) => name))
  const added = Object.entries(tags).filter(([name]) => extensions && !named.has(name))
  const all = [...told, ...added.map(([name, value]) => ({ name, 'x-amazon-apigateway-tag-value': value }))]
  return all.length === 0 ? undefined : all
}
