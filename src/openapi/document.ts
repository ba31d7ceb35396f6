/** A whole document, as a definition. */
import type { Definition } from '../definition.js'
import type { ApiDocs, PlainData } from '../docs.js'
import { ORIGINS } from '../origins.js'
import type { Context, Draft, Version } from './context.js'
import { extensionsOf, fieldsAt, fieldsIn, isAmazons } from './described.js'
import { readExtensions } from './extensions.js'
import type { Beside, OpenApiOptions } from './options.js'
import { originsOf } from './origins.js'
import { readPaths } from './paths.js'
import { byName, isFields, type Place } from './place.js'
import type { Loaded } from './read.js'
import { References } from './references.js'
import { type Report, show } from './report.js'
import { SchemaReader } from './schemas.js'
import { Security } from './security.js'
import { basePathIn, serversOf } from './servers.js'
import { shaped } from './shapes.js'
import { linksOf } from './stages.js'
import { VALIDATE, validateIn } from './validation.js'

export interface Reading {
  readonly report: Report
  readonly options: OpenApiOptions
  readonly beside: Beside
}

/** @returns `undefined` where nothing could be read, which is reported then */
export function readDocument(loaded: Loaded, { report, options, beside }: Reading): Definition | undefined {
  const references = new References(loaded, report)
  const { root } = references
  const version = versionOf(root, report)
  if (version === undefined) return undefined
  const schemas = new SchemaReader(version, references, report)
  const validate = validateIn(root, options)
  const context: Context = { version, root, references, report, options, beside, schemas, validate }
  return draftOf(context, loaded.name)
}

function versionOf(root: Place, report: Report): Version | undefined {
  const [swagger, openapi] = [root.at('swagger'), root.at('openapi')]
  if (String(swagger.value) === '2.0' || swagger.value === 2) return '2.0'
  const [, version] = /^(3\.[01])(?:\.\d+)?(?:-.*)?$/.exec(openapi.text ?? '') ?? []
  if (version === '3.0' || version === '3.1') return version
  const at = swagger.given ? swagger : openapi
  const message = at.given
    ? `${show(at.value)} is no version that is read here`
    : 'it does not say which version of OpenAPI it is written in'
  report.fault(
    at,
    'VERSION_UNKNOWN',
    message,
    "Write `openapi: '3.0.3'`, `openapi: '3.1.0'` or `swagger: '2.0'`.",
  )
  return undefined
}

function draftOf(context: Context, name: string): Definition {
  const { root, report, schemas, options } = context
  shaped(report, root, 'document')
  for (const what of ['info', 'components'] as const) shaped(report, root.at(what), what)
  for (const at of root.at('tags').items) shaped(report, at, 'tag')
  for (const at of root.at('servers').items) shaped(report, at, 'server')
  const security = new Security(context)
  if (!isFields(root.at('paths').value) && !root.at('webhooks').given && !root.at('components').given) {
    const fix = "Write `paths: { '/pets': { get: … } }`."
    report.fault(root.at('paths'), 'REQUIRED', 'a document has `paths`', fix)
  }
  const { routes, places, docs: paths } = readPaths(context, security, basePathIn(root, options))
  const draft: Draft = { routes }
  if (Object.keys(schemas.models).length > 0) draft.models = schemas.models
  if (Object.keys(security.authorizers).length > 0) draft.authorizers = security.authorizers
  // Keys may be asked for before there is any plan: plans stand beside the document, or come at run time.
  if (routes.some(({ policy }) => policy.apiKey !== undefined)) draft.plans = {}
  draft.docs = docsOf(context, security, paths)
  readExtensions(context, draft)
  Object.assign(draft, tagsOf(root), linksOf(options))
  return Object.assign(draft as Definition, { [ORIGINS]: originsOf(name, places, schemas.places) })
}

function docsOf({ root, report }: Context, security: Security, paths: ApiDocs['paths']): ApiDocs {
  const webhooks = root.at('webhooks')
  if (webhooks.fields.length > 0) {
    report.warn(
      webhooks,
      'NO_EFFECT',
      'webhooks are requests that the API makes: nothing here does',
      'Leave them.',
    )
  }
  const [info, externalDocs, hooks] = [root.at('info'), root.at('externalDocs'), webhooks].map(fieldsAt)
  const [servers, tags] = [serversOf(root), fieldsIn(root.at('tags'))]
  const extensions = extensionsOf(root, (name) => isAmazons(name) || name === VALIDATE)
  const schemes: Record<string, PlainData> = security.docs
  return {
    info: { title: 'API', version: '1.0', ...info },
    ...(servers.length > 0 && { servers }),
    ...(tags.length > 0 && { tags }),
    ...(externalDocs && { externalDocs }),
    ...(paths && { paths }),
    ...(Object.keys(schemes).length > 0 && { securitySchemes: schemes }),
    ...(hooks && { webhooks: hooks }),
    ...(extensions && { extensions }),
  }
}

/** Of the API as a resource on AWS: those tags of operations that have a value. */
function tagsOf(root: Place): Pick<Draft, 'tags'> {
  const valued = root.at('tags').items.flatMap((each) => {
    const [name, value] = [each.at('name').text, each.at('x-amazon-apigateway-tag-value').text]
    return name === undefined || value === undefined ? [] : [[name, value] as const]
  })
  return valued.length === 0 ? {} : { tags: byName(valued) }
}
